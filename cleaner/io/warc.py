"""Read WARC and WET: the pages of the responses, the texts of the conversions.

FastWARC reads the headers of a record and of the HTTP message in it. Where one record ends and the next begins is found
here, because a library that trusts ``Content-Length`` loses the records after a wrong one, and passes a body that is
cut off as a whole one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from cleaner.io.extras import need
from cleaner.io.fields import numbered
from cleaner.io.http_body import plain_body
from cleaner.io.records import Bookmark, Entry, Keys, Passed, Record, Unreadable
from cleaner.io.streams import RECORD_LIMIT, Source, plain_words, too_large

HTML_TYPES = ("text/html", "application/xhtml+xml")
GOOD_STATUS = (200, 203)

# Named, so that an archive cannot make up any number of reasons for being passed over.
_OTHER_TYPES = {"warcinfo", "request", "metadata", "revisit", "continuation", "conversion", "resource"}
# No label of an encoding is longer.
_LABEL = 40

# A head of a record above this is none.
_HEAD_LIMIT = 1 << 20
# Bytes before a damage or an end that may belong to the beginning of a record.
_OVERLAP = 64

_START = re.compile(rb"WARC/\d{1,2}\.\d{1,2}[ \t]*\r?\n")
_NEXT = re.compile(rb"\nWARC/\d{1,2}\.\d{1,2}[ \t]*\r?\n")
# A blank line ends a head, and the beginning of a record shows that nothing will.
_HEAD_STOP = re.compile(rb"\r?\n(?:(\r?\n)|(?=WARC/\d{1,2}\.\d{1,2}[ \t]*\r?\n))")
_BREAKS = re.compile(rb"[\r\n]*")
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_LENGTH = re.compile(rb"^content-length[ \t]*:[ \t]*(\d{1,15})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_ID = re.compile(rb"^warc-record-id[ \t]*:[ \t]*(\S{1,1000})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)


def read_warc(
    stream: BinaryIO,
    name: str,
    keys: Keys,  # noqa: ARG001  (readers are called alike)
    *,
    limit: int = RECORD_LIMIT,
    bookmark: Bookmark | None = None,
) -> Iterator[Entry]:
    """One record for every page or text; ``number`` counts all records of the archive.

    The bytes of a page come as the server meant them, without the packing of HTTP; ``fields["charset"]`` is what HTTP
    calls their encoding, for :func:`cleaner.encoding.decode_html`; ``fields["truncated"]`` says that a page breaks off,
    and why if that is known. Requests, pictures, error pages and the like are :class:`cleaner.io.records.Passed`.
    Raises :class:`cleaner.errors.UsageError` if FastWARC is missing.
    """
    warc, bookmark = need_warc(), bookmark or Bookmark()
    for number, part in enumerate(_Archive(Source(stream), limit)):
        if number >= bookmark.number:
            yield _entry(warc, part, number, part.id or numbered(name, number), limit)


def need_warc() -> Any:
    """The module fastwarc.warc. Raises :class:`cleaner.errors.UsageError` if it is missing."""
    return need("fastwarc.warc", "warc", "a WARC file")


def _entry(warc: Any, part: _Part, number: int, own: str, limit: int) -> Entry:
    if part.why:
        return Unreadable(number, own, part.why)
    try:
        entry = _document(warc, part.data, number, own, limit)
    except MemoryError:
        raise
    except Exception as error:  # whatever FastWARC and the decoders raise
        return Unreadable(number, own, f"the record cannot be read: {plain_words(error)[:200]}")
    return Passed(number, entry) if isinstance(entry, str) else entry


def _document(warc: Any, data: bytes, number: int, own: str, limit: int) -> Record | str:
    """The record of these bytes, or why it is none for us."""
    record = warc.WarcRecord.from_bytes(_with_line_breaks(data))
    kind = (record.headers.get("WARC-Type") or "").strip().lower()
    if kind == "response":
        return _response(record, number, own, limit)
    media = (record.headers.get("Content-Type") or "").partition(";")[0].strip().lower()
    if kind == "conversion" and media in ("text/plain", ""):
        return _made(record, number, own, record.reader.read(), "text", {})
    if kind == "resource" and media in HTML_TYPES:
        return _made(record, number, own, record.reader.read(), "html", {})
    return kind if kind in _OTHER_TYPES else "unknown type"


def _with_line_breaks(data: bytes) -> bytes:
    """The record with the line breaks in its head that the standard asks for."""
    end = _HEAD_END.search(data)
    if end is None or end[0] == b"\r\n\r\n":
        return data
    return data[: end.end()].replace(b"\r\n", b"\n").replace(b"\n", b"\r\n") + data[end.end() :]


def _response(record: Any, number: int, own: str, limit: int) -> Record | str:
    if not (record.headers.get("Content-Type") or "application/http").lower().startswith("application/http"):
        return "no HTTP"
    record.is_http = True
    record.parse_http(auto_decode="none", max_header_len=_HEAD_LIMIT, quirks_mode=True)
    http = record.http_headers
    if http is None or http.status_code is None:
        return "no HTTP"
    if http.status_code not in GOOD_STATUS:
        return f"status {http.status_code}" if http.status_code < 600 else "unknown status"
    payload = record.reader.read()
    media = {
        (record.http_content_type or "").lower(),
        (record.headers.get("WARC-Identified-Payload-Type") or "").lower(),
    }
    if not media & set(HTML_TYPES) and not (media == {""} and payload.lstrip()[:1] == b"<"):
        return "no page"
    body, whole = plain_body(payload, http.get("Transfer-Encoding") or "", http.get("Content-Encoding") or "", limit)
    more = {"charset": (record.http_charset or "").strip("\"' ")[:_LABEL]}
    if not whole or _shorter(payload, http.get("Content-Length")):
        more["truncated"] = "the body breaks off"
    return _made(record, number, own, body, "html", more)


def _shorter(payload: bytes, length: str | None) -> bool:
    return length is not None and length.strip().isdecimal() and len(length) < 16 and len(payload) < int(length)


def _made(record: Any, number: int, own: str, raw: bytes, kind: str, more: dict[str, str]) -> Record:
    url = (record.headers.get("WARC-Target-URI") or "").strip("<> ") or None
    said = {
        "id": own,
        "url": url,
        "date": record.headers.get("WARC-Date"),
        **more,
        "truncated": record.headers.get("WARC-Truncated") or more.get("truncated"),
    }
    return Record(number, own, raw, kind, url, None, {key: value for key, value in said.items() if value})


@dataclass(frozen=True, slots=True)
class _Part:
    """One record as it stands in the archive, or why it cannot be had."""

    id: str | None
    data: bytes
    why: str | None = None


class _Archive:
    """The records of an archive. Where one does not end as its length says, reading goes on at the next beginning."""

    def __init__(self, source: Source, limit: int) -> None:
        self._source, self._limit = source, limit
        self._data = bytearray()

    def __iter__(self) -> Iterator[_Part]:
        while self._to_next_byte():
            part = self._record() if self._begins_here() else self._strange()
            if part is not None:
                yield part
        if self._source.damage:
            yield _Part(None, b"", f"the rest of the file cannot be read: {self._source.damage}")

    def _fill(self, size: int) -> bool:
        """Have so many bytes at hand; ``False`` if there are fewer left."""
        while len(self._data) < size:
            chunk = self._source.chunk()
            if not chunk:
                return False
            self._data += chunk
        return True

    def _to_next_byte(self) -> bool:
        """Drop the line breaks between records; ``False`` at the end."""
        while self._fill(1):
            breaks = _BREAKS.match(self._data)
            del self._data[: breaks.end() if breaks else 0]
            if self._data:
                return True
        return False

    def _begins_here(self) -> bool:
        self._fill(_OVERLAP)
        return _START.match(self._data) is not None

    def _strange(self) -> _Part | None:
        """Bytes that begin no record."""
        if self._seek() or not self._source.damage:
            return _Part(None, b"", "here stand bytes that are no WARC record")
        return None  # the damage says it

    def _record(self) -> _Part | None:
        end = self._head_end()
        if end is None:
            if self._source.damage:
                self._data.clear()
                return None
            self._seek(1)
            return _Part(None, b"", "the head of the record does not end")
        head = bytes(self._data[:end])
        length, found = _LENGTH.search(head), _ID.search(head)
        own = found[1].decode("utf-8", "replace") if found else None
        if length is None:
            self._seek(end)
            return _Part(own, b"", "the record has no Content-Length")
        return self._body(own, end, end + int(length[1]))

    def _head_end(self) -> int | None:
        """Where the head ends; ``None`` if the next record begins before, or nothing ends it."""
        at = 1
        while True:
            found = _HEAD_STOP.search(self._data, at)
            if found:
                return found.end() if found[1] else None
            at = max(1, len(self._data) - _OVERLAP)
            if at > _HEAD_LIMIT or not self._fill(len(self._data) + 1):
                return None

    def _body(self, own: str | None, start: int, end: int) -> _Part | None:
        # A length that is wrong by much is told from a large record by the end of the file, so far as may be held.
        if not self._fill(min(end, start + self._limit)):
            return self._cut_off(own, start, end)
        if end - start > self._limit:
            return self._pass_over(own, start, end)
        if self._ends_at(end):
            data = bytes(self._data[:end])
            del self._data[:end]
            return _Part(own, data)
        self._seek(start)
        return _Part(own, b"", "its Content-Length does not fit what stands there")

    def _ends_at(self, end: int) -> bool:
        """True if the two line breaks stand here that end a record, or any number before the next record or the end."""
        self._fill(end + _OVERLAP)
        after = self._data[end : end + _OVERLAP]
        rest = after.lstrip(b"\r\n")
        return not rest or after.startswith(b"\r\n\r\n") or rest.startswith(b"WARC/"[: len(rest)])

    def _cut_off(self, own: str | None, start: int, end: int) -> _Part | None:
        missing = end - len(self._data)
        if self._seek(start):
            return _Part(own, b"", "its Content-Length reaches beyond the next records")
        if self._source.damage:
            return _Part(own, b"", f"the rest of the file cannot be read: {self._source.take_damage()}")
        return _Part(own, b"", f"the file ends {missing} bytes before the record does")

    def _pass_over(self, own: str | None, start: int, end: int) -> _Part:
        """Drop a record above the limit without holding it; only to the next record, if its length is wrong."""
        while end > 0:
            found = _NEXT.search(self._data, start, end)
            start = 0
            # What may be the first part of a beginning stays.
            drop = found.start() + 1 if found else min(end, max(0, len(self._data) - _OVERLAP))
            del self._data[:drop]
            end -= drop
            if found and not self._next_at(end) and self._whole_record_here():
                return _Part(own, b"", "its Content-Length reaches beyond the next records")
            if not found and end > 0 and not self._fill(len(self._data) + 1):
                if end > len(self._data):
                    self._data.clear()
                    return _Part(own, b"", f"{too_large(self._limit)}; the file ends before the record does")
                del self._data[:end]
                end = 0
        return _Part(own, b"", too_large(self._limit))

    def _next_at(self, end: int) -> bool:
        """True if the next record, or the end of the file, is at ``end``; not looked for beyond what may be held."""
        if end > self._limit or not self._fill(end):
            return False
        self._fill(end + _OVERLAP)
        rest = self._data[end : end + _OVERLAP].lstrip(b"\r\n")
        return not rest or _START.match(rest) is not None

    def _whole_record_here(self) -> bool:
        """True if a record stands here, to its end: a page that only tells of WARC holds no such thing."""
        head = self._head_end()
        length = _LENGTH.search(self._data, 0, head) if head else None
        return head is not None and length is not None and self._next_at(head + int(length[1]))

    def _seek(self, start: int = 0) -> bool:
        """Drop all before the next beginning of a record after ``start``; ``False`` if there is none: all is gone."""
        while True:
            found = _NEXT.search(self._data, max(start - 1, 0))
            if found:
                del self._data[: found.start() + 1]
                return True
            # What is searched need not be held, but for a beginning that is not all there.
            del self._data[: max(0, len(self._data) - _OVERLAP)]
            start = 0
            if not self._fill(len(self._data) + 1):
                self._data.clear()
                return False
