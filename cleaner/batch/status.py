"""How a run is doing: read from its folder, also while it works."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cleaner.batch.assemble import read_rows
from cleaner.batch.job import RECORD_FOLDER, RunFolder
from cleaner.batch.journal import Ledger, read_journal
from cleaner.batch.run import take_lock
from cleaner.batch.summary import Summary, passed_row
from cleaner.errors import UsageError

# Failed documents that are named; the manifest names all.
NAMED = 20


@dataclass(slots=True)
class Status:
    """How far a run is and what it has found."""

    state: str
    """``complete``, ``running`` or ``stopped`` (it can go on)."""
    summary: Summary
    documents: int | None
    """How many there are; ``None`` where that is not known yet."""
    size: int | None
    """Bytes of the input; ``None`` once the run is complete."""
    done: int | None
    """Bytes of it that are done."""
    failures: list[dict[str, Any]] = field(default_factory=list)
    """The first rows of failed documents."""

    def as_dict(self) -> dict[str, Any]:
        """All of it, for JSON."""
        return {
            "state": self.state,
            "documents_in_all": self.documents,
            "bytes_in_all": self.size,
            "bytes_done": self.done,
            **self.summary.as_dict(),
            "failures": self.failures,
        }


def read_status(run: Path) -> Status:
    """How a run is doing, by its output folder. Raises :class:`cleaner.errors.UsageError` if there is no run."""
    folder = RunFolder(run / RECORD_FOLDER)
    ledger = read_journal(folder.journal)
    if not ledger.run and not folder.summary.exists():
        raise UsageError(f"{run} holds no run: name the output folder of 'cleaner batch'")
    complete = ledger.complete or not ledger.run
    rows = read_rows(folder.manifest) if complete else _rows(folder, ledger)
    summary = Summary()
    failures: list[dict[str, Any]] = []
    for row in rows:
        summary.add(row)
        if row["status"] == "failed" and len(failures) < NAMED:
            failures.append(row)
    if complete:
        return Status("complete", summary, summary.documents, None, None, failures)
    done = sum(segment.size for segment in ledger.everything())
    state = "running" if _is_locked(folder.lock) else "stopped"
    return Status(state, summary, ledger.run["documents"], ledger.run["size"], done, failures)


def _rows(folder: RunFolder, ledger: Ledger) -> Iterator[dict[str, Any]]:
    for task in sorted(ledger.segments):
        for segment in ledger.of(task):
            yield from read_rows(folder.part(task, segment.first, "manifest"))
            yield passed_row("", segment.passed)


def _is_locked(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return not take_lock(file.fileno())
    except OSError:
        return False
