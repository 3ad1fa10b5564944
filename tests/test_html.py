"""Pages as a whole: the story, the fields, the flags, and the record of what was taken out."""

import json
from itertools import product

import numpy as np
import pytest

import cleaner
from cleaner import Options, html
from cleaner.extract import mark_main
from cleaner.features import name_bags, read_features
from cleaner.hashing import in_buckets
from cleaner.mend import mend
from cleaner.model import Category
from cleaner.pages import read_page
from cleaner.segment import Segments, segment
from tests.invariants import check_invariants
from tests.test_scorer import MENU, PAGE, STORY
from tests.timing import least_seconds

URL = "https://www.harbour-post.example/news/bridge"
TITLE = "Council votes to rebuild the bridge"
NAV = PAGE[PAGE.index("<nav") : PAGE.index("</nav>") + 6]


def linked_data(**node):
    return (
        f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", "headline": TITLE} | node)}</script>'
    )


def page(head="", inside="", below="", story=STORY):
    """The simple page, with something in its head, at the end of its article and below it."""
    paragraphs = "".join(f"<p>{text}</p>" for text in story)
    return f"""<!DOCTYPE html><html lang="en"><head>{head}</head><body>{NAV}
    <article><h1>{TITLE}</h1>{paragraphs}{inside}</article>{below}<footer><p>Imprint</p></footer></body></html>"""


def lines(text):
    return [line for line in text.splitlines() if line.strip()]


# What comes out of a simple page.


@pytest.mark.parametrize("preset", ["careful", "balanced", "thorough"])
def test_the_story_is_left(preset):
    options = Options(preset=preset)
    result = cleaner.clean(page(), url=URL, options=options)
    assert lines(result.text) == STORY
    assert (result.title, result.flags, result.language) == (TITLE, frozenset(), "en")
    check_invariants(result, options)


@pytest.mark.parametrize("extractor", ["combined", "readability", "justext", "none"])
def test_the_invariants_hold_whoever_is_asked(extractor):
    options = Options(extractor=extractor)
    result = cleaner.clean(page(), url=URL, options=options)
    assert [line for line in lines(result.text) if line in STORY] == STORY
    check_invariants(result, options)


OTHER = [text.replace("bridge", "museum").replace("council", "board").replace("river", "square") for text in STORY]
FURTHER = f"<h1>The museum opens on Sunday</h1>{''.join(f'<p>{text}</p>' for text in OTHER)}"


@pytest.mark.parametrize(
    "source",
    [
        page(below=f"<article>{FURTHER}</article>"),
        page(below=f"<article>{FURTHER}</article><article>{FURTHER.replace('Sunday', 'Monday')}</article>"),
        page(below=f"<div>{FURTHER}</div>").replace("<h1>", "<h1 class=headline>"),
        page(linked_data()).replace("<article>", f"<article>{FURTHER}</article><article>"),
    ],
    ids=["one", "several", "of one class", "before it"],
)
def test_further_articles_are_not_the_story(source):
    result = cleaner.clean(source, url=URL)
    assert lines(result.text) == STORY
    assert result.title == TITLE
    check_invariants(result)


def test_crossheads_do_not_end_the_story():
    story = (
        page()
        .replace("<h1>", "<h1 class=headline>")
        .replace(f"<p>{STORY[3]}", f"<h1 class=cross>Divers</h1><p>{STORY[3]}")
    )
    assert [line for line in lines(cleaner.clean(story, url=URL).text) if line != "Divers"] == STORY


def test_a_logo_in_an_h1_does_not_end_the_story():
    logo = "<h1 class=logo>The Valley Paper</h1>"
    top = f"<section>{logo}<h2>{TITLE}</h2>{''.join(f'<p>{text}</p>' for text in OTHER)}</section>"
    source = (
        page(f"<title>{TITLE}</title>").replace("<article>", f"{top}<article>{logo}").replace(f"<h1>{TITLE}</h1>", "")
    )
    assert set(STORY) <= set(lines(cleaner.clean(source, url=URL).text))


def mended(source, main, likely=(), reached=0.5):
    """The main content of a page whose scorer takes some texts for it, mended; others are ``likely`` to be."""
    segments = segment(source.encode())
    shares = [1.0 if piece.text in main else reached * (piece.text in likely) for piece in segments.pieces]
    guessed = [Category.RELATED] * len(shares)
    held = mend(segments, read_features(segments, {}), np.array(shares, np.float32), guessed)
    return [piece.text for piece, is_held in zip(segments.pieces, held, strict=True) if is_held]


