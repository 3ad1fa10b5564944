"""The body of an HTTP message as it was before HTTP packed it; headers that lie do no harm."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator

from cleaner.errors import InputError
from cleaner.io.compress import GZIP_MAGIC, ZSTD_MAGIC, BombError, pieces_of
from cleaner.io.extras import need
from cleaner.io.streams import too_large

# Servers name one coding, proxies a second.
_MOST_CODINGS = 4

_CHUNK_HEAD = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n]{0,1000})?\r?\n")
_BROTLI_PIECE = 1 << 14
_BROTLI_OUT = 1 << 18


def plain_body(payload: bytes, transfer: str, content: str, limit: int) -> tuple[bytes, bool]:
    """The body behind a ``Transfer-Encoding`` and a ``Content-Encoding``, and whether it is whole.

    Archives often keep the headers and unpack the body, so a coding that the bytes do not show is passed over. A body
    that breaks off is given as far as it goes. Raises :class:`cleaner.errors.InputError` for one above ``limit`` bytes,
    for a bomb, and for one in a coding that nobody knows; :class:`cleaner.errors.UsageError` if an extra is missing.
    """
    whole = True
    if "chunked" in transfer.lower():
        payload, whole = _joined_chunks(payload)
    for coding in reversed(content.lower().split(",")[-_MOST_CODINGS:]):
        pieces = _unpacking(coding.strip(), payload)
        if pieces is not None:
            payload, complete = _collected(pieces, limit)
            whole = whole and complete
    if len(payload) > limit:
        raise InputError(too_large(limit))
    return payload, whole


def _joined_chunks(payload: bytes) -> tuple[bytes, bool]:
    parts: list[bytes] = []
    at = 0
    while head := _CHUNK_HEAD.match(payload, at):
        size = int(head[1], 16)
        if size == 0:
            return b"".join(parts), True
        parts.append(payload[head.end() : head.end() + size])
        at = head.end() + size
        at += len(payload[at : at + 2]) - len(payload[at : at + 2].lstrip(b"\r\n"))
    return (b"".join(parts), False) if parts else (payload, True)


def _unpacking(coding: str, payload: bytes) -> Iterator[bytes] | None:
    """The pieces of a packed body, ``None`` for one that is not packed."""
    if coding in ("gzip", "x-gzip") and payload.startswith(GZIP_MAGIC):
        return pieces_of(io.BytesIO(payload), "gzip")
    if coding == "zstd" and payload.startswith(ZSTD_MAGIC):
        return pieces_of(io.BytesIO(payload), "zstd")
    if coding in ("deflate", "br") and not _is_page(payload):
        return _brotli(payload) if coding == "br" else _deflated(payload)
    if payload and coding and not _is_page(payload):
        raise InputError(f"its body is packed as {coding[:20]!r}, and cannot be unpacked")
    return None


def _deflated(payload: bytes) -> Iterator[bytes]:
    """Half of the servers leave out the head that the standard asks for."""
    has_head = len(payload) > 1 and payload[0] & 15 == 8 and (payload[0] << 8 | payload[1]) % 31 == 0
    return pieces_of(io.BytesIO(payload), "zlib" if has_head else "deflate")


def _brotli(payload: bytes) -> Iterator[bytes]:
    brotli = need("brotli", "warc", "a page packed with Brotli")
    unpacker = brotli.Decompressor()
    try:
        for at in range(0, len(payload), _BROTLI_PIECE):
            yield unpacker.process(payload[at : at + _BROTLI_PIECE], output_buffer_limit=_BROTLI_OUT)
            while not unpacker.can_accept_more_data():
                yield unpacker.process(b"", output_buffer_limit=_BROTLI_OUT)
            if unpacker.is_finished():
                return
    except brotli.error as error:
        raise InputError("the Brotli data are damaged") from error
    raise InputError("the Brotli data end too early")


def _collected(pieces: Iterable[bytes], limit: int) -> tuple[bytes, bool]:
    parts, size = [], 0
    try:
        for piece in pieces:
            size += len(piece)
            if size > limit:
                raise BombError(too_large(limit))
            parts.append(piece)
    except BombError:
        raise
    except InputError:
        if not size:
            raise
        return b"".join(parts), False
    return b"".join(parts), True


def _is_page(payload: bytes) -> bool:
    """True for bytes that begin like text: packed ones have control characters all over."""
    head = payload[:1000]
    return sum(byte < 9 or 13 < byte < 32 for byte in head) <= len(head) // 50
