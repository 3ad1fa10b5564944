"""What of a run that was stopped still stands, and what must be done again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

from cleaner.audit import digest
from cleaner.batch.assemble import in_order, read_rows
from cleaner.batch.job import Job
from cleaner.batch.journal import Journal, Ledger, Segment
from cleaner.batch.layout import format_for
from cleaner.batch.plan import Task, follow_input, read_plan
from cleaner.batch.sources import digest_file, digest_of
from cleaner.errors import UsageError

# As many names as a message can hold.
NAMED = 3


def check_input(job: Job, ledger: Ledger) -> None:
    """Raise :class:`cleaner.errors.UsageError` if the input is not what the run began with, telling what differs.

    A file that is gone is no difference: what was done of it stands, and what was not is a failed document.
    """
    changes = follow_input(job, NAMED + 1) or list(islice(_changes(job, ledger), NAMED + 1))
    if changes:
        more = " and more" if len(changes) > NAMED else ""
        raise UsageError(
            f"the input {job.input} is not what this run began with: {', '.join(changes[:NAMED])}{more}; "
            "put it back, or start over with --restart"
        )


def _changes(job: Job, ledger: Ledger) -> Iterator[str]:
    for task in read_plan(job):
        segments = ledger.of(task.number)
        whole = digest_file(task.files[0].path) if task.records and segments else None
        for segment in segments:
            now = whole if task.records else digest_of(task, segment.first, segment.stop)
            if now is not None and segment.source and now != segment.source:
                yield f"{_named(task, segment)} has changed"
                break


def _named(task: Task, segment: Segment) -> str:
    names = [file.name for file in task.files[segment.first : segment.stop]]
    if task.records or len(names) == 1:
        return task.files[0].name if task.records else names[0]
    return f"one of {names[0]} to {names[-1]}"


def drop_guesses(journal: Journal, ledger: Ledger) -> None:
    """Forget what lies beyond the end of its task: it would count if that end is done again and is none then."""
    _again(journal, ledger, ledger.guesses())


def drop_damaged(job: Job, journal: Journal, ledger: Ledger) -> int:
    """Have everything done again whose files are not what was written; gives the number of documents."""
    damaged = [(task, segment) for task, segment in in_order(job, ledger) if not _whole(job, task, segment)]
    return _again(journal, ledger, [segment for _, segment in damaged])


def forgive(journal: Journal, ledger: Ledger) -> int:
    """Have everything done again in which a document failed; gives the number of documents that failed."""
    stopped = [one for by_index in ledger.stopped.values() for one in by_index.values()]
    # A reader that was stopped ended its file there.
    cut_short = {one.task for one in stopped if one.reading}
    found = [s for s in ledger.everything() if s.failed or (s.last and s.task in cut_short)]
    _again(journal, ledger, found)
    for one in stopped:
        _note(journal, ledger, forgiven={"task": one.task, "index": one.index})
    return sum(segment.failed for segment in found)


def _again(journal: Journal, ledger: Ledger, found: list[Segment]) -> int:
    for segment in found:
        _note(journal, ledger, again={"task": segment.task, "first": segment.first})
    return sum(segment.count for segment in found)


def _note(journal: Journal, ledger: Ledger, **line: dict[str, Any]) -> None:
    journal.add(**line)
    ledger.add(line)


def _whole(job: Job, task: Task, segment: Segment) -> bool:
    """Whether the files of a segment, and the texts that it names, are what was written."""
    try:
        for what, (size, expected) in segment.parts.items():
            path = job.folder.part(segment.task, segment.first, what)
            if path.stat().st_size != size or digest_file(str(path)) != expected:
                return False
        if format_for(task.files[0], job.writing) != "text":
            return True
        rows = read_rows(job.folder.part(segment.task, segment.first, "manifest"))
        return all(_text_whole(job.output, row) for row in rows if row["status"] == "ok")
    except (OSError, json.JSONDecodeError):
        return False


def _text_whole(output: Path, row: Mapping[str, str]) -> bool:
    data = (output / row["output"]).read_bytes()
    # The digest of a text is not that of its bytes where these stand for lone surrogates.
    return row["sha256"] == sha256(data).hexdigest() or row["sha256"] == digest(data.decode("utf-8", "surrogateescape"))
