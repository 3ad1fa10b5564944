"""Dates as they are printed, in the languages of the packs; bylines without their "by"."""

import pytest

import cleaner
from cleaner.fields import dates_in, find_fields
from cleaner.model import Category, Document, Removal


@pytest.mark.parametrize(
    ("text", "language", "iso"),
    [
        ("Published: May 14, 2024 10:23 am", "en", "2024-05-14T10:23"),
        ("14 May 2024", "en", "2024-05-14"),
        ("December 20, 2016 | Comments »", "en", "2016-12-20"),
        ("Stand: 28.04.2023 17:23 Uhr", "de", "2023-04-28T17:23"),
        ("14. Mai 2024", "de", "2024-05-14"),
        ("Publié le 18 juillet 2024 à 08:01", "fr", "2024-07-18T08:01"),
        ("14 de mayo de 2024", "es", "2024-05-14"),
        ("14 maggio 2024", "it", "2024-05-14"),
        ("14 de maio de 2024", "pt", "2024-05-14"),
        ("07/06/2024 05h02", "pt", "2024-06-07T05:02"),
        ("12 maart 2025, 16:20", "nl", "2025-03-12T16:20"),
        ("2 września 2024, 14:35", "pl", "2024-09-02T14:35"),
        ("23 ноября 2024, 16:45", "ru", "2024-11-23T16:45"),
        ("23 листопада 2024", "uk", "2024-11-23"),
        ("03.10.2024 - 09:24", "tr", "2024-10-03T09:24"),
        ("14 Mayıs 2024", "tr", "2024-05-14"),
        ("23 oktober 2025", "sv", "2025-10-23"),
        ("16 يناير 2025", "ar", "2025-01-16"),
        ("פורסם: 21.03.24, 14:20", "he", "2024-03-21T14:20"),
        ("2024年5月14日 10:23", "ja", "2024-05-14T10:23"),
        ("2024年5月14日", "zh", "2024-05-14"),
        ("입력 2025.04.22 05:30", "ko", "2025-04-22T05:30"),
        ("07.26.14, 23:20", "he", "2014-07-26T23:20"),
        ("2024-05-14T10:23:00+02:00", None, "2024-05-14T10:23"),
    ],
)
def test_dates(text, language, iso):
    assert next(dates_in(text, language), None) == iso


@pytest.mark.parametrize("text", ["2 hours ago", "Monday", "May 14", "12:30", "1,500", "99/99/2024", ""])
def test_what_is_no_date(text):
    assert list(dates_in(text, "en")) == []


def test_an_action_other_than_field_leaves_the_field_empty():
    text = "By Jane Doe\n\nThe council voted on Tuesday night to rebuild the old harbour bridge after a long debate."
    assert cleaner.clean(text).byline == "Jane Doe"
    kept = cleaner.clean(text, options=cleaner.Options(actions={"byline": "keep"}))
    assert kept.byline is None
    assert kept.text == text


@pytest.mark.parametrize(
    ("line", "byline"),
    [
        ("By Jane Doe and Ana Ruiz", "Jane Doe and Ana Ruiz"),
        ("By all that we have learned in the twelve years since we began to write this", None),
        ("By people, not machines.", None),
        ("By 12 editors", None),
    ],
)
def test_a_byline_is_a_name(line, byline):
    removal = Removal(0, len(line), line, Category.BYLINE, "byline.en.by-name", "strong byline: a byline", 1.0)
    assert find_fields(Document(line, ()), [removal]).byline == byline
