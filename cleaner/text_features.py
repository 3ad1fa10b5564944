"""Lines of a text → numbers: what the line scorer sees of every line, worked out for the whole document at once.

All of it comes from the text, the address and the claims of the rules: no markup, no list of languages. A language
without a pack or a script without spaces has the same columns as any other.
"""

from __future__ import annotations

from collections import Counter
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaner.hashing import (
    CLASSES,
    COMMA,
    FIRST,
    HASH_BITS,
    LAST,
    NONE,
    SPACE,
    STOP,
    UPPER,
    Bag,
    Codes,
    Floats,
    Ints,
    Words,
    bucket_of,
    count_kinds,
    hash_words,
    lower_codes,
    read_codes,
    take,
    word_bags,
)
from cleaner.language import words_of

# A line that may be a paragraph of the story: this long, in code points, and with a sign that sentences have.
PROSE_CHARS = 80
# Longer lines are read so far, in code points: what a line is shows early.
MAX_LINE = 1_500
# So many lines to either side are near a line, and around it.
_REACHES = np.array((3, 10))

Columns = tuple[NDArray[np.generic], ...]
"""Columns, and blocks of columns, a row a line."""

CLAIMS = (
    "strong wording", "medium wording", "weak wording", "strong structure", "medium structure", "weak structure",
    "part of the article",
)  # fmt: skip
"""What the detectors before the scorer have claimed of a line, as far as nothing refuses it."""

_MARKS = ("http", "www.", "@", "…", "...", " | ", "»")
_SHAPE = (
    "length", "words", "word length", *(f"share of {name}" for name in CLASSES), "capitals", "stops", "commas", "prose",
    *(f"ends with {CLASSES[kind]}" for kind in LAST), *(f"starts with {CLASSES[kind]}" for kind in FIRST),
    *(f"has {mark}" for mark in _MARKS),
)  # fmt: skip
_PLACE = (
    "place", "from top", "from end", "prose before", "prose after", "to the prose above", "to the prose below",
    "lines of prose before", "lines of prose after",
)  # fmt: skip
_SAID = (
    "copies", "is a copy", "of the address", "has the address", "of the first line", "has the first line",
    "function words", "words of the story",
)  # fmt: skip
_WHOLE = (
    "lines",
    "whole length",
    "share of prose",
    "share of prose lines",
    "share of claimed lines",
    "claims near",
    "claims around",
)
NUMBERS = (*_SHAPE, *_PLACE, *_SAID, *CLAIMS, *_WHOLE)
"""The names of the columns of ``LineFeatures.numbers``."""

_SPACES = NUMBERS.index("share of space")


class LineTexts(NamedTuple):
    """What depends on the text of each line alone, a row a line."""

    numbers: Floats
    """The columns ``_SHAPE``; the break behind a line counts as a space of it."""
    spaces_at_end: NDArray[np.float64]
    """Which share are spaces if it is the last line, which has no break."""
    chars: NDArray[np.float64]
    """Its length, in code points."""
    prose: NDArray[np.bool_]
    """It may be a paragraph of the story."""
    words: Bag
    pairs: Bag
    openers: Ints
    closers: Ints
    different: Bag
    """The words, each once a line."""
    rows: dict[str, int]
    """Text → where its row is."""

    def some(self, texts: list[str]) -> LineTexts | None:
        """The same of other lines; ``None`` if not all of them are among these."""
        rows = [self.rows.get(text, -1) for text in texts]
        if min(rows) < 0:
            return None
        at = np.array(rows)
        picked = [take(of, at) if isinstance(of, Bag) else of.take(at, axis=0) for of in self[:-1]]
        return LineTexts._make([*picked, {text: row for row, text in enumerate(texts)}])


class LineFeatures(NamedTuple):
    """What the scorer sees of a text with at least one line."""

    numbers: Floats
    """A row a line; the columns are ``NUMBERS``."""
    words: Bag
    pairs: Bag
    openers: Ints
    """For every line its first word and its first pair, ``NONE`` where it has none."""
    closers: Ints
    above: Ints
    """For every line the number of the nearest line of prose above, its own where there is none …"""
    below: Ints
    """… and below."""


