"""datatrove: a step of a pipeline."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from cleaner.engines.step import ERROR, Step
from cleaner.errors import UsageError
from cleaner.io.extras import need
from cleaner.pages import KINDS, guess_kind

# A document has its text and id beside the metadata, whose names are its own: these stand for them in a record.
_TEXT, _HTML, _ID = "document.text", "document.html", "document.id"

_PipelineStep: Any = need("datatrove.pipeline.base", "datatrove", "a datatrove pipeline").PipelineStep


class CleanDocuments(_PipelineStep):  # type: ignore[misc]
    """Cleans the documents that pass through. All of them pass on, also those that fail.

    What a row of ``cleaner batch`` has beside the text goes into the metadata, and so does what
    :class:`cleaner.engines.step.Step` adds. Of ``Step.keys``, those of the address and the language are heeded.
    """

    name = "news-cleaner"
    type = "🧹 - CLEANER"

    def __init__(self, step: Step | None = None, kind: str = "text") -> None:
        """``kind`` is what the documents' texts are: ``text``, ``html`` or ``auto``."""
        super().__init__()
        if kind not in KINDS:
            raise UsageError(f"kind must be one of {', '.join(KINDS)}, not {kind!r}")
        # datatrove writes down what a step holds. As a call this is printed; values of ours it would try to take apart.
        self._clean = partial(_clean, _by_document(step or Step()), kind)

    def run(self, data: Iterable[Any] | None, rank: int = 0, world_size: int = 1) -> Iterator[Any]:  # noqa: ARG002
        """Yield the documents, cleaned."""
        for document in data or ():
            self.stat_update("total")
            with self.track_time():
                self._clean(document)
            if ERROR in document.metadata:
                self.stat_update("failed")
            self.update_doc_stats(document)
            yield document


def _by_document(step: Step) -> Step:
    return replace(step, keys=replace(step.keys, text=_TEXT, html=_HTML, id=_ID))


def _clean(step: Step, kind: str, document: Any) -> None:
    kind = guess_kind(document.text) if kind == "auto" else kind
    row = step({_HTML if kind == "html" else _TEXT: document.text, _ID: document.id, **document.metadata})
    page = row.pop(_HTML, None)
    document.text = row.pop(_TEXT, document.text)
    document.metadata = {name: value for name, value in row.items() if name != _ID}
    if step.keep_html and page is not None:
        document.metadata["html"] = page
