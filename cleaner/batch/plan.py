"""What a run has to do, cut into tasks: written down once, so that a resumed run does the same.

The plan does not depend on the number of workers, and it is read line by line: a million documents cost no memory.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path, PurePosixPath

from cleaner.audit import to_json
from cleaner.batch.job import RECORD_FOLDER, Job
from cleaner.errors import OutputError, UsageError
from cleaner.io.readers import find_documents

# Documents that a worker takes at once: enough to make the trip worth it, few enough that all workers end together.
CHUNK = 64
CHUNK_BYTES = 4 << 20


@dataclass(frozen=True, slots=True)
class Task:
    """What one worker does in one go: a group of files, each of them a document."""

    number: int
    files: tuple[str, ...]
    """Names below the input, with ``/``."""
    size: int
    """Bytes of the input, for the progress bar; a file may have changed since."""
    refused: Mapping[int, str] = field(default_factory=dict)
    """Index of a file → why it cannot be cleaned."""

    def to_line(self) -> str:
        """One line of the plan."""
        row = {"number": self.number, "files": self.files, "size": self.size}
        return to_json(row | ({"refused": self.refused} if self.refused else {}))


@dataclass(slots=True)
class Totals:
    """How much there is to do."""

    tasks: int = 0
    documents: int | None = 0
    """``None`` where only reading tells."""
    size: int = 0
    """Bytes."""


@dataclass(frozen=True, slots=True)
class _Found:
    name: str
    size: int
    refused: str | None


def write_plan(job: Job) -> Totals:
    """Look at the input and write the plan.

    Raises :class:`cleaner.errors.UsageError` if there is nothing to clean or the input cannot be read, and
    :class:`cleaner.errors.OutputError` if the plan cannot be written.
    """
    totals = Totals()
    path = job.folder.plan
    temporary = path.with_suffix(".part")
    tasks = _tasks(_find(job))
    first = next(tasks, None)
    if first is None:
        raise UsageError(f"{job.input} holds no .txt, .html or .htm files")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("w", encoding="utf-8", newline="\n") as file:
            for task in chain((first,), tasks):
                file.write(task.to_line() + "\n")
                totals.tasks += 1
                totals.size += task.size
                totals.documents = (totals.documents or 0) + len(task.files)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise OutputError(f"the output folder {job.output} cannot be written: {error.strerror or error}") from error
    return totals


def read_plan(path: Path) -> Iterator[Task]:
    """The tasks of a plan, in the order of the input."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            refused = {int(index): why for index, why in row.get("refused", {}).items()}
            yield Task(row["number"], tuple(row["files"]), row["size"], refused)


def changes_since(job: Job) -> Iterator[str]:
    """What the input holds that the plan does not know, for people. A file that is gone is no change: it fails."""
    planned = (name for task in read_plan(job.folder.plan) for name in task.files)
    expected = next(planned, None)
    for found in find_documents(job.input):
        name = found.as_posix()
        # Both are in the same order, so whatever stands between is gone.
        while expected is not None and expected != name and not (job.input / expected).exists():
            expected = next(planned, None)
        if expected == name:
            expected = next(planned, None)
        else:
            yield f"{name} is new"


def output_name(name: Path) -> Path:
    """The same name with the suffix ``.txt``.

    >>> output_name(Path("2024/05/story.html")).as_posix()
    '2024/05/story.txt'
    """
    return name.with_suffix(".txt")


def _find(job: Job) -> Iterator[_Found]:
    """The documents of a folder, with what is wrong with a name."""
    folder, taken = None, dict[str, str]()
    for path in find_documents(job.input):
        # The documents of one folder follow each other: the names of one are all that must be known at a time.
        if path.parent != folder:
            folder, taken = path.parent, {}
        name, target = path.as_posix(), output_name(path).as_posix()
        owner = taken.setdefault(target, name)
        refused = None
        if owner != name:
            refused = f"its output {target} is already that of {owner}"
        elif PurePosixPath(name).parts[0] == RECORD_FOLDER:
            refused = f"its output {target} would lie among the run's own records"
        yield _Found(name, _size(job.input / path), refused)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _tasks(found: Iterable[_Found]) -> Iterator[Task]:
    group: list[_Found] = []
    number = 0
    for one in found:
        if group and (len(group) == CHUNK or sum(f.size for f in group) + one.size > CHUNK_BYTES):
            yield _task(number, group)
            number, group = number + 1, []
        group.append(one)
    if group:
        yield _task(number, group)


def _task(number: int, group: list[_Found]) -> Task:
    refused = {index: one.refused for index, one in enumerate(group) if one.refused}
    return Task(number, tuple(one.name for one in group), sum(one.size for one in group), refused)
