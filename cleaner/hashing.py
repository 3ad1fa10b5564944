"""Characters and words of many blocks at once: one look-up gives every code point its class, every word is hashed where
it stands.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

# Classes of code points.
CLASSES = (
    "other", "lower", "upper", "caseless", "digit", "space", "comma", "stop", "colon", "quote", "dash", "bracket",
    "bar", "sign",
)  # fmt: skip
OTHER, LOWER, UPPER, CASELESS, DIGIT, SPACE, COMMA, STOP, COLON, QUOTE, DASH, BRACKET, BAR, SIGN = range(len(CLASSES))
_BY_SIGN = {
    COMMA: ",،、，",
    STOP: ".!?…。！？؟۔।॥",
    COLON: ":;：；",
    QUOTE: "\"'“”„‘’‚«»‹›「」『』",
    DASH: "-–—―−",
    BRACKET: "()[]{}（）【】",
    BAR: "|/\\•·●▪■□▶►»›→_*#+~",
    SIGN: "©®™@%$€£¥§&=<>",
}
# Scripts whose words are not set off by spaces: each of these is a word of its own.
_DENSE = ((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3040, 0x30FF), (0x3400, 0x9FFF), (0xAC00, 0xD7AF))

HASH_BITS = 15
"""Words and pairs of words fall into so many buckets, as a power of two."""
NONE = 1 << HASH_BITS
"""The bucket of a word that is not there."""


class Bag(NamedTuple):
    """Hashed items, several to an owner."""

    items: Ints
    """Their buckets, or their hashes as signed numbers."""
    starts: Ints
    """Where in ``items`` those of each owner begin; one more at the end."""


# Which classes a block begins and ends with tells something.
LAST = np.array((LOWER, UPPER, CASELESS, DIGIT, STOP, COLON, QUOTE, DASH, BRACKET, BAR, SIGN))
FIRST = np.array((LOWER, UPPER, CASELESS, DIGIT, QUOTE, DASH, BRACKET, BAR, SIGN))


@cache
def _class_table() -> NDArray[np.uint8]:
    table = np.zeros(0x10000, np.uint8)
    for code in range(0x10000):
        kind = unicodedata.category(chr(code))
        if kind[0] == "L":
            table[code] = {"Ll": LOWER, "Lu": UPPER, "Lt": UPPER}.get(kind, CASELESS)
        elif kind[0] == "M":
            table[code] = CASELESS
        elif kind == "Nd":
            table[code] = DIGIT
        elif kind[0] == "Z" or code in (9, 10, 13):
            table[code] = SPACE
    for number, signs in _BY_SIGN.items():
        table[[ord(sign) for sign in signs]] = number
    return table


@cache
def _dense_table() -> NDArray[np.bool_]:
    table = np.zeros(0x10000, bool)
    for first, last in _DENSE:
        table[first : last + 1] = True
    return table


@cache
def _multipliers() -> NDArray[np.uint64]:
    return np.random.default_rng(20240514).integers(1, 2**63, 32, np.uint64) | np.uint64(1)


class Codes(NamedTuple):
    """A page's texts as one array of code points."""

    codes: NDArray[np.uint32]
    kinds: NDArray[np.uint8]
    starts: Ints
    lengths: Ints


def _codes(text: str) -> NDArray[np.uint32]:
    return np.minimum(np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32), 0xFFFF)


def read_codes(texts: list[str]) -> Codes:
    """Join texts, a line break between them."""
    joined = "\n".join(texts)
    codes = _codes(joined)
    lengths = np.array([len(text) for text in texts], np.int64)
    starts = np.cumsum(lengths + 1) - lengths - 1
    return Codes(codes, _class_table()[codes], starts, lengths)


def count_kinds(codes: Codes) -> NDArray[np.int64]:
    """How many code points of each class every text has."""
    count = len(codes.lengths)
    owners = np.repeat(np.arange(count), codes.lengths + 1)[:-1]
    kinds = np.bincount(owners * len(CLASSES) + codes.kinds, minlength=count * len(CLASSES))
    return kinds.reshape(count, -1)


class Words(NamedTuple):
    """The words of several texts: hash, owner, first offset of each."""

    hashes: NDArray[np.uint64]
    owners: Ints
    starts: Ints


