"""Boilerplate that gives itself away by its words: applies the rule packs.

All packs run on all documents: sites print widgets in other languages than their stories, and the rules are worded so
that they cannot be taken for ordinary words of another language.

A rule that takes whole blocks takes only the sentence that it matched where the rest of the block is story: a promo
glued to a paragraph goes, the paragraph stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from cleaner.detectors.claims import match_claim
from cleaner.detectors.heard import Heard
from cleaner.model import Block, Document, Finding, Strength
from cleaner.rules import MAX_WORDS_DEFAULT, Rule
from cleaner.rules.match import Match, is_running, match_blocks, package_matcher
from cleaner.text import SENTENCE_BREAK, SENTENCE_END, Reading, count_words

# A promo's own sentence is at most this long, in words; the story around it at least this long.
MAX_GLUED = 40
MIN_STORY = 20


def find_wording(document: Document, heard: Heard) -> Iterator[Finding]:
    """Claim every block, sentence or stretch that a rule matches."""
    del heard  # rules judge a block alone
    known = document.notes.matches
    match_blocks(document, package_matcher(), known)
    for block in document.blocks:
        if known[block.text]:
            yield from _claims(block, document.readings[block.number], known[block.text])


def _claims(block: Block, reading: Reading, matches: Sequence[Match]) -> Iterator[Finding]:
    """What the matches in one block claim of it."""
    text = block.text
    ends = [match.place(block, reading) for match in matches]
    spans = [(_past_sentence_end(text, first, last), last) for first, last in ends]
    sentences = _Sentences(text, reading.word_count)
    sentences.mark(
        span
        for match, span in zip(matches, spans, strict=True)
        if match.rule.extent == "block" and match.rule.strength is Strength.STRONG
    )
    for match, (first, last) in zip(matches, spans, strict=True):
        rule, claim = match.rule, (0, len(text))
        if rule.extent == "match":
            claim = (first, last)
        elif rule.strength is Strength.STRONG and not sentences.whole(rule, first):
            if not sentences.promo:
                continue
            claim = sentences.promo
        elif not match.fits(reading) or (is_running(reading) and not sentences.speak(rule, first, last)):
            continue
        yield match_claim(block, rule, claim, text[first:last])


class _Sentences:
    """The sentences of a block: which of them strong rules matched, and whether the rest is story."""

    def __init__(self, text: str, count: int) -> None:
        self._text = text
        self._ends = [0, len(text)]
        if count >= MIN_STORY:
            self._ends = [0, *(m.end() for m in SENTENCE_BREAK.finditer(text) if m.end() < len(text)), len(text)]
        self._story = False
        self.promo: tuple[int, int] | None = None
        """The matched sentences, if they open or close a block whose rest is story."""

    def mark(self, spans: Iterable[tuple[int, int]]) -> None:
        """Say where strong rules matched."""
        if len(self._ends) == 2:
            return  # besides one sentence there is no story
        pairs = list(pairwise(self._ends))
        matched = sorted({n for first, last in spans for n, (a, b) in enumerate(pairs) if first < b and last > a})
        if not matched:
            return
        known = set(matched)
        rest = "".join(self._text[a:b] for n, (a, b) in enumerate(pairs) if n not in known)
        self._story = count_words(rest) >= MIN_STORY
        start, end = pairs[matched[0]][0], pairs[matched[-1]][1]
        run = matched[-1] - matched[0] + 1 == len(matched)
        if run and (start == 0) != (end == len(self._text)) and count_words(self._text[start:end]) <= MAX_GLUED:
            self.promo = (start, end)

    def whole(self, rule: Rule, first: int) -> bool:
        """True if the rule may take the whole block: no story stands in it, or it opens as a long notice does."""
        notice = rule.max_words > MAX_WORDS_DEFAULT and first < self._ends[1]
        return not self._story or notice

    def speak(self, rule: Rule, first: int, last: int) -> bool:
        """True if a rule may speak of running prose as a whole: it is strong, or the block opens or ends with what it
        knows. In the middle of a paragraph a claim short of strong would take the story around a promo with it.
        """
        return rule.strength is Strength.STRONG or first < self._ends[1] or last == len(self._text)


def _past_sentence_end(text: str, first: int, last: int) -> int:
    """Where a stretch begins if the full stop before it, by which its rule knew it, stays with the story."""
    while first < last and text[first] in SENTENCE_END + "\"”’»' ":
        first += 1
    return first
