"""Read and write Parquet, one group of rows after the other.

Parquet wants one type for a column and text in UTF-8; records from elsewhere keep neither promise. What does not fit is
written as JSON in columns that are marked so, and becomes what it was when they are read here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO

from cleaner.errors import InputError, UsageError
from cleaner.io.atomic import AtomicFile
from cleaner.io.extras import need
from cleaner.io.fields import clean_key, entry_of, numbered
from cleaner.io.records import HTML_KEYS, Bookmark, Entry, Keys, Unreadable
from cleaner.io.rows import Managed, Row, json_line
from cleaner.io.streams import RECORD_LIMIT, plain_words, seekable, too_large

REST = "_rest"
"""Column for the fields of a row that have no column of their own, or do not fit it: one JSON object."""

GROUP_BYTES = 32_000_000
"""So much text, roughly, goes into one group of rows, and is held in memory until the group is full."""

# A group of rows that claims to be larger than this, unpacked, is not touched.
_GROUP_LIMIT = 1 << 32
_ROWS_AT_ONCE = 64
_BUFFER = 1 << 20
_MARK = {b"news-cleaner": b"json"}
_ZSTD_LEVEL = 3


def read_parquet(
    stream: BinaryIO, name: str, keys: Keys, *, limit: int = RECORD_LIMIT, bookmark: Bookmark | None = None
) -> Iterator[Entry]:
    """One record a row. A group of rows that is damaged costs the rows of it that are left.

    A stream without ``seek`` is copied to a temporary file first, because a Parquet file is read from its end.
    Raises :class:`cleaner.errors.UsageError` if pyarrow is missing.
    """
    pq, bookmark = need_parquet()[1], bookmark or Bookmark()
    with ExitStack() as stack:
        try:
            file = pq.ParquetFile(
                seekable(stream, stack), pre_buffer=False, buffer_size=_BUFFER, page_checksum_verification=True
            )
            groups = [_Group(file, index) for index in range(file.num_row_groups)]
        except MemoryError:
            raise
        except Exception as error:
            yield Unreadable(0, name, f"no Parquet file that can be read: {_words(error)}")
            return
        number = 0
        for group in groups:
            if number + group.rows > bookmark.number:
                yield from _read_group(group, number, name, keys, limit, bookmark)
            number += group.rows


def cleaned_schema(stream: BinaryIO, keys: Keys, *, keep_html: bool = False) -> Any:
    """The schema of :func:`cleaner.io.fields.cleaned_row` for the rows of a Parquet file, for :class:`ParquetWriter`.

    The stream needs ``seek``. Raises :class:`cleaner.errors.InputError` if it holds no Parquet file.
    """
    pa, pq = need_parquet()
    try:
        schema = pq.ParquetFile(stream).schema_arrow.remove_metadata()
    except Exception as error:
        raise InputError(f"no Parquet file that can be read: {_words(error)}") from error
    texts = {f.name for f in schema if pa.types.is_string(f.type) or pa.types.is_large_string(f.type)}
    target = clean_key(dict.fromkeys(texts), keys)
    pages = {keys.html} if keys.html else set(HTML_KEYS)
    kept = [field for field in schema if keep_html or field.name not in pages or field.name == target]
    if all(field.name != target for field in kept):
        kept.append(pa.field(target, pa.string()))
    return pa.schema(kept)


class ParquetWriter(Managed):
    """Rows as Parquet, packed with zstd. The same rows give the same bytes with the same pyarrow.

    Without ``schema`` the columns are those of the first group of rows, and a last one, :data:`REST`, for what comes
    later and has none. Lone surrogates, which no Parquet text can hold, become U+FFFD.
    """

    def __init__(self, path: Path, schema: Any = None, *, sync: bool = True, group_bytes: int = GROUP_BYTES) -> None:
        """Raises :class:`cleaner.errors.UsageError` if the file cannot be written or pyarrow is missing."""
        self._pa, self._pq = need_parquet()
        self._file = AtomicFile(path, sync=sync)
        self._columns = None if schema is None else _Columns(self._pa, schema)
        self._group_bytes = group_bytes
        self._rows: list[Row] = []
        self._held = 0
        self._writer: Any = None

    def write(self, row: Row) -> None:
        """Add one row. Raises :class:`cleaner.errors.UsageError` if it cannot be written, or does not fit a schema."""
        self._rows.append(row)
        self._held += _size(row)
        if self._held >= self._group_bytes:
            self._flush()

    def tell(self) -> int:
        """Bytes written so far: whole groups of rows."""
        return self._file.tell()

    def close(self) -> None:
        """Finish the file and give it its name."""
        try:
            if self._rows or self._writer is None:
                self._flush()
            self._writer.close()
            self._writer = None
            self._file.commit()
        except BaseException:
            self.abort()
            raise

    def abort(self) -> None:
        """Leave no trace of the file."""
        writer, self._writer = self._writer, None
        self._file.abort()
        if writer is not None:
            # It would write its footer when it is collected, into a file that is gone.
            writer.is_open = False

    def _flush(self) -> None:
        if self._columns is None:
            self._columns = _Columns.for_rows(self._pa, self._rows)
        table = self._columns.table(self._rows, self._file.path)
        if self._writer is None:
            self._writer = self._pq.ParquetWriter(
                self._file, table.schema, compression="zstd", compression_level=_ZSTD_LEVEL, write_page_checksum=True
            )
        self._writer.write_table(table)
        self._rows, self._held = [], 0


class _Group:
    """One group of rows of a file."""

    def __init__(self, file: Any, index: int) -> None:
        about = file.metadata.row_group(index)
        self._file, self._index = file, index
        self.rows: int = about.num_rows
        self.bytes: int = sum(about.column(n).total_uncompressed_size for n in range(about.num_columns))
        fields = list(file.schema_arrow)
        self._json = [f.name for f in fields if (f.metadata or {}).items() >= _MARK.items()]

    def too_large(self, limit: int) -> bool:
        return self.bytes > _GROUP_LIMIT or self.bytes > limit * max(self.rows, 1)

    def batches(self) -> Iterator[Any]:
        return iter(self._file.iter_batches(_ROWS_AT_ONCE, row_groups=[self._index], use_threads=False))

    def fields(self, row: dict[str, Any]) -> dict[str, Any]:
        """A row with its columns of JSON parsed."""
        rest = _parsed(row.pop(REST)) if REST in self._json else None
        row.update((name, _parsed(row[name])) for name in self._json if name != REST)
        return row | (rest if isinstance(rest, dict) else {})


def _parsed(value: Any) -> Any:
    try:
        return json.loads(value) if isinstance(value, str) else value
    except (ValueError, RecursionError):
        return value


def _read_group(group: _Group, number: int, name: str, keys: Keys, limit: int, bookmark: Bookmark) -> Iterator[Entry]:
    end = number + group.rows
    if group.too_large(limit):
        why = f"these {group.rows} rows unpack to {group.bytes / 1e6:.0f} MB; {too_large(limit)}"
        yield Unreadable(number, numbered(name, number), why)
        return
    try:
        for batch in group.batches():
            if number + batch.num_rows > bookmark.number:
                yield from _entries(group, batch, number, name, keys, limit)
            number += batch.num_rows
    except MemoryError:
        raise
    except Exception as error:
        why = f"rows {number} to {end - 1} of the file cannot be read: {_words(error)}"
        yield Unreadable(number, numbered(name, number), why)


def _entries(group: _Group, batch: Any, number: int, name: str, keys: Keys, limit: int) -> Iterator[Entry]:
    """The rows of a batch. What goes wrong with them costs no others: who passes over these rows does not see it."""
    try:
        rows = [row if isinstance(row, str) else group.fields(row) for row in _rows(_in_microseconds(batch))]
    except MemoryError:
        raise
    except Exception as error:
        rows = [_words(error)] * batch.num_rows
    for at, row in enumerate(rows, number):
        if isinstance(row, str):
            yield Unreadable(at, numbered(name, at), row)
        elif _size(row) > limit:
            yield Unreadable(at, numbered(name, at), too_large(limit))
        else:
            yield entry_of(row, at, name, keys)


def _rows(batch: Any) -> Iterable[dict[str, Any] | str]:
    """The rows of a batch; one that has no value in Python is the reason instead."""
    try:
        return list(batch.to_pylist())
    except MemoryError:
        raise
    except Exception:
        return [_row(batch, at) for at in range(batch.num_rows)]


def _row(batch: Any, at: int) -> dict[str, Any] | str:
    try:
        return {name: _value(batch.column(n)[at]) for n, name in enumerate(batch.schema.names)}
    except Exception as error:
        return _words(error)


def _value(scalar: Any) -> Any:
    """The value in Python; bytes of a string that are not UTF-8 become lone surrogates, as everywhere here."""
    try:
        return scalar.as_py()
    except UnicodeDecodeError:
        if not hasattr(scalar, "as_buffer"):
            raise
        return scalar.as_buffer().to_pybytes().decode("utf-8", "surrogateescape")


def _in_microseconds(batch: Any) -> Any:
    """Python's times have no nanoseconds."""
    pa = need_parquet()[0]
    for at, field in enumerate(batch.schema):
        coarse = _coarse(pa, field.type)
        if coarse != field.type:
            batch = batch.set_column(at, field.name, batch.column(at).cast(coarse, safe=False))
    return batch


