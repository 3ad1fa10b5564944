"""A worker process: reads its share, cleans it, and writes segments that the parent then commits.

What it writes has a temporary name until the parent renames it. The only things that it writes at their own place are
cleaned texts that are files: each is whole when it appears there, and the same whenever it is written again.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing import parent_process
from multiprocessing.connection import Connection, wait
from typing import Any

from cleaner.batch.desk import Desk
from cleaner.batch.document import Done, clean_record, failed
from cleaner.batch.job import Cleaning, Job
from cleaner.batch.journal import Gap, Segment, Stopped
from cleaner.batch.layout import format_for, numbered_text, target_for
from cleaner.batch.memory import limit_memory, resident
from cleaner.batch.output import NAME_ERRORS
from cleaner.batch.plan import Task
from cleaner.batch.segments import SegmentWriter
from cleaner.batch.sources import Reader
from cleaner.errors import CleanerError, InputError, OutputError, UsageError
from cleaner.io.atomic import place_below
from cleaner.io.records import Passed, Record, Unreadable
from cleaner.io.writers import encode
from cleaner.pages import read_page

# libxml2 keeps every tag name that it has ever seen. A worker that goes in time gives that memory back. Its successor
# must pass over the records that lie behind in an open file. Passing over one costs a fiftieth of cleaning it, or less:
# a worker that has cleaned one for every five that lie behind makes that a tenth of its work at most.
RETIRE_AFTER = 20_000
BEHIND_FOR_ONE = 5

OUT_OF_MEMORY = 77
"""Exit status of a worker that a document took all its memory from."""


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
    """``manifest``, ``audit``, … → temporary file."""
    finished: bool
    """Whether the worker has nothing to do now."""


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
    reader = Reader(job, desk.go_on)
    clean = _warm_up(job)
    at_rest = resident(os.getpid())
    limit_memory(job.limits.memory << 20)
    try:
        pipe.send(Ready(at_rest))
        done = 0
        while done < max(RETIRE_AFTER, reader.behind // BEHIND_FOR_ONE) and (gap := pipe.recv()) is not None:
            for written in _fill(job, clean, gap, reader, desk):
                done += written.segment.count
                pipe.send(written)
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
    """Load rules and weights now, so that no document is held to account for it; numpy, which readers need, too."""
    import numpy  # noqa: F401, PLC0415

    clean = job.load_step()
    for raw, kind in (("<html><body><p>A page.</p></body></html>", "html"), ("A text.\n", "text")):
        with contextlib.suppress(CleanerError):
            clean(read_page(raw, kind), job.options, None)
    # Rules and weights live as long as the worker: the garbage collector need not look at them again and again. It is
    # a twelfth of the time that a text takes.
    gc.collect()
    gc.freeze()
    return clean


def _fill(job: Job, clean: Cleaning, gap: Gap, reader: Reader, desk: Desk) -> Iterator[Written]:
    """Do what is to be done of a task, segment by segment."""
    stopped = {one.index: one for one in gap.stopped}
    documents = reader.documents(gap.task, gap.start, gap.stop, {one.index for one in gap.stopped if one.reading})
    at, last = gap.start, False
    while not last and at != gap.stop:
        with SegmentWriter(job, gap.task, at) as segment:
            while at != gap.stop and not (segment.full or _alone(at, segment.first, gap.suspects)):
                desk.take(at, reading=True)
                found = next(documents, None)
                if found is None:
                    at, last = at if gap.stop is None else gap.stop, reader.ended
                    break
                at, entry = found
                desk.take(at, reading=False)
                if isinstance(entry, Passed):
                    segment.pass_over(entry.reason, None if gap.task.records else gap.task.files[at].name)
                else:
                    segment.add(_done(job, clean, gap.task, at, entry, stopped.get(at)), _size(entry))
                desk.count(segment.count, reader.size)
                at += 1
            desk.clear()
            source = reader.digest(gap.task, segment.first, at)
            written, reader.size = segment.close(at, last, reader.size, source), 0
        desk.count(0, 0)
        yield Written(*written, finished=last or at == gap.stop)


def _size(entry: Record | Unreadable) -> int:
    return len(entry.raw) if isinstance(entry, Record) else 0


def _alone(at: int, first: int, suspects: frozenset[int]) -> bool:
    """Whether a segment from ``first`` on must end before ``at``: a suspect must not take others with it again."""
    return at > first and (at in suspects or at - 1 in suspects)


def _done(
    job: Job, clean: Cleaning, task: Task, index: int, entry: Record | Unreadable, stopped: Stopped | None
) -> Done:
    file = task.files[0] if task.records else task.files[index]
    if stopped is not None:
        return failed(entry, file, stopped.error, stopped.cause)
    if not isinstance(entry, Record):
        return failed(entry, file, entry.why, "unreadable")
    target = target_for(file, job.writing)
    is_text = format_for(file, job.writing) == "text"
    if is_text and task.records:
        target = numbered_text(file, entry.number)
    done = clean_record(job, clean, entry, file, target)
    if is_text and target is not None and done.text is not None:
        try:
            write_text(job, target, done.text)
        except InputError as error:
            return failed(entry, file, str(error))
    return done


def write_text(job: Job, name: str, text: str) -> None:
    """Write a cleaned text below the output.

    Raises :class:`cleaner.errors.OutputError` if nothing can be written, and :class:`cleaner.errors.InputError` if only
    this name cannot be used.
    """
    temporary = job.folder.temporary / f"{os.getpid()}.text"
    try:
        target = place_below(job.output, name)
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(encode(text))
        temporary.replace(target)
    except OSError as error:
        if error.errno in NAME_ERRORS:
            raise InputError(f"{name} cannot be written: {error.strerror}") from error
        raise OutputError(f"{job.output / name} cannot be written: {error.strerror or error}") from error
    except UsageError as error:
        raise OutputError(str(error)) from error
