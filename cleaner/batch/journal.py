"""What is done for good: a file of lines, each on the disk before the next step is taken.

A document counts as done when the line of its segment is in the journal. A process that is killed loses what is not;
a line that was cut off half-way is not there.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from cleaner.batch.output import writing
from cleaner.batch.plan import Task


@dataclass(frozen=True, slots=True)
class Segment:
    """Documents of one task that follow each other and are done."""

    task: int
    first: int
    """Index of its first document in the task: a file's place, or a record's number."""
    stop: int
    """Index after its last one. There need not be a document of every index in between."""
    count: int
    last: bool
    """Whether the task ends with it. Others may have been done beyond the end, by guess; they do not count."""
    failed: int
    size: int
    """Bytes of the input."""
    source: str
    """Digest of what was read, to see on resuming whether it is still the same."""
    passed: dict[str, int]
    """Reason → records that are no documents and were passed over."""
    parts: dict[str, tuple[int, str]]
    """``manifest``, ``audit`` → bytes and SHA-256 of that file."""


@dataclass(frozen=True, slots=True)
class Stopped:
    """A document that was stopped, or took its worker with it; it is not tried again."""

    task: int
    index: int
    reading: bool
    """Whether it happened before the document was read."""
    cause: str
    """``timeout``, ``memory`` or ``crashed``."""
    error: str
    """For people."""


@dataclass(frozen=True, slots=True)
class Gap:
    """What is still to be done of a task: the documents from ``start`` up to ``stop``, or to its end."""

    task: Task
    start: int
    stop: int | None = None
    stopped: tuple[Stopped, ...] = ()
    suspects: frozenset[int] = frozenset()
    """Documents that a worker died on, perhaps by chance: they get segments of their own."""


@dataclass(slots=True)
class Ledger:
    """All that a journal says."""

    run: dict[str, Any] = field(default_factory=dict)
    """What was written when the run began."""
    segments: dict[int, dict[int, Segment]] = field(default_factory=lambda: defaultdict(dict))
    """Task → index of its first document → segment."""
    stopped: dict[int, dict[int, Stopped]] = field(default_factory=lambda: defaultdict(dict))
    complete: bool = False
    """Whether its files were put together since the last change."""
    sent: dict[str, Any] = field(default_factory=dict)
    """How many ``files`` of them were sent ``to`` an address since the last change."""

    def add(self, line: dict[str, Any]) -> None:
        """Take in one line."""
        for what, value in line.items():
            self.complete = what == "complete"
            self.sent = value if what == "sent" else {}
            if what == "run":
                self.run = value
            elif what == "segment":
                segment = Segment(**value)
                self.segments[segment.task][segment.first] = segment
            elif what == "stopped":
                stopped = Stopped(**value)
                self.stopped[stopped.task][stopped.index] = stopped
            elif what == "again":
                self.segments[value["task"]].pop(value["first"])
            elif what == "forgiven":
                self.stopped[value["task"]].pop(value["index"])

    def gaps(self, task: Task) -> Iterator[Gap]:
        """What is still to be done of a task."""
        stopped = tuple(self.stopped[task.number].values()) if task.number in self.stopped else ()
        at, ended = 0, False
        for segment in self.of(task.number):
            if segment.first > at:
                yield Gap(task, at, segment.first, stopped)
            at, ended = segment.stop, segment.last
        if not ended:
            yield Gap(task, at, None, stopped)

    def everything(self) -> Iterator[Segment]:
        """The segments of all tasks, in no order."""
        for task in self.segments:
            yield from self.of(task)

    def of(self, task: int) -> list[Segment]:
        """The segments of a task up to its end, in order."""
        segments = sorted(self.segments.get(task, {}).values(), key=lambda segment: segment.first)
        end = next((at for at, segment in enumerate(segments, 1) if segment.last), None)
        return segments[:end]

    def guesses(self) -> list[Segment]:
        """Segments that were done beyond the end of their task."""
        counting = {(segment.task, segment.first) for segment in self.everything()}
        every = (segment for by_first in self.segments.values() for segment in by_first.values())
        return [segment for segment in every if (segment.task, segment.first) not in counting]


class Journal:
    """A journal that is being written. Raises :class:`cleaner.errors.OutputError` if a line cannot be."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> Journal:
        with writing(self.path):
            self._file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o666)
            # What a killed run left of its last line would spoil the next one.
            os.ftruncate(self._file, whole_lines(self.path))
            os.lseek(self._file, 0, os.SEEK_END)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._file)

    def add(self, **line: Any) -> None:
        """Write a line, and come back when it is on the disk."""
        data = (json.dumps({k: v if isinstance(v, dict) else asdict(v) for k, v in line.items()}) + "\n").encode()
        with writing(self.path):
            while data:
                data = data[os.write(self._file, data) :]
            os.fsync(self._file)


def whole_lines(path: Path) -> int:
    """Bytes of a file up to the end of its last whole line."""
    end = at = 0
    with path.open("rb") as file:
        for line in file:
            at += len(line)
            end = at if line.endswith(b"\n") else end
    return end


def read_journal(path: Path) -> Ledger:
    """All that a journal says; nothing where there is none. A line that is not whole yet is left out."""
    ledger = Ledger()
    if path.exists():
        with path.open("rb") as lines:
            for line in lines:
                if line.endswith(b"\n"):
                    ledger.add(json.loads(line))
    return ledger
