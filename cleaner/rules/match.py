"""Match all rules at once, in time linear in the text.

Rules do not run over the text one after the other. Whole-block labels are one dictionary lookup a block. Every other
rule stands behind keys: a word for a pattern, a pair of neighbouring words for a phrase. The words of a block are
intersected with all keys, and a rule is tried only where one of its keys stands. In running text, half of the
characters of a news document, only rules are tried that can claim something there: strong ones (a promo glued to a
paragraph), stretches, and what speaks of whole paragraphs. Such a gate was measured some forty times as fast as trying
every rule on every line, and a hundred times as fast as one big alternation.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import accumulate, groupby, pairwise
from typing import Any, NamedTuple

from cleaner.model import Block, Document, Strength
from cleaner.rules import MAX_PATTERN_WIDTH, Rule, key_of, load_rules
from cleaner.text import NO_SPACE_SCRIPT, RUNNING_PROSE, SIGN, WORD, Reading, label_of

# Labels are short; a longer block is not even looked up. In code points.
MAX_LABEL = 120

# A rule that allows more words speaks of whole paragraphs: biographies, disclaimers, appeals. On the development texts
# rules that are not strong are right on three of four paragraphs with it, and on two of five with less.
PROSE_RULE = 60

_DENSE = re.compile(f"{NO_SPACE_SCRIPT.pattern}+")

# What a phrase at the start or the end of a block is looked for behind and before.
LEADING = " \"'([*-•·>»›→|#_❤✅🔴▶►"
TRAILING = " \"')]*-.:!…>»›→|"


class Match(NamedTuple):
    """Rule ``rule`` matched ``start:end`` of the folded text of block ``block``."""

    rule: Rule
    block: int
    start: int
    end: int

    def fits(self, reading: Reading) -> bool:
        """False if the rule takes whole blocks and this one is too long for it: there its words merely occur."""
        if self.rule.extent == "match":
            return True
        return reading.word_count <= self.rule.max_words and (not is_running(reading) or reaches_prose(self.rule))

    def place(self, block: Block, reading: Reading) -> tuple[int, int]:
        """Where in the block's own text the match begins and ends."""
        length = len(block.text)
        return reading.fold.original(self.start, length), reading.fold.original(self.end, length)


class _Probe(NamedTuple):
    """One phrase of a rule, or (empty) its pattern."""

    rule: Rule
    phrase: str


def reaches_prose(rule: Rule) -> bool:
    """True if a rule may claim something in running prose: a stretch, a promo's sentence, or a paragraph as such."""
    return rule.max_words > PROSE_RULE or rule.extent == "match" or rule.strength is Strength.STRONG


def is_running(reading: Reading) -> bool:
    """True if a block is running prose, in which the words of boilerplate may merely occur."""
    return reading.prose and reading.word_count >= RUNNING_PROSE


_Strings = dict[str, list[_Probe]]
"""Key → what to try on the blocks in which it stands."""


class _WordGate:
    """Probes behind words and behind pairs of neighbouring words."""

    def __init__(self) -> None:
        self._words: _Strings = defaultdict(list)
        self._pairs: dict[tuple[str, str], list[_Probe]] = defaultdict(list)
        self._word_keys: frozenset[str] = frozenset()
        self._pair_keys: frozenset[tuple[str, str]] = frozenset()

    def add(self, key: str | tuple[str, str], probe: _Probe) -> None:
        if isinstance(key, str):
            self._words[key].append(probe)
        else:
            self._pairs[key].append(probe)

    def close(self) -> None:
        self._word_keys = frozenset(self._words)
        self._pair_keys = frozenset(self._pairs)

    def open(self, words: list[str]) -> list[tuple[str, list[_Probe]]]:
        """Every key that stands among the words (``""`` for a pair), with its probes."""
        opened = [(key, self._words[key]) for key in self._word_keys.intersection(words)]
        opened += [("", self._pairs[pair]) for pair in self._pair_keys.intersection(pairwise(words))]
        return opened


