"""What is written as TOML is read back as it was."""

import tomllib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.toml import toml_value

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
KEYS = st.from_regex(r"[A-Za-z_][A-Za-z0-9_-]{0,8}", fullmatch=True)
PLAIN = TEXTS | st.integers(-(2**63), 2**63 - 1) | st.booleans() | st.dates()
VALUES = st.recursive(PLAIN, lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner), max_leaves=8)


@given(VALUES)
def test_it_comes_back(value):
    assert tomllib.loads(f"x = {toml_value(value)}") == {"x": value}


@pytest.mark.parametrize("value", [0.5, -3.0, 1e300, date(2024, 2, 29), [], {}])
def test_numbers_days_and_what_is_empty(value):
    assert tomllib.loads(f"x = {toml_value(value)}") == {"x": value}


def test_what_no_utf_8_can_hold_becomes_a_question_mark():
    assert toml_value("a\udcff") == '"a?"'


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), float("nan"), [0.5, float("inf")]])
def test_what_is_infinite_or_no_number(value):
    assert repr(tomllib.loads(f"x = {toml_value(value)}")) == repr({"x": value})
