"""Reasons to keep, each on its own."""

from dataclasses import replace

import pytest

from cleaner.blocks import text_document
from cleaner.guards import (
    GUARDS,
    NEVER_TOLD,
    SAID,
    SAID_WORDS,
    TOLD,
    in_a_fact_box,
    in_quotes,
    label_in_a_sentence,
    somebody_says_it,
    speaks_of_other_things,
    story_is_about_it,
    story_tells_it,
)
from cleaner.language import UNSPACED
from cleaner.model import Category, Finding, Strength
from cleaner.rules import load_rules
from cleaner.text import WORD, fold


def finding(document, index, evidence, strength=Strength.STRONG):
    block = document.blocks[index]
    assert evidence in block.text
    return Finding(Category.NEWSLETTER, "newsletter.en.x", strength, block.start, block.end, evidence)


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("At the end of each video she says “Please subscribe to our newsletter” and waves at the camera.", True),
        ('At the end of each video she says "Please subscribe to our newsletter" and waves at the camera.', True),
        ("Er sagte: „Please subscribe to our newsletter“ und ging dann nach Hause.", True),
        ("“Please subscribe to our newsletter.”", True),
        ("“Please subscribe to our newsletter,", True),
        ("„Please subscribe to our newsletter,", True),
        ('"Please subscribe to our newsletter,', True),
        ("Please subscribe to our newsletter “Morning” today.", False),
        ("“Morning” is out. Please subscribe to our newsletter “Evening” as well now.", False),
    ],
)
def test_in_quotes(line, kept):
    document = text_document(line)
    assert bool(in_quotes(document, finding(document, 0, "subscribe to our newsletter"))) is kept


@pytest.mark.parametrize(
    ("language", "line", "kept"),
    [
        ("en", "Subscribe to our newsletter, said the boy, and ran off with the paper.", True),
        ("en", "Subscribe to our newsletter and read what others say.", False),
        ("en", "Mayor says: subscribe to our newsletter", False),  # no sentence
        ("de", "Unser Newsletter ist ein Aushang, sagt die Wirtin.", True),
        ("de", "Sagen Sie uns im Newsletter Ihre Meinung.", False),
        ("id", "Lupa kata sandi newsletter Anda?", False),
        ("hi", "इस Newsletter से गांव का भला होगा, मेयर ने कहा।", True),
        ("hi", "हमारा Newsletter कहां मिलेगा।", False),
        ("ja", "ニュースレターの登録はこちらから。", False),
        ("ja", "ニュースレターは読まないと話した。", True),
    ],
)
def test_somebody_says_it(language, line, kept):
    document = text_document(line, language)
    claim = finding(document, 0, "ニュースレター" if language == "ja" else "ewsletter")
    assert bool(somebody_says_it(document, claim)) is kept
    assert somebody_says_it(document, replace(claim, category=Category.RELATED)) is None


@pytest.mark.parametrize(
    ("language", "line", "kept"),
    [
        ("en", "Subscribe to our newsletter was what the banner said he had to do.", True),
        ("en", "Was this newsletter helpful? Subscribe to get the next one.", False),
        ("en", "Newsletter he had", False),  # no sentence
        ("en", "Subscribe to the newsletter " + "and to all the others " * 8 + "that she had.", False),  # legal text
        ("de", "Unser Newsletter hatte elf Leser.", True),
        ("de", "Unser Newsletter wurde bestellt.", False),
        ("pl", "Nasz newsletter był gazetką na drzwiach.", True),
        ("sw", "Newsletter hatte he had.", False),  # no words for it
    ],
)
def test_story_tells_it(language, line, kept):
    document = text_document(line, language)
    claim = finding(document, 0, "ewsletter")
    assert bool(story_tells_it(document, claim)) is kept
    for category in (Category.RELATED, Category.AUTHOR_BIO, Category.COMMENTS):
        assert story_tells_it(document, replace(claim, category=category)) is None


def test_notices_tell_nothing():
    """A past tense or third person in what a rule must take would keep it."""
    assert set(TOLD) <= set(SAID)
    for rule in load_rules():
        told = set(TOLD.get(rule.language, "").split())
        if rule.category in NEVER_TOLD and rule.strength is Strength.STRONG:
            for hit in rule.hits:
                folded = fold(hit).text
                words = WORD.findall(folded)
                pieces = rule.language in UNSPACED
                found = [word for word in told if word in (folded if pieces else words)]
                assert len(words) > SAID_WORDS or not found, (rule.id, hit, found)


NAVIGATION = (
    "Continuing to navigate with a broken engine, the captain lost his second mate in a storm off the northern reef."
)


