"""Pages → blocks and containers: where blocks end, what is text, what is gathered on the way."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from cleaner.segment import segment
from tests.timing import least_seconds


def read(page, links=False):
    return segment(page.encode(), links)


def texts(page):
    return [piece.text for piece in read(page).pieces]


@pytest.mark.parametrize(
    ("page", "blocks"),
    [
        ("<p>One</p><p>Two</p>", ["One", "Two"]),
        ("<p>One<p>Two", ["One", "Two"]),
        ("<div>One<p>Two</p>Three</div>Four", ["One", "Two", "Three", "Four"]),
        ("<ul><li>One<li>Two<ul><li>Three</ul></ul>", ["One", "Two", "Three"]),
        ("<h1>One</h1>Two<h2>Three</h2><h6>Four</h6>", ["One", "Two", "Three", "Four"]),
        ("<dl><dt>One<dd>Two</dl>", ["One", "Two"]),
        ("One<br>Two<br/><br>Three", ["One", "Two", "Three"]),
        ("<p>One<hr>Two", ["One", "Two"]),
        ("<figure><figcaption>One</figcaption></figure><blockquote>Two</blockquote>", ["One", "Two"]),
        ("<x-box>One<x-line>Two</x-line></x-box>", ["One", "Two"]),
        ("<teaser>One<headline>Two</headline></teaser>", ["One", "Two"]),
        ("<p>The mayor of <st1:place>Hull</st1:place> left<o:p></o:p>.</p>", ["The mayor of Hull left."]),
        ("<p><person>Ana Ruiz</person> of <org>Acme</org> paid <money>5 €</money>", ["Ana Ruiz of Acme paid 5 €"]),
        (
            "<p>It is <output>5</output> <meter>of 6</meter>, <progress>half</progress> <slot>x</slot>",
            ["It is 5 of 6, half x"],
        ),
        ("<div>One<map name=m><area href=x>two<p>Three</p></map>four</div>", ["Onetwo", "Three", "four"]),
        ("<div>One<map name=m><area href=x><p>Two</div><p>Three", ["One", "Two", "Three"]),
        ("<table><caption>One<tr><th>A<th>B<tr><td>C<td>D</table>", ["One", "A | B", "C | D"]),
        ("<table><tr><td><p>One</p><td>Two</table>", ["One", "Two"]),
        ("<table><tr><td>One<td><p>Two</table>", ["One", "Two"]),
        ("<p>One <b>two</b> <i>th</i>ree<span> four</span></p>", ["One two three four"]),
        ("<p>H<sub>2</sub>O <a href=x>and <em>more</em></a><wbr>.</p>", ["H2O and more."]),
        ("<p>One<!-- not this --> two</p>", ["One two"]),
        ("<p><ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp>字<rt>じ</ruby>を読む", ["漢字を読む"]),
        ("<p><ruby><rb>漢<rb>字<rtc><rt>かん<rt>じ</rtc><rtc>kanji</rtc></ruby>を読む", ["漢字を読む"]),
        ("<frameset><frame src=a><noframes><body><p>One<p>Two</body></noframes></frameset>", ["One", "Two"]),
        ("<p>One</p><noframes><p>Two</noframes>", ["One"]),
        ("<p>One <rt>two<p>Three", ["One two", "Three"]),
        ("<p><ruby>One<rt>two<p>Three", ["One", "Three"]),
        ("<p> One\n\t two&nbsp; three </p>\n\n<p> \n </p>", ["One two three"]),
        ("<p>|</p><p> | </p><p></p>", []),
        ("One", ["One"]),
        ("", []),
        (" \n ", []),
        ("<html></html>", []),
        ("<!-- One -->", []),
    ],
)
def test_blocks(page, blocks):
    assert texts(page) == blocks


@pytest.mark.parametrize(
    ("page", "blocks"),
    [
        ("<html><body><p>One</p></body></html><p>Two</p>Three", ["One", "Two", "Three"]),
        ("<p>One</p></div></p></body>Two<p>Three", ["One", "Two", "Three"]),
        ("<b>One<i>two</b>three</i> four<p>Five", ["Onetwothree four", "Five"]),
        ("<div><p>One<div>Two</p>three</div>Four", ["One", "Twothree", "Four"]),
        ("<html><p>One<html><body><p>Two", ["One", "Two"]),
        ("<li>One</li><td>Two</td>", ["One", "Two"]),
        ("<p>One <", ["One <"]),
        ("<p>One<svg><path d=x><p>Two<p>Three", ["One", "Two", "Three"]),
        ("<p>One<math><mi>x<div>Two</div></math>three", ["One", "Two", "three"]),
    ],
)
def test_broken_pages_lose_no_text(page, blocks):
    assert texts(page) == blocks


@pytest.mark.parametrize(
    "drawing",
    [
        "<svg><foreignObject><div>hi</div></foreignObject></svg>",
        "<svg><g><path d=x><p>hi</p></g></svg>",
        "<svg><path d=x><g><p>hi",
        "<svg><foreignObject><form><td><p>hi</p><form>hi</form></td></form></foreignObject></svg>",
        "<svg><foreignObject><div><svg><foreignObject><p>hi</p></foreignObject></svg></div></foreignObject></svg>",
        "<svg><foreignObject><div>hi</div></foreignObject><foreignObject><div>hi</div></foreignObject></svg>",
        "<math><mrow><mi>x<div>hi</div></mi></mrow></math>",
        "<ruby>hi<rt><x-b>hi<p>hi</p></x-b></rt></ruby>",
    ],
)
def test_what_ends_in_a_drawing_closes_nothing_around_it(drawing):
    segments = read(f"<div><section><p>One</p><figure>{drawing}</figure><p>Two</p></section></div><p>Three")
    found = {piece.text: segments.parents[piece.container] for piece in segments.pieces}
    assert [segments.tags[found[text]] for text in ("One", "Two", "Three")] == ["section", "section", "body"]
    assert found["One"] == found["Two"]


@pytest.mark.parametrize(
    "cut", ["<", "</", "</p", "<p", "<p class='a", "<a href=", "<!-- a", "&am", "<script>a", "<b><i>"]
)
def test_a_page_that_ends_too_early_keeps_what_came_before(cut):
    found = texts(f"<div><p>One</p><ul><li>Two{cut}")
    assert found[0] == "One"
    assert len(found) == 2
    assert found[1].startswith("Two")


@pytest.mark.parametrize(
    "skipped",
    [
        "<script>let page = '<p>No</p>';</script>",
        "<style>p { color: red }</style>",
        "<svg><title>No</title><path d=x /><text>No</text></svg>",
        "<svg/>",
        "<math><mi>No</mi></math>",
        "<select><option>No<option>Nor this</select>",
        "<textarea>No</textarea>",
        "<iframe src=x>No</iframe>",
        "<object><object>No</object><embed src=x>No</object>",
        "<video><source src=x>No</video>",
        "<input value=No>",
        "<embed src=x>",
    ],
)
def test_what_is_no_text_for_readers(skipped):
    assert texts(f"<div>One {skipped}two<p>Three</p></div>") == ["One two", "Three"]


def test_preformatted_text_keeps_its_lines_and_spaces():
    page = "<pre>def f(x):\n    return <b>x</b>  # x\n\n\tdone\n</pre><p>  as   before </p>"
    assert texts(page) == ["def f(x):", "    return x  # x", "    done", "as before"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x0b", "\x0c", "\u2028", "\x85"])
def test_no_block_holds_a_line_break(end):
    for tag in ("p", "pre"):
        found = texts(f"<{tag}>One{end}two</{tag}>")
        assert [line for text in found for line in text.splitlines()] == found


@pytest.mark.parametrize(
    ("page", "blocks"),
    [
        ("<p>Fish &amp; chips &lt;b&gt; &eacute; &#8217; &#x1F600;</p>", ["Fish & chips <b> é ’ 😀"]),
        ("<p>R&D &nosuch; &amp;lt;</p>", ["R&D &nosuch; &lt;"]),
        ("<p>One\x01\x08 two\x7f\x0e</p>", ["One two"]),
        ("<p>\x01</p><p>One</p>", ["One"]),
        ("<p>Ｅ 記事 ünï</p>", ["Ｅ 記事 ünï"]),
    ],
)
def test_characters(page, blocks):
    assert texts(page) == blocks


def test_the_head_is_gathered():
    head = read(
        """<html lang=de><head><title> Bridge
        &amp; port </title><meta name=author content="Ana Ruiz"><link rel=canonical href=/bridge><link rel=alone>
        <script type="application/ld+json">{"a": "<p>&amp;"}</script><script>let a = 1</script></head>
        <body><h1>Bridge <i>opens</i></h1><h2>Not this</h2><time datetime=2024-05-14>Tuesday</time><h1>Port</h1>
        <script type="application/ld+json; charset=utf-8">[2]</script><svg><title>Logo</title></svg></body></html>"""
    ).head
    assert (head.language, head.title, head.headings) == ("de", "Bridge & port", ["Bridge opens", "Port"])
    assert [dict(meta) for meta in head.metas] == [{"name": "author", "content": "Ana Ruiz"}]
    assert [dict(link) for link in head.links] == [{"rel": "canonical", "href": "/bridge"}]
    assert [dict(time) for time in head.times] == [{"datetime": "2024-05-14"}]
    assert head.linked_data == ['{"a": "<p>&amp;"}', "[2]"]


def test_the_first_title_and_language_count():
    head = read("<html lang=fr><title>One</title><html lang=de><body><title>Two</title>").head
    assert (head.language, head.title) == ("fr", "One")


@pytest.mark.parametrize("blank", ["", " \n", "&nbsp;"])
def test_a_blank_title_does_not_hide_the_next(blank):
    assert read(f"<title>{blank}</title><title data-rh=true>Bridge opens</title>").head.title == "Bridge opens"
    assert read("<html xml:lang=it>").head.language == "it"


@pytest.mark.parametrize(
    ("page", "links"),
    [
        ("<p> One  <a href=u>two\n three </a>, four <a href=v>five</a></p>", [("two three", "u"), ("five", "v")]),
        ("<p><a href=u>One</a><a href=v>two</a></p>", [("One", "u"), ("two", "v")]),
        ("<p>One <a href=u> <b>two</b> </a> three</p>", [("two", "u")]),
        ("<p><a>One</a> <a href=''>two</a> <a href=u>three</a></p>", [("three", "u")]),
        ("<p><a href=u><img src=x></a>One <a href=v>two</a></p>", [("two", "v")]),
        ("<table><tr><td><a href=u>One</a><td><a href=v>Two</a></table>", [("One", "u"), ("Two", "v")]),
        ("<p>One\x01 <a href=u>two</a></p>", [("two", "u")]),
        ("<p><a href=u>|</a></p><p>One <a href=v>two</a></p>", [("two", "v")]),
        ("<pre>  One\n\t<a href=u>two  three</a> four</pre>", [("two  three", "u")]),
    ],
)
def test_links_stand_where_they_stood(page, links):
    pieces = read(page, links=True).pieces
    assert [(piece.text[start:end], href) for piece in pieces for start, end, href in piece.hrefs] == links
    assert all(piece.hrefs == () for piece in read(page).pieces)


def test_no_end_of_links_takes_no_time():
    page = "<p>" + "<a href=u>One</a> " * 30_000
    (piece,) = read(page, links=True).pieces
    assert piece.hrefs[:2] == ((0, 3, "u"), (4, 7, "u"))
    assert least_seconds(lambda: read(page, links=True), 10) < 10


@pytest.mark.parametrize(
    ("page", "counts"),
    [
        ("<p>One <a href=u>two</a> <a>three</a></p><p>Four</p>", [(2, 8, 0), (0, 0, 0)]),
        ("<p>One <b>two <b>three</b> four</b> five</p>", [(0, 0, 14)]),
        ("<p><strong><a href=u>One</a></strong> two</p>", [(1, 3, 3)]),
        ("<a href=u><h2>One</h2><p>Two</p></a><p>Three</p>", [(1, 3, 0), (0, 3, 0), (0, 0, 0)]),
        ("<pre><a href=u>One\ntwo</a> <b>three\nfour</b></pre>", [(1, 3, 0), (0, 3, 5), (0, 0, 4)]),
    ],
)
def test_links_and_bold_are_counted(page, counts):
    assert [(piece.links, piece.link_chars, piece.bold_chars) for piece in read(page).pieces] == counts


@pytest.mark.parametrize(
    ("page", "torn"),
    [
        ('<a href="/a">One</a>' * 9, False),
        ('<A href="/a">One</A>' * 9, False),
        ('<a href="/a">One<p>Two</p>' * 3, True),
        ('<a href="/a">One<p>Two</p>' * 2 + '<a href="/a">One</a>' * 9, False),
        ("<script>'<a>' + '<a>' + '<a>'</script>One", False),
    ],
)
def test_links_that_nobody_closes_are_told(page, torn):
    assert read(page).torn is torn


def test_images_and_line_breaks_are_counted():
    segments = read("<p>One<img src=a></p><figure><img src=b><figcaption>Two<br>three</figcaption></figure><img src=c>")
    assert [(piece.images, piece.broken) for piece in segments.pieces] == [(1, False), (1, False), (0, True)]


# Containers, checked against a tree of the same page.

INLINE = {"html", "a", "b", "br"}
CELLS = {"td", "th"}


def bare(text):
    return "".join(text.split()).replace("|", "")


def check_containers(page):
    segments, tree = read(page), etree.fromstring(page, etree.HTMLParser())
    elements = [element for element in tree.iter() if element.tag not in INLINE]
    numbers = {element: number for number, element in enumerate(elements, 1)}
    assert segments.tags == ["", *(element.tag for element in elements)]
    assert [dict(given) for given in segments.attributes[1:]] == [dict(element.attrib) for element in elements]
    around = [next(filter(None, map(numbers.get, element.iterancestors())), 0) for element in elements]
    assert segments.parents == [0, *around]
    inside = [sum(inner in numbers for inner in element.iter()) for element in elements]
    assert segments.ends == [len(elements) + 1, *(number + size for number, size in enumerate(inside, 1))]
    for number, element in enumerate([tree, *elements]):
        held = segments.pieces[segments.firsts[number] : segments.lasts[number]]
        if element.tag in CELLS and all(inner.tag in INLINE for inner in element.iterdescendants()):
            assert not held, "a row is one block, and it stands in the row"
            continue
        assert bare("".join(piece.text for piece in held)) == bare("".join(element.itertext()))
    for block, piece in enumerate(segments.pieces):
        inside = [n for n in range(len(segments.tags)) if segments.firsts[n] <= block < segments.lasts[n]]
        assert piece.container == max(inside, key=lambda n: depth(segments, n))


def depth(segments, number):
    return 0 if number == 0 else 1 + depth(segments, segments.parents[number])


@pytest.mark.parametrize(
    "page",
    [
        "<body><p>One</p><p>Two</p></body>",
        "<div id=a>One<div class=b>Two</div><div></div>Three</div><p>Four<br>five",
        "<ul><li>One<ul><li>Two<li>Three</ul><li>Four</ul>",
        "<table><tr><td><p>One<td><p>Two<p>Three<tr><th>Four<td>Five</table>",
        "<main><article><h1>One</h1><pre>Two\nthree</pre><p>Four</article><aside>Five</aside></main>",
        "<div><p>One<div>Two</p>three</div>four",
        "<p><a href=u>One <b>two</b><p>Three",
        "<section></section><div><div><div></div></div></div>",
    ],
)
def test_containers_hold_the_blocks_inside_them(page):
    check_containers(page)


nested = st.recursive(
    st.sampled_from(["One ", "two", " ", "<br>"]),
    lambda inside: st.tuples(
        st.sampled_from(["div", "div", "p", "ul", "li", "b", "a"]), st.lists(inside, max_size=4)
    ).map(lambda drawn: f"<{drawn[0]}>{''.join(drawn[1])}</{drawn[0]}>"),
    max_leaves=25,
)


@settings(max_examples=150, deadline=None)
@given(st.lists(nested, min_size=1, max_size=4))
def test_containers_of_any_nesting(parts):
    check_containers(f"<body>{''.join(parts)}</body>")


@pytest.mark.parametrize("depth", [200, 3_000, 100_000])
def test_deep_pages_are_read_or_given_up(depth):
    segments = read("<div>" * depth + "One")
    assert segments.gave_up or [piece.text for piece in segments.pieces] == ["One"]
    assert depth > 200 or not segments.gave_up
