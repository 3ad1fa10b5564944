"""Samples of a stream whose length nobody knows: the items with the smallest keys (bottom-k sampling).

The key of an item is drawn from its name and a seed, so a sample does not depend on the order of the stream, is the
same again at the next look, and can be taken from many streams at once. Where the key is that of the *document*, the
samples of all rules are taken from the same few documents (coordinated samples: Cohen and Kaplan 2007, *Summarizing
Data Using Bottom-k Sketches*); where it is that of the *item*, each item has the same chance.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from hashlib import blake2b
from typing import Generic, TypeVar

T = TypeVar("T")

# All that eight bytes can say.
_ABOVE_ALL = 1 << 64


def draw(seed: int, *name: object) -> int:
    """A key for something of that name: 64 bits that look random and are the same everywhere.

    >>> draw(1, "a.txt") == draw(1, "a.txt") != draw(2, "a.txt")
    True
    """
    data = "\0".join(map(str, name)).encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(data, digest_size=8, salt=seed.to_bytes(16, "big", signed=True)).digest())


class Sample(Generic[T]):
    """At most ``size`` items: those with the smallest keys of all that were added.

    >>> sample = Sample(2)
    >>> for name in ("a", "b", "c", "d"):
    ...     sample.add(draw(7, name), name)
    >>> list(sample) == sorted("abcd", key=lambda name: draw(7, name))[:2]
    True
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._heap: list[tuple[int, int, T]] = []
        self.seen = 0
        """How many items were added."""
        self.bar = _ABOVE_ALL
        """Only an item with a key below it is taken."""

    def add(self, key: int, item: T) -> None:
        """Take the item in if its key is among the smallest so far. Of two with one key, the first stays."""
        self.seen += 1
        if key >= self.bar:
            return
        # The count keeps the heap from comparing items.
        entry = (-key, -self.seen, item)
        if len(self._heap) < self._size:
            heapq.heappush(self._heap, entry)
        else:
            heapq.heapreplace(self._heap, entry)
        if len(self._heap) == self._size:
            self.bar = -self._heap[0][0]

    def __iter__(self) -> Iterator[T]:
        """The items, by their keys."""
        return (item for *_, item in sorted(self._heap, key=lambda entry: (-entry[0], -entry[1])))

    def __len__(self) -> int:
        return len(self._heap)
