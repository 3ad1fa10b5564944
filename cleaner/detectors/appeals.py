"""Appeals: the block in which the publisher speaks to its reader, from the salutation to buttons and signatures.

Fires on:  "Dear reader, …" followed by what it costs, what one gets, thanks, names and a button.
Not on:    a letter quoted in the story (it asks for nothing that an appeal asks for).
"""

from __future__ import annotations

from collections.abc import Iterator

from cleaner.detectors.claims import block_claim
from cleaner.detectors.heard import Heard
from cleaner.model import Category, Document, Finding, Strength

ASKING = (
    Category.PAYWALL,
    Category.DONATION,
    Category.NEWSLETTER,
    Category.REGISTRATION,
    Category.APP_PROMO,
)

FOR_MONEY = (Category.PAYWALL, Category.DONATION)

# An appeal is over within so many blocks. It may talk for some paragraphs between asking for money, but a
# newsletter box or a login further down, with paragraphs between, is no part of it.
MAX_BLOCKS = 25
MAX_TALK = 2
# The first paragraph may be long; after it, a longer one that asks for nothing is the story. In words.
TALK_WORDS = 16
# So many blocks beside the salutation must ask for something.
MIN_ASKS = 2


def find_appeals(document: Document, heard: Heard) -> Iterator[Finding]:
    """Claim everything between a salutation and the last thing that it asks for."""
    done = -1
    for index in heard.touched(Category.DONATION):
        if index > done and heard.rules(index, "salutation"):
            last, asks = _end_of(document, heard, index)
            if len(asks) >= MIN_ASKS:
                category = _name(heard, range(index, last + 1), asks)
                for inside in range(index, last + 1):
                    yield block_claim(
                        document,
                        inside,
                        category,
                        "appeal",
                        Strength.STRONG,
                        "part of an appeal that a salutation opens",
                    )
                done = last


def _name(heard: Heard, blocks: range, asks: list[Category]) -> Category:
    """What it asks for most often; but who sells access asks for a subscription, whatever else is asked on the way."""
    sells = any(
        finding.category is Category.PAYWALL and finding.strength is not Strength.WEAK
        for index in blocks
        for finding in heard.of(index)
    )
    return Category.PAYWALL if sells else max(sorted(set(asks)), key=asks.count)


def _end_of(document: Document, heard: Heard, start: int) -> tuple[int, list[Category]]:
    last, talk = start, 0
    asks: list[Category] = []
    for index in range(start + 1, min(start + MAX_BLOCKS, len(document.blocks))):
        said = [c for c in (ASKING if talk == 0 else FOR_MONEY) if heard.says(index, c)]
        asks += said[:1]
        if said or (asks and heard.says(index, Category.UI, Category.ADVERTISEMENT)):
            last, talk = index, 0
        elif document.readings[index].prose:
            talk += 1
            if talk > MAX_TALK or (index > start + 1 and document.readings[index].word_count > TALK_WORDS):
                break
    return last, asks
