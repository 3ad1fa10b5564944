"""What the scorer sees of a page: numbers, bags of hashed words, chains of containers."""

import numpy as np
import pytest

from cleaner.features import CHAIN, LEVELS, NUMBERS, TAGS, name_bags, read_features
from cleaner.hashing import HASH_BITS, NONE, in_buckets
from cleaner.segment import segment

STORY = "The council voted on Tuesday night to rebuild the old harbour bridge, after a long debate about its cost."
PAGE = f"""<html lang=en><title>Bridge</title><body><nav class="main-nav"><ul><li><a href=/>Home</a><li><a href=/n>News</a></ul>
</nav><main id=story class="commentList wide"><h1>Bridge opens</h1><p>{STORY}</p><h2>Next</h2><p>{STORY} 1,500 times.</p>
<div class=aside-box><div><p>Short</p></div></div></main><footer>© Post</footer></body></html>"""
META = {"title": "Bridge opens", "description": STORY, "kind": "NewsArticle", "byline": "Ana Ruiz"}


def read(page, meta=META):
    return read_features(segment(page.encode()), meta)


def column(features, name):
    return features.numbers[:, NUMBERS.index(name)].tolist()


def items(bag, owner):
    return bag.items[bag.starts[owner] : bag.starts[owner + 1]].tolist()


def words(features, block):
    return set(items(features.words, block))


@pytest.mark.parametrize(
    "page",
    [
        PAGE,
        "<p>x",
        "12 345,00",
        "<p>2024</p><p>05</p><p>14</p>",
        "<p>市議会は橋を架け替えることを決めた。</p><p>橋</p>",
        "<p>😀</p><p>👩‍👩‍👧 🇩🇪</p>",
        "<p>\u0301\u200b</p><p>...</p><p>—</p>",
        f"<p>{'long' * 20_000}</p>",
        f"<p>{'very ' * 20_000}</p>",
        f"<p>{STORY}</p>" * 5_000,
        f"{'<div class=a>' * 300}{STORY}<p>{STORY}",
        f"<body hidden class='' id=''><p class='{'name ' * 500}'>{STORY}<p class='橋 -- 1'>One",
        f"<a href=x>{STORY}</a>",
    ],
)
@pytest.mark.parametrize("meta", [{}, META])
def test_every_number_is_a_number(page, meta):
    segments = segment(page.encode())
    features = read_features(segments, meta)
    assert features.numbers.shape == (len(segments.pieces), len(NUMBERS))
    assert np.isfinite(features.numbers).all()


def test_the_names_of_the_numbers_differ():
    assert len(set(NUMBERS)) == len(NUMBERS)


def test_numbers_say_what_their_names_say():
    features = read(PAGE)
    assert column(features, "prose") == [0, 0, 0, 1, 0, 1, 0, 0]
    assert column(features, "link share") == [1, 1, 0, 0, 0, 0, 0, 0]
    assert column(features, "starts with digit") == [0] * 8
    assert np.allclose(column(features, "container 0: blocks"), np.log1p([1] * 8))
    assert np.allclose(column(features, "container 1: blocks"), np.log1p([2, 2, 5, 5, 5, 5, 1, 8]))
    assert column(features, "in body 0.75") == [0, 0, 1, 1, 1, 1, 1, 0]
    assert column(features, "has the title")[2:4] == [1, 0.5]
    assert column(features, "page is NewsArticle") == [1] * 8
    assert features.headings.tolist() == [0, 1, 2, 2, 4, 4, 4, 4]


@pytest.mark.parametrize("word", ["bridge", "cœur", "мост", "1984", "don"])
@pytest.mark.parametrize(
    "around",
    ["{} is first", "last is {}", "in the {} middle", "“{}”", "one-{}-two", "{}’s", "a,{};b", "😀{}", "橋{}橋"],
)
def test_a_word_is_the_same_wherever_it_stands(word, around):
    features = read(f"<p>{word}</p><p>{around.format(word)}</p><p>{around.format(word.upper())}")
    assert len(words(features, 0)) == 1
    assert words(features, 0) <= words(features, 1)
    assert words(features, 1) == words(features, 2)


