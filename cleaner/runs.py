"""A finished run, read back: what became of each document, its record, and the document as it was.

A run keeps no copy of its input. The document text comes back from the cleaned text and the record, which holds what
was taken out. What cannot be had back, because the output was changed or moved since, is told one by one.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Any

from cleaner.audit import restore_record
from cleaner.batch.assemble import parts_of, read_rows
from cleaner.batch.job import RECORD_FOLDER, RunFolder
from cleaner.batch.restore import PARTS, cleaned_text, entries_of, original_text
from cleaner.batch.summary import PASSED
from cleaner.errors import AuditError, CleanerError, InputError, UsageError
from cleaner.io.atomic import place_below
from cleaner.io.readers import read_bytes
from cleaner.io.records import Entry, Keys, Record
from cleaner.sampling import draw

Key = tuple[str, int | None]

# Where the record of a document that failed would begin.
_FAILED = -1


@dataclass(frozen=True, slots=True)
class Place:
    """Where a cleaned text lies."""

    file: str
    """Path below the output folder, with ``/``; :data:`cleaner.batch.restore.PARTS` for a row of the parts."""
    row: int | None = None
    """Its row in the file, or in all parts together, from 0; ``None`` where the file is the text."""


def key_of(row: Mapping[str, Any]) -> Key:
    """What no other row of the manifest has: the document's id, or its file and its number there."""
    return (row["file"], row["number"]) if "file" in row else (row["id"], None)


@dataclass(frozen=True, slots=True)
class RunDocument:
    """One document of a run."""

    number: int
    """Its place among the documents of the run, from 0."""
    row: dict[str, Any]
    """Its row of the manifest."""
    record: dict[str, Any] | None = None
    """Its audit record; ``None`` for a document that failed."""
    place: Place | None = None
    """Where its cleaned text lies; ``None`` for a document that failed."""

    @property
    def key(self) -> Key:
        """What no other document of the run has."""
        return key_of(self.row)


@dataclass(frozen=True)
class Run:
    """A run that is complete."""

    output: Path
    settings: dict[str, Any]
    """Its ``run.toml``."""
    summary: dict[str, Any]
    """Its ``summary.json``."""

    @property
    def folder(self) -> RunFolder:
        """Where it keeps its own files."""
        return RunFolder(self.output / RECORD_FOLDER)

    def documents(self, only: Container[int] | None = None) -> Iterator[RunDocument]:
        """All documents, in the order of the input, one in memory at a time; or ``only`` those of these numbers.

        Raises :class:`cleaner.errors.AuditError` if manifest and audit do not belong together.
        """
        rows: dict[str, int] = {}
        with _opened(self.folder.audit) as audit:
            for number, row in enumerate(_documents(self.folder)):
                cleaned = row["status"] != "failed"
                line = audit.readline() if cleaned else b""
                place = _place(row, rows) if cleaned else None
                if only is None or number in only:
                    record = _record(line, row["id"], self.folder.audit) if cleaned else None
                    yield RunDocument(number, row, record, place)

    def records(self) -> Records:
        """The audit records by the documents' keys. Raises :class:`cleaner.errors.UsageError` if there are none."""
        return Records(self.folder)

    def originals(self, documents: Iterable[RunDocument]) -> Iterator[tuple[RunDocument, str | CleanerError]]:
        """The documents as they were before cleaning, or why one cannot be had back, in no order.

        Every file of the output is read once, whatever is asked of it.
        """
        by_file: dict[str, list[RunDocument]] = {}
        for document in documents:
            if document.place is not None:
                by_file.setdefault(document.place.file, []).append(document)
        for file, wanted in by_file.items():
            try:
                paths = self._paths(file)
            except UsageError as error:
                yield from ((document, error) for document in wanted)
                continue
            if wanted[0].place and wanted[0].place.row is None:
                yield from ((document, _of_text(document, paths[0])) for document in wanted)
            else:
                yield from self._of_rows(paths, wanted)

    def _paths(self, file: str) -> list[Path]:
        if file == PARTS:
            return parts_of(self.output, self.settings.get("part_size"))
        return [place_below(self.output, file)]

    def _of_rows(
        self, paths: list[Path], wanted: list[RunDocument]
    ) -> Iterator[tuple[RunDocument, str | CleanerError]]:
        by_row = {document.place.row: document for document in wanted if document.place}
        keys = Keys(text=self.settings.get("text_key"))
        for number, entry in enumerate(chain.from_iterable(entries_of(path, keys) for path in paths)):
            if not by_row:
                return
            document = by_row.pop(number, None)
            if document is not None:
                yield document, _restored(document, _text_of(entry, document, keys))
        for document in by_row.values():
            yield document, InputError(f"the output has no row of {document.row['id']} any more")


