"""A worker process: reads its share, cleans it, and writes segments that the parent then commits.

What it writes has a temporary name until the parent renames it. The only things that it writes at their own place are
cleaned texts that are files: each is whole when it appears there, and the same whenever it is written again.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from multiprocessing import parent_process
from multiprocessing.connection import Connection, wait
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from cleaner.batch.document import Done, clean_record, failed
from cleaner.batch.job import Cleaning, Job
from cleaner.batch.journal import Gap, Segment, Stopped
from cleaner.batch.plan import output_name
from cleaner.batch.sources import digest_of, read_task
from cleaner.errors import CleanerError, OutputError
from cleaner.io.records import Record
from cleaner.io.writers import encode
from cleaner.pages import read_page

# A segment ends at whichever comes first. A kill costs at most what stands in the open ones.
SEGMENT_DOCUMENTS = 256
SEGMENT_BYTES = 8 << 20
SEGMENT_SECONDS = 5.0

# libxml2 keeps every tag name that it has ever seen. A worker that goes in time gives that memory back.
RETIRE_AFTER = 20_000

OUT_OF_MEMORY = 77
"""Exit status of a worker that a document took all its memory from."""


class Desk:
    """What a worker has in hand, in memory that it shares with its parent, which can read it when the worker hangs."""

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

    def count(self, documents: int, size: int) -> None:
        """Say what the open segment holds."""
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


DESK_SLOTS = 5


@dataclass(frozen=True, slots=True)
class Ready:
    """The worker has loaded what it needs."""

    memory: int
    """Bytes of memory that it takes at rest; 0 where the system does not say."""


@dataclass(frozen=True, slots=True)
class Written:
    """A segment that can be committed."""

    segment: Segment
    files: dict[str, str]
    """``manifest``, ``audit`` → temporary file."""
    finished: bool
    """Whether the worker has nothing to do now."""
    retiring: bool = False
    """Whether it ends after this."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """The run cannot go on: the output cannot be written."""

    why: str


def work(pipe: Connection, desk_memory: Any, job: Job) -> None:
    """The life of a worker: does what comes through the pipe until ``None`` comes, or nothing can come any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGTERM})
    threading.Thread(target=_die_with_parent, daemon=True).start()
    desk = Desk(desk_memory)
    clean = _warm_up(job)
    at_rest = resident(os.getpid())
    limit_memory(job.limits.memory << 20)
    done = 0
    try:
        pipe.send(Ready(at_rest))
        while (gap := pipe.recv()) is not None:
            for written in _fill(job, clean, gap, desk):
                done += written.segment.count
                retiring = written.finished and done >= RETIRE_AFTER
                pipe.send(Written(written.segment, written.files, written.finished, retiring))
                if retiring:
                    return
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    except OutputError as error:
        pipe.send(Trouble(str(error)))
    except (EOFError, BrokenPipeError):
        return


def _die_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _warm_up(job: Job) -> Cleaning:
    """Load rules and weights now, so that no document is held to account for it."""
    clean = job.load_step()
    for raw, kind in (("<html><body><p>A page.</p></body></html>", "html"), ("A text.\n", "text")):
        with contextlib.suppress(CleanerError):
            clean(read_page(raw, kind), job.options, None)
    return clean


def limit_memory(more: int) -> None:
    """Let this process take ``more`` bytes beyond what it has, where the system can hold it to that."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource  # noqa: PLC0415  (not on every system)

        pages = int(Path("/proc/self/statm").read_text().split()[0])
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + more, hard))
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")  # if the system must kill somebody, then a worker


def resident(pid: int) -> int:
    """Bytes of memory that a process takes; 0 where the system does not say."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 0


def _fill(job: Job, clean: Cleaning, gap: Gap, desk: Desk) -> Iterator[Written]:
    """Do what is to be done of a task, segment by segment."""
    stopped = {one.index: one for one in gap.stopped}
    unread = {one.index for one in gap.stopped if one.reading}
    entries = read_task(job, gap.task, gap.start, unread)
    at, last = gap.start, False
    while not last and at != gap.stop:
        with _SegmentWriter(job, gap.task.number, at) as segment:
            while at != gap.stop and not (segment.full or _alone(at, segment.first, gap.suspects)):
                desk.take(at, reading=True)
                entry = next(entries, None)
                if entry is None:
                    last = True
                    break
                size = len(entry.raw) if isinstance(entry, Record) else 0
                desk.take(at, reading=False)
                segment.add(_done(job, clean, entry, stopped.get(at)), size)
                desk.count(segment.count, segment.size)
                at += 1
            desk.clear()
            source = digest_of(job, gap.task, segment.first, at) or ""
            written = segment.close(last, source)
        desk.count(0, 0)
        yield Written(*written, finished=last or at == gap.stop)


