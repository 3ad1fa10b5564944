"""The output of some documents, under temporary names until the parent commits it."""

from __future__ import annotations

import contextlib
import os
import pickle
import time
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from cleaner.audit import to_json
from cleaner.batch.document import Done
from cleaner.batch.job import Job
from cleaner.batch.journal import Segment
from cleaner.batch.layout import format_for
from cleaner.batch.output import writing
from cleaner.batch.plan import Task
from cleaner.batch.summary import passed_row
from cleaner.io.rows import json_line

# A segment ends at whichever comes first. A kill costs at most what stands in the open ones.
SEGMENT_DOCUMENTS = 256
SEGMENT_BYTES = 8 << 20
SEGMENT_SECONDS = 5.0


class SegmentWriter:
    """Writes one segment of a task, from document ``first`` on."""

    def __init__(self, job: Job, task: Task, first: int) -> None:
        self.first = first
        self.count = self.failed = self._held = 0
        self._passed: Counter[str] = Counter()
        self._task = task.number
        self._begun = time.monotonic()
        self._format = format_for(task.files[0], job.writing)
        self._names = {
            what: job.folder.temporary / f"{os.getpid()}-{task.number}-{first}.{what}"
            for what, wanted in (
                ("manifest", True),
                ("audit", True),
                ("rows", self._format != "text"),
                ("attributes", job.writing.attributes),
            )
            if wanted
        }

    def __enter__(self) -> SegmentWriter:
        self._parts = {what: _Part(path) for what, path in self._names.items()}
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
            or self._held >= SEGMENT_BYTES
            or time.monotonic() - self._begun > SEGMENT_SECONDS
        )

    def add(self, done: Done, size: int) -> None:
        """One document more; ``size`` in bytes, unpacked.

        Raises :class:`cleaner.errors.OutputError` if it cannot be written.
        """
        self._parts["manifest"].write(to_json(done.row).encode() + b"\n")
        if done.audit is not None:
            self._parts["audit"].write(to_json(done.audit).encode() + b"\n")
        if done.attributes is not None:
            self._parts["attributes"].write(json_line(done.attributes))
        if done.fields is not None:
            # Parquet has types that JSON has no words for.
            data = pickle.dumps(done.fields) if self._format == "parquet" else json_line(done.fields)
            self._parts["rows"].write(data)
        self.count += 1
        self.failed += done.failed
        self._held += size

    def pass_over(self, reason: str, file: str | None = None) -> None:
        """One record more that is no document, or a file that is none, which has a row of its own."""
        if file is None:
            self._passed[reason] += 1
        else:
            self._parts["manifest"].write(to_json(passed_row(file, {reason: 1})).encode() + b"\n")

    def close(self, stop: int, last: bool, size: int, source: str) -> tuple[Segment, dict[str, str]]:
        """The segment as the journal has it, up to index ``stop``, and its files, which are on the disk now.

        ``size`` is in bytes of the input. Raises :class:`cleaner.errors.OutputError` like :meth:`add`.
        """
        parts = {what: part.close() for what, part in self._parts.items()}
        files = {what: str(part.path) for what, part in self._parts.items()}
        passed = dict(self._passed)
        return Segment(self._task, self.first, stop, self.count, last, self.failed, size, source, passed, parts), files


def read_pickled(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a segment for Parquet."""
    with path.open("rb") as file:
        while file.peek(1):
            yield pickle.load(file)  # noqa: S301  (this run wrote it, into a folder of its own)


class _Part:
    """One file of a segment."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._digest, self._size = sha256(), 0
        with writing(path.parent):
            self._file: IO[bytes] = path.open("wb")

    def write(self, data: bytes) -> None:
        self._digest.update(data)
        self._size += len(data)
        with writing(self.path.parent):
            self._file.write(data)

    def close(self) -> tuple[int, str]:
        """Bytes and SHA-256."""
        with writing(self.path.parent):
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
        return self._size, self._digest.hexdigest()

    def drop(self) -> None:
        """Close the file, whatever became of it."""
        with contextlib.suppress(OSError):
            self._file.close()
