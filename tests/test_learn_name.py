"""What the words of a site's lines say."""

import pytest

from cleaner.learn.name import AT_ONCE, Named, name_site
from cleaner.model import FIELD_CATEGORIES, Category
from cleaner.templates.judge import Words
from cleaner.templates.lines import Line, Seen

BELOW, ABOVE = Seen(20, 20, end=20), Seen(20, 20, top=20)


def name(text, seen=BELOW, path=""):
    return name_site([Line(text, seen=seen, path=path)])[0]


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("Sign up for our newsletter", Category.NEWSLETTER),
        ("We use cookies to improve your experience.", Category.COOKIE_CONSENT),
        ("Abonnieren Sie unseren Newsletter", Category.NEWSLETTER),
    ],
)
def test_a_rule_knows_a_notice(text, category):
    assert name(text) == Named(category, Words.NOTICE)


def test_what_somebody_says_is_no_notice():
    assert name("“Sign up for our newsletter,” she said.").words is not Words.NOTICE


def test_the_classes_around_a_line_are_a_hint():
    assert name("Kila asubuhi mfukoni mwako", path="body/div[newsletter-box]/p") == Named(
        Category.NEWSLETTER, Words.HINT
    )


def test_a_rule_goes_before_the_classes():
    assert name("Sign up for our newsletter", path="div[share]/p").category is Category.NEWSLETTER


def test_short_lines_above_the_stories_are_a_menu():
    assert name("Berriak", ABOVE) == Named(Category.NAVIGATION, Words.NOTHING)


@pytest.mark.parametrize(
    "text", ["Grace Mwangi", "14 May 2024 at noon in Mombasa town", "Gaurko eta biharko berriak hemen"]
)
def test_a_guess_fills_no_field(text):
    found = name(text, Seen(20, 20, end=20))
    assert found.words is Words.NOTICE or found.category not in FIELD_CATEGORIES


def test_every_line_of_many_is_named_in_its_place():
    lines = [Line(f"Berriak {chr(0x4E00 + number)}", seen=ABOVE) for number in range(AT_ONCE + 5)]
    lines[AT_ONCE + 2] = Line("Sign up for our newsletter", seen=BELOW)
    found = name_site(lines)
    assert len(found) == len(lines)
    assert [place for place, each in enumerate(found) if each.category is Category.NEWSLETTER] == [AT_ONCE + 2]
    assert name_site([]) == []
