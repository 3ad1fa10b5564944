"""spaCy: a component that marks what does not belong to the story, and documents that are made without it.

Either way ``doc._.cleaner`` is the row of ``cleaner batch`` as a dict, with :data:`cleaner.engines.step.AUDIT`, a dict,
too, or :data:`cleaner.engines.step.ERROR`. It is serialised with the document.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cleaner.batch.document import Done
from cleaner.engines.step import AUDIT, ERROR, Step
from cleaner.io.extras import need
from cleaner.io.fields import document_key
from cleaner.options import Options

NAME = "news_cleaner"
"""What the component and its group of spans are called."""

_WHAT = ("spacy", "a pipeline of spaCy")
_Doc, _Language = need("spacy.tokens", *_WHAT).Doc, need("spacy.language", *_WHAT).Language

if not _Doc.has_extension("cleaner"):
    _Doc.set_extension("cleaner", default=None)


class NewsCleaner:
    """Marks what would be removed as ``doc.spans["news_cleaner"]``, and changes nothing: all offsets are the text's.

    A span's label is its category, its id the rule. Spans hold whole tokens: one that is removed in part is in none.
    """

    def __init__(self, step: Step) -> None:
        self._step = step

    def __call__(self, doc: Any) -> Any:
        """The document, marked."""
        fields = {"text": doc.text}
        doc._.cleaner = _row(fields, self._step.clean(fields))
        removals = doc._.cleaner.get(AUDIT, {}).get("removals", ())
        spans = (
            doc.char_span(r["start"], r["end"], r["category"], span_id=r["rule"], alignment_mode="contract")
            for r in removals
        )
        doc.spans[NAME] = [span for span in spans if span is not None]
        return doc


def news_cleaner(
    nlp: Any,  # noqa: ARG001  (spaCy calls every factory with both)
    name: str,  # noqa: ARG001
    options: dict[str, Any],
    language: str | None,
) -> NewsCleaner:
    """The component, for ``nlp.add_pipe("news_cleaner", config={"options": {"preset": "careful"}})``.

    ``options`` are those of :class:`cleaner.options.Options`; a wrong one raises
    :class:`cleaner.errors.UsageError` or ``TypeError``.
    """
    return NewsCleaner(Step(Options(**options), language))


_Language.factory(NAME, default_config={"options": {}, "language": None}, func=news_cleaner)


def make_doc(nlp: Any, record: Mapping[str, Any] | str, step: Step | None = None) -> Any:
    """The document of the cleaned text of a record, or of a text, for ``nlp.pipe``.

    A record is what ``cleaner batch`` takes, with a text or a page among its fields. One that cannot be cleaned gives
    the document of what text it has. One whose text is longer than ``nlp.max_length`` gives an empty document, because
    spaCy takes none of it.
    """
    step, fields = step or Step(), {"text": record} if isinstance(record, str) else record
    done = step.clean(fields)
    text = _text(fields, step) if done.text is None else done.text
    if len(text) > nlp.max_length:
        done, text = done if done.failed else step.failed(_too_long(text, nlp)), ""
    doc = nlp.make_doc(text)
    doc._.cleaner = _row(fields, done)
    return doc


def _too_long(text: str, nlp: Any) -> str:
    return f"its text has {len(text)} code points, more than nlp.max_length, {nlp.max_length}: raise that"


def _text(fields: Mapping[str, Any], step: Step) -> str:
    """The text of a record that could not be cleaned."""
    key, kind = document_key(fields, step.keys) or ("", "")
    return str(fields[key]) if kind == "text" else ""


def _row(fields: Mapping[str, Any], done: Done) -> dict[str, Any]:
    row = fields if done.fields is None else done.fields
    passing = {name: value for name, value in row.items() if name not in (ERROR, AUDIT)}
    return passing | ({ERROR: done.row["error"]} if done.failed else {AUDIT: done.audit})


def original_offset(doc: Any, offset: int) -> int:
    """Where an offset into a document of :func:`make_doc`, in code points, stands in the text before cleaning.

    For a page that is its text, block by block, as :func:`cleaner.audit.restore_record` gives it.
    """
    for removal in doc._.cleaner.get(AUDIT, {}).get("removals", ()):
        if removal["start"] > offset:
            break
        offset += removal["end"] - removal["start"]
    return offset
