"""The same line again: teasers that stand twice, pull quotes, labels between all paragraphs.

Fires on:  the second copy of a sentence; a short line that stands three times or more, all its copies.
Not on:    the first copy of a sentence; short lines that stand twice; refrains (their copies follow each other in
           blocks that are all short).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from cleaner.detectors.claims import block_claim
from cleaner.detectors.heard import Heard
from cleaner.model import Category, Document, Finding, Strength

# In words. A sentence of the first length is never repeated by chance.
LONG = 12
MANY = 4


def find_repeats(document: Document, heard: Heard) -> Iterator[Finding]:
    """Claim later copies of long lines, and every copy of short lines between paragraphs."""
    for indexes in _copies(document, heard):
        words = document.readings[indexes[0]].count
        if words >= LONG:
            strength = Strength.STRONG if len(indexes) >= MANY else Strength.MEDIUM
            for index in indexes[1:]:
                yield block_claim(document, index, Category.OTHER, "same-again", strength, "the same paragraph stood above")
        elif len(indexes) >= MANY and all(_between_paragraphs(document, i) for i in indexes):
            why = f"the same line stands {len(indexes)} times between paragraphs"
            for index in indexes:
                yield block_claim(document, index, Category.UI, "between-paragraphs", Strength.STRONG, why)


def _copies(document: Document, heard: Heard) -> Iterator[list[int]]:
    texts = [reading.fold.text for reading in document.readings]
    if len(set(texts)) == len(texts):
        return
    places: dict[str, list[int]] = defaultdict(list)
    for index, text in enumerate(texts):
        if not heard.strong(index):
            places[text].append(index)
    yield from (indexes for indexes in places.values() if len(indexes) > 1)


def _between_paragraphs(document: Document, index: int) -> bool:
    beside = [i for i in (index - 1, index + 1) if 0 <= i < len(document.blocks)]
    return any(document.readings[i].prose for i in beside)
