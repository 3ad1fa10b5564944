"""Gold text → a label for every block of a page: which share of its words stands in the gold, in the gold's order.

Alignment keeps the order, so that a teaser which repeats a sentence of the story is not taken for the story. Snippets
(texts that must, and texts that must not, be in the result) label the blocks that hold them and no others.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from cydifflib import SequenceMatcher

_WORD = re.compile(r"\w+")

# Agreements of fewer words than this are chance, unless they fill a block.
MIN_RUN = 3

UNKNOWN = -1.0


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
