"""A cleaned page as Markdown: what it looks like, and what a CommonMark parser reads in it."""

import re
from html import escape

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html
from markdown_it import MarkdownIt

import cleaner
from cleaner import Options
from cleaner.blocks import text_document
from cleaner.html import html_document
from cleaner.markdown import to_markdown
from cleaner.model import Category, CleanResult, Page, Removal, apply_removals
from tests.conftest import FIXTURES

URL = "https://www.harbour-post.example/news/bridge"
PAGES = sorted(path.parent for path in (FIXTURES / "pages").glob("*/*/source.html"))


def result_of(page, *gone, links=False, url=URL, **fields):
    """The page with nothing taken out but the texts in ``gone``, in order."""
    document = html_document(Page(page, "html"), Options(extractor="none", links=links), {"url": url})
    removals, at = [], 0
    for text in gone:
        at = document.text.index(text, at)
        removals.append(Removal(at, at + len(text), text, Category.OTHER, "test", "no need", 1.0))
        at += len(text)
    return CleanResult(document, apply_removals(document.text, removals), tuple(removals), **fields)


def written(page, *gone, **options):
    return to_markdown(result_of(page, *gone, **options))


def read_back(markdown):
    """What a parser of CommonMark with GitHub's tables and struck text makes of it."""
    return MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(markdown)


def shown(page, *gone, **options):
    """The page as the parser reads it, without line breaks."""
    return read_back(written(page, *gone, **options)).replace("\n", "")


def table(head, *rows):
    """A table as the parser writes it: cells parted by bars."""
    cells = ["".join(f"<th>{cell}</th>" for cell in head.split("|"))]
    cells += ["".join(f"<td>{cell}</td>" for cell in row.split("|")) for row in rows]
    body = "".join(f"<tr>{row}</tr>" for row in cells[1:])
    return f"<table><thead><tr>{cells[0]}</tr></thead>{f'<tbody>{body}</tbody>' if rows else ''}</table>"


@pytest.mark.parametrize(
    ("page", "markdown"),
    [
        ("<p>One</p><div>Two<br>three</div>", "One\n\nTwo\n\nthree\n"),
        ("".join(f"<h{level}>{level}</h{level}>" for level in range(1, 7)), "# 1\n\n## 2\n\n### 3\n\n#### 4\n\n##### 5\n\n###### 6\n"),
        ("<ul><li>One<li><b>Two</b></ul><p>Three", "- One\n- Two\n\nThree\n"),
        ("<ol><li>One<li>Two</ol>", "1. One\n2. Two\n"),
        ("<ul><li>One<ul><li>Two<ul><li>Three</ul></ul><li>Four</ul>", "- One\n  - Two\n    - Three\n- Four\n"),
        ("<ol><li>One<ul><li>Two</ul><li>Three<ol><li>Four</ol></ol>", "1. One\n   - Two\n2. Three\n   1. Four\n"),
        ("<ul><li><h3>One</h3>Two</ul>", "### One\n\n- Two\n"),
        ("<ul><li><p>One<p>Two<li>Three</ul>", "- One\n\n  Two\n- Three\n"),
        ("<ol><li>One<br>two<ul><li>Three</ul>Four<li>Five</ol>", "1. One\n\n   two\n   - Three\n\n   Four\n2. Five\n"),
        ("<blockquote>One<p>Two</blockquote>Three", "> One\n\n> Two\n\nThree\n"),
        ("<blockquote><h2>One</h2></blockquote>", "> ## One\n"),
        ("<pre>def f(x):\n    return x * 2\n</pre>", "```\ndef f(x):\n    return x * 2\n```\n"),
        ("<pre>One\n```\n````\n</pre>", "`````\nOne\n```\n````\n`````\n"),
        ("<table><tr><th>A<th>B<tr><td>1<td>2</table>", "| A | B |\n| --- | --- |\n| 1 | 2 |\n"),
        ("<table><tr><td>A<td>B<tr><td>1<td>2<td>3</table>", "| A | B |  |\n| --- | --- | --- |\n| 1 | 2 | 3 |\n"),
        ("<table><tr><td>A<td>B<td>C<tr><td>1<tr><td>2<td>3</table>", "| A | B | C |\n| --- | --- | --- |\n| 1 |\n| 2 | 3 |\n"),
        ("<table><tr><td>One</table><p>A | B</p>", "One\n\nA | B\n"),
        ("<dl><dt>One<dd>Two</dl>", "**One**\n\nTwo\n"),
        ("", "\n"),
    ],
)  # fmt: skip
def test_elements(page, markdown):
    assert written(page) == markdown


