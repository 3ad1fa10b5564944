"""Documents packed into a page: some in one bundle, so that what they share is written once."""

from __future__ import annotations

import zlib
from base64 import b64encode
from typing import Any

from cleaner.web import plain_json

# A bundle is unpacked whole, so it must not be large; bundles of single documents would pack half as well.
_BUNDLE = 1 << 19


class Bundles:
    """JSON values, packed by zlib and written in letters (Base64) that no page can take for anything else."""

    def __init__(self, room: int) -> None:
        self.packed: list[str] = []
        self._room = room
        self._waiting: list[str] = []
        self._size = 0

    @property
    def full(self) -> bool:
        """Whether they take the room, in bytes, that they have."""
        return sum(map(len, self.packed)) >= self._room

    def add(self, value: Any) -> tuple[int, int]:
        """Pack a value; its bundle, and its place in it."""
        place = len(self.packed), len(self._waiting)
        data = plain_json(value)
        self._waiting.append(data)
        self._size += len(data)
        if self._size >= _BUNDLE:
            self.close()
        return place

    def close(self) -> None:
        """Pack what waits."""
        if self._waiting:
            data = zlib.compress(f"[{','.join(self._waiting)}]".encode(), 9)
            self.packed.append(b64encode(data).decode())
            self._waiting, self._size = [], 0
