"""Workers, watched: each has one task at a time, none may hang, and what one has written is committed here.

A worker that is killed, crashes or takes too much costs at most the document that it had in hand. The documents before
it that were not committed yet, and those after it, are done by another one.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait
from pathlib import Path
from types import TracebackType
from typing import Any

from cleaner.batch.desk import SLOTS, Desk
from cleaner.batch.job import Job
from cleaner.batch.journal import Gap, Journal, Stopped
from cleaner.batch.memory import resident
from cleaner.batch.output import writing
from cleaner.batch.plan import Task
from cleaner.batch.worker import OUT_OF_MEMORY, Ready, Trouble, Written, work
from cleaner.errors import CleanerError, OutputError, StoppedError
from cleaner.io.atomic import sync_folder

# How often limits are looked at. A hog gets at most this long before it is seen.
TICK = 0.1

# Longer between two looks, in seconds, and the run itself was halted: Ctrl-Z, a container that was paused.
PAUSE = 10 * TICK

# How workers start: the same on every system, and without the locks that threads of the caller hold.
START = "spawn"

# A worker may die by chance: the system was short of memory, somebody killed it. A document is to blame only if
# several die on it. One that takes too much memory gets one more trial, in a segment of its own.
CRASHES = 3
EXHAUSTIONS = 2

# Workers that die before their first document: the run cannot work.
STILLBORN = 3

# A file of records of so many bytes is shared: workers get slices of so many records, smaller ones at its beginning, so
# that a file of few large records is shared, too. A slice ends a segment, which costs a few writes to the disk.
SHARED_BYTES = 1 << 20
SLICE = 256
FIRST_SLICE = 16


@dataclass(frozen=True, slots=True)
class Tally:
    """How far the run is, for the progress bar."""

    documents: int = 0
    failed: int = 0
    size: int = 0
    """Bytes of the input."""


class Supervisor:
    """Gets all gaps done. Use it as a context, so that no worker outlives it."""

    def __init__(
        self, job: Job, journal: Journal, workers: int, done: Tally, on_progress: Callable[[Tally], None] | None = None
    ) -> None:
        self._job, self._journal, self._count = job, journal, workers
        self._committed, self._on_progress = done, on_progress
        self._context = multiprocessing.get_context(START)
        self._again: deque[Gap] = deque()
        self._shared: list[Gap] = []  # what is left of gaps in large files; nobody knows yet where these end
        self._ends: dict[int, int] = {}  # task → where a segment begins that says that there is no more
        self._crashes: Counter[tuple[int, int]] = Counter()
        self._stillborn = 0
        self._workers: list[_Worker] = []
        self._looked = self._awake = time.monotonic()  # last look at the limits; since when looks are regular
        self.stop_signal: int | None = None
        """Set from a signal handler: the run ends as soon as it is seen."""

    def __enter__(self) -> Supervisor:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._workers:
            worker.kill()

    def run(self, gaps: Iterator[Gap]) -> None:
        """Do all gaps.

        Raises :class:`cleaner.errors.OutputError` if the output cannot be written, :class:`cleaner.errors.StoppedError`
        if it was told to stop, and :class:`cleaner.errors.CleanerError` if workers cannot be started.
        """
        while True:
            self.check_signal()
            self._hand_out(gaps)
            if not any(worker.gap for worker in self._workers):
                break
            self._listen()
            self._watch()
            self._report()
        for worker in self._workers:
            worker.dismiss()

    def check_signal(self) -> None:
        """Raise :class:`cleaner.errors.StoppedError` if the run was told to stop."""
        if self.stop_signal is not None:
            raise StoppedError(f"stopped after {self._committed.documents} documents")

    def _hand_out(self, gaps: Iterator[Gap]) -> None:
        """Give every worker that has nothing to do a gap, and start workers as long as there are gaps for them."""
        idle = [worker for worker in self._workers if worker.gap is None]
        while idle or len(self._workers) < self._count:
            gap = self._next_gap(gaps, idle[-1].task if idle else None)
            if gap is None:
                return
            if not idle:
                idle.append(_Worker(self._context, self._job))
                self._workers += idle
            idle.pop().begin(gap)

    def _next_gap(self, gaps: Iterator[Gap], task: int | None) -> Gap | None:
        """What a worker does next that has the file of ``task`` open, so that it goes on in that as long as it can."""
        while self._again:
            again = self._again.popleft()
            if not self._beyond(again):
                return again
        its_own = next((gap for gap in self._shared if gap.task.number == task), None)
        gap = its_own or next(gaps, None) or min(self._shared, key=self._workers_at, default=None)
        return None if gap is None else self._slice(gap)

    def _beyond(self, gap: Gap) -> bool:
        """Whether it is known by now that its task ends before it."""
        return gap.start > self._ends.get(gap.task.number, gap.start)

    def _workers_at(self, gap: Gap) -> int:
        return sum(worker.task == gap.task.number for worker in self._workers)

    def _slice(self, gap: Gap) -> Gap:
        """All of a gap, or the beginning of one in a large file, whose rest is then there for everybody."""
        if not _large(gap.task):
            return gap
        if gap in self._shared:
            self._shared.remove(gap)
        end = gap.start + min(max(gap.start, FIRST_SLICE), SLICE)
        if gap.stop is not None and gap.stop <= end:
            return gap
        self._shared.append(replace(gap, start=end))
        return replace(gap, stop=end)

    def _listen(self) -> None:
        by_handle: dict[Any, _Worker] = {}
        for worker in self._workers:
            by_handle |= {worker.pipe: worker, worker.process.sentinel: worker}
        for worker in {id(w): w for w in map(by_handle.get, wait(list(by_handle), TICK)) if w}.values():
            alive = worker.process.is_alive()  # asked first: what a dead one has sent is all there then
            for message in worker.messages():
                self._hear(worker, message)
            if not alive or worker.closed:
                self._bury(worker)

    def _hear(self, worker: _Worker, message: object) -> None:
        if isinstance(message, Ready):
            worker.ready, worker.at_rest = True, message.memory
            self._stillborn = 0
        elif isinstance(message, Trouble):
            raise OutputError(message.why)
        elif isinstance(message, Written):
            self._commit(message)
            worker.moved(message)

    def _commit(self, written: Written) -> None:
        segment, folder = written.segment, self._job.folder
        with writing(folder.work):
            for what, name in written.files.items():
                target = folder.part(segment.task, segment.first, what)
                target.parent.mkdir(exist_ok=True)
                Path(name).replace(target)
            with contextlib.suppress(PermissionError):  # some systems let nobody
                sync_folder(folder.part(segment.task, segment.first, "").parent)
        self._journal.add(segment=segment)
        if segment.last:
            self._ends[segment.task] = min(segment.first, self._ends.get(segment.task, segment.first))
            self._shared = [gap for gap in self._shared if not self._beyond(gap)]
        done = self._committed
        self._committed = Tally(done.documents + segment.count, done.failed + segment.failed, done.size + segment.size)

    def _watch(self) -> None:
        limits, awake = self._job.limits, self._seconds_awake()
        for worker in list(self._workers):
            if min(worker.desk.seconds, awake) > limits.seconds:
                self._stop(worker, "timeout", f"it took longer than {limits.seconds:g} seconds (--max-seconds)")
            elif worker.ready and worker.gap and worker.grown() > limits.memory << 20:
                self._stop(worker, "memory", _too_much(limits.memory))

    def _seconds_awake(self) -> float:
        """How long the run has gone on without a pause; what workers had in hand before it is no slower for it."""
        now = time.monotonic()
        if now - self._looked > PAUSE:
            self._awake = now
        self._looked = now
        return now - self._awake

    def _stop(self, worker: _Worker, cause: str, why: str) -> None:
        index, reading = worker.desk.index, worker.desk.reading
        worker.kill()
        for message in worker.messages():
            self._hear(worker, message)
        # It may have got through just before the end.
        blamed = index if index == worker.desk.index else None
        self._replace(worker, blamed, reading, cause, why)

    def _bury(self, worker: _Worker) -> None:
        """A worker has ended by itself."""
        worker.kill()
        if not worker.ready:
            self._stillborn += 1
            if self._stillborn >= STILLBORN:
                raise CleanerError(f"worker processes end before they can begin ({_death(worker.process.exitcode)})")
        index, reading = worker.desk.index, worker.desk.reading
        if worker.process.exitcode == OUT_OF_MEMORY:
            self._replace(worker, index, reading, "memory", _too_much(self._job.limits.memory))
        else:
            why = f"the worker process died on this document ({_death(worker.process.exitcode)})"
            self._replace(worker, index, reading, "crashed", why)

    def _replace(self, worker: _Worker, blamed: int | None, reading: bool, cause: str, why: str) -> None:
        """Take a dead worker out, and see that its gap is done by another."""
        self._workers.remove(worker)
        gap = worker.gap
        if gap is None:
            return
        if not worker.ready or worker.process.exitcode == 0:  # it was retiring
            self._again.appendleft(gap)
            return
        index = gap.start if blamed is None else blamed
        self._crashes[gap.task.number, index] += 1
        if self._crashes[gap.task.number, index] >= {"crashed": CRASHES, "memory": EXHAUSTIONS}.get(
            cause, CRASHES if blamed is None else 1
        ):
            stopped = Stopped(gap.task.number, index, reading, cause, why)
            self._journal.add(stopped=stopped)
            gap = replace(gap, stopped=(*gap.stopped, stopped))
        self._again.appendleft(replace(gap, suspects=gap.suspects | {index}))

    def _report(self) -> None:
        if self._on_progress:
            documents, size = map(sum, zip((0, 0), *(worker.desk.counted for worker in self._workers), strict=True))
            done = self._committed
            self._on_progress(Tally(done.documents + documents, done.failed, done.size + size))


def _large(task: Task) -> bool:
    """Whether several workers share it; the size of a file on another machine may be unknown."""
    size = task.files[0].size
    return task.records and not task.refused and (size is None or size >= SHARED_BYTES)


class _Worker:
    """The parent's end of a worker."""

    def __init__(self, context: Any, job: Job) -> None:
        memory = context.RawArray("q", SLOTS)
        self.desk = Desk(memory)
        self.desk.clear()
        self.pipe: Connection
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=work, args=(theirs, memory, job), daemon=True)
        with _no_interrupts():
            self.process.start()
        theirs.close()
        self.gap: Gap | None = None
        self.task: int | None = None
        """The task of its last gap, whose file it has open."""
        self.ready = False
        self.closed = False
        self.at_rest = 0

    def begin(self, gap: Gap) -> None:
        """Hand it a gap. If it is dead already, that is found out later."""
        self.gap, self.task = gap, gap.task.number
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.pipe.send(gap)

    def moved(self, written: Written) -> None:
        """Its segment is committed: what follows is still to be done."""
        if self.gap is not None:
            self.gap = None if written.finished else replace(self.gap, start=written.segment.stop)

    def messages(self) -> Iterator[object]:
        """All that it has said so far."""
        with contextlib.suppress(EOFError, OSError):
            while not self.closed and self.pipe.poll():
                try:
                    yield self.pipe.recv()
                except (EOFError, OSError):
                    self.closed = True

    def grown(self) -> int:
        """Bytes that it takes beyond what it took at rest."""
        return resident(self.process.pid) - self.at_rest if self.process.pid else 0

    def dismiss(self) -> None:
        """Nothing more to do: let it go."""
        with contextlib.suppress(OSError):
            self.pipe.send(None)
        self.process.join(5)
        self.kill()

    def kill(self) -> None:
        """End it, whatever it does."""
        self.process.kill()
        self.process.join()


@contextlib.contextmanager
def _no_interrupts() -> Iterator[None]:
    """A child that starts inside inherits it: Ctrl-C in the terminal is for the parent."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _death(status: int | None) -> str:
    if status is not None and status < 0:
        with contextlib.suppress(ValueError):
            return signal.Signals(-status).name
    return f"exit status {status}"


def _too_much(megabytes: int) -> str:
    return f"it took more than {megabytes} MB of memory (--max-memory)"