def read_lines(
    texts: list[str],
    claims: NDArray[np.float32],
    address: str,
    language: str | None,
    seen: list[LineTexts] | None = None,
) -> LineFeatures:
    """Everything that the scorer sees of a document.

    ``claims`` has a row a line and the columns ``CLAIMS``; ``address`` holds the words of the page's address; ``seen``
    is what an earlier pass over the document has read, and is filled by the first.
    """
    lines = (seen[0].some(texts) if seen else None) or _read_texts(texts)
    if seen is not None:
        seen[:] = [lines]
    until = np.cumsum(lines.prose, dtype=np.int64)
    above, below = _nearest(lines.prose, until)
    numbers = _table(
        lines.numbers,
        *_place(lines, until, above, below),
        *_said(texts, lines, address, language),
        claims,
        *_whole(lines, until, claims),
    )
    numbers[-1, _SPACES] = lines.spaces_at_end[-1]
    return LineFeatures(numbers, lines.words, lines.pairs, lines.openers, lines.closers, above, below)


def _table(*columns: NDArray[np.generic]) -> Floats:
    """Columns, and blocks of columns, side by side."""
    stacked = [column[:, None] if column.ndim == 1 else column for column in columns]
    return np.concatenate(stacked, axis=1, dtype=np.float32, casting="unsafe")


def _read_texts(texts: list[str]) -> LineTexts:
    cut = [text[:MAX_LINE] for text in texts]
    codes = read_codes(cut)
    words = hash_words(lower_codes("\n".join(cut)), codes, camel=False)
    kinds = count_kinds(codes).astype(np.float64)
    kinds[-1, SPACE] += 1  # a break, as behind every other line
    chars = np.array([len(text) for text in texts], np.float64)
    prose = (chars >= PROSE_CHARS) & (kinds[:, STOP] + kinds[:, COMMA] > 0)
    bags = word_bags(words, len(texts))
    return LineTexts(
        _shape(cut, codes, words, kinds, chars, prose), (kinds[:, SPACE] - 1) / codes.lengths, chars, prose,
        *bags, _different(bags[0].items, words.owners, len(texts)), {text: row for row, text in enumerate(texts)},
    )  # fmt: skip


def _different(buckets: Ints, owners: Ints, count: int) -> Bag:
    """The buckets of every owner, each once."""
    keys = np.sort(owners << HASH_BITS | buckets)
    first = np.ones(len(keys), bool)
    np.not_equal(keys[1:], keys[:-1], out=first[1:])
    keys = keys[first]
    return Bag(keys & NONE - 1, np.searchsorted(keys, np.arange(count + 1) << HASH_BITS))


def _shape(
    texts: list[str],
    codes: Codes,
    words: Words,
    kinds: NDArray[np.float64],
    chars: NDArray[np.float64],
    prose: NDArray[np.bool_],
) -> Floats:
    count = len(texts)
    per_line = np.bincount(words.owners, minlength=count).astype(np.float64)
    capitals = np.bincount(words.owners[codes.kinds.take(words.starts) == UPPER], minlength=count)
    length = codes.lengths.astype(np.float64)
    first, last = codes.kinds[codes.starts], codes.kinds[codes.starts + codes.lengths - 1]
    return _table(
        np.log1p(chars), np.log1p(per_line), length / (per_line + 1) / 10, kinds / length[:, None],
        capitals / np.maximum(per_line, 1), np.log1p(kinds[:, STOP]), np.log1p(kinds[:, COMMA]), prose,
        last[:, None] == LAST, first[:, None] == FIRST, _marks(texts),
    )  # fmt: skip


def _marks(texts: list[str]) -> NDArray[np.bool_]:
    """Which of ``_MARKS`` each text has; most stand in none."""
    joined = "\n".join(texts)
    has = np.zeros((len(texts), len(_MARKS)), bool)
    for number, mark in enumerate(_MARKS):
        if mark in joined:
            has[:, number] = [mark in text for text in texts]
    return has


def _nearest(prose: NDArray[np.bool_], until: Ints) -> tuple[Ints, Ints]:
    """The nearest lines of prose above and below each line, but itself; ``until`` counts the prose down to a line."""
    at, before = np.arange(len(prose)), until - prose
    places = np.concatenate([[0], np.flatnonzero(prose), [0]])
    return np.where(before > 0, places[before], at), np.where(until < until[-1], places[until + 1], at)


