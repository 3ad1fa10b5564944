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
    LAST,
    NONE,
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
    word_bags,
)
from cleaner.language import words_of

# A line that may be a paragraph of the story: this long, in code points, and with a sign that sentences have.
PROSE_CHARS = 80
# Longer lines are read so far, in code points: what a line is shows early.
MAX_LINE = 1_500
# So many lines to either side are around a line.
NEAR, AROUND = 3, 10

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


def read_lines(texts: list[str], claims: NDArray[np.float32], address: str, language: str | None) -> LineFeatures:
    """Everything that the scorer sees of a document.

    ``claims`` has a row a line and the columns ``CLAIMS``; ``address`` holds the words of the page's address.
    """
    cut = [text[:MAX_LINE] for text in texts]
    codes = read_codes(cut)
    words = hash_words(lower_codes("\n".join(cut)), codes, camel=False)
    kinds = count_kinds(codes).astype(np.float64)
    whole = np.array([len(text) for text in texts], np.float64)
    prose = (whole >= PROSE_CHARS) & (kinds[:, STOP] + kinds[:, COMMA] > 0)
    above, below = _nearest(prose)
    numbers = np.concatenate(
        [
            _shape(cut, codes, words, kinds, whole, prose),
            _place(whole, prose, above, below),
            _said(texts, words, prose, address, language),
            claims,
            _whole(whole, prose, claims),
        ],
        axis=1,
        dtype=np.float32,
        casting="unsafe",
    )
    return LineFeatures(numbers, *word_bags(words, len(texts)), above, below)


def _columns(*columns: NDArray[np.generic]) -> Floats:
    stacked = [column[:, None] if column.ndim == 1 else column for column in columns]
    return np.concatenate(stacked, axis=1, dtype=np.float32, casting="unsafe")


def _nearest(prose: NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """The nearest lines of prose above and below each line, but itself."""
    count = len(prose)
    at = np.arange(count)
    above = np.maximum.accumulate(np.where(prose, at, -1))
    above = np.append(-1, above[:-1])
    below = np.minimum.accumulate(np.where(prose, at, count)[::-1])[::-1]
    below = np.append(below[1:], count)
    return np.where(above < 0, at, above), np.where(below >= count, at, below)


def _shape(
    texts: list[str],
    codes: Codes,
    words: Words,
    kinds: NDArray[np.float64],
    whole: NDArray[np.float64],
    prose: NDArray[np.bool_],
) -> Floats:
    count = len(texts)
    per_line = np.bincount(words.owners, minlength=count).astype(np.float64)
    capitals = np.bincount(words.owners[codes.kinds[words.starts] == UPPER], minlength=count)
    length = codes.lengths.astype(np.float64)
    first, last = codes.kinds[codes.starts], codes.kinds[codes.starts + codes.lengths - 1]
    marks = np.array([[mark in text for mark in _MARKS] for text in texts])
    return _columns(
        np.log1p(whole), np.log1p(per_line), length / (per_line + 1) / 10, kinds / length[:, None],
        capitals / np.maximum(per_line, 1), np.log1p(kinds[:, STOP]), np.log1p(kinds[:, COMMA]), prose,
        last[:, None] == LAST, first[:, None] == FIRST, marks,
    )  # fmt: skip


def _place(whole: NDArray[np.float64], prose: NDArray[np.bool_], above: Ints, below: Ints) -> Floats:
    count = len(whole)
    at = np.arange(count)
    chars = whole * prose
    before = np.cumsum(chars)
    total = max(1.0, float(before[-1]))
    lines = np.cumsum(prose)
    return _columns(
        (at + 0.5) / count, np.log1p(at), np.log1p(count - 1 - at), (before - chars) / total, 1 - before / total,
        np.where(above == at, 5.0, np.log1p(at - above)), np.where(below == at, 5.0, np.log1p(below - at)),
        np.log1p(lines - prose), np.log1p(lines[-1] - lines),
    )  # fmt: skip


def _said(texts: list[str], words: Words, prose: NDArray[np.bool_], address: str, language: str | None) -> Floats:
    count = len(texts)
    copies = Counter(texts)
    firsts = {text: index for index, text in reversed(list(enumerate(texts)))}
    again = np.array([firsts[text] != index for index, text in enumerate(texts)])
    buckets = bucket_of(words.hashes)
    per_line = np.maximum(np.bincount(words.owners, minlength=count), 1)
    common = _common_of(words_of(language) if language else frozenset())
    first = np.zeros(NONE, bool)
    first[buckets[words.owners == 0]] = True
    columns: list[NDArray[np.generic]] = [np.log(np.array([copies[text] for text in texts])), again]
    for table in (_table_of(address), first):
        found = np.bincount(words.owners[table[buckets]], minlength=count)
        columns += [found / per_line, np.minimum(found / max(1, int(table.sum())), 1.5)]
    columns.append(np.bincount(words.owners[common[buckets]], minlength=count) / per_line)
    columns.append(_shared(buckets, words.owners, prose, common, count))
    return _columns(*columns)


@cache
def _common_of(words: frozenset[str]) -> NDArray[np.bool_]:
    """The table of a language's function words: there is one for every language that has a list."""
    return _table_of(" ".join(sorted(words)))


@lru_cache(maxsize=16)  # the passes over a document ask for its address again; a table takes 32 kB
def _table_of(said: str) -> NDArray[np.bool_]:
    """For every bucket whether one of some words falls into it."""
    table = np.zeros(NONE, bool)
    if said:
        table[bucket_of(hash_words(lower_codes(said), read_codes([said]), camel=False).hashes)] = True
    return table


def _shared(
    buckets: Ints, owners: Ints, prose: NDArray[np.bool_], common: NDArray[np.bool_], count: int
) -> NDArray[np.float64]:
    """Which share of a line's words, function words aside, stands in other lines of prose: teasers speak of else."""
    pairs = np.unique(owners[~common[buckets]] * (NONE + 1) + buckets[~common[buckets]])
    line, bucket = pairs // (NONE + 1), pairs % (NONE + 1)
    in_prose = np.bincount(bucket[prose[line]], minlength=NONE + 1)
    elsewhere = in_prose[bucket] - prose[line] > 0
    return np.bincount(line, elsewhere, minlength=count) / np.maximum(np.bincount(line, minlength=count), 1)


def _whole(whole: NDArray[np.float64], prose: NDArray[np.bool_], claims: NDArray[np.float32]) -> Floats:
    count = len(whole)
    claimed = claims[:, :6].any(axis=1)
    total = whole.sum()
    page = [np.log1p(count), np.log1p(total), (whole * prose).sum() / max(1.0, total), prose.mean(), claimed.mean()]
    sums = np.append(0, np.cumsum(claimed))
    at = np.arange(count)
    windows = [
        (sums[np.minimum(at + reach + 1, count)] - sums[np.maximum(at - reach, 0)]) / (2 * reach + 1)
        for reach in (NEAR, AROUND)
    ]
    return _columns(np.broadcast_to(page, (count, len(page))), *windows)
