"""What a run did, as a page to look at: one HTML file that opens from the disk and needs nothing else.

``gather`` counts and draws samples in one pass, ``changes`` compares with another run, ``content`` opens the documents
that were drawn, ``numbers`` and ``page`` make the file. ``docs/report.md`` says how to read it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from cleaner.errors import UsageError
from cleaner.io.atomic import write_atomically
from cleaner.report.changes import Changes
from cleaner.report.content import choose
from cleaner.report.gather import Gathered
from cleaner.report.numbers import changes_of, numbers_of
from cleaner.report.page import page_of
from cleaner.runs import Run, open_run

Watcher = Callable[[int, int], None]
"""Told how many documents have been read, and how many there are."""


def write_report(
    output: Path, target: Path, *, compare: Path | None = None, seed: int = 0, watch: Watcher | None = None
) -> int:
    """Write the report of the run in folder ``output`` to the file ``target``, and give its size in bytes.

    ``compare`` is the folder of another run over the same input; ``seed`` decides which documents are shown; ``watch``
    is told how far it is. Raises :class:`cleaner.errors.UsageError` if one of the folders holds no
    complete run, the two runs have no document in common, or the file cannot be written, and
    :class:`cleaner.errors.AuditError` if the files of a run do not belong together.
    """
    run = open_run(output)
    if compare is None:
        page = _page(run, seed, None, watch)
    else:
        other = open_run(compare)
        with other.records() as records:
            page = _page(run, seed, Changes(seed, other, records), watch)
    data = page.encode()
    write_atomically(target, data)
    return len(data)


def _page(run: Run, seed: int, changes: Changes | None, watch: Watcher | None) -> str:
    gathered = _gather(run, seed, changes, watch)
    content = choose(run, gathered, changes)
    numbers = numbers_of(run, gathered, content)
    if changes is not None:
        if not changes.shared:
            raise UsageError(
                f"the runs in {run.output} and {changes.other.output} have no document in common: "
                "compare runs over the same input"
            )
        numbers["changes"] = changes_of(changes, content.kinds)
    return page_of(numbers, content)


def _gather(run: Run, seed: int, changes: Changes | None, watch: Watcher | None) -> Gathered:
    """One pass over the run, for its numbers and for what changed."""
    gathered, documents = Gathered(seed), run.summary["documents"]
    for document in run.documents():
        gathered.add(document)
        if changes is not None:
            changes.add(document)
        if watch is not None:
            watch(document.number + 1, documents)
    return gathered
