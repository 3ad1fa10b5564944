"""What the scorer sees of a page: numbers, bags of hashed words, chains of containers."""

import time

import numpy as np
import pytest

from cleaner.features import HASH_BITS, LEVELS, MAX_LEVELS, NUMBERS, TAGS, name_bag, read_features
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


def words(features, block):
    return set(features.words.items[features.words.owners == block].tolist())


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
    assert alone < words(features, len(text))
    assert (features.words.owners == len(text)).sum() == 2 * len(text) - 1, "and the pairs of them"


def test_pairs_are_those_of_one_block():
    one, two = read("<p>old bridge opens</p>"), read("<p>old</p><p>bridge</p><p>opens</p>")
    assert (len(one.words.items), len(two.words.items)) == (5, 3)
    assert len(set(one.words.items.tolist()) - set(two.words.items.tolist())) == 2
    assert len(one.openers.items) == len(one.closers.items) == 2
    assert one.openers.items.tolist() != one.closers.items.tolist()


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
    assert (name_bag([name]).items.tolist() == name_bag(["commentList"]).items.tolist()) is same


def test_names_are_pairs_within_one_class():
    bag = name_bag(["ad-box story", "", "x2"])
    assert np.bincount(bag.owners, minlength=3).tolist() == [4, 0, 3]


def test_bags_are_sorted_by_owner():
    features = read(PAGE)
    for bag, owners in (
        (features.words, 8), (features.openers, 8), (features.closers, 8), (features.names, len(features.tags)),
    ):  # fmt: skip
        assert len(bag.items) == len(bag.owners) > 0
        assert (np.diff(bag.owners) >= 0).all()
        assert 0 <= bag.owners[0] <= bag.owners[-1] < owners
        assert ((bag.items >= 0) & (bag.items < 1 << HASH_BITS)).all()


@pytest.mark.parametrize("page", [PAGE, "One", "<ul>" + "<li>One<b>two</b><div>three</div>" * 40, "<div>" * 50 + "One"])
def test_chains_lead_from_the_container_to_the_page(page):
    segments, features = segment(page.encode()), read(page)
    assert features.chains.shape == (len(segments.pieces), MAX_LEVELS)
    for block, piece in enumerate(segments.pieces):
        tags, number = [], piece.container
        while number:
            tags.append(segments.tags[number])
            number = segments.parents[number]
        chain = features.chains[block].tolist()
        known = [TAGS.index(tag) for tag in tags[:MAX_LEVELS]]
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
    ("around", "hidden"),
    [
        ("<div hidden>", True),
        ("<div hidden='until-found'>", True),
        ("<div aria-hidden=true>", True),
        ("<div style='color: red; DISPLAY : none'>", True),
        ("<div style=visibility:hidden>", True),
        ("<noscript>", True),
        ("<template>", True),
        ("<div hidden><section class=a><p>", True),
        ("<div>", False),
        ("<div aria-hidden=false class=hidden>", False),
        ("<div style='display: block; overflow: hidden'>", False),
        ("<div hidden>No</div><div>", False),
    ],
)
def test_what_readers_do_not_see(around, hidden):
    features = read(f"<p>One</p>{around}Two")
    assert features.hidden[0] == False  # noqa: E712
    assert features.hidden[-1] == hidden
    assert column(features, "hidden") == features.hidden.tolist()


def test_time_grows_with_the_page():
    def seconds(count):
        segments = segment(f"<div class=box><h2>Next</h2><p class=text>{STORY}</p></div>".encode() * count)
        best = float("inf")
        for _ in range(5):
            started = time.perf_counter()
            read_features(segments, META)
            best = min(best, time.perf_counter() - started)
        return best

    assert seconds(4_000) < 8 * seconds(1_000)
