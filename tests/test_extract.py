"""Whom a page's main content is asked of: the learned scorer, readability-lxml, jusText, both, or nobody."""

import justext
import pytest
import readability

from cleaner import Options, extract
from cleaner.html import html_document
from cleaner.model import Page
from cleaner.options import EXTRACTORS
from tests.test_scorer import MENU, PAGE, STORY

HIDDEN = (
    "Readers who cannot see this paragraph are not meant to: the council, the ferry company and the divers are in it all "
    "the same, and so are the bridge, its two piers, the flood of three years ago and the eighteen months that it will take."
)


def main_content(page, extractor="learned", **options):
    document = html_document(Page(page, "html"), Options(extractor=extractor, **options), {})
    return [block.text for block in document.blocks if block.main]


def with_inside(inside):
    """The page with something after its third paragraph."""
    return PAGE.replace(f"<p>{STORY[3]}</p>", f"{inside}<p>{STORY[3]}</p>")


@pytest.mark.parametrize("extractor", EXTRACTORS)
def test_the_paragraphs_of_a_simple_page(extractor):
    found = main_content(PAGE, extractor)
    assert [text for text in found if text in STORY] == STORY
    assert (MENU[0] in found) is (extractor == "none")
    assert ("Imprint" in found) is (extractor == "none")


@pytest.mark.parametrize("extractor", ["learned", "combined", "readability", "justext"])
@pytest.mark.parametrize(
    "hiding", ["<p hidden>", "<p style='display: none'>", "<div aria-hidden=true><p>", "<noscript><p>"]
)
def test_hidden_blocks_are_no_main_content(extractor, hiding):
    found = main_content(with_inside(f"{hiding}{HIDDEN}</p></div></noscript>"), extractor)
    assert HIDDEN not in found
    assert set(STORY) <= set(found)


@pytest.mark.parametrize("hiding", ["<body hidden>", "<body style='visibility: hidden'>"])
def test_a_page_that_is_all_hidden_is_not_lost(hiding):
    found = main_content(PAGE.replace("<body>", hiding))
    assert [text for text in found if text in STORY] == STORY


@pytest.mark.parametrize("extractor", ["learned", "combined", "readability"])
def test_a_heading_goes_with_what_it_stands_above(extractor):
    assert "A vote at midnight" in main_content(with_inside("<h2>A vote at midnight</h2>"), extractor)


def test_a_heading_that_stands_above_a_list_of_links_does_not():
    links = "".join(f"<li><a href=/{n}>{name} and more of it</a></li>" for n, name in enumerate(MENU))
    found = main_content(PAGE.replace("</article>", f"</article><aside><h2>More of today</h2><ul>{links}</ul></aside>"))
    assert set(STORY) <= set(found)
    assert "More of today" not in found
    assert not [text for text in found if text.endswith("and more of it")]


def test_the_thorough_preset_takes_no_less_than_the_careful_one():
    careful, balanced, thorough = (
        set(main_content(PAGE, preset=preset)) for preset in ("careful", "balanced", "thorough")
    )
    assert set(STORY) <= thorough <= balanced <= careful


def asked(monkeypatch):
    """Which of the two are asked from now on; both answer with nothing."""
    names = []
    for name in ("ask_readability", "ask_justext"):
        monkeypatch.setattr(extract, name, lambda *_, name=name: names.append(name))
    return names


@pytest.mark.parametrize(
    ("extractor", "names"),
    [
        ("learned", []),
        ("none", []),
        ("readability", ["ask_readability"]),
        ("justext", ["ask_justext"]),
        ("combined", ["ask_readability", "ask_justext"]),
    ],
)
def test_who_is_asked(extractor, names, monkeypatch):
    seen = asked(monkeypatch)
    main_content(PAGE, extractor)
    assert seen == names


@pytest.mark.parametrize("extractor", ["combined", "readability", "justext"])
@pytest.mark.parametrize(
    "page",
    [
        f"<body>{'<div>' * (extract.MAX_DEPTH + 1)}{PAGE}",
        PAGE.replace("</article>", f"{'<p></p>' * extract.MAX_CONTAINERS}</article>"),
        PAGE.replace("</article>", f"<p>{'word ' * (extract.MAX_TEXT // 5)}</p></article>"),
    ],
    ids=["deep", "of many containers", "long"],
)
def test_pages_that_nobody_else_is_shown(page, extractor, monkeypatch):
    seen = asked(monkeypatch)
    assert set(STORY) <= set(main_content(page, extractor))
    assert seen == []


@pytest.mark.parametrize("extractor", ["combined", "justext"])
def test_finely_cut_pages_are_not_shown_to_justext(extractor, monkeypatch):
    seen = asked(monkeypatch)
    main_content(PAGE.replace("</article>", f"{'<p>One</p>' * extract.MAX_BLOCKS}</article>"), extractor)
    assert "ask_justext" not in seen


def fails(*_args, **_options):
    raise RecursionError("as deep pages do to it")


@pytest.mark.parametrize("extractor", ["combined", "readability", "justext"])
def test_an_opinion_that_fails_leaves_the_scorer_s(extractor, monkeypatch):
    monkeypatch.setattr(readability.Document, "summary", fails)
    monkeypatch.setattr(justext, "justext", fails)
    assert main_content(PAGE, extractor) == main_content(PAGE, "learned")


def test_of_two_opinions_one_may_fail(monkeypatch):
    alone = {name: main_content(PAGE, name) for name in ("readability", "justext")}
    with monkeypatch.context() as patch:
        patch.setattr(readability.Document, "summary", fails)
        assert main_content(PAGE, "combined") == alone["justext"]
    monkeypatch.setattr(justext, "justext", fails)
    assert main_content(PAGE, "combined") == alone["readability"]


@pytest.mark.parametrize("summary", ["", "<p>Too little</p>", "<p>Words that stand nowhere on the page. " * 20])
def test_next_to_nothing_is_no_opinion(summary, monkeypatch):
    monkeypatch.setattr(readability.Document, "summary", lambda *_args, **_options: summary)
    assert main_content(PAGE, "readability") == main_content(PAGE, "learned")


def test_the_second_opinion_fills_gaps_between_the_blocks_of_the_first(monkeypatch):
    texts = [*MENU, *STORY]
    monkeypatch.setattr(extract, "ask_readability", lambda *_: [text in (STORY[0], STORY[4]) for text in texts])
    monkeypatch.setattr(extract, "ask_justext", lambda *_: [text in (MENU[0], STORY[2]) for text in texts])
    page = "".join(f"<p>{text}</p>" for text in texts)
    assert main_content(page, "combined") == [STORY[0], STORY[2], STORY[4]]
