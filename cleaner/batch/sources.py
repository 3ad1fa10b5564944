"""From a task to its documents, one at a time and in order."""

from __future__ import annotations

import io
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, cast

from cleaner.batch.job import Job
from cleaner.batch.plan import Task
from cleaner.batch.split import Piece
from cleaner.errors import CleanerError, InputError
from cleaner.io.compress import unpacked
from cleaner.io.fields import numbered
from cleaner.io.files import InputFile, entries_in, file_system, is_url, read_entries
from cleaner.io.jsonl import read_jsonl
from cleaner.io.readers import read_bytes
from cleaner.io.records import Entry, Keys, Record, Unreadable
from cleaner.io.streams import plain_words

_BUFFER = 1 << 20


@dataclass(slots=True)
class Meter:
    """Counts what is read, for the progress bar."""

    size: int = 0
    """Bytes, as they lie in the file."""


def read_task(job: Job, task: Task, start: int, unread: Collection[int], meter: Meter) -> Iterator[Entry]:
    """The documents of a task from index ``start`` on. Those in ``unread`` are not opened: somebody died of them.

    Documents before ``start`` are passed over at once, not when the first one is asked for: that may take a while, and
    no document is to blame for it.
    """
    if not task.records:
        return _files(job, task, start, unread, meter)
    file = task.files[0]
    if 0 in task.refused:
        return islice([Unreadable(0, file.name, task.refused[0])], start, None)
    entries = _entries(job, file, meter) if task.piece is None else _entries_of_piece(job, task, meter)
    passed = sum(1 for _ in islice(entries, start))
    meter.size = 0  # it was counted when it was cleaned
    if passed < start:
        # There were more before, so the file has become shorter since.
        return iter([Unreadable(start, numbered(file.name, start), "the rest of the file is gone")])
    return _up_to(entries, min((index for index in unread if index >= start), default=None), start, file.name)


def _files(job: Job, task: Task, start: int, unread: Collection[int], meter: Meter) -> Iterator[Entry]:
    for index, file in enumerate(task.files[start:], start):
        if index in unread:
            yield Unreadable(0, file.name, "it cannot be read")
        elif index in task.refused:
            yield Unreadable(0, file.name, task.refused[index])
        else:
            only = next(_entries(job, file, meter), None)
            yield only or Unreadable(0, file.name, "there is nothing in it")


def _up_to(entries: Iterator[Entry], end: int | None, start: int, name: str) -> Iterator[Entry]:
    """A reader that does not come through the record ``end`` cannot come to those after it."""
    yield from islice(entries, None if end is None else end - start)
    if end is not None:
        yield Unreadable(end, numbered(name, end), "it cannot be read")


def _entries(job: Job, file: InputFile, meter: Meter) -> Iterator[Entry]:
    reading = job.reading
    if is_url(file.path):
        yield from read_entries(file, reading.keys, limit=reading.record_limit)
        return
    try:
        # Not by `read_entries`, which tells nobody how far it is.
        with unpacked(cast(BinaryIO, _Metered(file.path, meter))) as stream:
            yield from entries_in(stream, file, reading.keys, limit=reading.record_limit)
    except OSError as error:
        yield Unreadable(0, file.name, f"it cannot be opened: {plain_words(error)}")
    except CleanerError as error:
        yield Unreadable(0, file.name, str(error))


class _Metered(io.FileIO):
    """A file that counts what is read of it."""

    def __init__(self, path: str, meter: Meter) -> None:
        super().__init__(path)
        self._meter = meter

    def readinto(self, buffer: Any) -> int:
        size = super().readinto(buffer) or 0
        self._meter.size += size
        return size


def _entries_of_piece(job: Job, task: Task, meter: Meter) -> Iterator[Entry]:
    """The lines of a piece, numbered as in the whole file."""
    file, reading, piece = task.files[0], job.reading, task.piece
    assert piece is not None  # noqa: S101  (for mypy)
    try:
        stretch = _Stretch(file.path, piece, meter)
    except OSError as error:
        yield Unreadable(piece.first, file.name, f"it cannot be opened: {plain_words(error)}")
        return
    with io.BufferedReader(stretch, _BUFFER) as stream:
        for entry in read_jsonl(cast(BinaryIO, stream), file.name, reading.keys, limit=reading.record_limit):
            yield _numbered_anew(entry, entry.number + piece.first, file.name, reading.keys)


def _numbered_anew(entry: Entry, number: int, name: str, keys: Keys) -> Entry:
    own = isinstance(entry, Record) and entry.fields.get(keys.id or "id")
    given = not own and entry.id == numbered(name, entry.number)
    return replace(entry, number=number, id=numbered(name, number) if given else entry.id)


class _Stretch(_Metered):
    """A piece of a file as a file."""

    def __init__(self, path: str, piece: Piece, meter: Meter) -> None:
        super().__init__(path, meter)
        self.seek(piece.start)
        self._left = piece.stop - piece.start

    def readinto(self, buffer: Any) -> int:
        with memoryview(buffer)[: self._left] as rest:
            size = super().readinto(rest)
        self._left -= size
        return size


def digest_of(task: Task, start: int, stop: int) -> str | None:
    """What the documents from ``start`` up to ``stop`` were read from, as a digest; ``None`` if some of it is gone.

    For files that are a document each, it is that of these files; for a file of records, that of the file, or of its
    piece; for a file on another machine, what that one says of its version.
    """
    if task.records:
        piece = task.piece
        return _digest(task.files[0].path, piece.start if piece else 0, piece.stop if piece else None)
    whole = sha256()
    for file in task.files[start:stop]:
        if not file.path:
            continue
        try:
            data = _checksum(file.path).encode() if is_url(file.path) else read_bytes(file.path)
        except InputError:
            return None
        whole.update(sha256(data).digest())
    return whole.hexdigest()


@lru_cache(maxsize=1)  # a worker asks for every segment of a task, and resuming for every segment of a run
def _digest(path: str, start: int, stop: int | None) -> str | None:
    if is_url(path):
        return _checksum(path)
    whole = sha256()
    try:
        with Path(path).open("rb") as file:
            file.seek(start)
            while data := file.read(_BUFFER if stop is None else min(_BUFFER, stop - file.tell())):
                whole.update(data)
    except OSError:
        return None
    return whole.hexdigest()


def _checksum(url: str) -> str:
    """Raises :class:`cleaner.errors.InputError` if the other machine does not answer."""
    try:
        system, path = file_system(url)
        return str(system.checksum(path))
    except Exception as error:  # every file system of fsspec has errors of its own
        raise InputError(f"{url} cannot be read: {error}") from error
