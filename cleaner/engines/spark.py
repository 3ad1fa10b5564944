"""Spark: ``mapInArrow``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from cleaner.engines.arrow import clean_batch, clean_schema
from cleaner.engines.step import Step


def clean_frame(frame: Any, step: Step | None = None) -> Any:
    """Clean a ``pyspark.sql.DataFrame`` of Spark 4 or later, as :func:`cleaner.engines.arrow.clean_batch` does.

    Raises :class:`cleaner.errors.UsageError` if no column can hold a document.
    """
    cleaned = clean_schema(frame.limit(0).toArrow().schema, step)
    schema = frame.sparkSession.createDataFrame(cleaned.empty_table()).schema
    return frame.mapInArrow(partial(_clean, step), schema)


def _clean(step: Step | None, batches: Iterable[Any]) -> Iterator[Any]:
    for batch in batches:
        yield from clean_batch(batch, step).to_batches()