@pytest.mark.parametrize(
    ("page", "html"),
    [
        ("<h2>One</h2><p>Two", "<h2>One</h2><p>Two</p>"),
        ("<ul><li>One<ol><li>Two</ol><li>Three</ul>", "<ul><li>One<ol><li>Two</li></ol></li><li>Three</li></ul>"),
        ("<ul><li># One<li>- Two</ul>", "<ul><li># One</li><li>- Two</li></ul>"),
        ("<blockquote>- One", "<blockquote><p>- One</p></blockquote>"),
        ("<pre>a * b &lt; c\n  # [d](e)", "<pre><code>a * b &lt; c  # [d](e)</code></pre>"),
        ("<table><tr><td>*A*<td>B<tr><td>1<td>2", table("*A*|B", "1|2")),
        ("<p class='group/pre[x]'>One</p>", "<p>One</p>"),
        ("<dl><dt>*One*:<dd>Two", "<p><strong>*One*:</strong></p><p>Two</p>"),
    ],
)
def test_elements_read_back(page, html):
    assert shown(page) == html


@pytest.mark.parametrize(
    ("page", "html"),
    [
        ("A<td>B<tr><td>x|y<td>z", table("A|B", "x&#124;y|z")),
        ("A<td>B<tr><td>x\\|<td>|y||", table("A|B", "x\\&#124;|&#124;y&#124;&#124;")),
        # A bar between spaces in a cell looks like the end of the cell; no text is lost to it.
        ("A<td>B<tr><td>x | y<td>z", table("A|B|", "x|y|z")),
        ("A<td>B<tr><td>1<td>2<td>3<td>4", table("A|B||", "1|2|3|4")),
        ("A<td>B<td>C<tr><td>1<tr><td>- 2<td># 3", table("A|B|C", "1||", "- 2|# 3|")),
        ("A<td><td>C<tr><td>a<td>b<td>c", table("A||C", "a|b|c")),
        ("A<td><td><td>D<tr><td>a<td>b<td><td>d", table("A|||D", "a|b||d")),
        ("A<td>B<tr><td>1<td><tr><td>3<td>4", table("A|B", "1|", "3|4")),
        ("Title<tr><td>A<td>B<tr><td>1<td>2<tr><td>3. Note", f"<p>Title</p>{table('A|B', '1|2')}<p>3. Note</p>"),
        ("- A<td># B<tr><td>1. a<td>2. b", table("- A|# B", "1. a|2. b")),
    ],
)
def test_cells(page, html):
    assert shown(f"<table><tr><td>{page}</table>") == html.replace("&#124;", "|")


def test_what_is_written_is_no_longer_than_the_page_by_much():
    cells = f"<table><tr>{'<td>a' * 2_000}{'<tr><td>b<td>c' * 2_000}</table>"
    assert len(written(cells)) < 2 * len(cells)
    ticks = "`" * 200_000
    assert written(f"<pre>{ticks}</pre>") == f"{ticks}`\n{ticks}\n{ticks}`\n"


ROWS = "<tr><td>A<td>B<tr><td>1<td>2"
HEADED = "<table><thead><tr><th>A<th>B</thead><tbody><tr><td>1<td>2</tbody></table>"


@pytest.mark.parametrize(
    ("page", "html"),
    [
        (f"<table class=a>{ROWS}</table><table class=b>{ROWS}</table>", table("A|B", "1|2") * 2),
        (f"<table>{ROWS}</table><div><table>{ROWS}</table></div>", table("A|B", "1|2") * 2),
        (HEADED * 2, table("A|B", "1|2") * 2),
        # Their paths do not tell these from one table with four rows.
        (f"<table>{ROWS}</table>" * 2, table("A|B", "1|2", "A|B", "1|2")),
        ("<div>" * 27 + HEADED + "</div>" * 27, table("A|B", "1|2")),
        ("<div>" * 40 + HEADED + "</div>" * 40, table("A|B", "1|2")),
        ("<pre class=a>One</pre><pre class=b>Two</pre>", "<pre><code>One</code></pre><pre><code>Two</code></pre>"),
        ("<pre>One</pre><div><pre>Two</pre></div>", "<pre><code>One</code></pre><pre><code>Two</code></pre>"),
        ("<pre><span>One</span>\n<div>Two</div></pre>", "<pre><code>OneTwo</code></pre>"),
    ],
)
def test_what_stands_next_to_each_other(page, html):
    assert shown(page) == html


