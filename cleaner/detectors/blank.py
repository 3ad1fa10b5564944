"""Lines in which a reader sees nothing: the spacers of site builders, paragraphs of zero-width characters.

Fires on:  a line of nothing but joiners, marks of direction and other characters without a shape.
Not on:    anything with a sign in it, a dash or an asterisk between two parts of a story included.
"""

from __future__ import annotations

from collections.abc import Iterator

from cleaner.detectors.claims import block_claim
from cleaner.detectors.heard import Heard
from cleaner.model import Category, Document, Finding, Strength


def find_blank(document: Document, heard: Heard) -> Iterator[Finding]:
    """Claim lines that are empty once folded."""
    del heard  # whatever else is said of them
    empty = [index for index, reading in enumerate(document.readings) if not reading.fold.text]
    if len(empty) < len(document.blocks):  # a document that is nothing else stays as it is, and is flagged
        for index in empty:
            yield block_claim(document, index, Category.UI, "blank", Strength.STRONG, "a reader sees nothing in it")
