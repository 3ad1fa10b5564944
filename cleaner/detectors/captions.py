"""Captions: what a picture shows, known by the credit at its end or in the next line.

Fires on:  "Police on the scene in Graz. Foto: APA"; a short line between two credits or right above one.
Not on:    a paragraph above a credit (the picture has no caption then); a numbered crosshead above one; long blocks
           that end in a credit (the credit alone is cut out of them). A line above what merely may be a credit, as
           "Archives", needs a second voice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cleaner.detectors.claims import block_claim
from cleaner.detectors.heard import Heard
from cleaner.model import Category, Document, Finding, Strength
from cleaner.text import SENTENCE_END, Reading

# A caption that holds its credit is rarely longer; a paragraph with a credit glued on rarely shorter. In words.
MAX_WITH_CREDIT = 45
MAX_ABOVE_CREDIT = 25
SHORT_CAPTION = 25
# Shorter lines above a credit are kickers and sections, not the headline.
HEADLINE_WORDS = 4

_NUMBERED = re.compile(r"\d{1,2}[.)]\s")
_BREAK = re.compile(
    rf"[^\W\d_]{{3}}[{re.escape(SENTENCE_END)}]['\")]* +(?=['\"(]?[^\W\d_])|[。！？](?=['\"(「『]?[^\W\d_])"
)


def find_captions(document: Document, heard: Heard) -> Iterator[Finding]:
    """Claim captions by the credits in them or next to them."""
    credit_lines = heard.touched(Category.PHOTO_CREDIT)
    if not credit_lines:
        return
    headed = next((i for i in range(len(document.blocks)) if _may_be_headline(document, heard, i)), None)
    for index in sorted({*credit_lines, *(credit - 1 for credit in credit_lines if credit > 0)}):
        reading = document.readings[index]
        if heard.strong(index):
            continue
        if heard.ends_with(index, Category.PHOTO_CREDIT):
            if reading.word_count <= MAX_WITH_CREDIT and not _several_sentences(reading):
                yield block_claim(
                    document, index, Category.CAPTION, "ends-in-credit", Strength.STRONG, "it ends in a photo credit"
                )
        elif not reading.prose and reading.word_count <= MAX_ABOVE_CREDIT:
            yield from _beside_credit(document, heard, index, headed is not None and headed < index)


def _several_sentences(reading: Reading) -> bool:
    """A paragraph that a credit was glued to: captions are one sentence or two."""
    return reading.word_count > SHORT_CAPTION and len(_BREAK.findall(reading.fold.text)) >= 2


def _beside_credit(document: Document, heard: Heard, index: int, headed: bool) -> Iterator[Finding]:
    """The caption above a credit; a line above which nothing can be the headline is ``headed`` by none."""
    below = index + 1 < len(document.blocks) and _is_credit(heard, index + 1)
    above = index > 0 and _is_credit(heard, index - 1)
    if not below or heard.says(index, Category.HEADLINE, Category.BYLINE, Category.TIMESTAMP):
        return
    if _NUMBERED.match(document.blocks[index].text):
        return
    if not above and not headed:
        return  # it is the headline itself, and its picture has no caption
    strength = Strength.STRONG if above else Strength.MEDIUM
    if not heard.strong(index + 1):
        strength = Strength.WEAK  # the credit may stay, and line after line above it would go for its caption
    why = "it stands between two photo credits" if above else "a photo credit follows it"
    yield block_claim(document, index, Category.CAPTION, "above-credit", strength, why)


def _may_be_headline(document: Document, heard: Heard, index: int) -> bool:
    return not heard.claimed(index) and document.readings[index].word_count >= HEADLINE_WORDS


def _is_credit(heard: Heard, index: int) -> bool:
    return heard.says(index, Category.PHOTO_CREDIT) and heard.claimed(index)
