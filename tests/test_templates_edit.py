"""What people change in a file of templates, and how two files differ."""

import pytest

from cleaner.errors import UsageError
from cleaner.model import Category
from cleaner.templates.edit import changes, differences, edited, put_back
from cleaner.templates.files import read_sites, write_sites
from cleaner.templates.lines import Line, Seen, Site, State

SEEN = Seen(90, 100, top=0, end=90, edge=90, chars=900)


def old(*lines):
    return Site("a.example", 100, lines=lines)


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
