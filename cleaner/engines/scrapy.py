"""Scrapy: an item pipeline."""

from __future__ import annotations

from typing import Any, Self

from cleaner.engines.step import ERROR, Step
from cleaner.io.extras import need
from cleaner.io.fields import document_names


class CleanerPipeline:
    """Cleans the items of a crawl: those that have a page or a text among their fields.

    The setting ``CLEANER_STEP`` may hold a :class:`cleaner.engines.step.Step`. Items may be of any kind that Scrapy
    takes; one with fixed fields gets of the row what it has fields for. Statistics: ``cleaner/cleaned``,
    ``cleaner/failed``, ``cleaner/no_document``.
    """

    def __init__(self, step: Step | None = None, stats: Any = None) -> None:
        self._adapter = need("itemadapter", "scrapy", "a pipeline of Scrapy").ItemAdapter
        self._step, self._stats = step or Step(), stats

    @classmethod
    def from_crawler(cls, crawler: Any) -> Self:
        """The pipeline of a crawl; Scrapy calls it."""
        return cls(crawler.settings.get("CLEANER_STEP"), crawler.stats)

    def process_item(self, item: Any, spider: Any = None) -> Any:  # noqa: ARG002  (Scrapy before 2.14 gives it)
        """The item, cleaned; one that has no field for a document passes as it is."""
        fields = self._adapter(item)
        if not any(name in fields for name in document_names(self._step.keys)):
            self._count("no_document")
            return item
        row = self._step(dict(fields))
        self._count("failed" if ERROR in row else "cleaned")
        if isinstance(item, dict):
            return row
        for name in fields.field_names():
            if name in row or name in fields:
                fields[name] = row.get(name)
        return item

    def _count(self, what: str) -> None:
        if self._stats is not None:
            self._stats.inc_value(f"cleaner/{what}")
