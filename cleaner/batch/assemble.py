"""From the segments of a finished run to its files: in the order of the input, whoever did what and when."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cleaner.batch.job import RunFolder
from cleaner.batch.journal import Ledger, Segment
from cleaner.batch.plan import read_plan
from cleaner.batch.summary import Summary
from cleaner.errors import OutputError


def assemble(folder: RunFolder, ledger: Ledger) -> Summary:
    """Write manifest, audit and summary. Killed half-way, it is simply done again.

    Raises :class:`cleaner.errors.OutputError` if they cannot be written.
    """
    summary = Summary()
    try:
        for what, target in (("audit", folder.audit), ("manifest", folder.manifest)):
            join(target, (folder.part(s.task, s.first, what) for s in in_order(folder, ledger)))
        for row in read_rows(folder.manifest):
            summary.add(row)
        data = json.dumps(summary.as_dict(), ensure_ascii=True, indent=2) + "\n"
        put(folder.summary, data.encode())
    except OSError as error:
        raise OutputError(f"{folder.root} cannot be written: {error.strerror or error}") from error
    return summary


def in_order(folder: RunFolder, ledger: Ledger) -> Iterator[Segment]:
    """All segments, in the order of the input."""
    for task in read_plan(folder.plan):
        yield from ledger.of(task.number)


def join(target: Path, parts: Iterator[Path]) -> None:
    """One file of many, under a temporary name until it is whole."""
    temporary = target.with_name(target.name + ".part")
    with temporary.open("wb") as file:
        for part in parts:
            with part.open("rb") as rows:
                shutil.copyfileobj(rows, file, 1 << 20)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(target)


def put(target: Path, data: bytes) -> None:
    """Write a small file, under a temporary name until it is whole."""
    temporary = target.with_name(target.name + ".part")
    with temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(target)


def read_rows(manifest: Path) -> Iterator[dict[str, Any]]:
    """The rows of a manifest; a line that is not whole yet is left out."""
    with manifest.open("rb") as lines:
        for line in lines:
            if line.endswith(b"\n"):
                yield json.loads(line)
