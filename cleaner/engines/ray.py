"""Ray Data: ``map_batches``."""

from __future__ import annotations

from typing import Any

from cleaner.engines.arrow import clean_batch
from cleaner.engines.step import Step


def clean_dataset(dataset: Any, step: Step | None = None, **how: Any) -> Any:
    """Clean a ``ray.data.Dataset``, as :func:`cleaner.engines.arrow.clean_batch` does.

    ``how`` goes to ``map_batches``: ``batch_size`` in rows, ``num_cpus`` and ``memory`` in bytes a task, and so on.
    """
    how = {"zero_copy_batch": True} | how
    return dataset.map_batches(clean_batch, fn_kwargs={"step": step}, batch_format="pyarrow", **how)
