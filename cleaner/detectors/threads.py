"""Readers' comments: what stands between a comment widget's own words, and letters below a label.

Fires on:  everything from a "Comments" label on, after the story, if "Reply" lines or dated names follow; or if all
           that follows are paragraphs and those who signed them ("Ann Lee, Leeds").
Not on:    a story about comments (no widget words), a label above the story (its counter), labels among the story's
           paragraphs, each once ("Comments", "Leave a comment").
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Container, Iterator, Sequence
from itertools import accumulate, chain, dropwhile
from typing import NamedTuple

from cleaner.detectors.claims import block_claim
from cleaner.detectors.heard import Heard
from cleaner.model import Block, Category, Document, Finding, Strength
from cleaner.rules.match import package_matcher
from cleaner.text import CAPITAL, NAME_PARTICLES, label_of

# So many paragraphs stand above a comment thread, at least, so many widget lines in it, and so many blocks of a
# reader's prose between two of these, at most.
MIN_PARAGRAPHS = 2
MIN_WIDGETS = 3
MAX_GAP = 4
# On a page names and dates of comments lie outside the main content already: what is left between is prose alone.
MAX_PROSE = 3
# A counter under every entry of a live page is one label, however often it stands; a thread has more.
MIN_LABELS = 2

_WORD = rf"{CAPITAL}[\w'’.-]*+"
# A name, a place, and here and there a date in brackets.
_SIGNATURE = re.compile(
    rf"{_WORD}(?: {_WORD}){{0,3}}, (?:(?:{NAME_PARTICLES}|from|in|aus|en|à) )?{_WORD}(?:,? {_WORD}){{0,3}}"
    r"(?: \([\d./: -]{4,20}\))?"
)


def find_threads(document: Document, heard: Heard) -> Iterator[Finding]:
    """Claim the blocks of a comment thread, readers' prose included."""
    widgets = [index for index in heard.touched(Category.COMMENTS) if heard.claimed(index)]
    if not widgets:
        return
    story = _Story.of(document, [not heard.claimed(index) for index in range(len(document.blocks))])
    strong = {index for index in widgets if heard.says_strongly(index, Category.COMMENTS)}
    below = [index for index in widgets if story.above[index] >= MIN_PARAGRAPHS]
    threads = _threads(document, story, below, strong, MAX_GAP)
    for first, last in chain(threads, _letters(document, story, below, strong)):
        yield from _claims(document, first, last)


def find_page_threads(document: Document, heard: Heard) -> Iterator[Finding]:
    """Claim what the extractor took for main content between the words of a comment widget."""
    asked = [block for block in document.blocks if block.main is False and heard.says(block.number, Category.COMMENTS)]
    if len(asked) < MIN_WIDGETS or not any(b.main for b in document.blocks[asked[0].number : asked[-1].number]):
        return
    story = _Story.of(document, [block.main is not False for block in document.blocks])
    asked = [block for block in asked if story.above[block.number] >= MIN_PARAGRAPHS]
    said = _said_of_comments(document, asked)
    strong = {number for number, strength in said.items() if strength is Strength.STRONG}
    for first, last in _threads(document, story, list(said), strong, MAX_PROSE):
        yield from _claims(document, first, last)


def _claims(document: Document, first: int, last: int) -> Iterator[Finding]:
    for index in range(first, last + 1):
        yield block_claim(
            document, index, Category.COMMENTS, "thread", Strength.STRONG, "it stands inside a comment thread"
        )


def _said_of_comments(document: Document, blocks: Sequence[Block]) -> dict[int, Strength]:
    """The blocks that the wording rules call a part of a comment widget, by number, in order, and how strongly."""
    readings = [document.read(block) for block in blocks]
    said: dict[int, Strength] = {}
    for match in package_matcher().match(readings):
        number, strength = blocks[match.block].number, match.rule.strength
        named = match.rule.category is Category.COMMENTS and strength is not Strength.WEAK
        if named and match.fits(readings[match.block]):
            said[number] = min(said.get(number, strength), strength, key=lambda s: s.rank)
    return said


class _Story(NamedTuple):
    """The blocks that nobody claims, counted above each block and, last, in all."""

    free: list[int]
    above: list[int]
    """Those of running text."""

    @classmethod
    def of(cls, document: Document, free: list[bool]) -> _Story:
        prose = (there and document.read(block).prose for block, there in zip(document.blocks, free, strict=True))
        return cls(list(accumulate(free, initial=0)), list(accumulate(prose, initial=0)))


def _threads(
    document: Document, story: _Story, widgets: list[int], strong: Container[int], gap: int
) -> Iterator[tuple[int, int]]:
    """First and last block of what stands between the words of a widget, ``gap`` unclaimed blocks apart at most."""
    for run in _close_together(widgets, story.free, gap):
        thread = list(dropwhile(lambda index: index not in strong, run))
        labels = Counter(label_of(document.read(document.blocks[index]).fold.text) for index in thread)
        if len(labels) < MIN_LABELS or (len(labels) == len(thread) and _goes_on(story, thread[-1])):
            continue
        if len(thread) >= MIN_WIDGETS:
            yield thread[0], thread[-1]


def _letters(
    document: Document, story: _Story, widgets: list[int], strong: Container[int]
) -> Iterator[tuple[int, int]]:
    """A label and the signed letters below it, if nothing else follows."""
    end = at = len(document.blocks)
    signed = [block.number for block in document.blocks if _SIGNATURE.fullmatch(block.text)]
    first = len(signed)
    while first and story.free[at] - story.free[signed[first - 1]] <= MAX_GAP + 1:
        first -= 1
        at = signed[first]
    for label in (index for index in widgets if index in strong):
        below = bisect_right(signed, label)
        if first <= below <= len(signed) - MIN_WIDGETS and story.free[signed[below]] - story.free[label] <= MAX_GAP + 1:
            yield label, end - 1
            return


def _goes_on(story: _Story, last: int) -> bool:
    """True if a paragraph of the story, as it seems, follows the last widget line."""
    above = story.above[last + 1 : last + 2 + MAX_GAP]
    return above[-1] > above[0]


def _close_together(widgets: list[int], free: list[int], gap: int) -> list[list[int]]:
    """Runs of widget lines with at most ``gap`` unclaimed blocks, of so many before each, from one to the next."""
    runs: list[list[int]] = []
    for index in widgets:
        if runs and free[index] - free[runs[-1][-1]] <= gap:
            runs[-1].append(index)
        else:
            runs.append([index])
    return runs
