"""From a task to its documents, one at a time and in order."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Collection, Generator, Iterable, Iterator
from functools import lru_cache
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any, BinaryIO, cast

from cleaner.batch.job import Job, Reading
from cleaner.batch.plan import Task
from cleaner.errors import InputError
from cleaner.io.fields import numbered
from cleaner.io.files import InputFile, Watch, file_system, is_url, read_entries
from cleaner.io.records import Bookmark, Entry, Passed, Unreadable

_BUFFER = 1 << 20


class Reader:
    """Reads tasks for a worker, in the stretches that it is given.

    The file of records that was read last stays open: whichever stretches of it the worker gets, it goes through the
    file once, and passes over what others do.
    """

    def __init__(self, job: Job, on_passing: Callable[[], None] = lambda: None) -> None:
        """``on_passing`` hears when bytes come in while records are passed over, which may take long and is no hang."""
        self._reading, self._on_passing = job.reading, on_passing
        self._open: _OpenFile | None = None
        self._digests: dict[int, str | None] = {}
        self._digest_file = lru_cache(maxsize=1)(digest_file)  # it is asked for every segment of a file of records
        self.size = 0
        """Bytes read, as they lie in the files, but for those passed over; whoever takes them sets it to 0."""
        self.ended = False
        """Whether the last stretch was over because there is no more in its task."""

    @property
    def behind(self) -> int:
        """Records of the open file that lie behind: so many would a fresh worker have to pass over."""
        return self._open.at if self._open else 0

    def documents(
        self, task: Task, start: int, stop: int | None = None, unread: Collection[int] = ()
    ) -> Iterator[tuple[int, Entry]]:
        """The documents of a task from index ``start`` up to ``stop``, each with its index.

        That of a record is its number in the file, that of a file its place in the task. Those in ``unread`` are not
        read: somebody died of them.
        """
        self.ended = False
        if not task.records:
            self._open = None
        return (self._records if task.records else self._files)(task, start, stop, unread)

    def digest(self, task: Task, start: int, stop: int) -> str:
        """What documents that were read just now were read from: that of :func:`digest_of`, or of a file of records.

        ``""`` if it is not known.
        """
        if task.records:
            return self._digest_file(task.files[0].path) or ""
        return _joined(self._digests.pop(index) for index in _readable(task, start, stop)) or ""

    def _files(self, task: Task, start: int, stop: int | None, unread: Collection[int]) -> Iterator[tuple[int, Entry]]:
        stop = len(task.files) if stop is None else stop
        for index in range(start, stop):
            file, self._digests[index] = task.files[index], None
            why = "it cannot be read" if index in unread else task.refused.get(index)
            if index in task.passed:
                yield index, Passed(0, task.passed[index])
            else:
                yield index, Unreadable(0, file.name, why) if why else self._document(file, index)
        self.ended = stop == len(task.files)

    def _document(self, file: InputFile, index: int) -> Entry:
        """The document that a file is."""
        watched = _Watched(self._count, hashing=True)
        with contextlib.closing(_entries(file, self._reading, Bookmark(), watched.over)) as entries:
            entry, another = next(entries, None), next(entries, None)
        self._digests[index] = _checksum(file.path) if is_url(file.path) else watched.digest
        if another is not None:
            return Unreadable(0, file.name, "it holds records, which could not be seen at first: use --restart")
        return entry or Unreadable(0, file.name, "there is nothing in it")

    def _records(
        self, task: Task, start: int, stop: int | None, unread: Collection[int]
    ) -> Iterator[tuple[int, Entry]]:
        if task.refused:
            self.ended = True
            yield from [(0, Unreadable(0, task.files[0].name, task.refused[0]))][start:]
            return
        if self._open is None or self._open.task != task.number or self._open.at > start:
            self._open = _OpenFile(task, self._reading, self._count)
        # A reader that does not come through a record cannot come to those after it.
        fatal = min((index for index in unread if start <= index and (stop is None or index < stop)), default=None)
        for entry in self._open.read(start, stop if fatal is None else fatal):
            yield entry.number, entry
        self.ended = self._open.ended or fatal is not None
        if fatal is not None and not self._open.ended:
            yield fatal, Unreadable(fatal, numbered(task.files[0].name, fatal), "it cannot be read")

    def _count(self, size: int) -> None:
        if self._open and self._open.passing:
            self._on_passing()
        else:
            self.size += size


class _OpenFile:
    """A file of records that is being read."""

    def __init__(self, task: Task, reading: Reading, count: Callable[[int], None]) -> None:
        self.task, self.at = task.number, 0
        self.passing = self.ended = False
        self._file, self._bookmark, self._watched = task.files[0], Bookmark(), _Watched(count)
        self._entries = _entries(self._file, reading, self._bookmark, self._unchanged)
        self._next: Entry | None = None

    def read(self, start: int, stop: int | None) -> Iterator[Entry]:
        """The records from number ``start`` up to ``stop``; stretches may not go back."""
        self.passing, self._bookmark.number, self.at = start > self.at, start, start
        while self.at != stop:
            entry, self._next = self._next or next(self._entries, None), None
            self.passing = False
            if entry is None:
                self.ended = True
                return
            if stop is not None and entry.number >= stop:
                self._next = entry
                return
            if entry.number >= start:
                self.at = entry.number + 1
                yield entry

    def _unchanged(self, stream: BinaryIO) -> BinaryIO:
        if self._file.size is not None and stream.seekable():
            size = stream.seek(0, io.SEEK_END)
            stream.seek(0)
            if size != self._file.size:
                raise InputError(f"it has changed since the run began: it had {self._file.size} bytes and has {size}")
        return self._watched.over(stream)


def _entries(file: InputFile, reading: Reading, bookmark: Bookmark, watch: Watch) -> Generator[Entry, None, None]:
    return read_entries(file, reading.keys, limit=reading.record_limit, bookmark=bookmark, watch=watch)


class _Watched(io.RawIOBase):
    """A file that tells how much is read of it and, if it is to be hashed, has a digest once it is closed."""

    def __init__(self, count: Callable[[int], None], hashing: bool = False) -> None:
        self._count, self._hash = count, sha256() if hashing else None
        self._stream: Any = None
        self.digest: str | None = None

    def over(self, stream: BinaryIO) -> BinaryIO:
        """This file, with its bytes from that one."""
        self._stream = stream
        return cast(BinaryIO, self)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return bool(self._stream.seekable())

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return int(self._stream.seek(offset, whence))

    def readinto(self, buffer: Any) -> int:
        size = self._stream.readinto(buffer) or 0
        self._count(size)
        if self._hash:
            self._hash.update(memoryview(buffer)[:size])
        return size

    def close(self) -> None:
        if not self.closed and self._stream:
            with contextlib.suppress(Exception), self._stream:  # every file system of fsspec has errors of its own
                self._hash_rest()
        super().close()

    def _hash_rest(self) -> None:
        """Hash what nobody asked for, too, because the record was too large, or damaged."""
        if self._hash:
            buffer = bytearray(_BUFFER)
            while self.readinto(buffer):
                pass
            self.digest = self._hash.hexdigest()


def digest_of(task: Task, start: int, stop: int) -> str | None:
    """What documents were read from, as a digest, for files that are a document each; ``None`` if one is gone."""
    return _joined(digest_file(task.files[index].path) for index in _readable(task, start, stop))


def _readable(task: Task, start: int, stop: int) -> Iterable[int]:
    return (index for index in range(start, stop) if index not in task.refused and index not in task.passed)


def _joined(digests: Iterable[str | None]) -> str | None:
    known = list(digests)
    return None if None in known else sha256("".join(map(str, known)).encode()).hexdigest()


def digest_file(path: str) -> str | None:
    """The digest of a file, or what another machine says of its version; ``None`` if it is gone."""
    if is_url(path):
        return _checksum(path)
    try:
        with Path(path).open("rb") as file:
            return file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


def _checksum(url: str) -> str | None:
    try:
        system, path = file_system(url)
        return str(system.checksum(path))
    except Exception:  # every file system of fsspec has errors of its own
        return None
