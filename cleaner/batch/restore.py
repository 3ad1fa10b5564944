"""A run undone: the text of every document as it was before it was cleaned, in the files that the run wrote.

The manifest beside the audit says which document went where. Texts get their own names back. Rows stay rows: each has
the text that was cleaned in the place of the cleaned one, and all else as it is.
"""

from __future__ import annotations

import contextlib
import tomllib
from collections.abc import Callable, Iterator, Mapping
from itertools import zip_longest
from pathlib import Path
from typing import Any

from cleaner.audit import digest, read_records, restore_record
from cleaner.batch.assemble import parts_of, read_rows
from cleaner.batch.layout import text_name
from cleaner.encoding import encode_text
from cleaner.errors import AuditError, CleanerError
from cleaner.io.atomic import place_below, write_atomically
from cleaner.io.fields import CLEAN_KEY
from cleaner.io.files import PACKED, InputFile, format_of, read_entries
from cleaner.io.parquet import need_parquet
from cleaner.io.parts import SUFFIXES, row_writer
from cleaner.io.readers import cannot_read, read_bytes
from cleaner.io.records import KEY_NAMES, TEXT_KEYS, Entry, Keys, Record, Unreadable
from cleaner.io.rows import RowWriter
from cleaner.io.writers import encode

Json = dict[str, Any]

PARTS = ""
"""Stands for the parts of a run, where documents of many files are: the manifest does not say in which of them."""


def entries_of(path: Path, keys: Keys) -> Iterator[Entry]:
    """The rows of a file of the output, by the format that its name says."""
    return read_entries(InputFile(path.name, str(path), format_of(path.name) or "jsonl"), keys)


def cleaned_text(row: Mapping[str, Any], record: Mapping[str, Any], keys: Keys) -> tuple[str, str]:
    """The field of a row that holds the cleaned text, and that text: the one that fits the record, if any does."""
    names = [keys.text] if keys.text else [name for name in TEXT_KEYS if isinstance(row.get(name), str)]
    texts = [(name, text if isinstance(text := row.get(name), str) else "") for name in names or [CLEAN_KEY]]
    return next((pair for pair in texts if digest(pair[1]) == record.get("clean_sha256")), texts[0])


def holds_rows(path: Path) -> bool:
    """Whether a file of the output holds many documents, by its name."""
    return path.name.lower().endswith(SUFFIXES)


def restore_bytes(cleaned: bytes, record: Json) -> bytes:
    """A file as it was before it was cleaned.

    Raises :class:`cleaner.errors.AuditError` if it does not fit its record.
    """
    text, encoding = original_text(cleaned, record), record.get("encoding")
    # A text that came from no bytes of its own, but from a record, may hold any lone surrogates.
    return encode_text(text, encoding) if encoding else encode(text)


def original_text(cleaned: bytes, record: Json) -> str:
    """The text of a document, given the bytes that :func:`cleaner.io.writers.encode` has made of its cleaned text.

    Raises :class:`cleaner.errors.AuditError` if they do not fit its record.
    """
    try:
        return restore_record(cleaned.decode("utf-8", "surrogateescape"), record)
    except AuditError:
        # Lone surrogates that stand for no bytes are encoded in another way.
        with contextlib.suppress(UnicodeDecodeError):
            return restore_record(cleaned.decode("utf-8", "surrogatepass"), record)
        raise


def read_audit(path: Path) -> Iterator[Json]:
    """The records of an audit file, one by one.

    Raises :class:`cleaner.errors.InputError` if it cannot be read, :class:`cleaner.errors.AuditError` for what is none.
    """
    try:
        # Only \n ends a line: whatever else may end one stands in the texts.
        with path.open(encoding="utf-8", errors="replace", newline="\n") as lines:
            yield from read_records(lines)
    except OSError as error:
        raise cannot_read(path, error) from None


def restore_run(clean: Path, audit: Path, target: Path, say: Callable[[str], None]) -> int:
    """Restore an output folder into a folder, or one of its files of rows into a file.

    Gives the number of documents that cannot be restored; ``say`` hears why. Raises
    :class:`cleaner.errors.CleanerError` if audit and manifest cannot be read or do not belong together.
    """
    failed = 0
    with _Places(clean, target, _settings(audit)) as places:
        for row, record in _pairs(clean, audit):
            rows = places.rows_of(output := row.get("output", PARTS))
            try:
                if rows is None:
                    places.restore_text(output, record)
                else:
                    rows.restore(record)
            except CleanerError as error:
                failed += 1
                say(str(error))
    return failed


