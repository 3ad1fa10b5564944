"""From the segments of a finished run to its files: in the order of the input, whoever did what and when."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain, groupby
from pathlib import Path
from typing import IO, Any

from cleaner.audit import to_json
from cleaner.batch.document import ADDED
from cleaner.batch.job import Job
from cleaner.batch.journal import Ledger, Segment
from cleaner.batch.layout import SINGLE, format_for, part_pattern, part_prefix, suffix_for, target_for
from cleaner.batch.output import put, write_whole, writing
from cleaner.batch.plan import Task, read_plan
from cleaner.batch.segments import read_pickled
from cleaner.batch.summary import Summary, passed_row
from cleaner.errors import OutputError, UsageError
from cleaner.io.arrow import cleaned_schema, schema_from_text
from cleaner.io.atomic import place_below
from cleaner.io.files import InputFile
from cleaner.io.parquet import ParquetWriter
from cleaner.io.parts import PART_BYTES, PartWriter
from cleaner.io.rows import JsonlWriter

Segments = Iterable[tuple[Task, Segment]]


def assemble(job: Job, ledger: Ledger) -> Summary:
    """Write rows, manifest, audit and summary. Killed half-way, it is simply done again.

    Raises :class:`cleaner.errors.OutputError` if they cannot be written.
    """
    folder = job.folder
    try:
        with writing(folder.root):
            _write_rows(job, ledger)
            if job.writing.attributes:
                _join_by_file(job, ledger)
            join(folder.audit, (folder.part(s.task, s.first, "audit") for _, s in in_order(job, ledger)))
            join(folder.manifest, _manifest(job, ledger))
            summary = Summary.of(read_rows(folder.manifest))
            put(folder.summary, (json.dumps(summary.as_dict(), indent=2) + "\n").encode())
    except UsageError as error:  # of the writers of rows
        raise OutputError(str(error)) from error
    return summary


def in_order(job: Job, ledger: Ledger) -> Iterator[tuple[Task, Segment]]:
    """All segments, in the order of the input."""
    for task in read_plan(job):
        for segment in ledger.of(task.number):
            yield task, segment


def _write_rows(job: Job, ledger: Ledger) -> None:
    """The files of rows; those that go into parts share one writer, whatever stands between them."""
    # What a kill leaves half-written must not lie among the output.
    scratch = job.folder.temporary / "rows"
    shutil.rmtree(scratch, ignore_errors=True)
    parts = None
    for task, segments in _by_file(_readable(job, ledger)):
        file = task.files[0]
        if format_for(file, job.writing) == "text":
            continue
        target = target_for(file, job.writing)
        if target is None:
            parts = parts or _part_writer(job, scratch)
            _copy_rows(job, file, segments, parts)
        else:
            path = scratch / f"rows{suffix_for(file, job.writing)}"
            with _file_writer(job, task, path) as writer:
                _copy_rows(job, file, segments, writer)
            place = place_below(job.output, target)
            place.parent.mkdir(parents=True, exist_ok=True)
            path.replace(place)
    if parts is not None:
        parts.close()
        _place_parts(job, parts.parts)


def _place_parts(job: Job, parts: list[Path]) -> None:
    """Give the parts their place, and take away those that an earlier run had more."""
    prefix = part_prefix(job.writing.part_size)
    places = [job.output / part.name.replace("part", prefix, 1) for part in parts]
    for part, place in zip(parts, places, strict=True):
        part.replace(place)
    for other in set(parts_of(job.output, job.writing.part_size)) - set(places):
        other.unlink()


def parts_of(output: Path, part_size: int | None) -> list[Path]:
    """The parts that lie in the output folder of a run with or without a size for them.

    They come in order: by their numbers, which may have more than five digits.
    """
    name = part_pattern(part_size)
    paths = output.glob(f"{part_prefix(part_size)}-*")
    found = [(match, path) for path in paths if (match := name.fullmatch(path.name)) and path.is_file()]
    return [path for _, path in sorted((int(match[1]), path) for match, path in found)]


def _readable(job: Job, ledger: Ledger) -> Segments:
    """All segments in which something could be cleaned. What was refused has no output: its name may be another's."""
    return (pair for pair in in_order(job, ledger) if pair[0].readable)


