"""Many documents: a folder in, the same tree of cleaned texts out, with the audit trail and a manifest beside it.

One bad document never stops a run: whatever goes wrong with it is written down under its name. Workers are processes;
they read and write the documents themselves and send back only what the trail needs, which is written in the order of
the input, so that any number of workers gives the same bytes.
"""

from __future__ import annotations

import json
import multiprocessing
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from pathlib import Path

from cleaner.audit import Source, audit_record, digest, to_json
from cleaner.encoding import LOSSLESS
from cleaner.errors import CleanerError, UsageError
from cleaner.io.readers import find_documents, kind_by_name, read_bytes
from cleaner.io.writers import encode, header_of, write_atomically
from cleaner.options import Options
from cleaner.pages import read_page
from cleaner.pipeline import clean_page

RECORD_FOLDER = "_cleaner"
"""Folder of the output that holds ``audit.jsonl``, ``manifest.jsonl`` and ``summary.json``."""

# Documents that a worker takes at once: enough to make the trip worth it, few enough for a smooth progress bar.
CHUNK = 16


@dataclass(frozen=True, slots=True)
class Job:
    """What all documents of a run share; travels to the workers."""

    input: Path
    output: Path
    options: Options
    title: bool = True
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """One document's row of the manifest, its audit line and its numbers."""

    row: dict[str, object]
    audit: str | None
    categories: dict[str, tuple[int, int]]
    """Category → removals, code points removed."""


@dataclass(slots=True)
class Summary:
    """The run in numbers, gathered document by document."""

    documents: int = 0
    failed: int = 0
    read: int = 0
    """Code points that went in."""
    removed: int = 0
    """Code points that were taken out."""
    flags: Counter[str] = field(default_factory=Counter)
    removals: Counter[str] = field(default_factory=Counter)
    characters: Counter[str] = field(default_factory=Counter)

    def add(self, done: Done) -> None:
        """Count one document."""
        self.documents += 1
        self.failed += done.row["status"] == "failed"
        self.read += int(str(done.row.get("read", 0)))
        self.removed += int(str(done.row.get("removed", 0)))
        flags = done.row.get("flags")
        self.flags.update(flags if isinstance(flags, list) else ())
        for category, (count, size) in done.categories.items():
            self.removals[category] += count
            self.characters[category] += size

    def as_dict(self) -> dict[str, object]:
        """The numbers for ``summary.json``."""
        return {
            "documents": self.documents,
            "failed": self.failed,
            "read": self.read,
            "removed": self.removed,
            "flags": dict(sorted(self.flags.items())),
            "categories": {
                c: {"removals": self.removals[c], "characters": self.characters[c]} for c in sorted(self.removals)
            },
        }


def run_batch(
    input: Path,
    output: Path,
    options: Options | None = None,
    *,
    workers: int = 1,
    title: bool = True,
    language: str | None = None,
    on_start: Callable[[int], None] | None = None,
    on_done: Callable[[Done], None] | None = None,
) -> Summary:
    """Clean every document below ``input`` into ``output``; ``on_done`` hears of each, in the order of the input.

    Raises :class:`cleaner.errors.UsageError` if the folders cannot serve. What fails in a document goes into the
    manifest, never up.
    """
    check_folders(input, output)
    names = list(find_documents(input))
    if not names:
        raise UsageError(f"{input} holds no .txt, .html or .htm files")
    if on_start:
        on_start(len(names))
    job = Job(input, output, options or Options(), title, language)
    summary = Summary()
    records = output / RECORD_FOLDER
    try:
        records.mkdir(parents=True, exist_ok=True)
        with (
            (records / "audit.jsonl").open("w", encoding="utf-8", newline="\n") as audit,
            (records / "manifest.jsonl").open("w", encoding="utf-8", newline="\n") as manifest,
        ):
            for done in _clean_all(job, names, workers):
                if done.audit is not None:
                    audit.write(done.audit + "\n")
                manifest.write(to_json(done.row) + "\n")
                summary.add(done)
                if on_done:
                    on_done(done)
        write_atomically(records / "summary.json", (json.dumps(summary.as_dict(), indent=2) + "\n").encode())
    except OSError as error:
        raise UsageError(f"the output folder {output} cannot be written: {error.strerror or error}") from error
    return summary