def _settings(audit: Path) -> Json:
    """The options of the run that an audit is of; none if it lies alone."""
    try:
        return tomllib.loads(audit.with_name("run.toml").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _pairs(clean: Path, audit: Path) -> Iterator[tuple[Json, Json]]:
    """For each document that is to be restored, its row of the manifest and its record."""
    manifest, records = audit.with_name("manifest.jsonl"), read_audit(audit)
    if not manifest.is_file():
        for record in records:
            yield {"output": text_name(str(record.get("id"))) if clean.is_dir() else clean.name}, record
        return
    only = None if clean.is_dir() else _name_in_run(clean, audit)
    nothing: Json = {}
    found = 0
    for row, record in zip_longest(_cleaned(manifest), records, fillvalue=nothing):
        if row.get("id") != record.get("id"):
            raise AuditError(f"{manifest} and {audit} are not of the same run")
        if only is None or row.get("output") == only:
            found += 1
            yield row, record
    if only is not None and not found:
        raise AuditError(f"{manifest} names no document in {only}; parts are restored all together, as a folder")


def _cleaned(manifest: Path) -> Iterator[Json]:
    try:
        yield from (row for row in read_rows(manifest) if row["status"] == "ok")
    except (OSError, ValueError, KeyError) as error:
        raise AuditError(f"{manifest} cannot be read: {error}") from error


def _name_in_run(clean: Path, audit: Path) -> str:
    run = audit.resolve().parent.parent
    if not clean.resolve().is_relative_to(run):
        raise AuditError(f"{clean} is no file of the run in {run}, which {audit} is of")
    return clean.resolve().relative_to(run).as_posix()


class _Places:
    """Where documents lie, and where they go when they are restored."""

    def __init__(self, clean: Path, target: Path, settings: Json) -> None:
        self._clean, self._target, self._settings = clean, target, settings
        self._open: dict[str, _Rows] = {}

    def rows_of(self, output: str) -> _Rows | None:
        """The rows of a file of the output, by its name, or of all parts; ``None`` for a text."""
        if output != PARTS and not holds_rows(Path(output)):
            return None
        if output not in self._open:
            # The rows of a file follow each other; parts go on behind them.
            self.close(but=PARTS)
            self._open[output] = _Rows(self._files(output), self._settings)
        return self._open[output]

    def close(self, but: str | None = None) -> None:
        """Finish the files that are open."""
        for name in [name for name in self._open if name != but]:
            self._open.pop(name).close()

    def _files(self, output: str) -> Iterator[tuple[Path, Path]]:
        if not self._clean.is_dir():
            return iter([(self._clean, self._target)])
        names = [output]
        if output == PARTS:
            names = [part.name for part in parts_of(self._clean, self._settings.get("part_size"))]
        return ((self._clean / name, place_below(self._target, name)) for name in names)

    def restore_text(self, output: str, record: Json) -> None:
        """Restore a text. Raises :class:`cleaner.errors.CleanerError` if that cannot be done."""
        own = str(record.get("id"))
        # A page comes back as a text, and what was packed does not.
        same = record.get("kind") == "text" and text_name(own) == output and not own.lower().endswith(PACKED)
        target = place_below(self._target, own if same else output)
        write_atomically(target, restore_bytes(read_bytes(place_below(self._clean, output)), record))

    def __enter__(self) -> _Places:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self.close()
        for rows in self._open.values():
            rows.abort()


class _Rows:
    """Files of rows, read one after the other, and written again with the texts as they were."""

    def __init__(self, files: Iterator[tuple[Path, Path]], settings: Json) -> None:
        self._files = files
        self._keys = Keys(**{name: settings.get(f"{name}_key") for name in KEY_NAMES})
        self._entries: Iterator[Entry] = iter(())
        self._writer: RowWriter | None = None

    def restore(self, record: Json) -> None:
        """Restore the next row. Raises :class:`cleaner.errors.AuditError` if it does not fit the record."""
        entry = self._next()
        if self._writer is None or not isinstance(entry, Record):
            why = entry.why if isinstance(entry, Unreadable) else "there are fewer rows than records"
            raise AuditError(f"the row of {record.get('id')} cannot be read: {why}")
        row = dict(entry.fields)
        try:
            key, text = cleaned_text(row, record, self._keys)
            row[key] = restore_record(text, record)
        finally:
            self._writer.write(row)

    def _next(self) -> Entry | None:
        while (entry := next(self._entries, None)) is None:
            self._finish()
            source, target = next(self._files, (None, None))
            if source is None or target is None:
                return None
            self._entries = entries_of(source, self._keys)
            self._writer = row_writer(target, schema=_schema(source))
        return entry

    def _finish(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.close()

    def close(self) -> None:
        """Finish the file. Raises :class:`cleaner.errors.AuditError` if it has rows that no record is of."""
        if self._next() is not None:
            self.abort()
            raise AuditError("there are more rows than records: these are not the files that the audit is of")

    def abort(self) -> None:
        """Leave no trace of a file that is not whole."""
        if self._writer is not None:
            self._writer.abort()


def _schema(source: Path) -> Any:
    """The columns of a Parquet file, ``None`` for any other and for one that cannot be read."""
    if not source.name.lower().endswith(".parquet"):
        return None
    parquet = need_parquet()[1]
    try:
        return parquet.read_schema(source).remove_metadata()
    except Exception:  # pyarrow has half a dozen for a file that is none
        return None