class Matcher:
    """A set of rules, indexed for matching. Immutable once made; safe to share between threads."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(rules)
        self._labels: dict[str, list[Rule]] = defaultdict(list)
        self._lines = _WordGate()  # for labels, lines and short paragraphs
        self._prose = _WordGate()  # for running text: only what reaches into it
        self._signs: _Strings = defaultdict(list)  # keys that hold a sign
        self._runs: _Strings = defaultdict(list)  # keys in scripts without spaces
        for rule in self.rules:
            if rule.pattern:
                for key in rule.keys:
                    self._index(key, _Probe(rule, ""))
            elif rule.at == "whole":
                for label in rule.phrases:
                    self._labels[label].append(rule)
            else:
                for phrase in rule.phrases:
                    self._index(key_of(phrase), _Probe(rule, phrase))
        self._openers = frozenset(word[0] for word in map(WORD.search, self._labels) if word)
        self._lines.close()
        self._prose.close()
        self._by_sign: dict[str, list[str]] = defaultdict(list)
        for key in self._signs:
            self._by_sign[SIGN.findall(key)[0]].append(key)
        self._by_two: dict[str, list[str]] = defaultdict(list)
        for key in self._runs:
            at = max(0, next(_DENSE.finditer(key)).start() - 1)
            self._by_two[key[at : at + 2]].append(key)

    def _index(self, key: str | tuple[str, str], probe: _Probe) -> None:
        if isinstance(key, str) and NO_SPACE_SCRIPT.search(key):
            self._runs[key].append(probe)
        elif isinstance(key, str) and SIGN.search(key):
            self._signs[key].append(probe)
        else:
            self._lines.add(key, probe)
            if reaches_prose(probe.rule):
                self._prose.add(key, probe)

    def of_label(self, folded: str) -> Sequence[Rule]:
        """The rules that know a folded text as a label."""
        return self._labels.get(label_of(folded), ())

    def begins_label(self, word: str) -> bool:
        """True if a label begins with the word."""
        return word in self._openers

    def match(self, readings: Sequence[Reading]) -> Iterator[Match]:
        """All matches in the blocks of a document; by block, then by rule id and place, the longest first."""
        found: set[Match] = set()
        for index, reading in enumerate(readings):
            text = reading.fold.text
            if len(text) <= MAX_LABEL:
                found.update([Match(rule, index, 0, len(text)) for rule in self.of_label(text)])
            gate = self._prose if is_running(reading) else self._lines
            for key, probes in gate.open(reading.words):
                _try(probes, index, reading, key, found)
        text = "\n".join([reading.fold.text for reading in readings])
        keys = [key for sign, of_sign in self._by_sign.items() if sign in text for key in of_sign]
        self._search(self._signs, keys, text, readings, found)
        twos = set() if text.isascii() else _twos(text)
        if twos:
            keys = [key for two, of_two in self._by_two.items() if two in twos for key in of_two]
            self._search(self._runs, keys, text, readings, found)
        return iter(sorted(found, key=lambda m: (m.block, m.rule.id, m.start, -m.end)))

    @staticmethod
    def _search(gate: _Strings, keys: Iterable[str], text: str, readings: Sequence[Reading], found: set[Match]) -> None:
        """Try the probes of keys that are no words of their own, on the blocks that hold them."""
        starts: list[int] = []
        for key in keys:
            if key in text:
                starts = starts or list(accumulate((len(r.fold.text) + 1 for r in readings), initial=0))[:-1]
                for index in _blocks_with(key, text, starts):
                    _try(gate[key], index, readings[index], key, found)


def match_blocks(document: Document, matcher: Matcher, known: dict[str, tuple[Any, ...]]) -> None:
    """Note under the text of every block what the matcher finds in it; texts that are ``known`` are not asked again."""
    new = {block.text: document.readings[block.number] for block in document.blocks if block.text not in known}
    texts = list(new)
    known.update(dict.fromkeys(texts, ()))
    for index, matches in groupby(matcher.match(list(new.values())), key=lambda match: match.block):
        known[texts[index]] = tuple(matches)


@cache
def package_matcher() -> Matcher:
    """The matcher over every rule of the package, made once a process."""
    return Matcher(load_rules())


def _try(probes: Iterable[_Probe], index: int, reading: Reading, key: str, found: set[Match]) -> None:
    folded = reading.fold.text
    for rule, phrase in probes:
        if phrase:
            if phrase in folded:
                found.update([Match(rule, index, start, end) for start, end in _find_phrase(rule, phrase, folded)])
        elif rule.extent == "match" or reading.word_count <= rule.max_words:
            for start, end in _find_pattern(rule, folded, key):
                found.add(Match(rule, index, start, end))


def _twos(text: str) -> set[str]:
    """Every letter of a script without spaces that stands in a text, alone and with each letter beside it."""
    twos: set[str] = set()
    for run in _DENSE.finditer(text):
        around = text[max(0, run.start() - 1) : run.end() + 1]
        twos.update(run.group(), map("".join, pairwise(around)))
    return twos


def _blocks_with(key: str, text: str, starts: list[int]) -> Iterator[int]:
    """The numbers of the blocks of a joined text in which the key stands; ``starts`` are the blocks' offsets in it."""
    at = text.find(key)
    while at >= 0:
        block = bisect_right(starts, at) - 1
        yield block
        at = text.find(key, starts[block + 1]) if block + 1 < len(starts) else -1


