"""Rows of labels: bars of buttons and menus that were printed as one line, such as “Share Facebook Copy link”.

Fires on:  a line that falls entirely into two labels of the packs or more, whatever signs, counts and single
           letters stand between them; a label with a count.
Not on:    a line with any other word; labels with no sign between them where one begins with a small letter, or two or
           three words of different kinds: they may be a thing of its own (“weather report”); labels that stories use as
           well, unless others outweigh them; a list with commas, a sentence.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from cleaner.detectors.claims import block_claim
from cleaner.detectors.heard import Heard
from cleaner.model import ARTICLE_CATEGORIES, Document, Finding, Strength
from cleaner.rules import Rule
from cleaner.rules.match import MAX_LABEL, Matcher, package_matcher
from cleaner.text import CLAUSE_END, FULL_STOPS, WORD, Reading

# A label in a row has so few words; longer ones are sentences and have a line of their own.
LABEL_WORDS = 8
# So many labels are a row though stories use some of them as well.
ROW = 3
# So many words are no compound. On the development texts lines of fewer were headings of guides to marketing.
COMPOUND_WORDS = 5
# Half of the labels are of the document's language, or of what all sites use.
COMMON = ("any", "en")
# A row has none of these: a story's list or sentence may have each of its words in common with a menu.
_OF_SENTENCES = frozenset(CLAUSE_END + FULL_STOPS) - set(":：")
_SEPARATOR = re.compile(r"[|/\\:·•∙⋅●▪■►▶>›»→*…!?(\d]| - ")
_IN_BRACKETS = re.compile(r"\(\w{1,6}\)")


class _Label(NamedTuple):
    rule: Rule
    start: int
    end: int
    """Where it stands in the folded line."""


def find_rows(document: Document, heard: Heard) -> Iterator[Finding]:
    """Claim the lines that are nothing but labels."""
    matcher, languages = package_matcher(), (document.language, *COMMON)
    for block, reading in zip(document.blocks, document.readings, strict=True):
        folded = reading.fold.text
        if len(folded) > MAX_LABEL or reading.word_count < 2 or heard.strong(block.number):
            continue
        if not _OF_SENTENCES.isdisjoint(folded):
            continue
        labels = _Row(folded, matcher, languages).labels()
        strength = _strength(labels, reading, block.text) if labels else None
        if strength and 2 * sum(label.rule.language in languages for label in labels) >= len(labels):
            category = Counter(label.rule.category for label in labels).most_common(1)[0][0]
            why = f"a row of {len(labels)} labels" if len(labels) > 1 else "a label with a count"
            yield block_claim(document, block.number, category, "row", strength, why)


def _strength(labels: Sequence[_Label], reading: Reading, text: str) -> Strength | None:
    """How sure it is that these labels are a row, if they are one."""
    count = Counter(label.rule.strength for label in labels)
    strong, weak = count[Strength.STRONG], count[Strength.WEAK]
    telling = sum(not _says_nothing(word) for word in reading.words)
    if len(labels) < 2:
        counted = telling < len(reading.words) and (telling > 1 or _IN_BRACKETS.search(text))
        return Strength.STRONG if strong and counted else None
    apart = all(_SEPARATOR.search(reading.fold.text, one.end, next_.start) for one, next_ in pairwise(labels))
    alike = len({label.rule.category for label in labels}) == 1
    small = any(text[reading.fold.original(label.start, len(text))].islower() for label in labels)
    if not apart and (small or not (alike or telling >= COMPOUND_WORDS)):
        return None
    if strong and (not weak or len(labels) >= ROW):
        return Strength.STRONG
    return Strength.MEDIUM if strong or len(labels) > ROW else None


def _says_nothing(word: str) -> bool:
    """True for counts, and for single letters: the sizes of the type, the signs of networks."""
    return len(word) == 1 or word.isdecimal()


class _Row:
    """A line, to be cut into labels."""

    def __init__(self, folded: str, matcher: Matcher, languages: Collection[str | None]) -> None:
        self._folded, self._matcher, self._languages = folded, matcher, languages
        self._words = [match.span() for match in WORD.finditer(folded)]
        self._dead: set[int] = set()

    def labels(self) -> list[_Label]:
        """Its labels, from left to right; none if it does not fall into labels."""
        return self._from(0) or []

    def _from(self, first: int) -> list[_Label] | None:
        if first == len(self._words):
            return []
        if first in self._dead:
            return None
        word = self._folded[slice(*self._words[first])]
        if _says_nothing(word):
            return self._from(first + 1)
        if not self._matcher.begins_label(word):
            return None
        for end in range(min(len(self._words), first + LABEL_WORDS), first, -1):
            label = self._label(first, end)
            rest = self._from(end) if label else None
            if label and rest is not None:
                return [label, *rest]
        self._dead.add(first)
        return None

    def _label(self, first: int, end: int) -> _Label | None:
        """Some neighbouring words as a label: with the strongest rule that knows them, of the document's language."""
        start, stop = self._words[first][0], self._words[end - 1][1]
        known = self._matcher.of_label(self._folded[start:stop])
        rules = [rule for rule in known if rule.category not in ARTICLE_CATEGORIES]
        own = min(rules, key=lambda rule: (rule.strength.rank, rule.language not in self._languages), default=None)
        return _Label(own, start, stop) if own else None