@pytest.mark.parametrize(
    "page",
    [
        # Every list here is as the parser writes it.
        "<ol><li>A<ol><li>x</li></ol></li><li>B<ol><li>y</li><li>z</li></ol></li></ol>",
        f"<ol>{'<li>A</li>' * 9}<li>B<ul><li>x<ol><li>y</li></ol></li></ul></li><li>C</li></ol>",
        f"<ol>{'<li>A</li>' * 99}<li>B<ol><li>x</li></ol></li></ol>",
        "<ul><li><ul><li><ul><li>x</li></ul></li></ul></li></ul>",
        "<ul><li><ol><li>x</li><li>y</li></ol></li><li>z</li></ul>",
        "<ul><li>A<ul><li>B<ul><li>C<ul><li>D</li></ul></li></ul></li></ul></li><li>E</li></ul>",
        "<ul><li>A<ul><li>x</li></ul><ol><li>y</li></ol></li></ul>",
        "<ul><li>A</li></ul><ol><li>B</li></ol><ul><li>C</li></ul>",
        "<ol><li>12. Mai</li><li>1) one</li></ol>",
    ],
)
def test_lists(page):
    assert shown(page) == page


@pytest.mark.parametrize("tag", ["ul", "ol"])
def test_lists_whose_paths_tell_that_they_are_two(tag):
    page = "".join(f"<{tag} class={name}><li>{name}</li></{tag}>" for name in "abc")
    assert shown(page) == re.sub(" class=.", "", page)


def test_a_list_deeper_than_paths_go_stays_one():
    page = "<ol><li>A<ul><li>x</li></ul></li><li>B</li></ol>"
    for depth in range(24, 32):
        assert shown("<div>" * depth + page) == page


# Words and signs that mean something in Markdown.
SIGNS = st.sampled_from(
    [*"#>*_`[]()<>|~=-+!\\&;.:", "***", "---", "```", "~~", "<b>", "&lt;", "&copy", "&#33;", "1.", "23)", "word", "a", " "]
)  # fmt: skip
AROUND = ["{}", "<blockquote>{}</blockquote>", "<ul><li>{}</ul>", "<h2>{}</h2>", "<dl><dt>{}</dl>"]


@pytest.mark.parametrize("around", AROUND)
@example(["#", " ", "a"])
@example(["+", " ", "a"])
@example(["~", "~", "~", "a"])
@example(["a", "***"])
@example(["~~", "a", "~~"])
@example(["1."])
@example(["1.", " ", "a"])
@example(["23)", " ", "a"])
@example(["a", " ", "#"])
@example(["&copy", ";"])
@settings(max_examples=100, deadline=None)
@given(st.lists(SIGNS, min_size=1))
def test_no_sign_in_a_line_makes_it_something_else(around, signs):
    result = result_of(around.format(escape("".join(signs))))
    assume(result.document.text)
    said = escape(result.document.text, quote=False)
    assert read_back(to_markdown(result)) == read_back(written(around.format("word"))).replace("word", said)


@example(["\\", "|", "a"])
@settings(max_examples=100, deadline=None)
@given(st.lists(SIGNS, min_size=1))
def test_no_sign_in_a_cell_or_a_link_makes_it_something_else(signs):
    said = " ".join("".join(signs).split())
    assume(said.strip(" |") and "|" not in said.split())
    page = "<table><tr><td>a!<a href='https://a.example/?a=|&amp;lt;b'>{0}</a><td>{0}<tr><td>b<td>c</table>"
    html = table('a!<a href="https://a.example/?a=%7C&amp;lt;b">{0}</a>|{0}', "b|c")
    assert shown(page.format(escape(said)), links=True) == html.format(escape(said, quote=False))


@pytest.mark.parametrize("sign", ["#", "*", "_", "`", "<b>", "[a](b)", "-", "\\", "~~", "&lt;", "1."])
def test_signs_in_the_fields_are_escaped(sign):
    said = f"{sign} One {sign}"
    html = read_back(to_markdown(result_of("<p>Three", title=said, byline=said, published="2024-05-14")))
    escaped = escape(said, quote=False)
    assert html == f"<h1>{escaped}</h1>\n<p><em>{escaped} · 2024-05-14</em></p>\n<p>Three</p>\n"


@pytest.mark.parametrize(
    ("fields", "title", "markdown"),
    [
        ({}, True, "Text\n"),
        ({"title": "One"}, True, "# One\n\nText\n"),
        ({"title": "One"}, False, "Text\n"),
        ({"byline": "Ana Ruiz"}, True, "*Ana Ruiz*\n\nText\n"),
        ({"title": "One", "byline": "Ana Ruiz", "published": "2024-05-14"}, True, "# One\n\n*Ana Ruiz · 2024-05-14*\n\nText\n"),
        ({"title": "One", "published": "2024-05-14"}, False, "*2024-05-14*\n\nText\n"),
    ],
)  # fmt: skip
def test_the_fields_stand_above_the_text(fields, title, markdown):
    assert to_markdown(result_of("<p>Text", **fields), title) == markdown


