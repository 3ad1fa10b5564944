"""The input of a run, found again: a page's own bytes, which the record of a run does not hold."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from typing import Any

from cleaner.audit import digest
from cleaner.encoding import LOSSLESS, encode_text
from cleaner.errors import CleanerError
from cleaner.io.files import STDIN, InputFile, find_inputs, read_entries
from cleaner.io.records import KEY_NAMES, Bookmark, Keys, Record
from cleaner.options import Options
from cleaner.pages import read_document, read_page
from cleaner.review.items import Document


def source_of(document: Document, settings: Mapping[str, Any]) -> bytes | None:
    """The bytes that a document was read from; ``None`` for a page that is not there any more, or has changed.

    ``settings`` are those of the run. A text needs no input: its record has all of it.
    """
    try:
        if document.kind == "text":
            return encode_text(document.text, document.encoding or LOSSLESS)
        record = _record(document, settings)
        if record is None:
            return None
        raw = record.raw if isinstance(record.raw, bytes) else record.raw.encode("utf-8", "surrogatepass")
        again = read_document(read_page(raw, "html", document.url), Options())
    except (CleanerError, UnicodeEncodeError):
        return None
    return raw if digest(again.text) == document.sha256 else None


def _record(document: Document, settings: Mapping[str, Any]) -> Record | None:
    source, name = settings.get("input"), document.file or document.id
    if not isinstance(source, str) or source == STDIN:
        return None
    keys = Keys(**{what: settings.get(f"{what}_key") for what in KEY_NAMES})
    for file in find_inputs(source, settings.get("format")):
        if isinstance(file, InputFile) and file.name == name:
            number = document.number or 0
            with closing(read_entries(file, keys, bookmark=Bookmark(number))) as entries:
                found = next(entries, None)
            return found if isinstance(found, Record) and found.number == number else None
    return None
