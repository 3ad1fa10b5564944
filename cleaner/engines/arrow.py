"""Tables of Arrow: what most engines hand over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cleaner.batch.document import ADDED, Done
from cleaner.engines.step import AUDIT, ERROR, Step
from cleaner.errors import UsageError
from cleaner.io.arrow import ROWS_AT_ONCE, cleaned_schema, need_arrow, rows_of
from cleaner.io.columns import Columns
from cleaner.io.fields import document_names, why_none
from cleaner.io.records import Keys
from cleaner.io.rows import Row


def clean_batch(table: Any, step: Step | None = None) -> Any:
    """Clean a ``pyarrow.Table`` or ``RecordBatch``: a ``Table`` with one row for each of its rows, in their order.

    A pure function. The columns are those of ``cleaner batch`` for Parquet, and :data:`cleaner.engines.step.ERROR`; all
    but the document's own pass through as they are. A row whose document cannot be cleaned keeps what it has and says
    why. Raises :class:`cleaner.errors.UsageError` if no column can hold a document, or pyarrow is missing.
    """
    pa, step = need_arrow(), step or Step()
    schema = clean_schema(table.schema, step)
    whole = pa.Table.from_batches([table]) if isinstance(table, pa.RecordBatch) else table
    parts = [_clean(batch, schema, step) for batch in whole.to_batches(max_chunksize=ROWS_AT_ONCE)]
    return pa.concat_tables(parts) if parts else schema.empty_table()


def clean_schema(schema: Any, step: Step | None = None) -> Any:
    """The schema of what :func:`clean_batch` makes of a table with this ``pyarrow.Schema``.

    Raises :class:`cleaner.errors.UsageError` like :func:`clean_batch`.
    """
    pa, step = need_arrow(), step or Step()
    check_columns(schema.names, step.keys)
    told = (ERROR, AUDIT) if step.audit else (ERROR,)
    cleaned = cleaned_schema(schema.remove_metadata(), step.keys, keep_html=step.keep_html, added=ADDED)
    passing = [field for field in cleaned if field.name not in told]
    return pa.schema([*passing, *(pa.field(name, pa.string()) for name in told)])


def check_columns(names: Sequence[str], keys: Keys) -> None:
    """Raise :class:`cleaner.errors.UsageError` if no column of a table can hold a document, or two have one name."""
    if not any(name in names for name in document_names(keys)):
        raise UsageError(f"the table has no column with documents: {why_none(dict.fromkeys(names), keys)}")
    if twice := next((name for at, name in enumerate(names) if name in names[:at]), None):
        raise UsageError(f"two columns of the table are called {twice!r}: give one of them another name")


def _clean(batch: Any, schema: Any, step: Step) -> Any:
    rows = list(rows_of(batch))
    dones = [step.clean(row) for row in rows]
    new = [field for field in schema if _is_new(field, batch.schema) or _differs(field.name, rows, dones)]
    columns = Columns(need_arrow().schema(new), added=ADDED)
    table, lost = columns.table(_values(new, batch, dones, step))
    if any(lost):
        dones = [step.failed(_no_place(row)) if row else done for done, row in zip(dones, lost, strict=True)]
        table, _ = columns.table(_values(new, batch, dones, step))
    arrays = [(table if field.name in table.schema.names else batch).column(field.name) for field in schema]
    return need_arrow().Table.from_arrays(arrays, schema=schema)


def _is_new(field: Any, schema: Any) -> bool:
    """Whether a column is not among these, or has another type there, or is about an earlier cleaning."""
    return field.name in (ERROR, AUDIT) or field.name not in schema.names or field.type != schema.field(field.name).type


def _differs(name: str, rows: Sequence[Row | str], dones: Sequence[Done]) -> bool:
    """Whether a column has values that cleaning did not pass through."""
    return any(
        done.fields is not None and not isinstance(row, str) and done.fields.get(name) is not row.get(name)
        for row, done in zip(rows, dones, strict=True)
    )


def _values(fields: Sequence[Any], batch: Any, dones: Sequence[Done], step: Step) -> list[Row]:
    """What goes into these columns; for a document that failed, what stands there."""
    kept = [field.name for field in fields if field.name in batch.schema.names]
    rows: list[Row] = []
    for at, done in enumerate(dones):
        row = done.fields
        if row is None:  # scalars of Arrow, because not every value has one in Python
            row = {name: scalar for name in kept if (scalar := batch.column(name)[at]).is_valid}
        rows.append({field.name: row.get(field.name) for field in fields} | step.told(done))
    return rows


def _no_place(lost: Row) -> str:
    return f"the column {' or '.join(map(repr, lost))} cannot hold its cleaned text"
