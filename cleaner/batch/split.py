"""Large files in pieces, so that several workers share one: JSON lines can be cut at any line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

# Small enough that the last worker does not work alone for long, large enough that opening the file costs nothing.
PIECE_BYTES = 32 << 20
_BUFFER = 1 << 20
_BLANK = re.compile(rb"^[ \t\r]*\n", re.MULTILINE)
_BLANKS = (b"\n", b"\r", b" ", b"\t")
_UNCUT = (b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"\xff\xfe", b"\xfe\xff")  # gzip, zstd, UTF-16


class Piece(NamedTuple):
    """Whole lines of a file."""

    start: int
    """Offset of its first byte."""
    stop: int
    """Offset after its last one."""
    first: int
    """How many lines with something in them stand before it."""


def pieces_of_lines(path: Path) -> Iterator[Piece]:
    """Cut a file of JSON lines; nothing if it is small, packed, or cannot be read. Costs one reading of it."""
    try:
        size = path.stat().st_size
        if size <= PIECE_BYTES:
            return
        with path.open("rb") as file:
            if file.read(4).startswith(_UNCUT):
                return
            start = first = 0
            while start < size:
                file.seek(min(start + PIECE_BYTES, size))
                file.readline()
                stop = min(file.tell(), size)
                yield Piece(start, stop, first)
                file.seek(start)
                first += _count_lines(file, stop - start)
                start = stop
    except OSError:
        return


def _count_lines(file: BinaryIO, size: int) -> int:
    """Lines with something in them, in the next ``size`` bytes, which end with a line."""
    count, open_line = 0, b""
    while size > 0 and (data := file.read(min(size, _BUFFER))):
        size -= len(data)
        data = open_line + data
        whole = data.rfind(b"\n") + 1
        count += data.count(b"\n")
        if data.startswith(_BLANKS) or any(b"\n" + blank in data for blank in _BLANKS):
            count -= len(_BLANK.findall(data, 0, whole))
        # Of a line that goes on it only matters whether something is in it.
        open_line = data[whole:].strip(b" \t\r")[:1] or data[whole:][:1]
    return count
