"""From a task to its documents, one at a time and in order."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from hashlib import sha256
from pathlib import Path

from cleaner.batch.job import Job
from cleaner.batch.plan import Task
from cleaner.errors import InputError
from cleaner.io.readers import kind_by_name, read_bytes
from cleaner.io.records import Entry, Record, Unreadable


def read_task(job: Job, task: Task, start: int, unread: Collection[int] = ()) -> Iterator[Entry]:
    """The documents of a task from index ``start`` on. Those in ``unread`` are not opened: somebody died of them."""
    for index, name in enumerate(task.files[start:], start):
        if index in unread:
            yield Unreadable(index, name, "it cannot be read")
        elif index in task.refused:
            yield Unreadable(index, name, task.refused[index])
        else:
            yield _read_file(job, index, name)


def _read_file(job: Job, index: int, name: str) -> Entry:
    try:
        return Record(index, name, read_bytes(job.input / name), kind_by_name(Path(name)) or "auto")
    except InputError as error:
        return Unreadable(index, name, _without_root(str(error), job.input))


def _without_root(message: str, root: Path) -> str:
    """The same wherever the input lies: a manifest must not depend on it."""
    return re.sub(f"{re.escape(str(root))}/*", "", message)


def digest_of(job: Job, task: Task, start: int, stop: int) -> str | None:
    """SHA-256 over the documents from ``start`` up to ``stop``, in hexadecimal; ``None`` if one of them is gone."""
    whole = sha256()
    for name in task.files[start:stop]:
        try:
            whole.update(sha256(read_bytes(job.input / name)).digest())
        except InputError:
            return None
    return whole.hexdigest()
