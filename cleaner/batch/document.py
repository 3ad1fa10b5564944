"""One document: its cleaned text, its row of the manifest, its record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from cleaner.audit import Source, audit_record, digest, to_json
from cleaner.batch.job import Cleaning, Job
from cleaner.encoding import LOSSLESS
from cleaner.errors import CleanerError
from cleaner.io.records import Record, Unreadable
from cleaner.io.writers import header_of
from cleaner.model import CleanResult
from cleaner.pages import read_page

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one document."""

    row: Row
    """Its row of the manifest."""
    audit: str | None = None
    """Its record, one line; ``None`` for a document that failed."""
    text: str | None = None
    """What is written: header and body; ``None`` for a document that failed."""

    @property
    def failed(self) -> bool:
        """Whether there is no cleaned text."""
        return self.text is None


def clean_record(job: Job, clean: Cleaning, record: Record, output: str) -> Done:
    """Clean one record by ``clean``; what goes wrong comes back as a failure. Its row names ``output`` as such.

    Only :class:`MemoryError` is passed on: after it, nothing in the process is sure.
    """
    try:
        page = read_page(record.raw, record.kind, record.url, record.id)
        result = clean(page, job.options, record.language or job.language)
        return _done(job, record, result, page.encoding, output)
    except MemoryError:
        raise
    except CleanerError as error:
        return failed(record, str(error))
    except Exception as error:
        return failed(record, f"unexpected {type(error).__name__}: {error}")


def _done(job: Job, record: Record, result: CleanResult, encoding: str | None, output: str) -> Done:
    header = header_of(result) if job.title else ""
    written = header + result.text
    categories: dict[str, list[int]] = {}
    for removal in result.removals:
        counted = categories.setdefault(removal.category.value, [0, 0])
        counted[0] += 1
        counted[1] += len(removal.text)
    site = site_of(record.url or result.url)
    row: Row = {
        "id": record.id,
        "status": "ok",
        "output": output,
        "flags": sorted(result.flags | ({"undecodable"} if encoding == LOSSLESS else set())),
        "language": result.language,
        **({"site": site} if site else {}),
        "read": len(result.document.text),
        "removed": len(result.document.text) - len(result.text),
        "categories": dict(sorted(categories.items())),
        "sha256": digest(written),
    }
    record_line = to_json(audit_record(result, job.options, Source(record.id, encoding, header)))
    return Done(row, record_line, written)


def failed(entry: Record | Unreadable, why: str, cause: str = "document") -> Done:
    """A document without a cleaned text, and why."""
    return Done({"id": entry.id, "status": "failed", "cause": cause, "error": why})


def site_of(url: str | None) -> str | None:
    """The host of an address, without ``www.``; ``None`` where there is none.

    >>> site_of("https://www.Example.org:8080/story"), site_of("about:blank")
    ('example.org', None)
    """
    try:
        host = urlsplit(url or "").hostname
    except ValueError:
        return None
    return host.removeprefix("www.") if host else None
