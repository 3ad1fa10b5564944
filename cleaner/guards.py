"""Reasons to keep: each guard looks at one claim and says why it must not act, or nothing.

Guards speak about wording claims only, whose evidence is a quotation from the block. What a structure claims, its
detector has already weighed.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable

from cleaner.model import Document, Finding, Strength
from cleaner.text import RUNNING_PROSE, WORD, fold

Guard = Callable[[Document, Finding], str | None]

# In so many paragraphs the claim's own word must stand for the story to be about the thing.
ABOUT_PARAGRAPHS = 3

# Shorter lines are labels and buttons, which a story about the thing does not consist of, in words.
ABOUT_SENTENCE = 8

# A quote begins and ends within so many code points of the evidence; looking further would cost long lines dear.
QUOTE_REACH = 1_000

_ANY_OPENER = re.compile("[\"“„«»「『‚‘]")
_OPENERS, _CLOSERS = "\"“„«»「『‚‘", "\"”“»«」』’"


def in_quotes(document: Document, finding: Finding) -> str | None:
    """Somebody in the story says it: the evidence stands inside quotation marks, and more stands around them.

    The whole block in quotes is no reason: appeals like to be set in quotes.
    """
    text, at, _ = _place(document, finding)
    if at < 0:
        return None
    end = at + len(finding.evidence)
    before, after = text[max(0, at - QUOTE_REACH) : at], text[end : end + QUOTE_REACH]
    if not _ANY_OPENER.search(before):
        return None
    opened = max(before.rfind(mark) for mark in _OPENERS)
    closed = max(before.rfind(mark) for mark in "”»」』")
    if opened < 0 or closed > opened or not any(mark in after for mark in _CLOSERS):
        return None
    inside = min(position for position in (after.find(mark) for mark in _CLOSERS) if position >= 0)
    around = len(WORD.findall(before[:opened])) + len(WORD.findall(after[inside:]))
    straight = before.count('"')
    if opened == before.rfind('"') and straight % 2 == 0:
        return None
    return "it is a quote in running text" if around >= 3 else None


def in_running_prose(document: Document, finding: Finding) -> str | None:
    """A paragraph of the story in which the words merely occur: only a strong claim may take it whole."""
    text, at, index = _place(document, finding)
    if at < 0 or finding.strength is Strength.STRONG or len(finding.evidence) == len(text):
        return None
    if finding.end - finding.start < len(text):
        return None
    reading = document.readings[index]
    return "running prose around it" if reading.prose and reading.count >= RUNNING_PROSE else None


def story_is_about_it(document: Document, finding: Finding) -> str | None:
    """The claim's own word stands in paragraph after paragraph: the story is about cookies, comments, subscriptions."""
    text, at, index = _place(document, finding)
    reading = document.readings[index] if at >= 0 else None
    if reading is None or not reading.sentence or reading.count < ABOUT_SENTENCE:
        return None
    words = [word for word in WORD.findall(fold(finding.evidence).text) if len(word) >= 4]
    for word in sorted(words, key=len, reverse=True)[:2]:
        others = document.paragraphs_with(word) - document.paragraph_has(index, word)
        if others >= ABOUT_PARAGRAPHS:
            return f"the story is about it: {word!r} stands in {others} other paragraphs"
    return None


def _place(document: Document, finding: Finding) -> tuple[str, int, int]:
    """The finding's block, where in it the evidence stands (-1: nowhere, so it is no wording claim), its number."""
    index = bisect_right(document.starts, finding.start) - 1
    if index < 0:
        return "", -1, 0
    block = document.blocks[index]
    at = finding.start - block.start
    if not finding.evidence:
        at = -1
    elif not block.text.startswith(finding.evidence, at):
        at = block.text.find(finding.evidence)
    return block.text, at, index


GUARDS: tuple[Guard, ...] = (in_quotes, in_running_prose, story_is_about_it)
