"""What the words of a site's lines say: whether they are those of a notice, and what each line is called.

The lines of a site are read as one text: the wording rules look at each, and what none of them names is named by the
classes of the elements around it, or else by the line scorer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from cleaner.blocks import text_document
from cleaner.class_words import name_of_path
from cleaner.detectors.heard import Heard
from cleaner.detectors.scored import claims_of
from cleaner.detectors.wording import find_wording
from cleaner.guards import in_quotes, somebody_says_it
from cleaner.language import find_language
from cleaner.model import FIELD_CATEGORIES, Block, Category, Document, Finding, Strength
from cleaner.templates.judge import Words
from cleaner.templates.lines import Line
from cleaner.text import count_words
from cleaner.text_features import read_lines
from cleaner.text_scorer import name_lines, score_lines

# So many lines are read as one text.
AT_ONCE = 1000
# Short lines above the stories that no rule and no class names are items of a menu, in words.
MENU_WORDS = 3


class Named(NamedTuple):
    """What the words of a line say."""

    category: Category
    words: Words


def name_site(lines: Sequence[Line]) -> list[Named]:
    """What the words of each of a site's lines say, in their order."""
    named: list[Named] = []
    for first in range(0, len(lines), AT_ONCE):
        named += _name(lines[first : first + AT_ONCE])
    return named


def _name(lines: Sequence[Line]) -> Iterator[Named]:
    document = text_document("\n".join(line.text for line in lines))
    # A million sites have no time for langdetect, and menus little text for it.
    document = replace(document, language=find_language(document, thorough=False))
    heard = Heard(document)
    heard.add(claim for claim in find_wording(document, heard) if not _is_said(document, claim))
    guesses = _guesses(document, heard)
    for line, block, guess in zip(lines, document.blocks, guesses, strict=True):
        yield _of_line(line, block, heard, guess)


def _is_said(document: Document, claim: Finding) -> bool:
    """True if somebody in a story says it: a refrain or a quote that many pages share."""
    return any(guard(document, claim) for guard in (in_quotes, somebody_says_it))


def _guesses(document: Document, heard: Heard) -> list[Category]:
    texts = [block.text for block in document.blocks]
    features = read_lines(texts, claims_of(document, heard), "", document.language)
    return name_lines(features, score_lines(features), np.arange(len(texts)))


def _of_line(line: Line, block: Block, heard: Heard, guess: Category) -> Named:
    claims = [claim for claim in heard.of(block.number) if claim.category is not Category.OTHER]
    if claims:
        best = min(claims, key=lambda claim: (claim.strength.rank, claim.rule))
        return Named(best.category, Words.HINT if best.strength is Strength.WEAK else Words.NOTICE)
    words = Words.HINT if heard.of(block.number) else Words.NOTHING
    by_class = name_of_path(line.path)
    if by_class is not None:
        return Named(by_class, Words.HINT)
    if line.seen.top > line.seen.end and count_words(line.text) <= MENU_WORDS:
        return Named(Category.NAVIGATION, words)
    return Named(_without_field(guess), words)


def _without_field(category: Category) -> Category:
    """A guess must not fill a field of every document of the site."""
    return Category.NAVIGATION if category in FIELD_CATEGORIES else category
