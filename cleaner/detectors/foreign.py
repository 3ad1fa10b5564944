"""Lines in another language than the document: interface texts and promos of the site's other edition.

Fires on:  a line of four words or more whose function words are all of another language, or in another script.
Not on:    quotes and titles of works (in quotation marks), short names, documents whose language is unknown.
"""

from __future__ import annotations

from collections.abc import Iterator

from cleaner.detectors.claims import block_claim
from cleaner.detectors.heard import Heard
from cleaner.language import foreign_to
from cleaner.model import Category, Document, Finding, Strength

MIN_WORDS = 4
# Longer lines are paragraphs: a poem, a statement in the original.
MAX_WORDS = 40
# More foreign lines than this share of the blocks that may be story, and the document is bilingual.
MAX_SHARE = 0.2


def find_foreign(document: Document, heard: Heard) -> Iterator[Finding]:
    """Claim lines in another language."""
    if document.language is None:
        return
    found: list[Finding] = []
    for index, reading in enumerate(document.readings):
        if not MIN_WORDS <= reading.word_count <= MAX_WORDS or heard.strong(index):
            continue
        text = document.blocks[index].text
        if text[0] in "\"“„«»‘'":
            continue
        other = foreign_to(document.language, text, reading.words)
        if other:
            why = f"the line is in {other}, the document in {document.language}"
            found.append(block_claim(document, index, Category.OTHER, "foreign", Strength.MEDIUM, why))
    if len(found) <= MAX_SHARE * sum(not heard.strong(index) for index in range(len(document.blocks))):
        yield from found