def _coarse(pa: Any, type: Any) -> Any:
    if pa.types.is_timestamp(type) and type.unit == "ns":
        return pa.timestamp("us", type.tz)
    if pa.types.is_time64(type) or pa.types.is_duration(type):
        return pa.time64("us") if pa.types.is_time64(type) else pa.duration("us")
    if pa.types.is_list(type):
        return pa.list_(type.value_field.with_type(_coarse(pa, type.value_type)))
    if pa.types.is_struct(type):
        return pa.struct([field.with_type(_coarse(pa, field.type)) for field in type])
    return type


class _Columns:
    """The columns of a file that is written, and how rows become them.

    ``kinds`` says for each column what it takes; there are none where the schema was given, and Arrow has its way.
    """

    def __init__(self, pa: Any, schema: Any, kinds: Mapping[str, frozenset[str]] | None = None) -> None:
        self._pa, self._schema, self._kinds = pa, schema, kinds or {}
        self._json = {field.name for field in schema if (field.metadata or {}).items() >= _MARK.items()}

    @classmethod
    def for_rows(cls, pa: Any, rows: list[Row]) -> _Columns:
        names = dict.fromkeys(key for row in rows for key in row if key != REST and _as_unicode(key) == key)
        columns = {name: _column(pa, name, [row.get(name) for row in rows]) for name in names}
        fields = [*(field for field, _ in columns.values()), pa.field(REST, pa.string(), metadata=_MARK)]
        return cls(pa, pa.schema(fields), {name: kinds for name, (_, kinds) in columns.items() if kinds})

    def table(self, rows: list[Row], path: Path) -> Any:
        """Raises :class:`cleaner.errors.UsageError` if a row does not fit and there is no column for the rest."""
        rest: list[dict[str, Any]] = [
            {k: value for k, value in row.items() if value is not None and (k == REST or k not in self._schema.names)}
            for row in rows
        ]
        columns = [field for field in self._schema if field.name != REST]
        arrays = [self._array(field, [row.get(field.name) for row in rows], rest) for field in columns]
        if REST in self._schema.names:
            arrays.append(self._pa.array([_json(each) if each else None for each in rest], self._pa.string()))
        elif any(rest):
            wrong = next(each for each in rest if each)
            raise UsageError(f"{path} cannot be written: its schema has no place for {', '.join(map(repr, wrong))}")
        return self._pa.table(arrays, schema=self._schema)

    def _array(self, field: Any, values: list[Any], rest: list[dict[str, Any]]) -> Any:
        if field.name in self._json:
            values = [None if value is None else _json(value) for value in values]
        kinds = self._kinds.get(field.name)
        for at, value in enumerate(values):
            if kinds is not None and _kind(value) not in kinds:
                values[at], rest[at][field.name] = None, value
        array = _try_array(self._pa, values, field.type)
        if array is not None:
            return array
        for at, value in enumerate(values):
            if _try_array(self._pa, [value], field.type) is None:
                values[at], rest[at][field.name] = None, value
        return _try_array(self._pa, values, field.type)