@pytest.mark.parametrize(
    "below",
    [
        "<p class=comment>x" * 100_000,
        "<div class=footer>x" * 50_000,
        "<ul><li>a<li>b</ul>" * 50_000,
        "<ul><li><h3>a</h3><li><h3>b</h3></ul>" * 10_000,
        "<ul><li><h3>a</h3>" * 10_000 + "</ul>" * 10_000 + f"<p>{STORY[0]}",
        "<table><tr><td>a<tr><td>" * 15_000,
    ],
    ids=["comments", "feet", "lists", "headings", "nested headings", "nested tables"],
)
def test_many_parts_take_no_time(below):
    segments = segment(page(below=below).encode())
    features = read_features(segments, {})
    reached = np.array([piece.text in STORY for piece in segments.pieces], np.float32)
    assert least_seconds(lambda: mend(segments, features, reached, [Category.RELATED] * len(reached)), 2) < 2


@pytest.mark.parametrize(("links", "kept"), [(4, True), (1, False)])
def test_a_paragraph_below_links_that_nobody_closes_is_no_link(links, kept):
    source = page().replace(f"<p>{STORY[4]}", f"{'<a href=/x>one' * links}<p>{STORY[4]}")
    assert (STORY[4] in mended(source, STORY[:4])) is kept


@pytest.mark.parametrize(("name", "kept"), [("cmp-text", True), ("cookie-text", False)])
def test_a_crosshead_stays_unless_its_class_names_it(name, kept):
    source = page().replace(f"<p>{STORY[3]}", f"<h2 class={name}>Divers</h2><p>{STORY[3]}")
    assert ("Divers" in mended(source, STORY)) is kept


def test_a_second_line_like_a_headline_is_a_crosshead():
    source = page().replace(f"<p>{STORY[0]}", f"<div>What happened on Tuesday</div><p>{STORY[0]}")
    result = cleaner.clean(source, url=URL)
    assert result.title == TITLE
    assert "What happened on Tuesday" in lines(result.text)


def test_dates_and_authors_of_many_teasers_are_none_of_the_article():
    teasers = [
        (f"Ana Ruiz{'abcdef'[n]}", f"{n + 1} May 2024", f"The ferry of line {n} is late again") for n in range(6)
    ]
    items = "".join(
        f"<li><a href=/{n}>{head}</a><div class=author>{name}</div><div class=date>{date}</div>"
        for n, (name, date, head) in enumerate(teasers)
    )
    source = page(below=f"<ul class=related>{items}</ul>").replace("</h1>", "</h1><div class=date>11 April 2024</div>")
    result = cleaner.clean(source, url=URL)
    names = {line: r.category for r in result.removals for line in lines(r.text)}
    assert {names[date] for _, date, _ in teasers} == {Category.RELATED}
    assert {names[name] for name, _, _ in teasers[1:]} == {Category.RELATED}
    assert names["11 April 2024"] == Category.TIMESTAMP
    assert result.published == "2024-04-11"


def test_a_site_that_calls_the_parts_of_its_story_comments_keeps_them():
    parts = "".join(f"<div class=comment-body><p>{text}</p></div>" for text in [*STORY[2:], *OTHER])
    source = page(story=STORY[:2], below=f"<div class=comments>{parts}</div>")
    assert set(mended(source, {*STORY, *OTHER})) >= {*STORY, *OTHER}
    assert set(mended(source, {*STORY[:2]}, {*STORY[2:], *OTHER}, 1.0)) >= {*STORY, *OTHER}


@pytest.mark.parametrize(
    ("reached", "likely", "kept"), [(0.65, 1, True), (0.3, 1, False), (0.3, 3, True), (0.1, 3, False)]
)
def test_likely_paragraphs_between_main_content_are_taken_in(reached, likely, kept):
    texts = {f"{text} Nobody had said so before." for text in OTHER[:likely]}
    found = "".join(f"<div class=part{n}><p>{text}</p></div>" for n, text in enumerate(texts))
    source = page().replace(f"<p>{STORY[3]}", f"{found}<p>{STORY[3]}")
    assert (texts <= set(mended(source, STORY, texts, reached))) is kept
    assert not texts & set(mended(page(below=found), STORY, texts, reached)), "below it they are none"


def test_a_table_of_links_between_paragraphs_is_the_story_s_and_a_list_of_them_is_not():
    cells = ["The ferry of line one", "The ferry of line two"]
    table = "".join(f"<tr><td><a href=/{n}>{text}</a></td></tr>" for n, text in enumerate(cells))
    items = "".join(f"<li><a href=/{n}>{text}</a></li>" for n, text in enumerate(cells))
    for inside, kept in ((f"<table>{table}</table>", True), (f"<ul>{items}</ul>", False)):
        source = page().replace(f"<p>{STORY[3]}", f"{inside}<p>{STORY[3]}")
        assert any(cells[0] in text for text in mended(source, STORY)) is kept


