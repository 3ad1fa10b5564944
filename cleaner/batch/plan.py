"""What a run has to do, cut into tasks: written down once, so that a resumed run does the same.

The plan does not depend on the number of workers, and it is read line by line: a million documents cost no memory.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import IO, Any

from cleaner.audit import to_json
from cleaner.batch.job import RECORD_FOLDER, Job
from cleaner.batch.layout import SINGLE, target_for
from cleaner.batch.output import write_whole, writing
from cleaner.errors import CleanerError, UsageError
from cleaner.io.files import (
    FORMAT_OF,
    PACKED,
    STDIN,
    InputFile,
    LeftOut,
    find_inputs,
    is_url,
    lies_in,
    open_stream,
    sniffed,
)
from cleaner.io.records import Unreadable

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

    @property
    def records(self) -> bool:
        """Whether it is one file of records."""
        return self.files[0].format not in SINGLE

    def to_line(self, job: Job) -> str:
        """One line of the plan."""
        row = {"number": self.number, "files": [_as_list(job, file) for file in self.files], "size": self.size}
        more = {"refused": self.refused, "passed": self.passed}
        return to_json(row | {name: why for name, why in more.items() if why})


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


def keep_stdin(job: Job) -> None:
    """Copy standard input into the run's folder: it can be read once, and by this process only."""
    with writing(job.folder.work), job.folder.stdin.open("wb") as file:
        shutil.copyfileobj(sys.stdin.buffer, file, 1 << 20)


def write_plan(job: Job) -> Totals:
    """Look at the input and write the plan.

    Raises :class:`cleaner.errors.UsageError` if there is nothing to clean or the input cannot be read, and
    :class:`cleaner.errors.OutputError` if the plan cannot be written.
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
        write_whole(job.folder.plan, fill)
    return totals


def read_plan(job: Job) -> Iterator[Task]:
    """The tasks of a job, in the order of the input."""
    with job.folder.plan.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            files = tuple(_from_list(job, values) for values in row["files"])
            reasons = [{int(at): why for at, why in row.get(name, {}).items()} for name in ("refused", "passed")]
            yield Task(row["number"], files, row["size"], *reasons)


def changes_since(job: Job) -> Iterator[str]:
    """What the input holds that the plan does not know, for people. A file that is gone is no change: it fails."""
    planned = (file for task in read_plan(job) for at, file in enumerate(task.files) if at not in task.passed)
    expected = next(planned, None)
    for found in (found for found in _inputs(job) if not found.passed):
        name = found.file.name
        # Both are in the same order, so whatever stands between is gone.
        while expected is not None and expected.name != name and not Path(expected.path).exists():
            expected = next(planned, None)
        if expected is None or expected.name != name:
            yield f"{name} is new"
            continue
        if expected.format not in SINGLE and expected.size != found.file.size:
            yield f"{name} had {expected.size} bytes and has {found.file.size}"
        expected = next(planned, None)


def _as_list(job: Job, file: InputFile) -> list[object]:
    """A file for the plan; without its path where that follows from the input, which may have moved on resuming."""
    path = None if file.path == str(Path(job.input, file.name)) else file.path
    return [file.name, path, file.format, file.size]


def _from_list(job: Job, values: list[Any]) -> InputFile:
    name, path, kind, size = values
    return InputFile(name, str(Path(job.input, name)) if path is None else path, kind, size)


def _inputs(job: Job) -> Iterator[_Found]:
    """The files of the input; one that cannot be looked at is there, too, and is refused or passed over."""
    if job.input == STDIN:
        path = job.folder.stdin
        yield _Found(_sure(InputFile("stdin", str(path), job.reading.format or "auto", path.stat().st_size)))
        return
    for entry in find_inputs(job.input, job.reading.format):
        if isinstance(entry, Unreadable):
            yield _Found(InputFile(entry.id, "", "auto"), refused=entry.why)
        elif isinstance(entry, LeftOut):
            yield _Found(InputFile(entry.name, "", "auto"), passed=entry.reason)
        else:
            yield _Found(_sure(entry))


def _sure(file: InputFile) -> InputFile:
    """The file with the format that is in it, where its name says nothing."""
    if file.format != "auto":
        return file
    try:
        with open_stream(file) as stream:
            return replace(file, format=sniffed("auto", stream))
    except CleanerError:
        return file


def _find(job: Job) -> Iterator[_Found]:
    """The files of the input, with what is wrong with a name."""
    taken = _Taken(in_order=not is_url(job.input) and Path(job.input).is_dir())
    output = job.output.resolve()
    for found in _inputs(job):
        if found.passed:
            yield found
            continue
        name = found.file.name
        target = target_for(found.file, job.writing)
        owner = None if target is None else taken.owner(name, target)
        refused = found.refused
        if owner is not None:
            refused = f"its output {target} is already that of {owner}"
        elif PurePosixPath(name).parts[0] == RECORD_FOLDER:
            refused = f"its output {target or name} would lie among the run's own records"
        elif job.input != STDIN and (
            _lies_in(found.file, output) or (job.address and lies_in(found.file.path, job.address))
        ):
            refused = "it lies in the output folder, where it could be overwritten"
        yield replace(found, refused=refused)


class _Taken:
    """Whose output a name is.

    Where files come folder by folder, only those of a folder and of the folders around it can collide, and the others
    are forgotten. A list may name them in any order.
    """

    def __init__(self, in_order: bool) -> None:
        self._in_order = in_order
        self._folders: dict[PurePosixPath, dict[str, str]] = {}

    def owner(self, name: str, target: str) -> str | None:
        """Who has the name ``target``, or that of a folder on the way to it; else it is taken for ``name``."""
        way = PurePosixPath(target)
        if self._in_order:
            around = set(PurePosixPath(name).parents) | set(way.parents)
            self._folders = {folder: names for folder, names in self._folders.items() if folder in around}
        for step in (way, *way.parents):
            owner = self._folders.get(step.parent, {}).get(step.name)
            if owner is not None:
                return owner
        self._folders.setdefault(way.parent, {})[way.name] = name
        return None


def _lies_in(file: InputFile, output: Path) -> bool:
    return not is_url(file.path) and Path(os.path.abspath(file.path)).is_relative_to(output)  # noqa: PTH100  (the link itself, not its target)


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
    return Task(number, tuple(one.file for one in group), sum(one.file.size or 0 for one in group), refused, passed)
