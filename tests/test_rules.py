"""Every rule against its own hits and misses, against the other rules' misses, and against time."""

import re

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cleaner.errors import RuleError
from cleaner.model import Category
from cleaner.rules import key_of, load_rules, read_rules
from cleaner.rules.match import Matcher, package_matcher
from cleaner.rules.prove import prove
from cleaner.text import fold, read_block
from tests.timing import least_seconds

RULES = load_rules()
BY_FILE = sorted({(rule.category.value, rule.language) for rule in RULES})
SMALL = {"any", "ms", "ne", "ur", "zu"}
"""Packs that are not complete."""
LANGUAGES = sorted({rule.language for rule in RULES} - SMALL)


@pytest.mark.parametrize(("category", "language"), BY_FILE, ids="-".join)
def test_rules_keep_what_they_promise(category, language):
    mine = [rule for rule in RULES if rule.id.startswith(f"{category}.{language}.")]
    assert list(prove(mine, against=package_matcher())) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_categories_that_its_sites_use(language):
    have = {rule.category for rule in RULES if rule.language == language}
    needed = {
        Category.BYLINE, Category.TIMESTAMP, Category.PHOTO_CREDIT, Category.PAYWALL, Category.NEWSLETTER,
        Category.REGISTRATION, Category.APP_PROMO, Category.COOKIE_CONSENT, Category.ADVERTISEMENT, Category.COMMENTS,
        Category.SHARE, Category.RELATED, Category.NAVIGATION, Category.TAGS, Category.COPYRIGHT, Category.UI,
        Category.MEDIA_PLAYER, Category.TECHNICAL,
    }  # fmt: skip
    assert needed - have == set()


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.pattern], ids=lambda rule: rule.id)
def test_a_pattern_is_linear_and_its_keys_are_true(rule):
    re2 = pytest.importorskip("re2")
    re2.compile(rule.regex.pattern)  # refuses what cannot be matched in linear time
    check_keys(rule)


# Strings made from a pattern: few, because there are hundreds of patterns, and each is long.
EXAMPLES = 3


def check_keys(rule):
    """Whatever the pattern matches holds one of its keys: a rule must not be shut out by its own gate.

    The gate asks for whole words; a key glued to a number or a neighbour ("5min") is a match forgone, and known.
    """

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.from_regex(rule.regex, fullmatch=True))
    def holds(text):
        folded = fold(text).text
        if rule.regex.fullmatch(folded):
            assert any(key in folded for key in rule.keys)

    holds()


BOMBS = [
    "a" * 30_000, "a " * 15_000, " " * 30_000, "1" * 30_000, "(" * 30_000, "photo: " * 5_000, "by and " * 5_000,
    "a.b@" * 8_000, "read more: " * 3_000, "© 2024 " * 5_000, "12:34 " * 5_000, "-" * 30_000, "Foto: " * 5_000,
]  # fmt: skip


@pytest.mark.parametrize("bomb", BOMBS, ids=lambda bomb: bomb[:12])
def test_no_bomb_takes_more_than_its_length(bomb):
    keyed = [bomb, *(f"{key} {bomb[:3000]}" for rule in RULES[::40] for key in rule.keys[:1])]
    blocks = [read_block(line) for line in keyed]
    assert least_seconds(lambda: list(package_matcher().match(blocks)), 20) < 20


def write(tmp_path, body):
    path = tmp_path / "newsletter" / "en.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(body, encoding="utf-8")
    return path


GOOD = """
[[rule]]
id = "newsletter.en.x"
why = "because"
strength = "strong"
phrases = ["join our newsletter"]
hits = ["Join our newsletter"]
misses = ["The newsletter was his idea."]
"""


