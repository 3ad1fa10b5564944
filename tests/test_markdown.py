"""A cleaned page as Markdown: what it looks like, and what a CommonMark parser reads in it."""

import re

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
    """What a parser of CommonMark with GitHub's tables makes of it."""
    return MarkdownIt("commonmark").enable("table").render(markdown)


@pytest.mark.parametrize(
    ("page", "markdown"),
    [
        ("<p>One</p><div>Two<br>three</div>", "One\n\nTwo\n\nthree\n"),
        ("".join(f"<h{level}>{level}</h{level}>" for level in range(1, 7)), "# 1\n\n## 2\n\n### 3\n\n#### 4\n\n##### 5\n\n###### 6\n"),
        ("<ul><li>One<li><b>Two</b></ul><p>Three", "- One\n- Two\n\nThree\n"),
        ("<ol><li>One<li>Two</ol>", "1. One\n2. Two\n"),
        ("<ul><li>One<ul><li>Two<ul><li>Three</ul></ul><li>Four</ul>", "- One\n   - Two\n      - Three\n- Four\n"),
        ("<ol><li>One<ul><li>Two</ul><li>Three<ol><li>Four</ol></ol>", "1. One\n   - Two\n2. Three\n   1. Four\n"),
        ("<ul><li><h3>One</h3>Two</ul>", "### One\n\n- Two\n"),
        ("<blockquote>One<p>Two</blockquote>Three", "> One\n\n> Two\n\nThree\n"),
        ("<blockquote><h2>One</h2></blockquote>", "> ## One\n"),
        ("<pre>def f(x):\n    return x * 2\n</pre>", "```\ndef f(x):\n    return x * 2\n```\n"),
        ("<pre>One\n```\n````\n</pre>", "`````\nOne\n```\n````\n`````\n"),
        ("<table><tr><th>A<th>B<tr><td>1<td>2</table>", "| A | B |\n| --- | --- |\n| 1 | 2 |\n"),
        ("<table><tr><td>A<td>B<tr><td>1<td>2<td>3</table>", "| A | B |  |\n| --- | --- | --- |\n| 1 | 2 | 3 |\n"),
        ("<table><tr><td>One</table><p>A | B</p>", "One\n\nA | B\n"),
        ("<dl><dt>One<dd>Two</dl>", "**One**\n\nTwo\n"),
        ("", "\n"),
    ],
)  # fmt: skip
def test_elements(page, markdown):
    assert written(page) == markdown


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        ("<h2>One</h2><p>Two", "<h2>One</h2><p>Two</p>"),
        ("<ul><li>One<ol><li>Two</ol><li>Three</ul>", "<ul><li>One<ol><li>Two</li></ol></li><li>Three</li></ul>"),
        ("<ul><li># One<li>- Two</ul>", "<ul><li># One</li><li>- Two</li></ul>"),
        ("<blockquote>- One", "<blockquote><p>- One</p></blockquote>"),
        ("<pre>a * b &lt; c\n  # [d](e)", "<pre><code>a * b &lt; c  # [d](e)</code></pre>"),
        (
            "<table><tr><td>*A*<td>B<tr><td>1<td>2",
            "<table><thead><tr><th>*A*</th><th>B</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>",
        ),
        ("<dl><dt>*One*:<dd>Two", "<p><strong>*One*:</strong></p><p>Two</p>"),
    ],
)
def test_elements_read_back(page, shown):
    assert read_back(written(page)).replace("\n", "") == shown


# Words and signs that mean something in Markdown. Not among them: digits, ampersands and links, which stand for more.
SIGNS = st.sampled_from([*"#>*_`[]()<>|~=-+!\\", "***", "---", "```", "<b>", "word", "a", " "])


@pytest.mark.parametrize("around", ["{}", "<blockquote>{}</blockquote>", "<ul><li>{}</ul>"])
@example(["#", " ", "a"])
@example(["+", " ", "a"])
@example(["~", "~", "~", "a"])
@example(["a", "***"])
@settings(max_examples=100, deadline=None)
@given(st.lists(SIGNS, min_size=1))
def test_no_sign_in_a_line_makes_it_something_else(around, signs):
    result = result_of(around.format("".join(signs).replace("<", "&lt;")))
    assume(result.document.text)
    said = result.document.text.replace("<", "&lt;").replace(">", "&gt;")
    assert read_back(to_markdown(result)) == read_back(written(around.format("word"))).replace("word", said)


@pytest.mark.parametrize("sign", ["#", "*", "_", "`", "<b>", "[a](b)", "-", "\\"])
def test_signs_in_the_fields_are_escaped(sign):
    said = f"{sign} One {sign} two"
    shown = read_back(to_markdown(result_of("<p>Three", title=said, byline=said, published="2024-05-14")))
    escaped = said.replace("<", "&lt;").replace(">", "&gt;")
    assert shown == f"<h1>{escaped}</h1>\n<p><em>{escaped} · 2024-05-14</em></p>\n<p>Three</p>\n"


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
    ],
)
def test_links(page, markdown):
    assert written(page, links=True) == f"{markdown}\n"
    assert "](" not in written(page)


def test_relative_links_need_the_address_of_the_page():
    page = "<p><a href=/x>One</a> <a href=https://a.example/>two</a>"
    assert written(page, links=True, url="") == "One [two](<https://a.example/>)\n"


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
    ],
)
def test_what_was_removed_is_not_written(page, gone, markdown):
    assert written(page, *gone, links=True) == f"{markdown}\n"


def test_lines_of_a_plain_text_become_paragraphs():
    text = "One # two\n\n  * three\n    four\n"
    assert to_markdown(CleanResult(text_document(text), text)) == "One # two\n\n\\* three\n\nfour\n"


@pytest.mark.parametrize("folder", PAGES, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_every_word_of_a_page_is_written(folder):
    result = cleaner.clean((folder / "source.html").read_bytes(), kind="html", url=URL, options=Options(links=True))
    body = to_markdown(CleanResult(result.document, result.text, result.removals))
    shown = lxml_html.fromstring(f"<div>{read_back(body)}</div>").text_content()
    assert re.findall(r"\w+", shown) == re.findall(r"\w+", result.text)
