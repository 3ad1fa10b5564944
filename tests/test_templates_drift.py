"""Whose template has changed."""

from dataclasses import replace
from datetime import date

from cleaner.templates.drift import Drift, template_drift
from cleaner.templates.lines import Line
from tests.test_templates_merge import SEEN, again, new, old

FIRM = tuple(Line(f"Harbour {name}", seen=replace(SEEN, pages=95)) for name in "abcd")


def test_a_site_that_shows_none_of_its_lines_has_changed():
    drift = template_drift(replace(old(*FIRM), taken=15_000), new(again("Other")))
    assert drift == Drift("a.example", 0.3, 0.0, 4, 4)
    assert str(drift).startswith("a.example: 4 of the 4 lines that most of its pages had are gone")
    assert "30.0%" in str(drift)


def test_small_differences_and_few_pages_tell_nothing():
    site = replace(old(*FIRM), taken=3_000)
    same = new(*(again(line.text) for line in FIRM))
    assert template_drift(site, same) is None
    assert template_drift(site, replace(new(), pages=19)) is None


def test_lines_that_were_gone_before_are_not_missed():
    """A template of years ago, which the site's last pages did not show any more."""
    ancient = tuple(Line(line.text, seen=replace(line.seen, last=date(2024, 3, 1))) for line in FIRM)
    assert template_drift(replace(old(*ancient), taken=500), new(again("Other"))) is None


def test_a_scraper_that_broke_is_told_by_the_share_alone():
    """All lines are there still, and four times as much of the text is template."""
    site = replace(old(*FIRM), taken=2_500)
    found = new(*(replace(again(line.text), seen=replace(again(line.text).seen, chars=1_000)) for line in FIRM))
    assert template_drift(site, found) == Drift("a.example", 0.05, 0.2, 0, 4)
