"""Run a command and watch the memory of it and of all processes that it starts.

Memory is the proportional set size (PSS): what several processes share counts once in all, so that the sum over a tree
of processes is what they take from the machine. It is looked at twice a second, because a look costs some 10 ms of one
core; a shorter peak may be missed. Where the system does not tell it (Linux does), what a process has for itself alone
is taken (USS).
"""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass

try:
    import psutil
except ImportError as error:
    raise SystemExit("the peak memory needs psutil, which is missing: pip install '.[bench]'") from error

INTERVAL = 0.5  # seconds


@dataclass(slots=True)
class Memory:
    """Peaks in bytes, each for itself: they need not have been at the same time."""

    tree: int = 0
    """All processes together."""
    parent: int = 0
    worker: int = 0
    """The largest of the other processes."""

    def look(self, process: psutil.Process) -> None:
        """Take the memory of this moment into account."""
        parent, *others = (_memory(one) for one in (process, *_children(process)))
        self.tree = max(self.tree, parent + sum(others))
        self.parent = max(self.parent, parent)
        self.worker = max(self.worker, *others, 0)


@dataclass(frozen=True, slots=True)
class Watched:
    """A command that has ended."""

    seconds: float
    """From its start to its end, by the clock."""
    status: int
    errors: str
    """What it wrote to standard error."""
    memory: Memory


def watch(command: Sequence[str]) -> Watched:
    """Run the command to its end; it is ended if this is interrupted."""
    memory = Memory()
    with tempfile.TemporaryFile() as errors:
        started = time.perf_counter()
        process = psutil.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors)
        try:
            status = _wait(process, memory)
        finally:
            if process.is_running():
                process.terminate()
                process.wait()
        seconds = time.perf_counter() - started
        errors.seek(0)
        return Watched(seconds, status, errors.read().decode(errors="replace"), memory)


def _wait(process: psutil.Popen, memory: Memory) -> int:
    while True:
        try:
            return int(process.wait(INTERVAL))
        except psutil.TimeoutExpired:
            memory.look(process)


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def _memory(process: psutil.Process) -> int:
    try:
        memory = process.memory_full_info()
    except psutil.Error:  # it has just ended
        return 0
    return int(getattr(memory, "pss", memory.uss))
