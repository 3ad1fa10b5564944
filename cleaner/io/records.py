"""What every reader yields and every writer takes: a record, or word of one that is unreadable or no document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class Record:
    """One document of an input file."""

    number: int
    """Its place in its file, from 0; records that cannot be read count."""
    id: str
    """The record's own id, else the file's name, with ``#`` and the number where a file holds several."""
    raw: str | bytes
    """The document: text, or the bytes or text of a page."""
    kind: str
    """``text``, ``html`` or ``auto``."""
    url: str | None = None
    language: str | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    """The whole record as it was read, for what passes through; empty where a file is the document."""
    site: str | None = None
    """The site that it belongs to, where a field says so."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A record, or the rest of a file, that cannot be read."""

    number: int
    id: str
    why: str
    """For people: what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class Passed:
    """A record that is no document, such as a request in a WARC file: it is passed over, and counted."""

    number: int
    reason: str
    """One of few, so that it can be counted."""


Entry = Record | Unreadable | Passed


@dataclass(slots=True)
class Bookmark:
    """From which record on a file is wanted. It may be moved forward while the file is read.

    Readers pass over what stands before it without looking into it, which costs little beside cleaning it.
    """

    number: int = 0


@dataclass(frozen=True, slots=True)
class Keys:
    """Which fields of a record hold what; ``None`` is the first of the usual names that is there."""

    text: str | None = None
    html: str | None = None
    url: str | None = None
    id: str | None = None
    language: str | None = None
    site: str | None = None
    """The site, if a field says it better than the address; there is no usual name."""


KEY_NAMES = tuple(key.name for key in fields(Keys))
TEXT_KEYS = ("text", "content", "raw_content", "maintext")
HTML_KEYS = ("html", "raw_html")
