"""Boilerplate that gives itself away by its words: applies the rule packs.

All packs run on all documents: sites print widgets in other languages than their stories, and the rules are worded so
that they cannot be taken for ordinary words of another language.

A rule that takes whole blocks takes only the sentence that it matched where the rest of the block is story: a promo
glued to a paragraph goes, the paragraph stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from cleaner.detectors.heard import Heard
from cleaner.model import Block, Document, Finding, Strength
from cleaner.rules import load_rules
from cleaner.rules.match import Match, Matcher
from cleaner.text import count_words

# Evidence is quoted in reasons: enough to recognise the words, in code points.
MAX_EVIDENCE = 80

# A promo's own sentence is at most this long, in words; the story around it at least this long.
MAX_GLUED = 40
MIN_STORY = 20

_SENTENCE_BREAK = re.compile(r"(?<=[.!?…。！？؟।])[\"'”’»)\]]{0,2}\s*(?=[\s\"“„«(\[]*[^\W\d_])|(?<=[。！？])")


@cache
def matcher() -> Matcher:
    """The matcher over every rule of the package, made once a process."""
    return Matcher(load_rules())


def find_wording(document: Document, heard: Heard) -> Iterator[Finding]:
    """Claim every block, sentence or stretch that a rule matches."""
    del heard  # rules judge a block alone
    known = document.notes.matches
    new = {block.text: document.readings[block.index] for block in document.blocks if block.text not in known}
    texts = list(new)
    known.update((text, []) for text in texts)
    for match in matcher().match(list(new.values())):
        known[texts[match.block]].append(match)
    for block in document.blocks:
        for match in known[block.text]:
            finding = _claim(document, block, match)
            if finding:
                yield finding


def _claim(document: Document, block: Block, match: Match) -> Finding | None:
    rule, reading = match.rule, document.readings[block.index]
    fold = reading.fold
    first, last = fold.original(match.start, len(block.text)), fold.original(match.end, len(block.text))
    evidence = block.text[first:last][:MAX_EVIDENCE]
    if rule.extent == "block":
        span = _glued(block, first, last) if rule.strength is Strength.STRONG and rule.at != "whole" else None
        if span is None:
            if not match.fits(reading):
                return None
            span = (0, len(block.text))
        first, last = span
    return Finding(rule.category, rule.id, rule.strength, block.start + first, block.start + last, evidence)


def _glued(block: Block, first: int, last: int) -> tuple[int, int] | None:
    """The sentence around ``first:last`` if it opens or closes a block whose rest is story; else ``None``."""
    text = block.text
    if count_words(text[:2000]) < MIN_STORY:
        return None
    breaks = [m.end() for m in _SENTENCE_BREAK.finditer(text) if m.end() < len(text)]
    start = max((at for at in breaks if at <= first), default=0)
    end = min((at for at in breaks if at >= last), default=len(text))
    if count_words(text[start:end]) > MAX_GLUED or (start > 0 and end < len(text)):
        return None
    rest = text[:start] + text[end:]
    return (start, end) if count_words(rest) >= MIN_STORY else None
