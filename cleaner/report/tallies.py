"""What a report counts: by rule, by place in the document, and by what documents have in common."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cleaner.batch.summary import Share
from cleaner.sampling import Sample

Kind = tuple[str, str]
"""Category and rule."""

# So many documents stand for a rule, for what it claimed in vain, and for a language, a site or a flag.
OF_RULE = 8
OF_SPARED = 4
OF_PART = 3

BINS = 20
"""Into so many stretches of the same length a document is cut, to see where in it things are taken."""

LENGTHS = (250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000)
"""Where one class of documents by length ends and the next begins, in code points."""


@dataclass(slots=True)
class Tally:
    """What one rule took as one category, and what it claimed in vain."""

    removals: int = 0
    characters: int = 0
    """Code points."""
    documents: int = 0
    spared: int = 0
    sample: Sample[int] = field(default_factory=lambda: Sample(OF_RULE))
    """Documents that it took something from, by their numbers."""
    spared_sample: Sample[int] = field(default_factory=lambda: Sample(OF_SPARED))
    _last: int = -1
    _last_spared: int = -1

    def take(self, size: int, document: int, key: int) -> None:
        """Count a removal of so many code points from a document with this key."""
        self.removals += 1
        self.characters += size
        if document != self._last:
            self._last = document
            self.documents += 1
            if key < self.sample.bar:
                self.sample.add(key, document)

    def spare(self, document: int, key: int) -> None:
        """Count a claim that was refused."""
        self.spared += 1
        if document != self._last_spared:
            self._last_spared = document
            if key < self.spared_sample.bar:
                self.spared_sample.add(key, document)


@dataclass(slots=True)
class Part:
    """Documents that have something in common: a language, a site, a length."""

    share: Share = field(default_factory=Share)
    categories: Counter[str] = field(default_factory=Counter)
    """Category → code points that were taken out."""
    sample: Sample[int] = field(default_factory=lambda: Sample(OF_PART))

    def add(self, row: Mapping[str, Any], document: int, key: int) -> None:
        """Count a document by its row of the manifest."""
        self.share.add(row)
        for category, (_, size) in row["categories"].items():
            self.categories[category] += size
        self.sample.add(key, document)


def length_class(read: int) -> int:
    """Which class of :data:`LENGTHS` a document of so many code points belongs to.

    >>> length_class(249), length_class(250), length_class(1_000_000)
    (0, 1, 9)
    """
    return bisect_right(LENGTHS, read)


def spread(bins: list[float], start: int, end: int, read: int) -> None:
    """Add the span's code points to the bins that it lies in, in a document of ``read`` code points.

    >>> bins = [0.0] * BINS
    >>> spread(bins, 0, 15, 200)
    >>> bins[:3]
    [10.0, 5.0, 0.0]
    """
    first, last = start * BINS // read, (end * BINS - 1) // read
    if first == last:
        bins[first] += end - start
        return
    for place in range(first, last + 1):
        bins[place] += min(end, (place + 1) * read / BINS) - max(start, place * read / BINS)