@pytest.mark.parametrize(
    ("rule", "line", "kept"),
    [
        ("cookie-consent.en.x", NAVIGATION, True),
        ("cookie-consent.xx.x", NAVIGATION, False),  # no examples to compare with
        ("cookie-consent.en.x", NAVIGATION[:-1], False),  # no sentence
        ("cookie-consent.en.x", "By continuing to navigate our site you agree to our use of cookies.", False),
        ("cookie-consent.en.x", "Continuing to navigate, Ann Lee, John Brown, Ines Weber and Paul Moor agreed.", False),
        ("cookie-consent.de.x", "Bernd Kuhn, Ines Weber, Paul Moor und Max Hahn navigate die Ruderboote.", True),
    ],
)
def test_speaks_of_other_things(rule, line, kept):
    document = text_document(line, "en")
    claim = replace(finding(document, 0, "navigate"), rule=rule, category=Category.COOKIE_CONSENT)
    assert bool(speaks_of_other_things(document, claim)) is kept
    for category in (Category.RELATED, Category.TAGS, Category.CAPTION):  # they quote stories
        assert speaks_of_other_things(document, replace(claim, category=category)) is None


@pytest.mark.parametrize(
    ("language", "line", "label", "kept"),
    [
        ("nl", "In de la lagen een ring en een foto: haar moeder op het ijs bij Stavoren", "foto", True),
        ("nl", "Bij Stavoren ligt het ijs foto: ANP", "foto", False),
        ("nl", "Het ijs bij Stavoren. foto: privé", "foto", False),
        ("nl", "foto: haar moeder op het ijs bij Stavoren", "foto", False),  # all of it is the label's
        ("de", "Am Morgen bot sich überall dasselbe Bild: umgestürzte Bäume und weinende Bauern", "Bild", True),
        ("de", "Am Morgen in Graz Bild: picture alliance/dpa", "Bild", False),
        ("de", "Am Morgen in Graz Bild: Archiv der Stadt und des Landes", "Bild", False),
        ("de", "Am Morgen bot sich überall dasselbe Bild", "Bild", False),
    ],
)
def test_label_in_a_sentence(language, line, label, kept):
    document = text_document(line, language)
    start = line.index(label)
    claim = Finding(Category.PHOTO_CREDIT, "photo-credit.any.x", Strength.STRONG, start, len(line), line[start:])
    assert bool(label_in_a_sentence(document, claim)) is kept
    assert label_in_a_sentence(document, replace(claim, category=Category.NEWSLETTER)) is None


def test_said_has_the_languages_of_the_rules():
    assert set(SAID) == {rule.language for rule in load_rules()} - {"any"}


FACTS = "Title: The Ferry\nAuthor: Jane Doe\nPages: 211\nPrice: 12 euros"


@pytest.mark.parametrize(
    ("text", "line", "kept"),
    [
        (FACTS, 1, True),
        ("Title: The Ferry\nAuthor: Jane Doe", 1, False),  # two lines are no box
        ("The ferry is back.\nAuthor: Jane Doe\nPhoto: John Brown", 1, False),
        (FACTS.replace("Pages: 211", "The ferry is back."), 1, False),  # they stand apart
        (FACTS.replace("\n", " "), 0, False),
    ],
)
def test_in_a_fact_box(text, line, kept):
    document = text_document(text)
    assert bool(in_a_fact_box(document, finding(document, line, "Author"))) is kept


def test_lines_that_rules_know_make_no_fact_box():
    document = text_document(FACTS)
    for block in document.blocks:
        document.notes.matches[block.text] = ("a rule's match",)
    assert in_a_fact_box(document, finding(document, 1, "Author")) is None


STORY = "\n".join(
    f"Paragraph {n} of a story in which the newsletter is spoken of again, for good reason, at some length."
    for n in range(4)
)


def test_a_story_about_the_thing_keeps_its_sentences_and_loses_its_buttons():
    document = text_document(STORY + "\nShe asked them to subscribe to our newsletter on the way out.\nNewsletter")
    assert "story is about it" in (story_is_about_it(document, finding(document, 4, "newsletter")) or "")
    assert story_is_about_it(document, finding(document, 5, "Newsletter")) is None


def test_a_story_about_the_thing_keeps_its_crosshead():
    document = text_document(STORY + "\nNewsletter\n" + STORY)
    assert "story is about it" in (story_is_about_it(document, finding(document, 4, "Newsletter")) or "")
    share = replace(finding(document, 4, "Newsletter"), category=Category.SHARE)
    assert story_is_about_it(document, share) is None


def test_a_story_about_something_else_loses_the_sentence():
    document = text_document(
        "The bridge is open again after a year, the city council said on Monday evening.\nPlease subscribe to our newsletter to get more of this every day."
    )
    assert story_is_about_it(document, finding(document, 1, "newsletter")) is None


def test_guards_are_silent_about_structures():
    document = text_document(STORY)
    claim = Finding(
        Category.RELATED, "related.structure.x", Strength.MEDIUM, 0, document.blocks[0].end, "three in a row"
    )
    assert not any(guard(document, claim) for guard in GUARDS)
