"""Read a file that is one document: a text, a page, or one of the two."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import BinaryIO

from cleaner.io.records import Bookmark, Entry, Keys, Record, Unreadable
from cleaner.io.streams import RECORD_LIMIT, Source, too_large


def read_plain(
    stream: BinaryIO,
    name: str,
    keys: Keys,  # noqa: ARG001  (readers are called alike)
    *,
    limit: int = RECORD_LIMIT,
    bookmark: Bookmark | None = None,  # noqa: ARG001
    kind: str = "auto",
) -> Iterator[Entry]:
    """The file as one document of that kind. One that breaks off is unreadable: half must not pass for a whole."""
    source = Source(stream)
    raw = source.all(limit)
    if source.damage:
        yield Unreadable(0, name, f"it cannot be read: {source.damage}")
    elif raw is None:
        yield Unreadable(0, name, too_large(limit))
    else:
        yield Record(0, name, raw, kind)


read_text = partial(read_plain, kind="text")
read_html = partial(read_plain, kind="html")
