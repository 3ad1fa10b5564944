"""New counts into an old file: counts add up, people's decisions stay, what is gone ages out, changes are told."""

from dataclasses import replace
from datetime import date

import pytest

from cleaner.errors import UsageError
from cleaner.model import Category
from cleaner.templates.drift import Drift, template_drift
from cleaner.templates.edit import changes, differences, edited, put_back
from cleaner.templates.files import read_sites, write_sites
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


def test_deleted_lines_are_refused_and_new_ones_approved():
    before = old(*(Line(text, seen=SEEN) for text in ("one", "two", "three")), Line("maybe", state=State.CANDIDATE))
    after = Site("a.example", lines=(Line("One", Category.SHARE), Line("three"), Line("new", state=State.TEMPLATE)))
    found = {line.text: line for line in edited(before, after).lines}
    assert {text: line.state.value for text, line in found.items()} == {
        "One": "approved", "two": "refused", "three": "template", "maybe": "candidate", "new": "approved",
    }  # fmt: skip
    assert found["One"].seen == SEEN
    assert found["three"].seen == SEEN
    assert edited(before, after).pages == 100


@pytest.mark.parametrize("form", [".toml", ".parquet"])
def test_edited_sites_go_back_into_their_file(tmp_path, form):
    if form == ".parquet":
        pytest.importorskip("pyarrow", reason="needs the extra learn")
    path, before = tmp_path / f"s{form}", tmp_path / f"before{form}"
    for each in (path, before):
        write_sites(each, [Site("a", lines=(Line("one"), Line("two"))), Site("c", lines=(Line("three"),))])
    put_back(path, [Site("a", lines=(Line("one"),)), Site("b", lines=(Line("four"),))])
    sites = list(read_sites(path))
    assert [site.name for site in sites] == ["a", "b", "c"]
    told = {name: [(c.mark, c.line.text) for c in found] for name, found in differences(before, path)}
    assert told == {"a": [("-", "two")], "b": [("+", "four")]}
    with pytest.raises(UsageError, match="there is no file"):
        list(differences(path, tmp_path / f"none{form}"))


def test_changes_name_what_goes_and_what_does_not():
    one = Site("a", lines=(Line("x"), Line("y"), Line("gone"), Line("r", state=State.REFUSED)))
    two = Site("a", lines=(Line("x", Category.SHARE), Line("y", state=State.REFUSED), Line("r"), Line("z")))
    assert [(c.mark, c.line.text, c.note) for c in changes(one, two)] == [
        ("~", "x", "it was other"), ("-", "y", "refused"), ("+", "r", ""), ("+", "z", ""), ("-", "gone", ""),
    ]  # fmt: skip