_ANY_LIST = "list "


def _kind(value: Any) -> str:
    """What a value is to a column; ``""`` for what only JSON can tell: objects, lists of lists, endless numbers."""
    if isinstance(value, list):
        inner = {_kind(element) for element in value} - {"null"}
        only = _one_kind(inner) if inner else ""
        return _ANY_LIST if not inner else _ANY_LIST + only if only and not only.startswith(_ANY_LIST) else ""
    if isinstance(value, int) and not isinstance(value, bool):
        return "int" if abs(value) <= 1 << 53 else "long" if -(1 << 63) <= value < 1 << 63 else ""
    return "null" if value is None else "" if isinstance(value, dict) else type(value).__name__


def _one_kind(kinds: set[str]) -> str:
    """The kind that holds all of these, ``""`` if none does. A whole number of 53 bits is a float, too."""
    if kinds <= {"int", "long"}:
        return "long"
    if kinds <= {"int", "float"}:
        return "float"
    kinds = kinds - {_ANY_LIST} or kinds
    return kinds.pop() if len(kinds) == 1 else ""


def _column(pa: Any, name: str, values: list[Any]) -> tuple[Any, frozenset[str]]:
    """The field for these values, and the kinds that it takes; none for a column of JSON."""
    kinds = {_kind(value) for value in values} - {"null"}
    kind = _one_kind(kinds) if kinds else "str"
    array = _try_array(pa, values if kinds else [""], None) if kind not in ("", _ANY_LIST) else None
    if array is None:
        return pa.field(name, pa.string(), metadata=_MARK), frozenset()
    also = {"long": {"int"}, "float": {"int"}}.get(kind, {_ANY_LIST} if kind.startswith(_ANY_LIST) else set())
    return pa.field(name, array.type), frozenset({kind, "null", *also})