class Records:
    """The audit records of a run by the keys of their documents. Where each begins is held, and no more of it.

    Asking in the order of the run reads the file from its beginning to its end.
    """

    def __init__(self, folder: RunFolder) -> None:
        self._path = folder.audit
        self._audit = _opened(folder.audit)
        self._begin: dict[int, tuple[int, str]] = {}
        at = 0
        for row in _documents(folder):
            failed = row["status"] == "failed"
            self._begin[draw(0, *key_of(row))] = _FAILED if failed else at, row["id"]
            at += 0 if failed else len(self._audit.readline())

    def __len__(self) -> int:
        """How many documents there are, failed ones too."""
        return len(self._begin)

    def __contains__(self, key: Key) -> bool:
        """Whether there is a document with this key, cleaned or failed."""
        return draw(0, *key) in self._begin

    def get(self, document: RunDocument) -> dict[str, Any] | None:
        """The record of the document with this one's key; ``None`` if there is none, or it failed.

        Raises :class:`cleaner.errors.AuditError` if the record is not where it should be.
        """
        at, name = self._begin.get(draw(0, *document.key), (_FAILED, ""))
        if at == _FAILED:
            return None
        self._audit.seek(at)
        return _record(self._audit.readline(), name, self._path)

    def __enter__(self) -> Records:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._audit.close()


def open_run(output: Path) -> Run:
    """The run that an output folder of ``batch`` holds.

    Raises :class:`cleaner.errors.UsageError` if there is none, or it is not complete.
    """
    folder = RunFolder(output / RECORD_FOLDER)
    if not folder.summary.exists() and folder.configuration.exists():
        raise UsageError(f"the run in {output} is not complete: go on with 'cleaner batch … --resume', then look at it")
    missing = [path.name for path in (folder.summary, folder.manifest, folder.audit) if not path.exists()]
    if len(missing) == 3:
        raise UsageError(f"{output} holds no run: name the output folder of 'cleaner batch'")
    if missing:
        raise UsageError(f"the run in {output} lacks {' and '.join(missing)}: do it anew with --restart")
    return Run(output, _parsed(folder.configuration, tomllib.loads), _parsed(folder.summary, json.loads))


def _documents(folder: RunFolder) -> Iterator[dict[str, Any]]:
    """The rows of the manifest that are documents: those of what was passed over have no record and no output."""
    return (row for row in read_rows(folder.manifest) if row["status"] != PASSED)


def _parsed(path: Path, parse: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
    try:
        return parse(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from error


def _opened(path: Path) -> Any:
    try:
        return path.open("rb")
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}") from error


def _record(line: bytes, id: str, audit: Path) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except ValueError:
        record = None
    if not isinstance(record, dict) or record.get("id") != id:
        raise AuditError(f"{audit} does not fit the manifest beside it: it has no record of {id} in its place")
    return record


def _place(row: dict[str, Any], rows: dict[str, int]) -> Place:
    """Where the text of a row of the manifest lies; ``rows`` counts the rows of each file of the output so far."""
    file = row.get("output", PARTS)
    if file.endswith(".txt"):
        return Place(file)
    rows[file] = rows.get(file, 0) + 1
    return Place(file, rows[file] - 1)


def _of_text(document: RunDocument, path: Path) -> str | CleanerError:
    try:
        return original_text(read_bytes(path), document.record or {})
    except CleanerError as error:
        return error


def _text_of(entry: Entry, document: RunDocument, keys: Keys) -> str:
    """The cleaned text in a row."""
    fields = entry.fields if isinstance(entry, Record) else {}
    return cleaned_text(fields, document.record or {}, keys)[1]


def _restored(document: RunDocument, text: str) -> str | CleanerError:
    try:
        return restore_record(text, document.record or {})
    except AuditError as error:
        return error
