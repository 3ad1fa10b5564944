"""What a worker has in hand, in memory that it shares with its parent, which can read it when the worker hangs."""

from __future__ import annotations

import time
from typing import Any

SLOTS = 5
"""Whole numbers of eight bytes that a desk needs."""


class Desk:
    """The place in shared memory; the worker writes and the parent reads."""

    def __init__(self, memory: Any) -> None:
        self._memory = memory  # index, reading?, since when, and what the open segment holds

    def clear(self) -> None:
        """Nothing in hand: no document is to blame for what happens now."""
        self._memory[0] = -1

    def take(self, index: int, reading: bool) -> None:
        """Begin to read, or to clean, a document."""
        self._memory[0] = -1
        self._memory[1] = reading
        self._memory[2] = time.monotonic_ns()
        self._memory[0] = index

    def go_on(self) -> None:
        """Begin anew to count the seconds: what takes long is no document."""
        self._memory[2] = time.monotonic_ns()

    def count(self, documents: int, size: int) -> None:
        """Say what the open segment holds; ``size`` in bytes of the input."""
        self._memory[3], self._memory[4] = documents, size

    @property
    def index(self) -> int | None:
        """Index of the document in hand."""
        index = int(self._memory[0])
        return None if index < 0 else index

    @property
    def reading(self) -> bool:
        """Whether the document in hand is still being read."""
        return bool(self._memory[1])

    @property
    def seconds(self) -> float:
        """How long the document has been in hand; 0 if there is none."""
        return 0.0 if self.index is None else (time.monotonic_ns() - int(self._memory[2])) / 1e9

    @property
    def counted(self) -> tuple[int, int]:
        """Documents and bytes of the open segment."""
        return int(self._memory[3]), int(self._memory[4])