def test_heads_of_the_parts_of_a_list_may_be_links():
    places = ["Ferry", "Bridge", "Harbour", "Market", "Station", "Museum", "Theatre"]

    def told(count):
        parts = "".join(
            f"<h3 class=place><a href=/{name}>{name}</a></h3><p>{text}</p>"
            for name, text in zip(places[:count], (STORY[1:] + OTHER), strict=False)
        )
        return set(places) & set(mended(page(story=STORY[:1], inside=parts), {*STORY, *OTHER}))

    assert told(7) == set(places)
    assert told(2) == set()


def test_what_holds_most_of_the_story_is_no_list_to_be_dropped():
    items = "".join(f"<li><p>{text}</p></li>" for text in STORY[1:])
    more = "".join(f"<li>{'Ferry tickets ' * 20}</li>" for _ in range(30))
    assert set(STORY) <= set(mended(page(story=STORY[:1], inside=f"<ul>{items}{more}</ul>"), STORY))


NOTE = (
    "Ana Ruiz has written about rivers and those who live on them for twenty years, and keeps two goats in the valley."
)


def alike(word):
    """A class name, as programs make them up, whose hash falls together with a word's."""
    names = [
        a + b + c + d + e for a, b, c, d, e in product("bdfghjkl", "aeiou", "mnprstvw", "aeiou", "bcdfghjklmnpqrstvwxz")
    ]
    names = [name + end for name in names for end in "xyzq"]
    return names[int((in_buckets(name_bags(names)[0]).items == in_buckets(name_bags([word])[0]).items).argmax())]


@pytest.mark.parametrize(
    ("source", "kept"),
    [
        (page(below=f"<section class=AuthorNote><p>{NOTE}</p></section>"), False),
        (page(below=f"<div itemprop=author><p>{NOTE}</p></div><div class=page_footer><p>{NOTE}</p></div>"), False),
        (page().replace(f"<p>{STORY[3]}", f"<div class=author-said><p>{NOTE}</p></div><p>{STORY[3]}"), True),
        (page(below=f"<div class={alike('footer')}><p>{NOTE}</p></div>"), True),
        (page(below=f"<div class=authority><p>{NOTE}</p></div>"), True),
        (page().replace("<article>", f"<article class=by-author><p>{NOTE}</p>"), True),
    ],
    ids=["note on the author", "two in a row", "in the story", "of one hash", "another word", "around the story"],
)
def test_what_a_story_ends_with_is_known_by_its_name(source, kept):
    told = mended(source, {NOTE, *STORY})
    assert (NOTE in told) is kept
    assert set(STORY) <= set(told)


@pytest.mark.parametrize(
    ("source", "kept"),
    [
        (page(below=f"<div id=user-comments>{FURTHER}</div>"), False),
        (page(below=f"<div class=panel>{FURTHER}</div>"), True),
        (page(below=f"<div>{FURTHER}</div>").replace("<body>", "<body class=has-comments>"), True),
        (page().replace("<article>", f"<div class=comments>{FURTHER}</div><article>"), True),
    ],
    ids=["below", "without a name", "all of the page", "above"],
)
def test_what_is_called_comments_below_a_story_is_none_of_it(source, kept):
    source = source.replace("h1", "h2")
    texts = mended(source, {piece.text for piece in segment(source.encode()).pieces})
    assert set(STORY) <= set(texts)
    assert (set(OTHER) <= set(texts)) == kept


ASKED = ["Who pays for the bridge?", "When is it open again?", "May carts cross it?"]


@pytest.mark.parametrize(
    ("questions", "name", "kept"),
    [(ASKED, "box", True), (ASKED[:2], "box", False), (ASKED, "login-help", False)],
    ids=["three", "two", "named by a class"],
)
def test_questions_and_answers_below_the_story_are_part_of_it(questions, name, kept):
    answers = [f"{text} So it was decided." for text in OTHER]
    pairs = "".join(f"<h3>{q}</h3><div>{a}</div>" for q, a in zip(questions, answers, strict=False))
    told = mended(page(below=f"<section class={name}><h2>FAQ</h2>{pairs}</section>"), STORY, answers, 0.3)
    assert [text for text in told if text in questions] == (questions if kept else [])
    assert ("FAQ" in told) is kept