def test_other_words_are_others():
    features = read("<p>bridge</p><p>bridges</p><p>egdirb</p><p>bridg</p><p>brdige</p>")
    assert len(set.union(*(words(features, block) for block in range(5)))) == 5


@pytest.mark.parametrize("text", ["橋が開通", "เปิด", "다리가", "ပြည"])
def test_scripts_without_spaces_have_a_word_a_character(text):
    features = read("".join(f"<p>{sign}</p>" for sign in text) + f"<p>{text}")
    alone = set.union(*(words(features, block) for block in range(len(text))))
    assert alone == words(features, len(text))
    assert len(items(features.words, len(text))) == len(text)
    assert len(items(features.pairs, len(text))) == len(text) - 1


def test_pairs_are_those_of_one_block():
    one, two = read("<p>old bridge opens</p>"), read("<p>old</p><p>bridge</p><p>opens</p>")
    assert one.words.items.tolist() == two.words.items.tolist()
    assert (len(one.pairs.items), len(two.pairs.items)) == (2, 0)


def test_openers_and_closers_are_the_first_and_last_word_and_pair():
    features = read("<p>old bridge opens</p><p>old</p><p>...</p>")
    first, last = features.words.items[0], features.words.items[2]
    assert features.openers.tolist() == [[first, features.pairs.items[0]], [first, NONE], [NONE, NONE]]
    assert features.closers.tolist() == [[last, features.pairs.items[1]], [first, NONE], [NONE, NONE]]


@pytest.mark.parametrize(
    ("name", "same"),
    [
        ("commentList", True),
        ("comment-list", True),
        ("comment_list", True),
        ("COMMENT__LIST", True),
        ("comment:list", True),
        ("comment list", False),
        ("commentlist", False),
        ("list-comment", False),
    ],
)
def test_names_are_split_as_they_are_written(name, same):
    found, wanted = name_bags([name]), name_bags(["commentList"])
    assert all(a.items.tolist() == b.items.tolist() for a, b in zip(found, wanted, strict=True)) is same


def test_names_are_pairs_within_one_class():
    single, pairs = name_bags(["ad-box story", "", "x2"])
    assert np.diff(single.starts).tolist() == [3, 0, 2]
    assert np.diff(pairs.starts).tolist() == [1, 0, 1]


def test_containers_of_one_name_share_its_words():
    features = read("<div class=box><p class=text>One</p><p class=text>Two</p></div><div id=box>Three")
    assert len(features.which) == len(features.tags)
    one, two = features.chains[:2, 0]
    assert one != two
    assert features.which[one] == features.which[two]
    assert features.which.max() == len(features.names.starts) - 2


def test_bags_are_in_order_of_their_owners():
    features = read(PAGE)
    names = len(set(features.which.tolist()))
    bags = features.words, features.pairs, in_buckets(features.names), in_buckets(features.name_pairs)
    for bag, owners in zip(bags, (8, 8, names, names), strict=True):
        assert len(bag.starts) == owners + 1
        assert (bag.starts[0], bag.starts[-1]) == (0, len(bag.items))
        assert (np.diff(bag.starts) >= 0).all()
        assert ((bag.items >= 0) & (bag.items < 1 << HASH_BITS)).all()


@pytest.mark.parametrize("page", [PAGE, "One", "<ul>" + "<li>One<b>two</b><div>three</div>" * 40, "<div>" * 50 + "One"])
def test_chains_lead_from_the_container_to_the_page(page):
    segments, features = segment(page.encode()), read(page)
    assert features.chains.shape == (len(segments.pieces), CHAIN)
    for block, piece in enumerate(segments.pieces):
        tags, number = [], piece.container
        while number:
            tags.append(segments.tags[number])
            number = segments.parents[number]
        chain = features.chains[block].tolist()
        known = [TAGS.index(tag) for tag in tags[:CHAIN]]
        assert [features.tags[number] for number in chain[: len(known)]] == known
        assert not any(chain[len(known) :])


