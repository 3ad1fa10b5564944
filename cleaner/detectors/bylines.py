"""Bylines without a "by": a line that is nothing but a name, where names stand.

Fires on:  "Jane Doe" or "Jane Doe, dpa" under the headline, beside a date line, or alone after the last paragraph.
Not on:    a name alone between paragraphs (an interview's speaker, a crosshead), more than seven words, digits, one of
           several lines of names (the winners, the team, the dead); at the end, function words ("The Results"), and
           lines with more of the story below them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cleaner.detectors.claims import block_claim
from cleaner.detectors.heard import Heard
from cleaner.language import words_of
from cleaner.model import Category, Document, Finding, Strength
from cleaner.text import CAPITAL, NAME_PARTICLES

_PARTICLE = NAME_PARTICLES + "|y|e|i|und|and|et|och|en|,|&|/"
# A word is taken whole (``+``): where it might end earlier, capitals in a row would be cut up in millions of ways.
_NAME = re.compile(rf"^(?:(?:{CAPITAL}[\w'’.-]{{0,30}}+|{_PARTICLE})[ ,]{{0,2}}){{1,7}}$")
_PARTICLES = frozenset(_PARTICLE.split("|"))
_ENOUGH = re.compile(rf"^{CAPITAL}[\w'’.-]+[ ,]+(?:.{{0,30}}[ ])?{CAPITAL}")
_INITIALS = re.compile(r"^[A-Z]{2,5}$")

# How many lines the date may be away.
NEAR = 1
# Authors stand on so many lines of their own, at most; more lines of names are a list.
MAX_NAMES = 3


def find_bylines(document: Document, heard: Heard) -> Iterator[Finding]:
    """Claim name-only lines in the places of a byline."""
    if not document.blocks:
        return
    story = heard.paragraphs()
    first, last = (story[0], story[-1]) if story else (len(document.blocks), -1)
    for index in range(min(len(document.blocks), 30)):
        if heard.says(index, Category.BYLINE) and not heard.strong(index) and _near(heard, index, Category.TIMESTAMP):
            yield block_claim(document, index, Category.BYLINE, "by-date", Strength.WEAK, "it stands beside the date")
    below = range(max(last + 1, first), min(last + 2, len(document.blocks)))
    for index in [*range(min(first, 30)), *below]:
        if heard.claimed(index) or not _is_name(document.blocks[index].text) or _in_list(document, heard, index):
            continue
        if index < first and _near(heard, index, Category.TIMESTAMP, Category.BYLINE):
            yield block_claim(
                document, index, Category.BYLINE, "name-by-date", Strength.STRONG, "a name beside the date"
            )
        elif index < first and index > 0 and heard.says(index - 1, Category.HEADLINE):
            yield block_claim(
                document, index, Category.BYLINE, "name-on-top", Strength.MEDIUM, "a name below the headline"
            )
            if index + 1 == first:
                yield block_claim(
                    document, index, Category.BYLINE, "above-story", Strength.WEAK, "the story begins below it"
                )
        elif index == last + 1 and len(story) >= 3 and _signs(document, heard, index):
            yield block_claim(
                document, index, Category.BYLINE, "name-at-end", Strength.MEDIUM, "a name after the last paragraph"
            )
            yield block_claim(
                document, index, Category.BYLINE, "ends-story", Strength.WEAK, "nothing of the story follows"
            )


def _signs(document: Document, heard: Heard, index: int) -> bool:
    """True if a name below the last paragraph is its author's: no function words in it, nothing unclaimed below it."""
    text = document.blocks[index].text
    names = {word for word in document.readings[index].words if len(word) > 1}
    if _INITIALS.match(text) or names & words_of(document.language or "en") - _PARTICLES:
        return False
    return index + 1 == len(document.blocks) or heard.claimed(index + 1)


def _near(heard: Heard, index: int, *categories: Category) -> bool:
    return any(heard.says(i, *categories) for i in range(index - NEAR, index + NEAR + 1) if i != index)


def _in_list(document: Document, heard: Heard, index: int) -> bool:
    """True if a name is one of more than ``MAX_NAMES`` in a row: they would go one by one, each cleaning the next.

    A headline in capitals is no name of theirs, nor is anything else that was claimed.
    """
    run = 1
    for step in (-1, 1):
        at = index + step
        while run <= MAX_NAMES and 0 <= at < len(document.blocks) and not heard.claimed(at):
            if not _is_name(document.blocks[at].text):
                break
            run, at = run + 1, at + step
    return run > MAX_NAMES


def _is_name(text: str) -> bool:
    if len(text) > 80 or any(char.isdigit() for char in text) or not _NAME.match(text):
        return False
    return bool(_ENOUGH.match(text) or _INITIALS.match(text))