def test_hidden_text_is_not_the_story():
    result = cleaner.clean(page(inside=f"<div style='display:none'><p>{OTHER[0]}</p><p>{OTHER[1]}</p></div>"), url=URL)
    assert lines(result.text) == STORY
    assert OTHER[0] in result.restore()


def test_a_slash_in_a_class_parts_no_steps():
    source = page(below="<div class='w-1/2 md:w-1/3'>Back to the top</div>").replace(
        "<article", "<article class=mt-1/2"
    )
    result = cleaner.clean(source, url=URL)
    path = next(block.path for block in result.document.blocks if block.text == STORY[0])
    assert path.split("/") == ["body", "article[mt-1\N{DIVISION SLASH}2]", "p"]
    (reason,) = [removal.reason for removal in result.removals if "Back to the top" in removal.text]
    assert "in div[w-1\N{DIVISION SLASH}2 md:w-1\N{DIVISION SLASH}3]:" in reason


# Fields.

HEAD = f"""<title>{TITLE} | The Harbour Post</title><link rel=canonical href="/news/bridge">
<meta property="og:site_name" content="The Harbour Post"><meta property="og:image" content="/other.jpg">""" + linked_data(
    author={"@type": "Person", "name": "Ana Ruiz"},
    datePublished="2024-05-14T10:23:00+02:00",
    dateModified="2024-05-15T08:00:00Z",
    articleSection="Local",
    image={"@type": "ImageObject", "url": "/bridge.jpg", "caption": "The bridge at dawn", "creditText": "Jonas Falk"},
)


def test_fields_from_the_metadata():
    result = cleaner.clean(page(HEAD), url=f"{URL}?ref=feed#top")
    assert (result.title, result.byline) == (TITLE, "Ana Ruiz")
    assert (result.published, result.updated) == ("2024-05-14T10:23", "2024-05-15T08:00")
    assert (result.section, result.site, result.url) == ("Local", "The Harbour Post", URL)
    assert result.image == cleaner.model.Image(
        "https://www.harbour-post.example/bridge.jpg", "The bridge at dawn", "Jonas Falk"
    )


def test_fields_from_the_page_where_the_metadata_is_silent():
    seen = "<figure><img src=/b.jpg><figcaption>The bridge in May</figcaption></figure>"
    head = '<meta property="og:image" content="/b.jpg">'
    result = cleaner.clean(page(head).replace("</h1>", f"</h1><p class=byline>By Ana Ruiz</p>{seen}"), url=URL)
    assert (result.title, result.byline, result.url) == (TITLE, "Ana Ruiz", URL)
    assert result.image == cleaner.model.Image("https://www.harbour-post.example/b.jpg", "The bridge in May", None)
    assert lines(result.text) == STORY


def test_a_page_that_says_nothing_of_itself():
    result = cleaner.clean(page())
    assert (result.byline, result.published, result.updated, result.section) == (None,) * 4
    assert (result.site, result.url, result.image) == (None,) * 3


# A story that stands in the JSON-LD alone.


def test_a_body_in_the_json_ld_alone_is_printed():
    head = linked_data(author="Ana Ruiz", articleBody="\n\n".join(STORY))
    result = cleaner.clean(f"<html lang=en><head>{head}</head><body>{NAV}<div id=app></div></body></html>")
    assert lines(result.text) == STORY
    assert (result.title, result.byline, result.flags) == (TITLE, "Ana Ruiz", frozenset())
    check_invariants(result)


def test_html_in_the_json_ld_is_read_as_html():
    body = "".join(f"<p>{text.replace('bridge', '<b>bridge</b>')}</p>" for text in STORY)
    result = cleaner.clean(f"<html lang=en><head>{linked_data(articleBody=body)}</head><body>{NAV}</body></html>")
    assert lines(result.text) == STORY


@pytest.mark.parametrize("body", ["\n".join(STORY), "Another text than the page shows, and a short one.", ""])
def test_a_page_that_shows_its_story_is_printed_from_the_page(body):
    result = cleaner.clean(page(linked_data(articleBody=body)))
    assert lines(result.text) == STORY
    assert result.document.text == cleaner.clean(page()).document.text


# Flags.


