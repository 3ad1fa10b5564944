"""The day of a record, in the many forms that records have it."""

from datetime import UTC, date, datetime

import pytest

from cleaner.learn.days import day_of

DAY = date(2024, 5, 14)


@pytest.mark.parametrize(
    "fields",
    [
        {"date": "2024-05-14"},
        {"date": "2024-05-14T23:59:59+02:00"},
        {"date": "20240514"},
        {"published": "Tue, 14 May 2024 10:00:00 GMT"},
        {"date": None, "timestamp": 1715680800},
        {"timestamp": 1715680800.5},
        {"timestamp": 1715680800000},
        {"date": DAY},
        {"date": datetime(2024, 5, 14, 8, tzinfo=UTC)},
        {"date": "soon", "published": "2024-05-14"},
    ],
)
def test_fields(fields):
    assert day_of(fields) == DAY


def test_the_page_and_the_address_tell_where_no_field_does():
    assert day_of({}, said="2024-05-14T10:00") == DAY
    assert day_of({}, address="https://a.example/2024/05/14/bridge") == DAY
    assert day_of({}, address="https://a.example/story-20240514-bridge") == DAY
    assert day_of({}, address="https://a.example/2024/0514123/") is None
    assert day_of({}, address="https://a.example/2024/13/41/") is None


def test_a_key_that_is_named_is_the_only_one():
    assert day_of({"seen": "2024-05-14", "date": "2023-01-01"}, "seen") == DAY
    assert day_of({"date": "2024-05-14"}, "seen", address="https://a.example/2024/05/14/x") is None


@pytest.mark.parametrize("value", ["", "yesterday", "2024-02-31", True, [], {}, float("nan"), 1e300, "9" * 400])
def test_what_is_no_day(value):
    assert day_of({"date": value}) is None
