"""Read JSON: one object a line (``.jsonl``), or one object or one array of them in a file (``.json``)."""

from __future__ import annotations

import codecs
import io
import json
from collections.abc import Iterator
from typing import Any, BinaryIO, cast

from cleaner.io.fields import entry_of, numbered
from cleaner.io.records import Bookmark, Entry, Keys, Unreadable
from cleaner.io.streams import RECORD_LIMIT, Source, too_large

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_BLANK = b" \t\r\n"
_SPACE = " \t\r\n"
_BOM = "﻿"


def read_jsonl(
    stream: BinaryIO, name: str, keys: Keys, *, limit: int = RECORD_LIMIT, bookmark: Bookmark | None = None
) -> Iterator[Entry]:
    """One record a line; lines end at ``\\n`` and nowhere else. A bad line costs itself only; blank ones do not count.

    A line of more than ``limit`` bytes is passed over without being held. Of a key that stands twice, the last holds.
    """
    lines, bookmark = _Lines(stream, limit), bookmark or Bookmark()
    number = 0
    for line in lines:
        if line is not None and not line.strip(_BLANK):
            continue
        if number >= bookmark.number:
            large = Unreadable(number, numbered(name, number), too_large(limit))
            yield large if line is None else _entry(line, number, name, keys)
        number += 1
    if lines.rest.strip(_BLANK):
        entry = _entry(lines.rest, number, name, keys)
        # The last line of a broken stream is most likely half a line: the damage is named, not the half.
        if not (lines.damage and isinstance(entry, Unreadable)):
            yield entry
            number += 1
    if lines.damage:
        yield Unreadable(number, numbered(name, number), f"the rest of the file cannot be read: {lines.damage}")


def read_json(
    stream: BinaryIO, name: str, keys: Keys, *, limit: int = RECORD_LIMIT, bookmark: Bookmark | None = None
) -> Iterator[Entry]:
    """A ``.json`` file: one object, one array of objects, or, against its name, one object a line.

    The first two are held as a whole and may have ``limit`` bytes.
    """
    source = Source(stream)
    data, whole = _held(source, limit)
    text, wrong = _decoded(data)
    damage = source.damage or wrong
    if text.startswith("[") and whole:
        yield from _elements(text, name, keys, damage)
    elif whole and not damage and isinstance(document := _parsed(text), dict):
        yield entry_of(document, 0, name, keys, alone=True)
    elif any(isinstance(_parsed(line), dict) for line in data.split(b"\n", 2)[:2]):
        source.give_back(data)
        yield from read_jsonl(cast(BinaryIO, _Again(source)), name, keys, limit=limit, bookmark=bookmark)
    elif data.strip(_BLANK) or damage:
        yield Unreadable(0, name, _why_not(text, damage, None if whole else too_large(limit)))


def _held(source: Source, limit: int) -> tuple[bytes, bool]:
    """The beginning of a file, and whether that is all of it."""
    parts, size = [], 0
    while size <= limit and (data := source.chunk()):
        parts.append(data)
        size += len(data)
    return b"".join(parts), size <= limit


def _decoded(data: bytes) -> tuple[str, str | None]:
    """The text up to the first byte that is not UTF-8, and word of that byte."""
    wrong = None
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        text, wrong = data[: error.start].decode(), f"not UTF-8 at byte {error.start}"
    return text.removeprefix(_BOM).lstrip(_SPACE), wrong


def _why_not(text: str, damage: str | None, large: str | None) -> str:
    if damage or large:
        return f"it cannot be read: {damage}" if damage else str(large)
    try:
        json.loads(text)
    except (ValueError, RecursionError) as error:
        return f"not JSON: {_words(error)}"
    return "not a JSON object"


class _Again(io.RawIOBase):
    """A source as the stream that it came from, its damage included."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def read(self, size: int = -1) -> bytes:  # noqa: ARG002  (as much as there is at once)
        data = self._source.chunk()
        if not data and self._source.damage:
            raise OSError(0, self._source.damage)
        return data


class _Lines:
    """The lines of a stream without ``\\n``, ``None`` for one above the limit; what ends in no ``\\n`` is ``rest``."""

    def __init__(self, stream: BinaryIO, limit: int) -> None:
        self._source = Source(stream)
        self._limit = limit
        self.rest = b""

    @property
    def damage(self) -> str | None:
        return self._source.damage

    def __iter__(self) -> Iterator[bytes | None]:
        parts: list[bytes] = []
        size = 0
        first = self._first()
        while chunk := first or self._source.chunk():
            first = b""
            head, *ended = chunk.split(b"\n")
            for following in ended:
                yield None if size + len(head) > self._limit else b"".join((*parts, head))
                parts, size, head = [], 0, following
            size += len(head)
            parts.append(head)
            if size > self._limit:
                parts.clear()
        if size > self._limit:
            yield None
        self.rest = b"".join(parts)

    def _first(self) -> bytes:
        chunk = self._source.chunk()
        while 0 < len(chunk) < len(codecs.BOM_UTF8) and (more := self._source.chunk()):
            chunk += more
        if chunk.startswith(_UTF16):
            self._source.damage = "it is in UTF-16; JSON lines are in UTF-8"
            return b""
        return chunk.removeprefix(codecs.BOM_UTF8)


def _entry(line: bytes, number: int, name: str, keys: Keys) -> Entry:
    try:
        fields = json.loads(line.decode())
    except UnicodeDecodeError as error:
        return Unreadable(number, numbered(name, number), f"not UTF-8 at byte {error.start} of its line")
    except (ValueError, RecursionError) as error:
        return Unreadable(number, numbered(name, number), f"not JSON: {_words(error)}")
    if not isinstance(fields, dict):
        return Unreadable(number, numbered(name, number), "not a JSON object")
    return entry_of(fields, number, name, keys)


def _words(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg.removesuffix(' at')} at character {error.pos}"
    return "nested too deeply" if isinstance(error, RecursionError) else "a number with too many digits"


def _parsed(text: str | bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _elements(text: str, name: str, keys: Keys, damage: str | None) -> Iterator[Entry]:
    """The elements of an array, one by one, so that what stands before an error is kept."""
    decoder, at, number = json.JSONDecoder(), _over_space(text, 1), 0
    try:
        while text[at : at + 1] != "]":
            element, at = decoder.raw_decode(text, at)
            if isinstance(element, dict):
                yield entry_of(element, number, name, keys)
            else:
                yield Unreadable(number, numbered(name, number), "not a JSON object")
            number += 1
            at = _over_space(text, at)
            if text[at : at + 1] == ",":
                at = _over_space(text, at + 1)
            elif text[at : at + 1] != "]":
                raise json.JSONDecodeError("Expecting ',' delimiter", text, at)
    except (ValueError, RecursionError) as error:
        why = damage or f"not JSON: {_words(error)}"
        yield Unreadable(number, numbered(name, number), f"the rest of the file cannot be read: {why}")


def _over_space(text: str, at: int) -> int:
    while text[at : at + 1] in (" ", "\t", "\r", "\n"):
        at += 1
    return at
