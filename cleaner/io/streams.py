"""A stream that may break off: what was read before stays, and the reason is kept."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from typing import BinaryIO

from cleaner.errors import CleanerError, InputError

RECORD_LIMIT = 100_000_000
"""Bytes that one record may take, unpacked, if nothing else is asked for."""

CHUNK = 1 << 18


def plain_words(error: BaseException) -> str:
    """What an error of a stream says, for people."""
    if isinstance(error, CleanerError):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return f"{type(error).__name__}: {error}"


def too_large(limit: int) -> str:
    """The reason for a record above the limit, in bytes."""
    return f"larger than {limit / 1e6:g} MB, the limit for one record"


def _nothing(_: int) -> bytes:
    return b""


class Source:
    """Bytes of a binary stream, piece by piece; a stream that fails ends there and says why in ``damage``.

    Whatever the stream raises counts as damage: gzip, sockets and remote file systems each have errors of their own,
    and none of them may cost the records before. Only :class:`MemoryError` is passed on: it says nothing of the stream.
    """

    def __init__(self, stream: BinaryIO) -> None:
        # read1 returns what one read gives. read would gather more, and drop all of it if the last read fails.
        self._read = getattr(stream, "read1", stream.read)
        self._back = b""
        self.damage: str | None = None

    def chunk(self) -> bytes:
        """Some bytes more, ``b""`` at the end and at the damage."""
        if self._back:
            data, self._back = self._back, b""
            return data
        if self.damage is not None:
            return b""
        try:
            return bytes(self._read(CHUNK) or b"")
        except MemoryError:
            raise
        except Exception as error:
            self.damage = plain_words(error)
            return b""

    def take_damage(self) -> str | None:
        """The damage, which is told by whoever takes it."""
        damage, self.damage = self.damage, None
        self._read = _nothing
        return damage

    def give_back(self, data: bytes) -> None:
        """Have these bytes come again, before all others."""
        self._back = data + self._back

    def all(self, limit: int) -> bytes | None:
        """Everything that is left, ``None`` if that is more than ``limit`` bytes (it is not held then)."""
        parts, size = [], 0
        while data := self.chunk():
            size += len(data)
            if size > limit:
                return None
            parts.append(data)
        return b"".join(parts)


def seekable(stream: BinaryIO, stack: ExitStack) -> BinaryIO:
    """The stream, or a temporary copy of one without ``seek``, which ``stack`` removes.

    Raises :class:`cleaner.errors.InputError` for a stream that breaks off: what is read from its end is all or nothing.
    """
    if stream.seekable():
        return stream
    copy = stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115  (the stack closes it)
    source = Source(stream)
    while data := source.chunk():
        copy.write(data)
    if source.damage:
        raise InputError(source.damage)
    copy.seek(0)
    return copy