def test_a_good_file_loads(tmp_path):
    assert read_rules(write(tmp_path, GOOD))[0].phrases == ("join our newsletter",)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("strength =", "strenght ="), "did you mean 'strength'"),
        (('misses = ["The newsletter was his idea."]', "misses = []"), "'misses' is missing or empty"),
        (("newsletter.en.x", "letter.en.x"), "must start with 'newsletter.en.'"),
        (('phrases = ["join our newsletter"]', ""), "either 'pattern' or 'phrases'"),
        (('phrases = ["join our newsletter"]', "pattern = 'join'"), "needs 'keys'"),
        (('phrases = ["join our newsletter"]', "pattern = 'join.*us'\nkeys=['join']"), "instead of * or +"),
        (('phrases = ["join our newsletter"]', "pattern = '(?=join)'\nkeys=['join']"), "look-around"),
        (('phrases = ["join our newsletter"]', "pattern = '(?:jo{1,9}){1,9}'\nkeys=['join']"), "another repetition"),
        (('phrases = ["join our newsletter"]', "pattern = '(?:jo{1,9}|b){1,9}'\nkeys=['jo']"), "another repetition"),
        (('phrases = ["join our newsletter"]', "pattern = '(?:,? ?join){1,9}'\nkeys=['join']"), "side by side"),
        (('phrases = ["join our newsletter"]', "pattern = '[>»] join'\nkeys=['>', '»']"), "can stand in no line"),
        (('phrases = ["join our newsletter"]', "pattern = 'join.{0,999}'\nkeys=['join']"), "more than 400"),
        (('phrases = ["join our newsletter"]', "pattern = '(join'\nkeys=['join']"), "missing )"),
        (('"strong"', '"certain"'), "certain"),
        (("[[rule]]", "[[rules]]"), "only [[rule]] tables"),
        (("[[rule]]", "[[rule]"), "cannot be read as TOML"),
    ],
)
def test_a_bad_file_is_refused_by_name(tmp_path, change, message):
    with pytest.raises(RuleError, match=re.escape(message)) as caught:
        read_rules(write(tmp_path, GOOD.replace(*change)))
    assert "newsletter/en.toml" in str(caught.value)


def test_an_easy_miss_proves_nothing(tmp_path):
    rules = read_rules(write(tmp_path, GOOD.replace("The newsletter was his idea.", "Smoke rose.")))
    assert any("prove nothing" in fault for fault in prove(rules))


def test_a_phrase_that_can_never_match_is_refused(tmp_path):
    for at, phrase in (("start", "(join our newsletter"), ("end", "join our newsletter:")):
        changed = GOOD.replace('phrases = ["', f'at = "{at}"\nphrases = ["{phrase}", "')
        assert any(f"{phrase!r} can never match" in fault for fault in prove(read_rules(write(tmp_path, changed))))


def test_the_key_of_a_phrase_is_a_pair_of_words():
    assert key_of("sign up for our newsletter") == ("our", "newsletter")
    assert key_of("subscribe now") == ("subscribe", "now")
    assert key_of("続きを読む") == "続きを読む"


def test_phrases_stand_at_word_boundaries(tmp_path):
    matcher = Matcher(read_rules(write(tmp_path, GOOD)))
    found = [
        len(list(matcher.match([read_block(line)])))
        for line in ("Please join our newsletter!", "Join our newsletters", "rejoin our newsletter")
    ]
    assert found == [1, 0, 0]


RUNNING = (
    "Those who live beside the harbour asked the council again on Monday to join our newsletter of the quay to that of "
    "the market, which is read by many more people in the town."
)


@pytest.mark.parametrize(
    ("strength", "max_words", "claims"), [("medium", 60, 0), ("medium", 61, 1), ("weak", 61, 1), ("strong", 60, 1)]
)
def test_in_running_prose_a_rule_short_of_strong_claims_if_it_speaks_of_paragraphs(
    tmp_path, strength, max_words, claims
):
    body = GOOD.replace('"strong"', f'"{strength}"\nmax_words = {max_words}')
    matcher = Matcher(read_rules(write(tmp_path, body)))
    reading = read_block(RUNNING)
    assert len([match for match in matcher.match([reading]) if match.fits(reading)]) == claims
