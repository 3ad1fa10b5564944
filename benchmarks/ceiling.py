"""How well the machine itself scales: the work of independent processes, against that of one.

They clean the same documents in memory. Nothing is read, written, sent or shared, so this is what a batch run could
reach at best, here and now: less than the number of processes where cores share caches, memory or their clock, or where
others use the machine.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import time
from collections.abc import Sequence
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Barrier
from typing import NamedTuple

import cleaner
from cleaner.errors import CleanerError

_WARM = 20
# Seconds that one process waits for the others to be ready.
_PATIENCE = 120


class Work(NamedTuple):
    """A document to clean."""

    raw: str | bytes
    kind: str


def ceiling(work: Sequence[Work], processes: int) -> float:
    """How many times the documents of one process so many processes clean in the same time."""
    return processes * _seconds(work, 1) / _seconds(work, processes)


def _seconds(work: Sequence[Work], processes: int) -> float:
    """Time until the slowest of the processes has cleaned all documents; its start does not count."""
    context = multiprocessing.get_context("spawn")
    barrier, taken = context.Barrier(processes), context.SimpleQueue()
    started = [context.Process(target=_clean, args=(work, barrier, taken), daemon=True) for _ in range(processes)]
    for process in started:
        process.start()
    for process in started:
        process.join()
        if process.exitcode:
            raise SystemExit(f"a process that measures the machine ended with status {process.exitcode}")
    return max(float(taken.get()) for _ in started)


def _clean(work: Sequence[Work], barrier: Barrier, taken: SimpleQueue[float]) -> None:
    _clean_all(work[:_WARM])
    barrier.wait(_PATIENCE)
    began = time.perf_counter()
    _clean_all(work)
    taken.put(time.perf_counter() - began)


def _clean_all(work: Sequence[Work]) -> None:
    for one in work:
        with contextlib.suppress(CleanerError):  # it has taken its time, too
            cleaner.clean(one.raw, kind=one.kind)