def _find_phrase(rule: Rule, phrase: str, folded: str) -> Iterator[tuple[int, int]]:
    if rule.at == "start":
        lead = len(folded) - len(folded.lstrip(LEADING))
        if folded.startswith(phrase, lead) and _bounded(folded, lead, lead + len(phrase)):
            yield lead, lead + len(phrase)
        return
    if rule.at == "end":
        tail = len(folded.rstrip(TRAILING))
        if folded.endswith(phrase, 0, tail) and _bounded(folded, tail - len(phrase), tail):
            yield tail - len(phrase), tail
        return
    at = folded.find(phrase)
    while at >= 0:
        if _bounded(folded, at, at + len(phrase)):
            yield at, at + len(phrase)
            if rule.extent == "block":
                return
        at = folded.find(phrase, at + len(phrase))


def _bounded(folded: str, start: int, end: int) -> bool:
    """True if the phrase does not begin or end inside a word."""
    return not (_joined(folded, start - 1, start) or _joined(folded, end - 1, end))


def _joined(folded: str, left: int, right: int) -> bool:
    if left < 0 or right >= len(folded):
        return False
    return all(_is_letter(char) for char in (folded[left], folded[right]))


def _is_letter(char: str) -> bool:
    """True for letters and digits of scripts whose words are set off."""
    return char != "_" and WORD.match(char) is not None and not NO_SPACE_SCRIPT.match(char)


def _find_pattern(rule: Rule, folded: str, key: str) -> Iterator[tuple[int, int]]:
    """Search around the key only, in windows that do not overlap, so that a long line costs its length once."""
    if rule.anchored:
        # re.search tries every position even of a pattern that can match at the first only.
        match = rule.regex.match(folded)
        if match and match.end() > match.start():
            yield match.span()
        return
    for start, end in _windows(folded, key):
        for match in rule.regex.finditer(folded[start:end]):
            inner = (match.start() == 0 and start > 0) or (match.end() == end - start and end < len(folded))
            if match.end() > match.start() and not (inner and ("^" in rule.pattern or "$" in rule.pattern)):
                yield start + match.start(), start + match.end()
                if rule.extent == "block":
                    return


def _windows(folded: str, key: str) -> list[tuple[int, int]]:
    if len(folded) <= 2 * MAX_PATTERN_WIDTH:
        return [(0, len(folded))]
    windows: list[tuple[int, int]] = []
    at = folded.find(key)
    while at >= 0:
        start, end = max(0, at - MAX_PATTERN_WIDTH), min(len(folded), at + MAX_PATTERN_WIDTH)
        if windows and start <= windows[-1][1]:
            windows[-1] = (windows[-1][0], end)
        else:
            windows.append((start, end))
        at = folded.find(key, at + len(key))
    return windows