def _by_file(segments: Segments) -> Iterator[tuple[Task, Segments]]:
    """The segments of each file of records together, and those of single documents, a task standing for all."""
    for _, group in groupby(segments, lambda pair: _owner(pair[0].files[0])):
        first = next(group)
        yield first[0], chain((first,), group)  # noqa: B031  (the first, and then all others, once)


def _owner(file: InputFile) -> str:
    return "" if file.format in SINGLE else file.name


def _copy_rows(job: Job, file: InputFile, segments: Segments, writer: JsonlWriter | ParquetWriter | PartWriter) -> None:
    pickled = format_for(file, job.writing) == "parquet"
    for task, segment in segments:
        path = job.folder.part(task.number, segment.first, "rows")
        if pickled or isinstance(writer, ParquetWriter):
            for row in read_pickled(path):
                writer.write(row)
            continue
        with path.open("rb") as lines:
            for line in lines:
                writer.write_line(line)


def _file_writer(job: Job, task: Task, path: Path) -> JsonlWriter | ParquetWriter:
    return JsonlWriter(path) if path.suffix != ".parquet" else ParquetWriter(path, _schema(job, task), added=ADDED)


def _part_writer(job: Job, folder: Path) -> PartWriter:
    size = PART_BYTES if job.writing.part_size is None else job.writing.part_size * 1_000_000
    return PartWriter(folder, suffix_for(None, job.writing), part_bytes=size)


def _schema(job: Job, task: Task) -> Any:
    """The columns of a Parquet file with the cleaned text; ``None`` for a file that was none."""
    if task.schema is None:
        return None
    schema = schema_from_text(task.schema)
    return cleaned_schema(schema, job.reading.keys, keep_html=job.writing.keep_html, added=ADDED)


def _join_by_file(job: Job, ledger: Ledger) -> None:
    shutil.rmtree(job.folder.attributes, ignore_errors=True)
    job.folder.attributes.mkdir(parents=True)
    for first, segments in _by_file(_readable(job, ledger)):
        file = first.files[0]
        name = "documents.jsonl" if file.format in SINGLE else f"{file.name}.jsonl"
        target = place_below(job.folder.attributes, name)
        target.parent.mkdir(parents=True, exist_ok=True)
        paths = (job.folder.part(task.number, segment.first, "attributes") for task, segment in segments)
        join(target, paths, append=target.exists())


def _manifest(job: Job, ledger: Ledger) -> Iterator[Path | bytes]:
    """The rows of each task, and after them what was passed over of its file."""
    for task in read_plan(job):
        passed: Counter[str] = Counter()
        for segment in ledger.of(task.number):
            passed.update(segment.passed)
            yield job.folder.part(task.number, segment.first, "manifest")
        if passed:
            yield to_json(passed_row(task.files[0].name, passed)).encode() + b"\n"


def join(target: Path, parts: Iterable[Path | bytes], append: bool = False) -> None:
    """One file of many, under a temporary name until it is whole."""

    def fill(file: IO[bytes]) -> None:
        for part in [target, *parts] if append else parts:
            if isinstance(part, bytes):
                file.write(part)
                continue
            with part.open("rb") as rows:
                shutil.copyfileobj(rows, file, 1 << 20)

    write_whole(target, fill)


def read_rows(manifest: Path) -> Iterator[dict[str, Any]]:
    """The rows of a manifest; a line that is not whole yet is left out."""
    with manifest.open("rb") as lines:
        for line in lines:
            if line.endswith(b"\n"):
                yield json.loads(line)