def _place(lines: LineTexts, until: Ints, above: Ints, below: Ints) -> Columns:
    count = len(until)
    at = np.arange(count)
    chars = lines.chars * lines.prose
    before = np.cumsum(chars)
    total = max(1.0, float(before[-1]))
    return (
        (at + 0.5) / count, np.log1p(at), np.log1p(count - 1 - at), (before - chars) / total, 1 - before / total,
        np.where(above == at, 5.0, np.log1p(at - above)), np.where(below == at, 5.0, np.log1p(below - at)),
        np.log1p(until - lines.prose), np.log1p(until[-1] - until),
    )  # fmt: skip


# Of which kinds a word is, as bits, and for each sum of these bits whether it holds each.
_FUNCTION, _ADDRESS, _FIRST = 1, 2, 4
_HOLDS = np.array([[kinds & bit > 0 for bit in (_FUNCTION, _ADDRESS, _FIRST)] for kinds in range(8)], np.int64)


def _said(texts: list[str], lines: LineTexts, address: str, language: str | None) -> Columns:
    count = len(texts)
    in_address, in_first = _buckets_of(address), lines.different.items[: lines.different.starts[1]]
    kinds = _function_words(words_of(language) if language else frozenset()).copy()
    kinds[in_address] |= _ADDRESS
    kinds[in_first] |= _FIRST
    own = lines.words.starts[1:] - lines.words.starts[:-1]
    owners = np.arange(count).repeat(own)
    tallies = np.bincount(owners * len(_HOLDS) + kinds.take(lines.words.items), minlength=count * len(_HOLDS))
    functional, addressed, opening = (tallies.reshape(count, -1) @ _HOLDS).T
    own = np.maximum(own, 1)
    return (
        *_copies(texts),
        addressed / own, np.minimum(addressed / max(1, len(in_address)), 1.5),
        opening / own, np.minimum(opening / max(1, len(in_first)), 1.5),
        functional / own, _shared(lines.different, lines.prose, kinds),
    )  # fmt: skip


def _copies(texts: list[str]) -> Columns:
    """How often each text is there, as a logarithm, and whether it was there above."""
    if len(set(texts)) == len(texts):
        return (np.zeros((len(texts), 2)),)
    copies = Counter(texts)
    firsts = {text: index for index, text in reversed(list(enumerate(texts)))}
    return np.log([copies[text] for text in texts]), np.array([firsts[text] != at for at, text in enumerate(texts)])


@cache
def _function_words(words: frozenset[str]) -> NDArray[np.uint8]:
    """For every bucket ``_FUNCTION`` where a function word falls into it; there is a table for every list of them."""
    table = np.zeros(NONE, np.uint8)
    table[_buckets_of(" ".join(sorted(words)))] = _FUNCTION
    return table


@lru_cache(maxsize=16)
def _buckets_of(said: str) -> Ints:
    """The buckets into which some words fall, each once."""
    return np.unique(bucket_of(hash_words(lower_codes(said), read_codes([said]), camel=False).hashes))


def _shared(different: Bag, prose: NDArray[np.bool_], kinds: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Which share of a line's words, function words aside, stands in other lines of prose: teasers speak of else."""
    count = len(prose)
    telling = kinds.take(different.items) & _FUNCTION == 0
    words = different.items[telling]
    owners = np.arange(count).repeat(different.starts[1:] - different.starts[:-1])[telling]
    own = prose.take(owners)
    elsewhere = np.bincount(words[own], minlength=NONE).take(words) > own
    return np.bincount(owners[elsewhere], minlength=count) / np.maximum(np.bincount(owners, minlength=count), 1)


def _whole(lines: LineTexts, until: Ints, claims: NDArray[np.float32]) -> Columns:
    count = len(claims)
    sums = np.zeros(count + 1, np.int64)
    np.cumsum(np.logical_or.reduce(claims[:, :6], axis=1), out=sums[1:])
    total, of_prose = lines.chars.sum(), lines.chars[lines.prose].sum()
    page = (*np.log1p((count, total)), of_prose / max(1.0, total), until[-1] / count, sums[-1] / count)
    at = np.arange(count)[:, None]
    near = sums[np.minimum(at + _REACHES + 1, count)] - sums[np.maximum(at - _REACHES, 0)]
    return np.full((count, len(page)), page), near / (2 * _REACHES + 1)
