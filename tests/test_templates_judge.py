"""Template or news: the same bars for a site of twenty pages and for one of two million."""

from datetime import date, timedelta

import pytest

from cleaner.model import Category
from cleaner.templates.judge import Words, is_template, share_at_least
from cleaner.templates.lines import Line, Seen, Site

START = date(2024, 1, 1)


def site(pages=1000, days=400):
    first = START if days else None
    return Site("a.example", pages, days, first, START + timedelta(days=days - 1) if days else None)


def line(pages, of, text="Gazeti la pwani", *, span=400, days=None, place="end", edge=1.0, deep=0.0, **more):
    first, last = (START, START + timedelta(days=span - 1)) if span else (None, None)
    days = min(pages, span) if days is None else days
    sides = {"top": (pages, 0), "end": (0, pages), "story": (0, 0), "both": (pages // 2, pages - pages // 2)}[place]
    seen = Seen(pages, of, days, first, last, *sides, int(edge * pages), int(deep * pages), pages * 20)
    return Line(text, seen=seen, **more)


def goes(line, site, words=Words.NOTHING, category=Category.OTHER):
    return is_template(line, site, words, category)


@pytest.mark.parametrize("size", [20, 200, 20_000, 2_000_000])
def test_what_most_pages_have_at_their_edge_goes_whatever_the_size(size):
    assert goes(line(int(0.9 * size), size), site(size))
    assert not goes(line(int(0.3 * size), size), site(size))  # a refrain, a paragraph of background, a standing head
    assert goes(line(int(0.3 * size), size, deep=1.0), site(size))  # a section's menu, behind what all pages have


def test_few_pages_show_nothing():
    assert not goes(line(9, 9), site(9))
    assert not goes(line(4, 20, deep=1.0), site(20))
    assert not goes(line(11, 20), site(20)), "eleven of twenty may be a third"
    assert goes(line(16, 20), site(20))
    assert not goes(line(500, 2_000_000, deep=1.0), site(2_000_000))


def test_among_the_paragraphs_only_a_notice_goes():
    head = line(900, 1000, "Why it matters", place="story", edge=0)
    assert not goes(head, site())
    assert not goes(head, site(), Words.HINT)
    assert goes(line(900, 1000, "Sign up for the letter", place="story", edge=0), site(), Words.NOTICE)
    assert not goes(line(990, 1000, "“We did not come this far,” she said.", place="story", edge=0), site())


def test_a_hint_counts_outside_the_story():
    assert goes(line(40, 1000, edge=0), site(), Words.HINT)
    assert not goes(line(40, 1000, edge=0), site())


def test_corrections_and_what_fills_fields_are_no_template():
    assert not goes(line(1000, 1000), site(), Words.NOTICE, Category.CORRECTION)
    assert not goes(line(250, 1000, edge=0), site(), Words.HINT, Category.BYLINE)
    assert not goes(line(900, 1000), site(), Words.NOTICE, Category.BYLINE)


def test_what_is_seen_for_a_few_days_is_news_or_passes():
    assert not goes(line(60, 60, span=3), site())
    assert not goes(line(60, 400, span=160, days=2), site())
    assert goes(line(60, 60, span=3), site(), Words.NOTICE), "a campaign's own words"
    assert not goes(line(60, 60, span=3, place="story", edge=0), site(), Words.NOTICE)
    assert goes(line(55, 60, span=3), site(60, days=3)), "all pages are of these days"
    assert goes(line(55, 60, span=0, days=0), site(60, days=0)), "nobody knows of which"
    assert not goes(line(55, 60, span=0, days=0), site()), "undated pages among dated ones"


def test_the_first_paragraph_of_a_story_that_all_others_tease_stays():
    teased = line(99, 99, span=1, place="end", prose=True)
    assert goes(teased, site(99, days=1)), "its own page was not seen: cleaning looks at the place again"
    own = Seen(100, 100, 1, START, START, 1, 99, 100, 0, 2000)
    assert not goes(Line("A paragraph.", seen=own, prose=True), site(100, days=1))


def test_headlines_are_no_template():
    assert not goes(line(900, 1000, headline=True), site())
    assert goes(line(900, 1000, "Sign up", headline=True), site(), Words.NOTICE)


def test_the_interval_is_wilsons():
    # Wilson (1927) by the textbook formula, by hand: 0 of n gives 0, n of n gives n / (n + z²).
    assert share_at_least(0, 50) == pytest.approx(0, abs=1e-12)
    assert share_at_least(0, 0) == 0
    assert share_at_least(50, 50) == pytest.approx(50 / (50 + 1.96**2), rel=1e-4)
    assert share_at_least(30, 20) == share_at_least(20, 20)
