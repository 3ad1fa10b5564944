"""Whom a page's main content is asked of: the learned scorer, readability-lxml, jusText, both, or nobody."""

import random
import subprocess
import sys

import pytest

from cleaner import Options, extract
from cleaner.html import html_document
from cleaner.model import Page
from cleaner.options import EXTRACTORS
from tests.test_scorer import MENU, PAGE, STORY
from tests.timing import least_seconds

HIDDEN = (
    "Readers who cannot see this paragraph are not meant to: the council, the ferry company and the divers are in it all "
    "the same, and so are the bridge, its two piers, the flood of three years ago and the eighteen months that it will take."
)

LEGAL = (
    "The publisher of this paper is not answerable for what is said on the pages that it links to, and it keeps the "
    "right to change or to withdraw any of its own without telling its readers, who may write to the address below."
)
# readability-lxml takes what is called a sidebar for one; jusText takes whatever is long and in sentences.
TELLTALE = PAGE.replace(f"<p>{STORY[2]}</p>", f"<div class=sidebar><p>{STORY[2]}</p></div>").replace(
    '<footer class="site-footer">', f'<footer class="site-footer"><p>{LEGAL}</p>'
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
@pytest.mark.parametrize("hiding", ["<p hidden>", "<p style='display: none'>", "<dialog><p>", "<noscript><p>"])
def test_hidden_blocks_are_no_main_content(extractor, hiding):
    found = main_content(with_inside(f"{hiding}{HIDDEN}</p></dialog></noscript>"), extractor)
    assert HIDDEN not in found
    assert set(STORY) <= set(found)


def test_a_short_text_that_only_screen_readers_do_not_see_is_decoration():
    assert "At the harbour" not in main_content(with_inside("<p aria-hidden=true>At the harbour</p>"))
    assert "At the harbour" in main_content(with_inside("<p>At the harbour</p>"))


def test_a_paragraph_goes_with_those_around_it():
    menu = "".join(f"<a href=/{n}>Topic {n}</a> " for n in range(3000))
    assert STORY[-1] in main_content(PAGE.replace(f"<p>{STORY[-1]}", f"<div>{menu}</div><p>{STORY[-1]}"))


@pytest.mark.parametrize(
    "around", ["<p aria-hidden=true>", "<dialog open><p>", "<button aria-expanded=false>Tolls</button><p hidden>"]
)
def test_what_readers_see_or_may_open_is_for_the_scorer_to_judge(around):
    assert STORY[1] in main_content(PAGE.replace(f"<p>{STORY[1]}", f"{around}{STORY[1]}"))


def test_a_story_behind_a_paywall_counts_though_a_style_hides_it():
    page = "".join(f"<p>{text}" for text in (*MENU, STORY[0]))
    found = main_content(
        f"<article>{page}<div style='display:none'>{''.join(f'<p>{text}' for text in STORY[1:])}</div>"
    )
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


@pytest.mark.parametrize(
    "doubtful",
    [
        "",
        f"<aside class=box><p>{HIDDEN}</p></aside>",
        f"<div class=comments><p>{HIDDEN}</p></div>",
        f"<figure><figcaption>{HIDDEN[:90]}</figcaption></figure>",
        f"<ul><li>{HIDDEN[:60]}<li>{HIDDEN[60:]}</ul>",
        "<p><a href=/x>Read the whole report of the engineers</a></p><p>Ana Ruiz</p><p>•</p>",
    ],
)
def test_the_careful_preset_keeps_all_that_the_thorough_one_keeps(doubtful):
    careful, balanced, thorough = (
        main_content(with_inside(doubtful), preset=preset) for preset in ("careful", "balanced", "thorough")
    )
    assert set(STORY) <= set(thorough) <= set(balanced) <= set(careful)


def test_what_tells_the_others_apart():
    by_readability, by_justext = (main_content(TELLTALE, name) for name in ("readability", "justext"))
    assert [text for text in by_readability if text in STORY] == [*STORY[:2], *STORY[3:]]
    assert [text for text in by_justext if text in (*STORY, LEGAL)] == [*STORY, LEGAL]


def test_jus_text_fills_the_gaps_between_what_readability_keeps():
    combined = main_content(TELLTALE, "combined")
    assert [text for text in combined if text in (*STORY, LEGAL)] == STORY


@pytest.mark.parametrize("extractor", ["combined", "readability", "justext"])
@pytest.mark.parametrize(
    "page",
    [
        TELLTALE.replace("</article>", f"{'<p></p>' * extract.MAX_CONTAINERS}</article>"),
        TELLTALE.replace("</article>", f"<p>{'word ' * (extract.MAX_TEXT // 5)}</p></article>"),
    ],
    ids=["of many containers", "long"],
)
def test_pages_that_nobody_else_is_shown(page, extractor):
    assert main_content(page, extractor) == main_content(page, "learned")


def test_finely_cut_pages_are_not_shown_to_jus_text():
    page = TELLTALE.replace("</article>", f"{'<p>One</p>' * extract.MAX_BLOCKS}</article>")
    assert main_content(page, "combined") == main_content(page, "readability")
    assert main_content(page, "justext") == main_content(page, "learned")


@pytest.mark.parametrize("ask", [extract.ask_readability, lambda *given: extract.ask_justext(*given, "en")])
@pytest.mark.parametrize("source", ["", "<p>Too little", "<p>Words that stand nowhere on the page. " * 20])
def test_next_to_nothing_is_no_opinion(ask, source):
    assert ask(PAGE, STORY) == [True] * len(STORY)
    assert ask(source, STORY) is None


def test_a_long_text_is_found_wherever_it_stands_in_what_was_kept():
    for first in range(40):
        kept = [STORY[1], f"{STORY[0][:first]}. {STORY[2]}", STORY[3]]
        for size in (extract.ENOUGH_CHARS - 1, extract.ENOUGH_CHARS, extract.ENOUGH_CHARS + 1, 60):
            texts = [STORY[3], STORY[2][:size], STORY[2][first : first + size], f"{STORY[2][:size]}!"]
            assert extract._found_again(texts, kept) == [True, *[size >= extract.ENOUGH_CHARS] * 2, False]


def test_texts_that_nobody_kept_take_no_time():
    letters = random.Random(1)
    texts = ["".join(letters.choices("abcdefgh ", k=60)) for _ in range(40_000)]
    assert extract._found_again(texts, texts[::2]) == [True, False] * 20_000
    assert least_seconds(lambda: extract._found_again(texts, texts[::2]), 5) < 5


@pytest.mark.parametrize("extractor", ["combined", "readability", "justext"])
@pytest.mark.parametrize("page", ["x", "<p>The bridge is closed.", f"{'<div>' * (extract.MAX_DEPTH + 1)}{TELLTALE}"])
def test_without_an_opinion_the_scorer_s_counts(page, extractor):
    assert main_content(page, extractor) == main_content(page, "learned")


def test_where_another_extractor_fails_nothing_is_printed():
    code = "import sys, cleaner; cleaner.clean(sys.argv[1], options=cleaner.Options(extractor='readability'))"
    page = f"<html><body><div><p>{STORY[2]}</p><ul><li><a href='/'>Home</a></li></ul>\x01<p>{STORY[3]}</p></div>"
    run = subprocess.run([sys.executable, "-c", code, page], capture_output=True, text=True, check=True)
    assert run.stderr == ""
