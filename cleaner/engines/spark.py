"""Spark: ``mapInArrow`` to clean; the SQL of ``cleaner learn`` to learn."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from cleaner.engines.arrow import check_columns, clean_batch, clean_schema
from cleaner.engines.step import Step, read_fields
from cleaner.errors import CleanerError
from cleaner.io.arrow import need_arrow, rows_of
from cleaner.io.extras import need
from cleaner.io.records import Keys
from cleaner.learn.count import RESULT, sites_of, steps_of
from cleaner.learn.gather import DOCUMENTS, LINES, line_rows, lines_of, schemas
from cleaner.learn.job import Learned
from cleaner.learn.run import check_update, write_learned
from cleaner.templates.merge import MAX_AGE

# Where a query names a table.
_TABLE = re.compile(r"\b(FROM|JOIN) (\w+)")


def clean_frame(frame: Any, step: Step | None = None) -> Any:
    """Clean a ``pyspark.sql.DataFrame`` of Spark 4 or later, as :func:`cleaner.engines.arrow.clean_batch` does.

    Raises :class:`cleaner.errors.UsageError` if no column can hold a document.
    """
    cleaned = clean_schema(frame.limit(0).toArrow().schema, step)
    return frame.mapInArrow(partial(_clean, step), _as_sql(frame, cleaned))


def _clean(step: Step | None, batches: Iterable[Any]) -> Iterator[Any]:
    for batch in batches:
        yield from clean_batch(batch, step).to_batches()


def learn_frame(
    frame: Any,
    output: Path,
    *,
    update: Path | None = None,
    keys: Keys | None = None,
    date_key: str | None = None,
    max_age: int = MAX_AGE,
) -> Learned:
    """Learn what each site of a ``pyspark.sql.DataFrame`` of Spark 4 or later repeats, as ``cleaner learn`` does.

    The workers read the documents into lines and count them with the statement that DuckDB runs elsewhere. The driver
    gets only the lines that a site repeats, judges them, and writes ``output``, a file of its own disk: ``.toml`` or
    Parquet, the same as ``cleaner learn`` writes. ``update`` is a file of templates that the new pages are added to;
    ``date_key`` names the field with a record's day; ``max_age`` is in days (:class:`cleaner.learn.job.Learning`).

    Raises :class:`cleaner.errors.UsageError` if no column can hold a document or ``update`` is not there, and
    :class:`cleaner.errors.OutputError` if the disk is full.
    """
    keys = keys or Keys()
    check_columns(frame.columns, keys)
    check_update(update)
    gathering = partial(_gather, keys, date_key)
    storage = _pyspark().StorageLevel.DISK_ONLY
    # All is read once, and counted from the workers' disks.
    gathered = frame.mapInArrow(gathering, _as_sql(frame, _gathered_schema())).persist(storage)
    try:
        learned = Learned(*gathered.selectExpr("count(*)", "count_if(failed)", "count_if(nameless)").first())
        write_learned(sites_of(_count(gathered)), learned, output, update, max_age)
    finally:
        gathered.unpersist()
    return learned


def _pyspark() -> Any:
    return need("pyspark", "spark", "learning on Spark")


def _count(gathered: Any) -> Iterator[dict[str, Any]]:
    """The rows of :data:`cleaner.learn.count.SQL`, a part of them at a time.

    Spark plans and works out a common table anew wherever it is named: ``pages`` 37 times. So what is named more than
    once is worked out at once and kept as it is, on the disks of the workers.
    """
    known = gathered.where("doc IS NOT NULL")
    tables = {DOCUMENTS: known.select(schemas()[DOCUMENTS].names), LINES: known.selectExpr("inline(lines)")}
    steps = {name: _TABLE.sub(r"\1 {\2}", query) for name, query in steps_of()}
    for name, query in steps.items():
        table = gathered.sparkSession.sql(query, **{each: tables[each] for each in tables if f"{{{each}}}" in query})
        often = sum(each.count(f"{{{name}}}") for each in steps.values()) > 1
        tables[name] = table.localCheckpoint(storageLevel=gathered.storageLevel) if often else table
    yield from (row.asDict() for row in tables[RESULT].toLocalIterator())


def _gather(keys: Keys, date_key: str | None, batches: Iterable[Any]) -> Iterator[Any]:
    """A row for each document: what counting needs of it, with its lines, or nothing but what is wrong with it."""
    part = _pyspark().TaskContext.get().partitionId()
    number = 0
    for batch in batches:
        gathered = []
        for fields in rows_of(batch):
            gathered.append(_row(f"{part}#{number}", fields, keys, date_key))
            number += 1
        yield need_arrow().RecordBatch.from_pylist(gathered, _gathered_schema())


def _row(name: str, fields: dict[str, Any] | str, keys: Keys, date_key: str | None) -> dict[str, Any]:
    try:
        read = lines_of(read_fields(fields, keys), date_key)
    except CleanerError:
        return {"failed": True, "nameless": False}
    if not read.site:
        return {"failed": False, "nameless": True}
    tables, (document, lines) = schemas(), line_rows(name, read)
    of_lines = [dict(zip(tables[LINES].names, line, strict=True)) for line in lines]
    told = dict(zip(tables[DOCUMENTS].names, document, strict=True))
    return told | {"lines": of_lines, "failed": False, "nameless": False}


def _gathered_schema() -> Any:
    pa = need_arrow()
    lines = pa.list_(pa.struct(list(schemas()[LINES])))
    told = {"lines": lines, "failed": pa.bool_(), "nameless": pa.bool_()}
    return pa.schema([*schemas()[DOCUMENTS], *(pa.field(*each) for each in told.items())])


def _as_sql(frame: Any, schema: Any) -> Any:
    """A schema of Arrow as Spark has it."""
    return frame.sparkSession.createDataFrame(schema.empty_table()).schema
