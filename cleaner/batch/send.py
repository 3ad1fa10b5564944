"""The finished output to an address: a run works in a folder of this machine, where a kill can do no harm.

Each file has a temporary name there until it is whole. Which files are there already stands in the journal, so that a
run that is stopped on the way goes on where it was.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from hashlib import sha256
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any

from cleaner.batch.assemble import parts_of, read_rows
from cleaner.batch.job import Job
from cleaner.batch.journal import Journal, Ledger
from cleaner.batch.layout import format_for, part_pattern, target_for
from cleaner.batch.plan import read_plan
from cleaner.errors import OutputError, UsageError
from cleaner.io.files import STDIN, file_system, lies_in
from cleaner.io.streams import plain_words


def check_address(job: Job) -> None:
    """Raise :class:`cleaner.errors.UsageError` if the address is none, or one that the run reads."""
    if job.address is None:
        return
    file_system(job.address)
    named = job.input != STDIN and not job.input.startswith("@")
    if named and (lies_in(job.input, job.address) or lies_in(job.address, job.input)):
        raise UsageError(f"one of {job.input} and {job.address} lies in the other; name places apart from each other")


def send(job: Job, journal: Journal, ledger: Ledger) -> None:
    """Send all files of a finished run to the address of its job, those of its record last.

    Raises :class:`cleaner.errors.OutputError` if one cannot be written.
    """
    if job.address is None:
        return
    system, root = file_system(job.address)
    try:
        _remove_surplus_parts(job, system, root)
    except Exception as error:  # every file system of fsspec has errors of its own
        raise OutputError(f"{job.address}: parts of an earlier run cannot be removed: {plain_words(error)}") from error
    done = ledger.sent.get("files", 0) if ledger.sent.get("to") == job.address else 0
    for count, name in enumerate(islice(_names(job), done, None), done + 1):
        try:
            _send_file(system, PurePosixPath(root), job.output, name)
        except Exception as error:  # every file system of fsspec has errors of its own
            raise OutputError(f"{job.address}: {name} cannot be written: {plain_words(error)}") from error
        journal.add(sent={"files": count, "to": job.address})


def _names(job: Job) -> Iterator[str]:
    """The files of a finished run, in an order that depends on nothing else."""
    for task in read_plan(job):
        target = target_for(task.files[0], job.writing)
        if target and task.records and task.readable and format_for(task.files[0], job.writing) != "text":
            yield target
    for row in read_rows(job.folder.manifest):
        if "output" in row and ("file" not in row or job.writing.format == "text"):
            yield row["output"]
    yield from sorted(_parts(job))
    folder = job.folder
    for whole in (folder.attributes, folder.rules):
        yield from sorted(_below(job, path) for path in whole.rglob("*") if path.is_file())
    for path in (folder.audit, folder.manifest, folder.configuration, folder.summary):
        yield _below(job, path)


def _parts(job: Job) -> set[str]:
    """The names of the parts that the run has written."""
    in_parts = any(task.readable and target_for(task.files[0], job.writing) is None for task in read_plan(job))
    return {path.name for path in parts_of(job.output, job.writing.part_size) if in_parts}


def _remove_surplus_parts(job: Job, system: Any, root: str) -> None:
    """Take away the parts that an earlier run has sent there and this one has not, as it is done in its folder."""
    parts = _parts(job)
    if not parts or not system.isdir(root):
        return
    name = part_pattern(job.writing.part_size)
    system.invalidate_cache()
    for entry in system.ls(root, detail=True):
        path = PurePosixPath(entry["name"])
        if entry["type"] == "file" and name.fullmatch(path.name) and path.name not in parts:
            system.rm_file(str(path))


def _below(job: Job, path: Path) -> str:
    return path.relative_to(job.output).as_posix()


def _send_file(system: Any, root: PurePosixPath, output: Path, name: str) -> None:
    # Some file systems read stars and brackets in the name of what is moved as patterns.
    temporary = root / f".{sha256(os.fsencode(name)).hexdigest()[:32]}.part"
    system.makedirs(str((root / name).parent), exist_ok=True)
    system.put_file(str(output / name), str(temporary))
    system.mv(str(temporary), str(root / name))
