"""One run of a batch command over a corpus: its time, its peak of memory, and what came out of it."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from batch_corpus import PAGES, read_manifest
from ceiling import Work
from watch import Memory, watch

import cleaner
from cleaner.batch import RECORD_FOLDER
from cleaner.cli import Exit
from cleaner.io.files import InputFile, find_inputs, read_entries
from cleaner.io.records import Record

_NOT_COMPARED = ("run.toml", "work")
"""What of a run's own folder may differ between runs."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """Documents in one format."""

    folder: Path
    format: str
    documents: int
    size: int
    """Bytes of the documents, unpacked."""


@dataclass(frozen=True, slots=True)
class System:
    """What cleans the documents of a folder into another."""

    name: str
    command: Callable[[Path, Path, int], list[str]]
    """Input, output, number of workers → the command."""
    done: tuple[int, ...] = (0,)
    """Exit statuses of a run that came to its end."""


@dataclass(frozen=True, slots=True)
class Run:
    """One command that has come to its end."""

    system: str
    format: str
    documents: int
    size: int
    workers: int
    seconds: float
    memory: Memory
    came_out: int
    """Documents in the output."""
    digest: str
    """Of the output's names and bytes."""
    ceilings: tuple[float, ...] = ()
    """How many times the work of one process as many as the workers did, all by themselves; measured around the run."""

    @property
    def rate(self) -> float:
        """Documents a second."""
        return self.documents / self.seconds


def cleaner_batch() -> System:
    """The command under test, with the interpreter that runs this."""
    command = [sys.executable, "-m", "cleaner", "batch"]
    return System(
        f"cleaner {cleaner.__version__}",
        lambda source, output, workers: [*command, str(source), str(output), "--workers", str(workers)],
        (Exit.CLEAN, Exit.SOME_FAILED),
    )


def trafilatura_batch(command: str) -> System:
    """The peer, without comments, since ``cleaner`` leaves them out; for the rest as it comes."""
    path = shutil.which(command)
    if path is None:
        raise SystemExit(f"there is no command {command}: install trafilatura, or name its path")
    version = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout.split()[1]
    return System(
        f"trafilatura {version}",
        lambda source, output, workers: [
            path, "--no-comments", "--parallel", str(workers), "--input-dir", str(source), "--output-dir", str(output)
        ],
    )  # fmt: skip


def corpora_in(folder: Path, formats: list[str] | None) -> list[Corpus]:
    """What was made in a folder, or what is asked for of it."""
    holds = read_manifest(folder)
    if not holds:
        raise SystemExit(f"{folder} holds no corpus: make one with batch_corpus.py")
    if missing := set(formats or ()) - set(holds["formats"]):
        raise SystemExit(f"{folder} lacks {', '.join(sorted(missing))}: add it with batch_corpus.py")
    return [Corpus(folder / name, name, holds["documents"], holds["bytes"]) for name in formats or holds["formats"]]


def pages_in(folder: Path) -> Corpus:
    """The pages alone of what was made in a folder."""
    holds = read_manifest(folder)
    if not (folder / PAGES).is_dir():
        raise SystemExit(f"{folder} has no folder of pages: make the format 'folder' with batch_corpus.py")
    return Corpus(folder / PAGES, "pages", holds["pages"], holds["page_bytes"])


def sample(corpus: Corpus, count: int) -> list[Work]:
    """The first documents of a corpus."""
    return [Work(record.raw, record.kind) for record in islice(_records(corpus.folder), count)]


def measure(system: System, corpus: Corpus, workers: int, scratch: Path) -> Run:
    """Run the command; its output is looked at and deleted. The input is read once before, so that no disk is cold."""
    for path in _files(corpus.folder):
        path.read_bytes()
    output = scratch / "output"
    watched = watch(system.command(corpus.folder, output, workers))
    if watched.status not in system.done:
        raise SystemExit(f"{system.name} ended with status {watched.status} on {corpus.folder}:\n{watched.errors}")
    came_out = sum(1 for _ in _records(output))
    run = Run(
        system.name, corpus.format, corpus.documents, corpus.size, workers,
        watched.seconds, watched.memory, came_out, _digest(output),
    )  # fmt: skip
    shutil.rmtree(output, ignore_errors=True)
    return run


def _records(folder: Path) -> Iterator[Record]:
    """The documents in a folder; the files about a run are none."""
    if not folder.exists():
        return
    for file in find_inputs(folder):
        if isinstance(file, InputFile) and not file.name.startswith(f"{RECORD_FOLDER}/"):
            yield from (entry for entry in read_entries(file) if isinstance(entry, Record))


def _digest(output: Path) -> str:
    """Digest of the names and bytes of everything that must be the same in every run."""
    own = {output / RECORD_FOLDER / name for name in _NOT_COMPARED}
    digest = hashlib.sha256()
    for path in sorted(_files(output)):
        if own.isdisjoint((path, *path.parents)):
            digest.update(f"{path.relative_to(output)}\0{path.stat().st_size}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())
