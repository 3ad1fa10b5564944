"""What pages share: documents cannot act in them, and every category has a group."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.model import Category
from cleaner.web import GROUP_OF, GROUPS, asset, plain_json, policy, script_json, source_hash

VALUES = st.recursive(st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))
# `st.text()` leaves surrogates out; documents may hold lone ones.
LONE = st.text(st.characters(categories=["Cs", "Ll", "Po"]), max_size=20)


@given(VALUES)
def test_json_in_a_script_is_the_same_value(value):
    assert json.loads(script_json(value)) == value


@given(VALUES)
def test_json_in_a_script_cannot_end_it(value):
    text = script_json(value)
    assert not set(text) & set("<>&\u2028\u2029\ufeff")


@given(LONE)
def test_lone_surrogates_can_be_written(text):
    for written in (script_json(text), plain_json(text)):
        # A pair of them is one sign to a browser, whose strings are UTF-16.
        read = json.loads(written.encode("utf-8"))
        assert read.encode("utf-16-le", "surrogatepass") == text.encode("utf-16-le", "surrogatepass")


def test_every_category_has_one_group():
    assert set(GROUP_OF) == {category.value for category in Category}
    assert sum(map(len, GROUPS.values())) == len(Category)


@pytest.mark.parametrize("group", GROUPS)
def test_every_group_has_a_colour_in_both_themes_and_a_line(group):
    theme = asset("theme.css")
    assert len(re.findall(rf"--{group}: #[0-9a-f]{{6}};", theme)) >= 2
    assert re.search(rf"\.group-{group} {{ --group: var\(--{group}\); --stroke: \w+; }}", theme)


def test_the_policy_allows_what_is_named_and_nothing_else():
    rules = dict(rule.split(" ", 1) for rule in policy(["one()"], ["p {}"]).split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == source_hash("one()")
    assert rules["style-src"] == source_hash("p {}")
    assert rules["connect-src"] == rules["base-uri"] == rules["form-action"] == rules["trusted-types"] == "'none'"
    assert not re.search("unsafe|data:|https?:", policy(["one()"], ["p {}"]))


def test_the_hash_is_that_of_browsers():
    # The example of the specification (CSP level 3, 8.2): alert('Hello, world.');
    assert source_hash("alert('Hello, world.');") == "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='"


@pytest.mark.parametrize("name", ["dom.js", "spans.js"])
def test_scripts_write_no_markup(name):
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", asset(name))
