"""One document: its cleaned text, its row of the manifest, its record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cleaner.audit import Source, audit_record, digest
from cleaner.batch.job import Cleaning, Job
from cleaner.batch.layout import SINGLE, format_for
from cleaner.encoding import LOSSLESS, decode_html
from cleaner.errors import CleanerError
from cleaner.io.fields import cleaned_row
from cleaner.io.files import InputFile
from cleaner.io.records import Record, Unreadable
from cleaner.io.rows import attribute_row
from cleaner.io.writers import header_of
from cleaner.metadata import language_code
from cleaner.model import CleanResult
from cleaner.pages import read_page
from cleaner.sites import host_of

Row = dict[str, Any]

ADDED = ("title", "byline", "published", "language")
"""What a row of the output tells of the document beside its text, unless the record has a field of that name."""

TEMPLATE = ".structure.template"
"""How the rule of a line ends that went because its site repeats it."""


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one document. All but the first are ``None`` for one that failed."""

    row: Row
    """Its row of the manifest."""
    audit: Row | None = None
    """Its record."""
    text: str | None = None
    """Header and body."""
    fields: Row | None = None
    """Its row of the output, where that has rows."""
    attributes: Row | None = None
    """Its removals as Dolma's attributes, where they are asked for."""

    @property
    def failed(self) -> bool:
        """Whether there is no cleaned text."""
        return self.text is None


def clean_record(job: Job, clean: Cleaning, record: Record, file: InputFile, target: str | None) -> Done:
    """Clean one record by ``clean``; what goes wrong comes back as a failure. Its row names ``target`` as its output.

    Only :class:`MemoryError` is passed on: after it, nothing in the process is sure.
    """
    try:
        page = read_page(as_told(record), record.kind, record.url, record.id, record.site)
        result = clean(page, job.options, known_language(record.language) or job.language)
        return _done(job, record, file, result, page.encoding, target)
    except MemoryError:
        raise
    except CleanerError as error:
        return failed(record, file, str(error))
    except Exception as error:
        return failed(record, file, f"unexpected {type(error).__name__}: {error}")


def known_language(said: str | None) -> str | None:
    """The ISO 639-1 code of what a record says of its language; ``None`` if it says nothing that is one.

    >>> known_language("en-US"), known_language("deu"), known_language("English"), known_language(None)
    ('en', 'de', None, None)
    """
    code = language_code(said or "")
    return code if len(code) == 2 else None


def as_told(record: Record) -> str | bytes:
    """The document; a page that came by HTTP is decoded as that said."""
    charset = record.fields.get("charset")
    if record.kind == "html" and isinstance(record.raw, bytes) and isinstance(charset, str):
        return decode_html(record.raw, charset)[0]
    return record.raw


def failed(entry: Record | Unreadable, file: InputFile, why: str, cause: str = "document") -> Done:
    """A document without a cleaned text, and why."""
    return Done(_place(entry, file) | {"status": "failed", "cause": cause, "error": why})


def _done(
    job: Job, record: Record, file: InputFile, result: CleanResult, encoding: str | None, target: str | None
) -> Done:
    is_text = format_for(file, job.writing) == "text"
    header = header_of(result) if is_text and job.title else ""
    written = header + result.text
    site = record.site or host_of(record.url or result.url)
    row: Row = {
        **_place(record, file),
        "status": "ok",
        **({} if target is None else {"output": target}),
        "flags": sorted(result.flags | _flags(record, file, encoding)),
        "language": result.language,
        **({} if site is None else {"site": site}),
        "read": len(result.document.text),
        "removed": len(result.document.text) - len(result.text),
        "categories": _categories(result),
        **({} if job.options.template_file is None else {"template": _by_template(result)}),
        "sha256": digest(written),
    }
    audit = audit_record(result, job.options, Source(record.id or None, encoding, header))
    fields = None if is_text else _fields(job, record, result)
    return Done(row, audit, written, fields, _attributes(record, result) if job.writing.attributes else None)


def _flags(record: Record, file: InputFile, encoding: str | None) -> set[str]:
    """What only the reader knows."""
    flags = {"undecodable"} if encoding == LOSSLESS else set()
    if file.format == "warc" and record.fields.get("truncated"):
        flags.add("cut-off")
    return flags


def _place(entry: Record | Unreadable, file: InputFile) -> Row:
    """How a row of the manifest names a document: the record's id, which need not be its only one, and its place."""
    return {"id": entry.id} if file.format in SINGLE else {"id": entry.id, "file": file.name, "number": entry.number}


def _categories(result: CleanResult) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for removal in result.removals:
        counted = found.setdefault(removal.category.value, [0, 0])
        counted[0] += 1
        counted[1] += len(removal.text)
    return dict(sorted(found.items()))


def _by_template(result: CleanResult) -> int:
    """Code points that went because the site repeats them."""
    return sum(len(removal.text) for removal in result.removals if removal.rule.endswith(TEMPLATE))


def _fields(job: Job, record: Record, result: CleanResult) -> Row:
    row = cleaned_row(record, result.text, job.reading.keys, keep_html=job.writing.keep_html)
    return row | {name: getattr(result, name) for name in ADDED if row.get(name) is None}


def _attributes(record: Record, result: CleanResult) -> Row:
    return attribute_row(record.id, ((r.category.value, r.start, r.end, r.score) for r in result.removals))
