"""What the user's own rules match: what always goes, and what nothing may take.

Unlike the package's rules they are orders. Nobody asks whether the block is a paragraph of the story or the words
stand in quotes: a rule takes, or protects, the block or the words that it matches, as its ``extent`` says.
"""

from __future__ import annotations

from collections.abc import Iterator

from cleaner.detectors.claims import match_claim
from cleaner.model import Document, Finding
from cleaner.rules.match import Matcher, match_blocks


def find_user(document: Document, matcher: Matcher, action: str) -> Iterator[Finding]:
    """Claim what the user's rules of one action, ``remove`` or ``protect``, match."""
    if not matcher.rules:
        return
    known = document.notes.orders
    match_blocks(document, matcher, known)
    for block in document.blocks:
        for match in known[block.text]:
            reading = document.readings[block.number]
            if match.rule.action == action and match.fits(reading):
                first, last = match.place(block, reading)
                words = block.text[first:last]
                first += len(words) - len(words.lstrip())
                last = first + len(words.strip())
                span = (first, last) if match.rule.extent == "match" else (0, len(block.text))
                if first < last:
                    yield match_claim(block, match.rule, span, words.strip())