def _try_array(pa: Any, values: list[Any], type: Any) -> Any:
    """The values as a column, lone surrogates replaced; ``None`` if they are none."""
    try:
        return pa.array(values, type)
    except UnicodeEncodeError:
        return _try_array(pa, [_as_unicode(value) for value in values], type)
    except Exception:  # pyarrow has half a dozen for values that do not go together
        return None


def _as_unicode(value: Any) -> Any:
    if isinstance(value, str):
        return "".join("\ufffd" if "\ud800" <= letter <= "\udfff" else letter for letter in value)
    if isinstance(value, Mapping):
        return {_as_unicode(key): _as_unicode(inner) for key, inner in value.items()}
    return [_as_unicode(inner) for inner in value] if isinstance(value, list) else value


def _json(value: Any) -> str:
    return json_line(value).decode().rstrip("\n")


def _size(row: Row) -> int:
    """Bytes of a row, roughly: its texts at a byte a letter."""
    return sum(len(value) if isinstance(value, str | bytes) else 8 for value in row.values())


def _words(error: Exception) -> str:
    return plain_words(error).partition("\n")[0]


def need_parquet() -> tuple[Any, Any]:
    """The modules pyarrow and pyarrow.parquet. Raises :class:`cleaner.errors.UsageError` if they are missing."""
    return need("pyarrow", "parquet", "a Parquet file"), need("pyarrow.parquet", "parquet", "a Parquet file")