@pytest.mark.parametrize("page", [PAGE, "One", "<ul>" + "<li>One<b>two</b><div>three</div>" * 40, "<div>" * 50 + "One"])
def test_ranges_hold_their_block(page):
    features = read(page)
    at = np.arange(len(features.numbers))[:, None]
    firsts, lasts = features.ranges[:, :, 0], features.ranges[:, :, 1]
    around = slice(0, LEVELS - 1)
    assert ((firsts[:, around] <= at) & (at < lasts[:, around])).all()
    assert ((firsts[:, 1] <= firsts[:, 0]) & (lasts[:, 0] <= lasts[:, 1])).all(), "each lies in the next"
    assert ((firsts >= 0) & (firsts < lasts) & (lasts <= len(at))).all()
    assert (features.ranges[:, LEVELS - 1 :] == features.ranges[0, LEVELS - 1 :]).all(), "a page has one body"


@pytest.mark.parametrize(
    ("around", "hidden", "unseen"),
    [
        ("<div hidden>", True, True),
        ("<div hidden='until-found'>", True, True),
        ("<div aria-hidden=true>", True, True),
        ("<div aria-hidden=true>The ferry does not sail on Sundays, nor on any day of a strike. Ask ", True, False),
        ("<div aria-hidden=true><p>One</p>", True, False),
        ("<div aria-hidden=true hidden>", True, True),
        ("<div hidden><div aria-hidden=true>", True, True),
        ("<div style='color: red; DISPLAY : none'>", True, True),
        ("<div style=visibility:hidden>", True, True),
        ("<noscript>", True, True),
        ("<template>", True, True),
        ("<dialog>", True, True),
        ("<div role=tooltip>", True, True),
        ("<dialog open>", False, False),
        ("<div hidden><section class=a><p>", True, True),
        ("<button aria-expanded=false>Open</button><div hidden>", False, False),
        ("<button aria-expanded=false><div><p>Open</p></div></button><div style=display:none>", False, False),
        ("<button>Close</button><div hidden>", True, True),
        ("<div>", False, False),
        ("<div aria-hidden=false class=hidden>", False, False),
        ("<div style='display: block; overflow: hidden'>", False, False),
        ("<div hidden>No</div><div>", False, False),
    ],
)
def test_what_readers_do_not_see(around, hidden, unseen):
    features = read(f"<p>One</p>{around}Two")
    assert (bool(features.hidden[0]), bool(features.unseen[0])) == (False, False)
    assert (bool(features.hidden[-1]), bool(features.unseen[-1])) == (hidden, unseen)
    assert column(features, "hidden") == features.hidden.tolist()


@pytest.mark.parametrize("page", [PAGE, "One", "<div>" * 50 + "One", "<ul><li>One<b>two</b><div>three</div></ul>" * 9])
def test_a_container_ends_after_the_last_one_inside(page):
    features = read(page)
    at = np.arange(len(features.ends))
    assert (features.ends > at).all()
    for chain in features.chains.tolist():
        for number in chain:
            assert number <= chain[0] < features.ends[number]


def test_blocks_of_a_kind_stand_in_the_same_tags_and_classes():
    box = "<div class=box><p class=text>One</p><p class=text>Two</p><p>Three</p></div>"
    features = read(f"{box}{box}<div class=other><p class=text>Four</p></div>")
    kinds = features.alike.tolist()
    assert kinds[:3] == kinds[3:6] == [kinds[0], kinds[0], kinds[2]]
    assert len(set(kinds)) == 3


def test_copies_and_likes_are_counted():
    box = "<div class=box><p>One</p><p class=text>Two</p></div>"
    features = read(f"{box}{box}<p>One</p><div><p>Three")
    copies, alike, beside = (
        np.expm1(column(features, name)).round().tolist()
        for name in ("copies", "alike", "container 1: alike beside it")
    )
    assert copies == [2, 1, 2, 1, 2, 0]
    assert alike == [2, 2, 2, 2, 1, 1]
    assert beside == [2, 2, 2, 2, 1, 1]
