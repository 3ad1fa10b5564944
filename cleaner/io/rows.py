"""Write rows: JSON lines, plain or packed."""

from __future__ import annotations

import base64
import contextlib
import gzip
import json
from collections.abc import Iterable, Mapping
from datetime import date, time
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Protocol, Self, cast

from cleaner.io.atomic import AtomicFile
from cleaner.io.compress import need_zstd

# Levels that are fast for what they save. Fixed, because another level gives other bytes.
_GZIP_LEVEL = 6
_ZSTD_LEVEL = 3

Row = Mapping[str, Any]


class RowWriter(Protocol):
    """What every writer of rows can do; with ``with`` it closes at the end, and aborts if an exception leaves."""

    def write(self, row: Row) -> None:
        """Add one row. Raises :class:`cleaner.errors.UsageError` if it cannot be written."""

    def tell(self) -> int:
        """Bytes that stand in the file, roughly: what is packed or gathered may come later."""

    def close(self) -> None:
        """Finish the file and give it its name. Raises :class:`cleaner.errors.UsageError` if that fails."""

    def abort(self) -> None:
        """Leave no trace of the file."""


class Managed:
    """``with`` for the writers."""

    def close(self) -> None:
        """Finish."""
        raise NotImplementedError

    def abort(self) -> None:
        """Give up."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(self, type: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if type is None:
            self.close()
        else:
            self.abort()


class JsonlWriter(Managed):
    """JSON lines in UTF-8; packed if the name ends in ``.gz`` or ``.zst``. The same rows give the same bytes."""

    def __init__(self, path: Path, *, sync: bool = True) -> None:
        """Raises :class:`cleaner.errors.UsageError` if the file cannot be written or zstandard is missing."""
        pack = _packer(path)
        self._file = AtomicFile(path, sync=sync)
        self._packed = pack(self._file)

    def write(self, row: Row) -> None:
        """Add one row. What JSON has no words for becomes text: dates in ISO 8601, bytes in base64."""
        self.write_line(json_line(row))

    def write_line(self, line: bytes) -> None:
        """Add a row that :func:`json_line` has made a line of already."""
        self._packed.write(line)

    def tell(self) -> int:
        """Bytes written so far, packed."""
        return self._file.tell()

    def close(self) -> None:
        """Finish the file and give it its name."""
        try:
            if self._packed is not self._file:
                self._packed.close()
            self._file.commit()
        except BaseException:
            self.abort()
            raise

    def abort(self) -> None:
        """Leave no trace of the file."""
        self._file.abort()
        if self._packed is not self._file:
            with contextlib.suppress(Exception):
                self._packed.close()


def json_line(row: Row) -> bytes:
    """One line of JSON in UTF-8; one with lone surrogates, which UTF-8 cannot carry, in ASCII.

    >>> json_line({"text": "Zürich"}).decode()
    '{"text": "Zürich"}\\n'
    """
    try:
        return json.dumps(row, ensure_ascii=False, default=_as_json).encode() + b"\n"
    except UnicodeEncodeError:
        return json.dumps(row, default=_as_json).encode() + b"\n"


def size_of(row: Row) -> int:
    """Bytes of a row, roughly: its texts at a byte a letter, all else, and each thing in a list or object, at eight."""
    return sum(len(value) if isinstance(value, str | bytes) else _size_of(value) for value in row.values())


def _size_of(value: Any) -> int:
    size, left = 0, [value]  # no recursion: it may be nested deeper than Python's stack is
    while left:
        each = left.pop()
        size += len(each) + 8 if isinstance(each, str | bytes) else 8
        if isinstance(each, Mapping):
            left += each.keys()
            left += each.values()
        elif isinstance(each, list | tuple):
            left += each
    return size


def attribute_row(id: str, spans: Iterable[tuple[str, int, int, float]], prefix: str = "cleaner") -> dict[str, Any]:
    """One row of Dolma's attributes: spans as (category, start, end, score), offsets in code points of the text.

    >>> attribute_row("a", [("share", 0, 5, 0.8)])
    {'id': 'a', 'attributes': {'cleaner__share': [[0, 5, 0.8]]}}
    """
    attributes: dict[str, list[list[float]]] = {}
    for category, start, end, score in spans:
        attributes.setdefault(f"{prefix}__{category}", []).append([start, end, score])
    return {"id": id, "attributes": dict(sorted(attributes.items()))}


def _as_json(value: Any) -> Any:
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, bytes | bytearray | memoryview):
        return base64.b64encode(bytes(value)).decode()
    return str(value)


def _packer(path: Path) -> Any:
    suffix = path.suffix.lower()
    if suffix == ".gz":
        return lambda file: gzip.GzipFile("", "wb", _GZIP_LEVEL, cast(BinaryIO, file), mtime=0)
    if suffix == ".zst":
        compressor = need_zstd().ZstdCompressor(level=_ZSTD_LEVEL, write_checksum=True)
        return lambda file: compressor.stream_writer(file, closefd=False)
    return lambda file: file
