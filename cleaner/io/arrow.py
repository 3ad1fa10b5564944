"""Rows out of Arrow, and what columns they have when they are cleaned; ``io.columns`` turns rows into columns."""

from __future__ import annotations

import base64
import json
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from cleaner.io.extras import need
from cleaner.io.fields import clean_key
from cleaner.io.records import HTML_KEYS, TEXT_KEYS, Keys
from cleaner.io.streams import plain_words

REST = "_rest"
"""Column for the fields of a row that have no column of their own, or do not fit it: one JSON object."""

MARK = {b"news-cleaner": b"json"}
"""Metadata of a column whose strings hold JSON."""

ROWS_AT_ONCE = 64
"""So many rows stand in memory as Python values at once; the others stay in Arrow."""


def need_arrow() -> Any:
    """The module pyarrow. Raises :class:`cleaner.errors.UsageError` if it is missing."""
    return need("pyarrow", "parquet", "an Arrow table")


def rows_of(batch: Any) -> Iterator[dict[str, Any] | str]:
    """The rows of a record batch, columns of JSON parsed; one that has no value in Python is the reason instead.

    Times are cut to microseconds, which is what Python has.
    """
    marked = [field.name for field in batch.schema if is_json(field)]
    unfit = [field.name for field in batch.schema if field.name in TEXT_KEYS and not _may_hold_text(field.type)]
    for row in _rows(_in_microseconds(batch)):
        yield row if isinstance(row, str) else _fields(row, marked, unfit)


def _fields(row: dict[str, Any], marked: list[str], unfit: list[str]) -> dict[str, Any]:
    rest = _parsed(row.pop(REST)) if REST in marked else None
    row.update((name, _parsed(row[name])) for name in marked if name != REST)
    for name in unfit:  # a column of numbers is no place for a text, even where it is empty
        if row[name] is None:
            del row[name]
    return row | (rest if isinstance(rest, dict) else {})


def is_json(field: Any) -> bool:
    """Whether the strings of this column hold JSON."""
    return bool((field.metadata or {}).items() >= MARK.items())


def _parsed(value: Any) -> Any:
    try:
        return json.loads(value) if isinstance(value, str) else value
    except (ValueError, RecursionError):
        return value


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
    except MemoryError:
        raise
    except Exception as error:
        return arrow_words(error)


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
    pa = need_arrow()
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


def cleaned_schema(schema: Any, keys: Keys, *, keep_html: bool = False, added: Collection[str] = ()) -> Any:
    """The schema of :func:`cleaner.io.fields.cleaned_row` for rows of this schema, with ``added`` columns of text.

    All columns keep their types; one without any type, because nothing was ever in it, becomes text where a text may
    go. Pages stay if only texts are asked for by name.
    """
    pa = need_arrow()
    target = clean_key(dict.fromkeys(f.name for f in schema if _may_hold_text(f.type)), keys)
    pages = {keys.html} if keys.html else set() if keys.text else set(HTML_KEYS)
    kept = [field for field in schema if keep_html or field.name not in pages or field.name == target]
    kept += [pa.field(name, pa.string()) for name in (target, *added) if name not in {field.name for field in kept}]
    texts = {target, *added}
    return pa.schema([f.with_type(pa.string()) if f.name in texts and pa.types.is_null(f.type) else f for f in kept])


def _may_hold_text(type: Any) -> bool:
    types = need_arrow().types
    if types.is_dictionary(type):
        return _may_hold_text(type.value_type)
    return any(is_one(type) for is_one in (types.is_string, types.is_large_string, types.is_string_view, types.is_null))


def schema_to_text(schema: Any) -> str:
    """A schema as a line of ASCII, for :func:`schema_from_text`."""
    return base64.b64encode(schema.serialize()).decode()


def schema_from_text(text: str) -> Any:
    """The schema that :func:`schema_to_text` was given."""
    return need_arrow().ipc.read_schema(need_arrow().py_buffer(base64.b64decode(text)))


def arrow_words(error: Exception) -> str:
    """What an error of Arrow says, for people: the rest of its lines are for its developers."""
    return plain_words(error).partition("\n")[0]
