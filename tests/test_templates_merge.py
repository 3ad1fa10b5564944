"""New counts into an old file: counts add up, people's decisions stay, what is gone ages out, changes are told."""

from dataclasses import replace
from datetime import date

import pytest

from cleaner.model import Category
from cleaner.templates.lines import Line, Seen, Site, State
from cleaner.templates.merge import merge, paired

JAN, JUNE, NEXT = date(2024, 1, 1), date(2024, 6, 30), date(2025, 9, 1)
SEEN = Seen(90, 100, 60, JAN, JUNE, 0, 90, 90, 0, 900)


def old(*lines):
    return Site("a.example", 100, 80, JAN, JUNE, 50_000, 900, lines)


def new(*lines):
    return Site("a.example", 40, 20, date(2024, 7, 1), date(2024, 8, 1), 20_000, lines=lines)


def again(text, pages=30):
    seen = Seen(pages, 40, 15, date(2024, 7, 2), date(2024, 8, 1), 0, pages, pages, 0, 300)
    return Line(text, state=State.CANDIDATE, seen=seen)


def test_counts_add_up():
    merged = merge(old(Line("Harbour 1", seen=SEEN)), new(again("Harbour 2"), again("Coast")))
    assert (merged.pages, merged.days, merged.first, merged.last) == (140, 100, JAN, date(2024, 8, 1))
    both, fresh = merged.lines
    assert both.seen == Seen(120, 140, 75, JAN, date(2024, 8, 1), 0, 120, 120, 0, 1200)
    assert both.varies, "its number was another"
    assert both.text == "Harbour 1"
    assert fresh.text == "Coast"


def test_days_are_not_more_than_there_are():
    same = Site("a.example", 100, 80, JAN, date(2024, 3, 30), 50_000, lines=(Line("x", seen=SEEN),))
    assert merge(same, same).days == 90


@pytest.mark.parametrize("state", [State.APPROVED, State.REFUSED])
def test_what_people_decided_stays(state):
    merged = merge(old(Line("Harbour", Category.SHARE, state, SEEN)), replace(new(again("Harbour")), last=NEXT))
    assert (merged.lines[0].state, merged.lines[0].category) == (state, Category.SHARE)
    assert merge(old(Line("Harbour", state=state, seen=SEEN)), replace(new(), last=NEXT)).lines


def test_what_a_site_does_not_show_any_more_ages_out():
    site = old(Line("Harbour", seen=SEEN))
    assert merge(site, new()).lines == site.lines
    assert merge(site, replace(new(), last=NEXT)).lines == ()
    assert merge(site, new(), max_age=20).lines == ()
    assert merge(old(Line("Harbour", seen=Seen(90, 100))), replace(new(), last=NEXT)).lines, "nobody knows how old"


def test_sites_are_paired_by_name():
    names = [(one and one.name, two and two.name) for one, two in paired(map(Site, "acd"), map(Site, "bcde"))]
    assert names == [("a", None), (None, "b"), ("c", "c"), ("d", "d"), (None, "e")]
