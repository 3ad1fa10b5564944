"""Unpack gzip and zstd while reading: many members, clear words where the data break off, and no bombs.

Unpacked data are handed out in small pieces whatever the packed ones claim, so the memory stays bounded. How much one
record may hold is up to the readers; here a file is given up that unpacks to many times its size and goes on doing so,
because reading it would take for ever.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO, cast

from cleaner.errors import InputError
from cleaner.io.extras import need

BOMB_RATIO = 200
"""How many times its packed size a stretch of data may unpack to. Texts reach 3 to 10, logs that repeat some 50."""

# The ratio is looked at anew for each stretch of so many unpacked bytes: short ones may be anything.
BOMB_BYTES = 1 << 26

_PIECE = 1 << 18
_PACKED = 1 << 16
# zstandard has no bound on what one call unpacks: a block of four bytes may hold 128 kB.
_PACKED_ZSTD = 1 << 8
# How far back a zstd frame may refer, which is memory that it takes: 128 MB, as zstd itself has it.
_ZSTD_WINDOW = 1 << 27

GZIP_MAGIC = b"\x1f\x8b"
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"


def packing_of(head: bytes) -> str | None:
    """``"gzip"``, ``"zstd"`` or ``None`` by the first bytes of a file.

    >>> packing_of(b"\\x1f\\x8b\\x08"), packing_of(b"WARC/1.0")
    ('gzip', None)
    """
    if head.startswith(GZIP_MAGIC):
        return "gzip"
    skippable = len(head) >= 4 and head[1:4] == b"\x2a\x4d\x18" and head[0] & 0xF0 == 0x50
    return "zstd" if head.startswith(ZSTD_MAGIC) or skippable else None


def unpacked(stream: BinaryIO, ratio: int = BOMB_RATIO) -> io.BufferedReader:
    """The stream, unpacked if its first bytes are those of gzip or zstd, whatever its name is.

    Reading from it raises :class:`cleaner.errors.InputError` where the packed data are damaged, cut off or a bomb;
    what stood before has been read by then. Raises :class:`cleaner.errors.UsageError` if zstandard is needed and
    missing. Closing it closes ``stream``.
    """
    packed = stream if isinstance(stream, io.BufferedReader) else io.BufferedReader(cast(io.RawIOBase, stream), _PIECE)
    packing = packing_of(packed.peek(4)[:4])
    if packing is None:
        return packed
    return io.BufferedReader(_Pieces(pieces_of(packed, packing, ratio), packed), _PIECE)


class BombError(InputError):
    """Packed data that unpack to many times their size."""


# What zlib calls the three wrappers of the same packing.
_WINDOW_BITS = {"gzip": 31, "zlib": 15, "deflate": -15}


def pieces_of(packed: BinaryIO, packing: str, ratio: int = BOMB_RATIO) -> Iterator[bytes]:
    """The unpacked data of a stream in ``gzip``, ``zlib``, ``deflate`` (without a head) or ``zstd``, piece by piece.

    Raises :class:`cleaner.errors.InputError` where they are damaged or cut off, :class:`BombError` for a bomb, and
    :class:`cleaner.errors.UsageError` if zstandard is needed and missing.
    """
    guard = Guard(ratio)
    if packing == "zstd":
        return _unzstd(packed, guard, need_zstd())
    return _inflate(packed, guard, _WINDOW_BITS[packing])


def need_zstd() -> Any:
    """The module zstandard. Raises :class:`cleaner.errors.UsageError` if it is missing."""
    return need("zstandard", "zst", "a .zst file")


class Guard:
    """Counts what goes in and comes out. Raises :class:`BombError` where that is out of all proportion."""

    def __init__(self, ratio: int = BOMB_RATIO) -> None:
        self.ratio, self.packed, self.unpacked = ratio, 0, 0

    def count(self, packed: int, unpacked: int) -> None:
        """So many bytes more went in and came out."""
        self.packed += packed
        self.unpacked += unpacked
        if self.unpacked < BOMB_BYTES:
            return
        if self.unpacked > self.ratio * self.packed:
            raise BombError(
                f"it unpacks to more than {self.ratio} times its size and may be a decompression bomb; "
                "if you trust it, unpack it first"
            )
        self.packed = self.unpacked = 0


class _Pieces(io.RawIOBase):
    """A raw stream over pieces of bytes that are made while it is read. An error comes again at every later read."""

    def __init__(self, pieces: Iterator[bytes], below: BinaryIO) -> None:
        self._pieces, self._below = pieces, below
        self._ready: memoryview = memoryview(b"")
        self._failed: Exception | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._ready:
            self._ready = memoryview(self._next())
        size = min(len(buffer), len(self._ready))
        buffer[:size] = self._ready[:size]
        self._ready = self._ready[size:]
        return size

    def _next(self) -> bytes:
        if self._failed:
            raise self._failed
        try:
            return next(self._pieces, b"")
        except Exception as error:
            self._failed = error
            raise

    def close(self) -> None:
        if not self.closed:
            self._below.close()
        super().close()


def _inflate(packed: BinaryIO, guard: Guard, bits: int) -> Iterator[bytes]:
    member, data, begun, first, full = zlib.decompressobj(bits), b"", False, True, False
    while True:
        if not data and not full:
            data = packed.read(_PACKED)
            if not data and begun:
                raise InputError("the gzip data end too early: the file is cut off")
            if not data:
                return
        if not begun and not first:
            data = data.lstrip(b"\0")  # tapes and some downloads pad with zeros
            if not data:
                continue
        # A failing call gives nothing of what it had unpacked, so the state before it is kept: 40 kB for 256.
        before = member.copy()
        try:
            piece = member.decompress(data, _PIECE)
        except zlib.error as error:
            yield from _salvaged(before, data)
            raise InputError(_gzip_words(error, begun or first)) from error
        guard.count(len(data) - len(member.unconsumed_tail) - len(member.unused_data), len(piece))
        begun, full = True, len(piece) == _PIECE
        if piece:
            yield piece
        data = member.unconsumed_tail
        if member.eof:
            data = member.unused_data
            member, begun, first, full = zlib.decompressobj(bits), False, False, False


def _salvaged(member: Any, data: bytes) -> Iterator[bytes]:
    """What can be unpacked before the damage, byte by byte."""
    for at in range(len(data)):
        try:
            piece = member.decompress(data[at : at + 1])
        except zlib.error:
            return
        if piece:
            yield piece


def _gzip_words(error: zlib.error, inside: bool) -> str:
    if not inside:
        return "after the end of the gzip data stand bytes that are none"
    if "data check" in str(error) or "length check" in str(error):
        return "the gzip data are damaged: the checksum does not fit"
    return "the gzip data are damaged"


def _unzstd(packed: BinaryIO, guard: Guard, zstandard: Any) -> Iterator[bytes]:
    decompressor = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
    frame, data, begun, first = decompressor.decompressobj(), b"", False, True
    while True:
        data = data or packed.read(_PACKED_ZSTD)
        if not data:
            if begun:
                raise InputError("the zstd data end too early: the file is cut off")
            return
        try:
            piece = frame.decompress(data)
        except zstandard.ZstdError as error:
            raise InputError(_zstd_words(error, begun or first)) from error
        guard.count(len(data) - len(frame.unused_data), len(piece))
        begun = True
        for at in range(0, len(piece), _PIECE):
            yield piece[at : at + _PIECE]
        data = b""
        if frame.eof:
            data = frame.unused_data
            frame, begun, first = decompressor.decompressobj(), False, False


def _zstd_words(error: Exception, inside: bool) -> str:
    if not inside:
        return "after the end of the zstd data stand bytes that are none"
    if "memory" in str(error):
        return "the zstd data were packed with a window above 128 MB (--long); unpack the file first"
    if "dictionary" in str(error).lower():
        return "the zstd data were packed with a dictionary of their own; unpack the file first"
    return "the zstd data are damaged"
