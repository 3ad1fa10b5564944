"""What every input must bear, whoever made it up: shared by the fuzzers and by ``tests/test_fuzz_findings.py``.

The first two bytes of an input draw the options and how the rest is read; the rest is the document.
"""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, cast

import cleaner
from cleaner.encoding import decode_text, encode_text
from cleaner.io.fields import cleaned_row
from cleaner.io.files import READERS, InputFile, read_entries
from cleaner.io.records import Entry, Record
from cleaner.io.rows import json_line
from cleaner.io.writers import FORMATS, encode, render
from cleaner.model import CleanResult
from cleaner.options import EXTRACTORS, PRESETS
from tests.invariants import check_invariants

MAX_BYTES = 2048
"""No longer inputs are made."""
SECONDS = 5.0
"""Processor time that one of them may take. Most take some milliseconds; the fuzzer's tracing makes it three times."""
STRETCHED = 20_000
"""How long a run of one character is made, if that is drawn: what takes the square of its length shows then."""

SEEDS = Path(__file__).parent.parent / "fixtures" / "fuzz"
"""A folder for each check: small inputs to begin with, and what was found."""

# Parquet is left to Arrow's own fuzzers.
READABLE = sorted(set(READERS) - {"parquet"})

_READINGS: tuple[Callable[[bytes], str | bytes], ...] = (
    lambda data: data,
    lambda data: data.decode("utf-8", "surrogateescape"),
    lambda data: data.decode("latin-1"),
    lambda data: data[: len(data) // 2 * 2].decode("utf-16-le", "surrogatepass"),
)
_RUN = re.compile(rb"(.)\1{7,}", re.DOTALL)


def check_text(data: bytes) -> None:
    """A plain text: nothing is lost, nothing is rewritten, everything can be undone."""
    draw = _Draw(data)
    page = draw.document()
    options = cleaner.Options(preset=draw.one(PRESETS))
    result = _cleaned(page, "text", options)
    text, encoding = decode_text(page) if isinstance(page, bytes) else (page, None)
    assert result.document.text == text
    assert encoding is None or encode_text(result.restore(), encoding) == page


def check_html(data: bytes) -> None:
    """A page, with every extractor."""
    draw = _Draw(data)
    page = draw.document()
    options = cleaner.Options(preset=draw.one(PRESETS), extractor=draw.one(EXTRACTORS), links=draw.one((False, True)))
    _cleaned(page, "html", options)


def check_readers(data: bytes) -> None:
    """A file of any format: its records are numbered, come again the same, and can be written."""
    draw = _Draw(data)
    file = InputFile("file", os.devnull, draw.one(READABLE))
    with _within(SECONDS):
        entries = _read(draw.rest, file)
        assert entries == _read(draw.rest, file)
    numbers = [entry.number for entry in entries]
    assert numbers == sorted(set(numbers))
    for entry in entries:
        if isinstance(entry, Record):
            assert json_line(cleaned_row(entry, "text")).count(b"\n") == 1


CHECKS = {"text": check_text, "html": check_html, "readers": check_readers}


def _read(data: bytes, file: InputFile) -> list[Entry]:
    def instead(opened: BinaryIO) -> BinaryIO:
        opened.close()
        return BytesIO(data)

    return list(read_entries(file, limit=1 << 20, watch=instead))


class _Draw:
    """Choices, all from the first two bytes, and the rest."""

    def __init__(self, data: bytes) -> None:
        self._left, self.rest = int.from_bytes(data[:2]), data[2:]

    def one(self, choices: Sequence[Any]) -> Any:
        self._left, index = divmod(self._left, len(choices))
        return choices[index]

    def document(self) -> str | bytes:
        reading = self.one(_READINGS)
        stretch = self.one((False, False, False, True))
        rest = _RUN.sub(lambda run: run[1] * STRETCHED, self.rest, count=1) if stretch else self.rest
        return cast("str | bytes", reading(rest))


def _cleaned(page: str | bytes, kind: str, options: cleaner.Options) -> CleanResult:
    with _within(SECONDS):
        result = cleaner.clean(page, kind=kind, options=options)
    check_invariants(result, options)
    assert cleaner.clean(page, kind=kind, options=options) == result, "the same again is not the same"
    for name in FORMATS:
        encode(render(result, name))
    return result


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    """Stop what takes longer, in processor time; a regular expression that runs away is stopped, too."""

    def stop(*_: object) -> None:
        raise TimeoutError(f"it takes more than {seconds:g} s")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