@pytest.mark.parametrize(
    ("page", "markdown"),
    [
        ("<p>One <a href=https://a.example/x>two</a>.", "One [two](<https://a.example/x>)."),
        ("<p><a href=/x>One</a> <a href='?y'>*two*</a>", f"[One](<{URL[:32]}/x>) [\\*two\\*](<{URL}?y>)"),
        ("<ul><li><a href=//a.example>One</a></ul>", "- [One](<https://a.example>)"),
        ("<h2><a href=https://a.example/(x)>One</a></h2>", "## [One](<https://a.example/(x)>)"),
        ("<p><a href=https://a.example><b>One</b><br>two</a>", "[One](<https://a.example>)\n\ntwo"),
        ("<p><a href='javascript:go()'>One</a> <a href=mailto:a@b.example>two</a>", "One two"),
        ("<p><a href='/x y'>One</a> <a href='/&lt;x&gt;'>two</a> <a href='http://['>three</a>", "One two three"),
        ("<p><a>One</a> <a href=''>two</a>", "One two"),
        ("<p><a href=https://a.example>One [two] three]</a>", "[One \\[two\\] three\\]](<https://a.example>)"),
        ("<p>One!<a href=https://a.example>two</a>", "One\\![two](<https://a.example>)"),
        ("<p><a href='https://a.example/?a&amp;copy;&amp;b'>One</a>", "[One](<https://a.example/?a&amp;copy;&b>)"),
        ("<p><a href='https://a.example/\\*'>One</a>", "[One](<https://a.example/\\\\*>)"),
        (
            "<table><tr><td><a href=https://a.example/|>A<td>B</a>",
            "| [A](<https://a.example/\\|>) | B |\n| --- | --- |",
        ),
    ],
)
def test_links(page, markdown):
    assert written(page, links=True) == f"{markdown}\n"
    assert "](" not in written(page)


def test_relative_links_need_the_address_of_the_page():
    page = "<p><a href=/x>One</a> <a href=https://a.example/>two</a> <a href='https://a.example/&#13;x'>three</a>"
    assert written(page, links=True, url="") == "One [two](<https://a.example/>) three\n"


@pytest.mark.parametrize(
    ("page", "gone", "markdown"),
    [
        ("<p>One<p>Two<p>Three", ["Two"], "One\n\nThree"),
        ("<p>One<p>Two<p>Three", ["One\nTwo\n"], "Three"),
        ("<p>One<p>Two<p>Three", ["ne\nTwo\nTh"], "O\n\nree"),
        ("<p>One, read more: two, three", ["One, ", " two,"], "read more: three"),
        ("<ol><li>One<li>Two<li>Three</ol>", ["Two"], "1. One\n2. Three"),
        ("<ul><li>One<li>Two</ul><p>Three<ul><li>Four", ["Three"], "- One\n- Two\n- Four"),
        ("<p>Read: # One", ["Read: "], "\\# One"),
        ("<p>One <a href=/x>two three</a> <a href=/y>four</a>", ["three"], f"One two  [four](<{URL[:32]}/y>)"),
        ("<p>One", ["One"], ""),
        (
            "<pre>keep secret keep\n  two secret\nsecret</pre>",
            [" secret", " secret", "secret"],
            "```\nkeep keep\n  two\n```",
        ),
        ("<p>One!x<a href=/x>two</a>", ["x"], f"One\\![two](<{URL[:32]}/x>)"),
        ("<p>&amp;xlt; 1x. One", ["x", "x"], "&amp;lt; 1. One"),
        ("<p>1x. One", ["x"], "1\\. One"),
        ("<table><tr><td>A<td>B<td>C<tr><td>1<td>2<td>3", ["B"], "| A |  | C |\n| --- | --- | --- |\n| 1 | 2 | 3 |"),
    ],
)
def test_what_was_removed_is_not_written(page, gone, markdown):
    assert written(page, *gone, links=True) == f"{markdown}\n"


def test_lines_of_a_plain_text_become_paragraphs():
    text = "One # two\n\n  * three\n    four\n"
    assert to_markdown(CleanResult(text_document(text), text)) == "One # two\n\n\\* three\n\nfour\n"


def test_numbers_are_no_lists():
    text = "3. Oktober 1990 war es.\n1) one\n12.5 Prozent\n1234567890. nothing\n2.\n"
    markdown = to_markdown(CleanResult(text_document(text), text))
    assert markdown == "3\\. Oktober 1990 war es.\n\n1\\) one\n\n12.5 Prozent\n\n1234567890. nothing\n\n2\\.\n"
    assert "<ol>" not in read_back(markdown)


@pytest.mark.parametrize("folder", PAGES, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_every_word_of_a_page_is_written(folder):
    result = cleaner.clean((folder / "source.html").read_bytes(), kind="html", url=URL, options=Options(links=True))
    body = to_markdown(CleanResult(result.document, result.text, result.removals))
    content = lxml_html.fromstring(f"<div>{read_back(body)}</div>").text_content()
    assert re.findall(r"\w+", content) == re.findall(r"\w+", result.text)
