"""Hugging Face ``datasets``: ``map``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cleaner.batch.config import made_with
from cleaner.engines.arrow import clean_batch, clean_schema
from cleaner.engines.step import Step
from cleaner.io.extras import need


def clean_dataset(dataset: Any, step: Step | None = None, **how: Any) -> Any:
    """Clean a ``Dataset``, an ``IterableDataset``, or a dict of splits of either.

    It does what :func:`cleaner.engines.arrow.clean_batch` does; columns that pass through keep their features. ``how``
    goes to ``map``: ``num_proc`` (processes), ``batch_size`` (rows), and so on. Raises
    :class:`cleaner.errors.UsageError` if no column can hold a document, or datasets is missing.
    """
    if isinstance(dataset, dict):
        return type(dataset)({split: clean_dataset(part, step, **how) for split, part in dataset.items()})
    step = step or Step()
    features = dataset.features and _features(dataset.features, step)
    arrow = dataset.with_format("arrow")
    return arrow.map(_Clean(step, made_with()), batched=True, features=features, **how).with_format(None)


@dataclass(frozen=True)
class _Clean:
    """What ``map`` calls. A result is taken from the cache if this is pickled to the same bytes."""

    step: Step
    made_with: Mapping[str, str]

    def __call__(self, table: Any) -> Any:
        return clean_batch(table, self.step)


def _features(features: Any, step: Step) -> Any:
    """The features of a cleaned dataset: those that there were, where the type is still the same."""
    before = features.arrow_schema
    after = clean_schema(before, step)
    kept = {f.name for f in after if f.name in before.names and f.type == before.field(f.name).type}
    new = need("datasets", "datasets", "a Hugging Face dataset").Features.from_arrow_schema(after)
    return type(features)({name: features[name] if name in kept else feature for name, feature in new.items()})
