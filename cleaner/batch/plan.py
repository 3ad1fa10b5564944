"""What a run has to do, cut into tasks: written down once, so that a resumed run does the same.

The plan does not depend on the number of workers, and it is read line by line: a million documents cost no memory.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any

from cleaner.audit import to_json
from cleaner.batch.job import Job
from cleaner.batch.layout import SINGLE, format_for, suffix_for, target_for
from cleaner.batch.names import Names
from cleaner.batch.output import write_whole, writing
from cleaner.errors import CleanerError, UsageError
from cleaner.io.arrow import schema_to_text
from cleaner.io.files import (
    FORMAT_OF,
    PACKED,
    STDIN,
    STDIN_NAME,
    InputFile,
    LeftOut,
    find_inputs,
    is_url,
    open_stream,
    sniffed,
)
from cleaner.io.parquet import schema_of
from cleaner.io.parts import need_writer
from cleaner.io.records import Unreadable
from cleaner.io.streams import seekable

# Documents that a worker takes at once: enough to make the trip worth it, few enough that all workers end together.
CHUNK = 64
CHUNK_BYTES = 4 << 20


@dataclass(frozen=True, slots=True)
class Task:
    """What belongs together: some files that are a document each, or one file of records."""

    number: int
    files: tuple[InputFile, ...]
    size: int
    """Bytes of the input, for the progress bar; a file may have changed since."""
    refused: Mapping[int, str] = field(default_factory=dict)
    """Index of a file → why it cannot be cleaned."""
    passed: Mapping[int, str] = field(default_factory=dict)
    """Index of a file → why it is no document and is passed over."""
    schema: str | None = None
    """The columns of a file of Parquet that becomes one, by :func:`cleaner.io.arrow.schema_to_text`."""

    @property
    def readable(self) -> bool:
        """Whether there is anything to clean in it."""
        return len(self.refused) + len(self.passed) < len(self.files)

    @property
    def records(self) -> bool:
        """Whether it is one file of records."""
        return self.files[0].format not in SINGLE

    def to_line(self, job: Job) -> str:
        """One line of the plan."""
        row = {"number": self.number, "files": [_as_list(job, file) for file in self.files], "size": self.size}
        more = {"refused": self.refused, "passed": self.passed, "schema": self.schema}
        return to_json(row | {name: value for name, value in more.items() if value})


@dataclass(slots=True)
class Totals:
    """How much there is to do."""

    tasks: int = 0
    documents: int | None = 0
    """``None`` where only reading tells."""
    size: int = 0
    """Bytes."""

    def add(self, task: Task) -> None:
        """Count a task."""
        self.tasks += 1
        self.size += task.size
        known = self.documents is not None and not task.records
        self.documents = (self.documents or 0) + len(task.files) - len(task.passed) if known else None


@dataclass(frozen=True, slots=True)
class _Found:
    file: InputFile
    refused: str | None = None
    passed: str | None = None
    schema: str | None = None


def keep_stdin(job: Job) -> None:
    """Copy standard input into the run's folder: it can be read once, and by this process only."""
    with writing(job.folder.work):
        write_whole(job.folder.stdin, lambda file: shutil.copyfileobj(sys.stdin.buffer, file, 1 << 20))


def write_plan(job: Job, before_it_counts: Callable[[], object] = lambda: None) -> Totals:
    """Look at the input and write the plan; ``before_it_counts`` is called when it is whole.

    Raises :class:`cleaner.errors.UsageError` if there is nothing to clean, the input cannot be read or an extra is
    missing for the output, and :class:`cleaner.errors.OutputError` if the plan cannot be written.
    """
    totals = Totals()

    def fill(file: IO[bytes]) -> None:
        for task in _tasks(_find(job)):
            file.write((task.to_line(job) + "\n").encode())
            totals.add(task)
        if totals.documents == 0:
            known = ", ".join(FORMAT_OF)
            raise UsageError(f"{job.input} holds no documents: files in {known}, each also with {' or '.join(PACKED)}")

    with writing(f"the output folder {job.output}"):
        write_whole(job.folder.next_plan, fill)
        before_it_counts()
        job.folder.next_plan.replace(job.folder.plan)
    return totals


def read_plan(job: Job) -> Iterator[Task]:
    """The tasks of a job, in the order of the input."""
    with job.folder.plan.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            files = tuple(_from_list(job, values) for values in row["files"])
            refused, passed = _by_index(row.get("refused", {})), _by_index(row.get("passed", {}))
            yield Task(row["number"], files, row["size"], refused, passed, row.get("schema"))


def _by_index(reasons: Mapping[str, str]) -> dict[int, str]:
    return {int(at): why for at, why in reasons.items()}


def follow_input(job: Job, most: int) -> list[str]:
    """Have the plan say where the files lie now; gives, for people, what the input holds that the plan does not know.

    If there is anything, ``most`` of it is told, and the plan stays as it is. A file that is gone is no change: it
    fails. Raises :class:`cleaner.errors.OutputError` if the plan cannot be written.
    """
    changes: list[str] = []

    def fill(file: IO[bytes]) -> None:
        for task in _followed(job, changes, most):
            file.write((task.to_line(job) + "\n").encode())

    with writing(job.folder.work):
        write_whole(job.folder.next_plan, fill)
        if changes:
            job.folder.next_plan.unlink()
        else:
            job.folder.next_plan.replace(job.folder.plan)
    return changes[:most]


