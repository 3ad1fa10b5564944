"""Gold text → a label for every block of a page: which share of its words stands in the gold, in the gold's order.

Alignment keeps the order, so that a teaser which repeats a sentence of the story is not taken for the story. Snippets
(texts that must, and texts that must not, be in the result) label the blocks that hold them and no others. Pages
without gold were also read block by block: ``read_blocks.tsv`` says for each how many blocks it has, which of them are
the article and which are neither in nor out (headlines, captions, what the reader could not tell).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from cydifflib import SequenceMatcher

_WORD = re.compile(r"\w+")

# Agreements of fewer words than this are chance, unless they fill a block.
MIN_RUN = 3

UNKNOWN = -1.0

READ_BLOCKS = Path(__file__).parent / "read_blocks.tsv"


class Reading(NamedTuple):
    """What a reader said of a page."""

    blocks: int
    inside: str
    """Numbers and ranges of numbers: ``3-12,15``."""
    unsure: str


@cache
def readings() -> dict[str, Reading]:
    """The pages that were read, by id."""
    lines = READ_BLOCKS.read_text(encoding="utf-8").splitlines()
    fields = [line.split("\t") for line in lines]
    return {page: Reading(int(blocks), inside, unsure) for page, blocks, inside, unsure in fields}


def reading_of(page: str, count: int) -> Reading | None:
    """What a reader said of a page that has ``count`` blocks.

    ``None`` if nobody read it, or it falls into other blocks now than it did then, so that their numbers mean nothing.
    """
    reading = readings().get(page)
    return reading if reading and reading.blocks == count else None


def from_reading(reading: Reading) -> np.ndarray:
    """1 for the blocks of the article, ``UNKNOWN`` for the unsure ones, 0 for all others."""
    count = reading.blocks
    labels = np.zeros(count)
    for value, ranges in ((1.0, reading.inside), (UNKNOWN, reading.unsure)):
        for part in filter(None, ranges.split(",")):
            first, _, last = part.partition("-")
            labels[int(first) : int(last or first) + 1] = value
    return labels


def align(texts: Sequence[str], gold: str) -> np.ndarray:
    """For every block the share of its words, 0 to 1, that the alignment with gold covers."""
    words: list[str] = []
    owners: list[int] = []
    for number, text in enumerate(texts):
        found = _WORD.findall(text.lower())
        words += found
        owners += [number] * len(found)
    owner = np.array([*owners, len(texts)])
    total = np.bincount(owner, minlength=len(texts) + 1)[: len(texts)]
    hit = np.zeros(len(texts))
    matcher = SequenceMatcher(None, words, _WORD.findall(gold.lower()), autojunk=False)
    for start, _, length in matcher.get_matching_blocks():
        inside = np.bincount(owner[start : start + length], minlength=len(texts) + 1)[: len(texts)]
        if length < MIN_RUN:
            inside = np.where(inside == total, inside, 0)
        hit += inside
    return np.divide(hit, total, out=np.zeros(len(texts)), where=total > 0)


def from_snippets(texts: Sequence[str], wanted: Sequence[str], unwanted: Sequence[str]) -> np.ndarray:
    """1 for blocks that hold a wanted snippet, 0 for an unwanted one, ``UNKNOWN`` for all others."""
    labels = np.full(len(texts), UNKNOWN)
    for value, snippets in ((0.0, unwanted), (1.0, wanted)):
        for snippet in snippets:
            needle = " ".join(snippet.split())
            holders = [number for number, text in enumerate(texts) if needle and needle in text]
            if len(holders) == 1 or (holders and value == 0.0):
                labels[holders] = value
    return labels