def check_folders(input: Path, output: Path) -> None:
    """Raise :class:`cleaner.errors.UsageError` if cleaning would write into what it reads."""
    here, there = input.resolve(), output.resolve()
    if here == there:
        raise UsageError("the output folder is the input folder: the originals would be overwritten; name another one")
    if there.is_relative_to(here) or here.is_relative_to(there):
        raise UsageError(f"one of {input} and {output} lies inside the other; name folders apart from each other")
    if output.exists() and not output.is_dir():
        raise UsageError(f"{output} is a file; the output must be a folder")


def output_name(name: Path) -> Path:
    """The same name with the suffix ``.txt``.

    >>> output_name(Path("2024/05/story.html")).as_posix()
    '2024/05/story.txt'
    """
    return name.with_suffix(".txt")


def _clean_all(job: Job, names: Sequence[Path], workers: int) -> Iterator[Done]:
    taken: dict[Path, Path] = {}
    for name in names:
        taken.setdefault(output_name(name), name)
    plan = [(name, taken[output_name(name)]) for name in names]
    chunks = [plan[at : at + CHUNK] for at in range(0, len(plan), CHUNK)]
    if workers <= 1 or len(names) <= 1:
        for chunk in chunks:
            yield from clean_chunk(job, chunk)
        return
    yield from _clean_parallel(job, chunks, workers)


def _clean_parallel(job: Job, chunks: list[list[tuple[Path, Path]]], workers: int) -> Iterator[Done]:
    """Chunks in order, a few ahead of what is being written; a worker that dies costs its document only."""
    waiting = deque(chunks)
    running: deque[tuple[list[tuple[Path, Path]], Future[list[Done]]]] = deque()
    pool = _pool(workers)
    try:
        while waiting or running:
            while waiting and len(running) < 4 * workers:
                chunk = waiting.popleft()
                running.append((chunk, pool.submit(clean_chunk, job, chunk)))
            chunk, future = running.popleft()
            try:
                yield from future.result()
            except BrokenProcessPool:
                # Everything that was under way is lost with the pool. One document at a time tells who breaks it.
                pool.shutdown(wait=False, cancel_futures=True)
                waiting.extendleft(reversed([later for later, _ in running]))
                running.clear()
                yield from _one_by_one(job, chunk)
                pool = _pool(workers)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _one_by_one(job: Job, chunk: list[tuple[Path, Path]]) -> Iterator[Done]:
    for name, owner in chunk:
        with _pool(1) as pool:
            try:
                yield from pool.submit(clean_chunk, job, [(name, owner)]).result()
            except BrokenProcessPool:
                yield _failed(name, "the worker process died on this document")


def _pool(workers: int) -> ProcessPoolExecutor:
    # spawn: the parent may hold locks and threads (progress bar) that a forked child would inherit half-way.
    return ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))


def clean_chunk(job: Job, chunk: Iterable[tuple[Path, Path]]) -> list[Done]:
    """Clean some documents; each of them comes back, cleaned or failed."""
    return [_clean_one(job, name, owner) for name, owner in chunk]


def _clean_one(job: Job, name: Path, owner: Path) -> Done:
    if owner != name:
        return _failed(name, f"its output {output_name(name).as_posix()} is already that of {owner.as_posix()}")
    try:
        return _clean_file(job, name)
    except CleanerError as error:
        return _failed(name, str(error))
    except Exception as error:
        return _failed(name, f"unexpected {type(error).__name__}: {error}")


def _clean_file(job: Job, name: Path) -> Done:
    page = read_page(read_bytes(job.input / name), kind_by_name(name) or "auto", id=name.as_posix())
    result = clean_page(page, job.options, job.language)
    header = header_of(result) if job.title else ""
    target = job.output / output_name(name)
    written = encode(header + result.text)
    if not target.resolve().is_relative_to(job.output.resolve()):
        raise UsageError(f"{target} leads out of the output folder")
    write_atomically(target, written)
    record = audit_record(result, job.options, Source(name.as_posix(), page.encoding, header))
    categories: dict[str, tuple[int, int]] = {}
    for removal in result.removals:
        count, size = categories.get(removal.category.value, (0, 0))
        categories[removal.category.value] = (count + 1, size + len(removal.text))
    row: dict[str, object] = {
        "id": name.as_posix(),
        "status": "ok",
        "output": output_name(name).as_posix(),
        "flags": sorted(result.flags | ({"undecodable"} if page.encoding == LOSSLESS else set())),
        "language": result.language,
        "read": len(result.document.text),
        "removed": len(result.document.text) - len(result.text),
        "sha256": digest(header + result.text),
    }
    return Done(row, to_json(record), categories)


def _failed(name: Path, why: str) -> Done:
    return Done({"id": name.as_posix(), "status": "failed", "error": why}, None, {})