def hash_words(lowered: NDArray[np.uint32], text: Codes, camel: bool) -> Words:
    """Hash every word. ``camel`` splits ``commentList`` in two, as classes are written."""
    kinds = text.kinds
    letter = (kinds >= LOWER) & (kinds <= DIGIT)
    begins = letter.copy()
    begins[1:] &= ~letter[:-1]
    if camel:
        begins[1:] |= (kinds[1:] == UPPER) & (kinds[:-1] == LOWER)
        begins[1:] |= letter[1:] & ((kinds[1:] == DIGIT) != (kinds[:-1] == DIGIT))
    else:
        dense = _dense_table()[text.codes]
        if dense.any():
            begins |= dense & letter
            begins[1:] |= letter[1:] & dense[:-1]
    starts = np.flatnonzero(begins)
    if not len(starts):
        empty = np.zeros(0, np.int64)
        return Words(empty.astype(np.uint64), empty, empty)
    lengths = np.diff(starts, append=len(kinds))
    place = np.arange(starts[0], len(kinds)) - np.repeat(starts, lengths)
    shaped = np.where(kinds == DIGIT, 48, lowered)[starts[0] :].astype(np.uint64)
    value = (shaped + np.uint64(7)) * _multipliers()[np.minimum(place, 31)]
    value[~letter[starts[0] :]] = 0
    hashes = np.add.reduceat(value, starts - starts[0])
    owners = np.searchsorted(text.starts, starts, "right") - 1
    return Words(hashes, owners, starts)


def bucket_of(hashes: NDArray[np.uint64]) -> Ints:
    """The buckets of words."""
    mixed = (hashes ^ (hashes >> np.uint64(31))) * np.uint64(0x9E3779B97F4A7C15)
    return (mixed >> np.uint64(64 - HASH_BITS)).astype(np.int64)


def pair_hashes(words: Words) -> NDArray[np.uint64]:
    """The hashes of every word with the next, whether they belong together or not."""
    return words.hashes[:-1] * np.uint64(0xD6E8FEB86659FD93) + words.hashes[1:]


def in_buckets(bag: Bag) -> Bag:
    """A bag of hashes as a bag of their buckets."""
    return Bag(bucket_of(bag.items.view(np.uint64)), bag.starts)


def make_bag(items: Ints, owners: Ints, count: int) -> Bag:
    """A bag of items that are sorted by owner."""
    return Bag(items, np.searchsorted(owners, np.arange(count + 1)))


def word_bags(words: Words, count: int) -> tuple[Bag, Bag, Ints, Ints]:
    """Words and pairs of the blocks, and their first and last ones."""
    single = np.append(bucket_of(words.hashes), NONE)
    pair = np.append(bucket_of(pair_hashes(words)), NONE)
    bag = make_bag(single[:-1], words.owners, count)
    same = words.owners[:-1] == words.owners[1:]
    first, last = bag.starts[:-1], bag.starts[1:] - 1
    some, several = first <= last, first < last
    nothing = len(single) - 1
    openers = np.stack([single[np.where(some, first, nothing)], pair[np.where(several, first, -1)]], 1)
    closers = np.stack([single[np.where(some, last, nothing)], pair[np.where(several, last - 1, -1)]], 1)
    return bag, make_bag(pair[:-1][same], words.owners[:-1][same], count), openers, closers


def lower_codes(text: str) -> NDArray[np.uint32]:
    """The code points of a text in lower case, as many as it has in upper case."""
    return _codes(text.replace("\u0130", "i").lower())


def take(bag: Bag, owners: Ints) -> Bag:
    """The bag of some of the owners."""
    firsts, lengths = bag.starts[owners], np.diff(bag.starts)[owners]
    starts = np.append(0, np.cumsum(lengths))
    return Bag(bag.items[np.arange(starts[-1]) + np.repeat(firsts - starts[:-1], lengths)], starts)


def mean_of_items(table: Floats, words: Bag, pairs: Bag) -> Floats:
    """For every owner the mean vector of its words and pairs, zero where it has none."""
    summed = sum_of_items(table, words) + sum_of_items(table, pairs)
    summed /= np.maximum(np.diff(words.starts) + np.diff(pairs.starts), 1)[:, None]
    return summed


def sum_of_items(table: Floats, bag: Bag) -> Floats:
    """For every owner the sum of its items' vectors, zero where it has none."""
    starts, ends = bag.starts[:-1], bag.starts[1:]
    summed = np.zeros((len(starts), table.shape[1]), np.float32)
    some = starts < ends
    if len(bag.items):
        summed[some] = np.add.reduceat(table.take(bag.items, axis=0), starts[some])
    return summed