def _alone(at: int, first: int, suspects: frozenset[int]) -> bool:
    """Whether a segment from ``first`` on must end before ``at``: a suspect must not take others with it again."""
    return at > first and (at in suspects or at - 1 in suspects)


def _done(job: Job, clean: Cleaning, entry: Any, stopped: Stopped | None) -> Done:
    if stopped is not None:
        return failed(entry, stopped.error, stopped.cause)
    if not isinstance(entry, Record):
        return failed(entry, entry.why, "unreadable")
    done = clean_record(job, clean, entry, output_name(Path(entry.id)).as_posix())
    if done.text is not None:
        write_text(job, done.row["output"], done.text)
    return done


def write_text(job: Job, name: str, text: str) -> None:
    """Write a cleaned text below the output. Raises :class:`cleaner.errors.OutputError` if that cannot be done."""
    target = job.output / name
    if not target.parent.resolve().is_relative_to(job.output.resolve()):
        raise OutputError(f"{target} leads out of the output folder: a folder there is a link; take it away")
    temporary = job.folder.temporary / f"{os.getpid()}.text"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(encode(text))
        temporary.replace(target)
    except OSError as error:
        raise OutputError(f"{target} cannot be written: {error.strerror or error}") from error


class _SegmentWriter:
    """The rows of some documents, under temporary names."""

    def __init__(self, job: Job, task: int, first: int) -> None:
        self.job, self.task, self.first = job, task, first
        self.count = self.failed = self.size = 0
        self._begun = time.monotonic()

    def __enter__(self) -> _SegmentWriter:
        self._parts: dict[str, _Part] = {}
        for what in ("manifest", "audit"):
            name = f"{os.getpid()}-{self.task}-{self.first}.{what}"
            self._parts[what] = _Part(self.job.folder.temporary / name)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for part in self._parts.values():
            part.drop()

    @property
    def full(self) -> bool:
        """Whether it is time to hand it over."""
        return (
            self.count >= SEGMENT_DOCUMENTS
            or self.size >= SEGMENT_BYTES
            or time.monotonic() - self._begun > SEGMENT_SECONDS
        )

    def add(self, done: Done, size: int) -> None:
        """One document more; ``size`` in bytes of the input."""
        from cleaner.audit import to_json  # noqa: PLC0415

        self._parts["manifest"].write(to_json(done.row))
        if done.audit is not None:
            self._parts["audit"].write(done.audit)
        self.count += 1
        self.failed += done.failed
        self.size += size

    def close(self, last: bool, source: str) -> tuple[Segment, dict[str, str]]:
        """The segment as the journal has it, and its files, which are on the disk now."""
        parts = {what: part.close() for what, part in self._parts.items()}
        files = {what: str(part.path) for what, part in self._parts.items()}
        return Segment(self.task, self.first, self.count, last, self.failed, self.size, source, parts), files


class _Part:
    """One file of a segment."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._digest, self._size = sha256(), 0
        try:
            self._file: IO[bytes] = path.open("wb")
        except OSError as error:
            raise self._unwritable(error) from error

    def write(self, line: str) -> None:
        data = (line + "\n").encode()
        self._digest.update(data)
        self._size += len(data)
        try:
            self._file.write(data)
        except OSError as error:
            raise self._unwritable(error) from error

    def close(self) -> tuple[int, str]:
        """Bytes and SHA-256."""
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
        except OSError as error:
            raise self._unwritable(error) from error
        return self._size, self._digest.hexdigest()

    def drop(self) -> None:
        """Close the file, whatever became of it."""
        with contextlib.suppress(OSError):
            self._file.close()

    def _unwritable(self, error: OSError) -> OutputError:
        return OutputError(f"{self.path.parent} cannot be written: {error.strerror or error}")