def _followed(job: Job, changes: list[str], most: int) -> Iterator[Task]:
    """The tasks of the plan with the paths that their files have now; ends early where there are enough changes."""
    names = Names(job)
    inputs = (found for found in _inputs(job) if not found.passed)
    found = next(inputs, None)
    for task in read_plan(job):
        files = list(task.files)
        for at, file in ((at, file) for at, file in enumerate(files) if at not in task.passed):
            # Both are in the same order: what stands before a file that is there is new.
            while found and found.file.name != file.name and Path(file.path).exists():
                changes.append(f"{found.file.name} is new")
                found = next(inputs, None) if len(changes) < most else None
            if len(changes) >= most:
                return
            if found and found.file.name == file.name:
                if not found.refused:
                    files[at] = replace(file, path=found.file.path)
                    changes += _changed(names, file, found.file, refused=at in task.refused)
                found = next(inputs, None)
        yield replace(task, files=tuple(files))
    while found and len(changes) < most:
        changes.append(f"{found.file.name} is new")
        found = next(inputs, None)


def _changed(names: Names, planned: InputFile, now: InputFile, *, refused: bool) -> Iterator[str]:
    if planned.format not in SINGLE and planned.size != now.size:
        yield f"{planned.name} had {planned.size} bytes and has {now.size}"
    if not refused and names.lies_in_output(now):
        yield f"{planned.name} lies in the output folder now, where it could be overwritten"


def _as_list(job: Job, file: InputFile) -> list[object]:
    """A file for the plan; without its path where that follows from the input, which may have moved on resuming."""
    path: str | None = file.path
    if path == str(Path(job.input, file.name)):
        path = None
    elif path and not is_url(path):
        path = os.path.abspath(path)  # noqa: PTH100  (the run may go on from another folder; resolve() would follow links)
    return [file.name, path, file.format, file.size]


def _from_list(job: Job, values: list[Any]) -> InputFile:
    name, path, kind, size = values
    return InputFile(name, str(Path(job.input, name)) if path is None else path, kind, size)


def _inputs(job: Job) -> Iterator[_Found]:
    """The files of the input; one that cannot be looked at is there, too, and is refused or passed over."""
    if job.input == STDIN:
        path = job.folder.stdin
        yield _sure(InputFile(STDIN_NAME, str(path), job.reading.format or "auto", path.stat().st_size))
        return
    for entry in find_inputs(job.input, job.reading.format):
        if isinstance(entry, Unreadable):
            yield _Found(InputFile(entry.id, "", "auto"), refused=entry.why)
        elif isinstance(entry, LeftOut):
            yield _Found(InputFile(entry.name, "", "auto"), passed=entry.reason)
        else:
            yield _sure(entry)


def _sure(file: InputFile) -> _Found:
    """The file with the format that is in it, where its name says nothing. Whether it holds records must be known."""
    if file.format != "auto":
        return _Found(file)
    try:
        with open_stream(file) as stream:
            return _Found(replace(file, format=sniffed("auto", stream)))
    except CleanerError as error:
        return _Found(file, refused=str(error))


def _find(job: Job) -> Iterator[_Found]:
    """The files of the input, with what is wrong with them or with the names of their outputs."""
    names, inputs = Names(job), _ReadAhead(_inputs(job))
    for found in inputs:
        one = found if found.refused or found.passed else _with_schema(job, found)
        if not (one.refused or one.passed):
            # What is refused takes no name.
            one = replace(one, refused=names.why_not(one.file, inputs.any_single))
            _need_writer(job, one.file)
        yield one


def _need_writer(job: Job, file: InputFile) -> None:
    if format_for(file, job.writing) != "text":
        in_parts = target_for(file, job.writing) is None
        need_writer(suffix_for(None if in_parts else file, job.writing))


def _with_schema(job: Job, found: _Found) -> _Found:
    """With the columns of a Parquet file that becomes one: it may be gone by the time its rows are put together."""
    file = found.file
    if file.format != "parquet" or format_for(file, job.writing) != "parquet" or target_for(file, job.writing) is None:
        return found
    try:
        with ExitStack() as stack, open_stream(file) as stream:
            if sniffed("parquet", stream) != "parquet":  # its name is wrong
                return found
            return replace(found, schema=schema_to_text(schema_of(seekable(stream, stack))))
    except CleanerError as error:
        return replace(found, refused=str(error))


class _ReadAhead:
    """What was found; it is read ahead, and held, only if somebody asks what is to come."""

    def __init__(self, found: Iterator[_Found]) -> None:
        self._found = found
        self._held: deque[_Found] = deque()
        self._single = False

    def __iter__(self) -> Iterator[_Found]:
        while self._held or self._read():
            yield self._held.popleft()

    def any_single(self) -> bool:
        """Whether a file of all is one document."""
        while not self._single and self._read():
            pass
        return self._single

    def _read(self) -> bool:
        one = next(self._found, None)
        if one is None:
            return False
        self._held.append(one)
        self._single = self._single or (one.file.format in SINGLE and not one.refused and not one.passed)
        return True


def _tasks(found: Iterable[_Found]) -> Iterator[Task]:
    group: list[_Found] = []
    number = held = 0
    for one in found:
        size = one.file.size or 0
        alone = one.file.format not in SINGLE
        if group and (alone or len(group) == CHUNK or held + size > CHUNK_BYTES):
            yield _task(number, group)
            number, group, held = number + 1, [], 0
        if not alone:
            group.append(one)
            held += size
            continue
        yield _task(number, [one])
        number += 1
    if group:
        yield _task(number, group)


def _task(number: int, group: list[_Found]) -> Task:
    refused = {index: one.refused for index, one in enumerate(group) if one.refused}
    passed = {index: one.passed for index, one in enumerate(group) if one.passed}
    size = sum(one.file.size or 0 for one in group)
    return Task(number, tuple(one.file for one in group), size, refused, passed, group[0].schema)