@pytest.mark.parametrize(
    ("source", "flags"),
    [
        (page(), set()),
        (page(linked_data(isAccessibleForFree=False)), {"truncated"}),
        (page(linked_data(isAccessibleForFree="http://schema.org/False")), {"truncated"}),
        (page('<meta property="article:content_tier" content="locked">'), {"truncated"}),
        (page(linked_data(isAccessibleForFree=True)), set()),
        (f"<html lang=en><body>{NAV}<footer><p>© Harbour Post</p></footer></body></html>", {"no-article", "empty"}),
        ("<html></html>", {"no-article", "empty"}),
        ("<p>", {"no-article", "empty"}),
        ("", {"no-article", "empty"}),
    ],
)
def test_flags(source, flags):
    result = cleaner.clean(source, kind="html")
    assert result.flags == flags
    check_invariants(result)


def test_a_page_of_menu_and_teasers_is_no_article():
    teasers = "".join(
        f"<div class='teaser card'><h3><a href=/{n}>{title}</a></h3><a class=more href=/{n}>More</a></div>"
        for n, title in enumerate(["Ferry company adds two boats", "Flood wall passes its test", "A new roof in May"])
    )
    result = cleaner.clean(f"<html lang=en><body>{NAV}<main><section class=teasers>{teasers}</section></main></body>")
    assert "no-article" in result.flags
    check_invariants(result)


@pytest.mark.parametrize(
    ("source", "flags"),
    [(page(), {"second-opinion"}), (f"<html lang=en><body>{NAV}{NAV}{NAV}</body></html>", {"no-article", "empty"})],
    ids=["a story", "menus"],
)
def test_where_the_scorer_finds_nothing_others_are_asked(monkeypatch, source, flags):
    def none(*given):
        marked = mark_main(*given)
        return marked._replace(main=np.zeros(len(marked.main), bool))

    monkeypatch.setattr(html, "mark_main", none)
    result = cleaner.clean(source, url=URL)
    assert result.flags == flags
    assert set(STORY if "second-opinion" in flags else ()) <= set(lines(result.text))
    check_invariants(result)


def test_a_page_that_the_parser_gives_up_on_is_stripped_of_its_tags(monkeypatch):
    # Older parsers give up on deep pages; there is no page that newer ones give up on.
    monkeypatch.setattr(html, "segment", lambda *_: Segments(gave_up=True))
    result = cleaner.clean(
        f"<html><style>p {{}}</style><script>'<p>'</script><div>\n<p>{STORY[0]} Fish &amp; chips.<p>{STORY[1]}"
    )
    assert result.flags == {"degraded"}
    assert lines(result.text) == [f"{STORY[0]} Fish & chips.", STORY[1]]
    check_invariants(result)


# Bytes.

UMLAUTS = [text.replace("bridge", "Brücke").replace("harbour", "Häfen") for text in STORY]


@pytest.mark.parametrize(
    ("declared", "codec"),
    [
        ("utf-8", "utf-8"),
        ("iso-8859-1", "utf-8"),
        ("iso-8859-1", "cp1252"),
        ("windows-1252", "cp1252"),
        (None, "utf-8"),
        (None, "cp1252"),
        (None, "utf-8-sig"),
        ("utf-8", "utf-16"),
    ],
)
def test_bytes_and_text_give_the_same_result(declared, codec):
    text = page(f"<meta charset={declared}>" if declared else "", story=UMLAUTS)
    result = cleaner.clean(text.encode(codec), kind="html", url=URL)
    assert lines(result.text) == UMLAUTS
    assert result == cleaner.clean(text, kind="html", url=URL)


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_page_is_known_behind_a_byte_order_mark(codec):
    raw = ("\ufeff" * codec.endswith("e") + page(story=UMLAUTS)).encode(codec)
    assert read_page(raw).kind == "html"
    assert lines(cleaner.clean(raw, url=URL).text) == UMLAUTS
    assert read_page(f"\ufeff{UMLAUTS[0]}".encode("utf-16-be")).kind == "text"


@pytest.mark.parametrize(
    "above",
    ["<script src=/tools.js charset=utf-8></script>", "<meta http-equiv=Content-Type content='text/html; charset='>"],
    ids=["of a script", "empty"],
)
def test_what_is_no_encoding_of_the_page_is_passed_over(above):
    text = "新的桥梁将于五月开放。议会昨天以七票对二票通过了这一决定，镇长说，工程将在一年内完成。"
    raw = page(f"{above}<meta charset=gb2312>", story=[text]).encode("gb2312") + "<!-- é -->".encode()
    assert text in cleaner.clean(raw, kind="html", url=URL).text


def test_what_utf_8_cannot_carry_is_replaced():
    result = cleaner.clean(page(story=[f"{text} \ud800\0" for text in STORY]), kind="html")
    assert [line.rstrip("?\ufffd ") for line in lines(result.text)] == STORY
    assert MENU[0] in result.document.text
