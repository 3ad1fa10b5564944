"""Records → their lines, as rows of Parquet files that SQL counts. One call does some tasks, in a process of its own.

Lines are compared as everywhere in the package: folded, their edges cut, every number ``#``. For counting, a line is a
number of 64 bits made of its site and of that label; the text goes along once, to be looked up at the end.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import blake2b
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urldefrag

from cleaner.batch.document import as_told
from cleaner.batch.job import Job
from cleaner.batch.output import writing
from cleaner.batch.plan import Task
from cleaner.batch.sources import Reader
from cleaner.encoding import html_as_utf8
from cleaner.errors import CleanerError, InputError
from cleaner.html import Paths
from cleaner.io.extras import need
from cleaner.io.records import Entry, Passed, Record, Unreadable
from cleaner.learn.days import day_of
from cleaner.metadata import read_metadata
from cleaner.model import Page
from cleaner.pages import read_page
from cleaner.segment import segment
from cleaner.sites import site_of
from cleaner.text import bare_of, label_of, read_block, squeeze

# Longer lines are no template; in code points.
MAX_LINE = 2000
# Rows that are held until they are written.
FLUSH_ROWS = 100_000
# So many steps of the way from the page down to a block.
PATH_STEPS = 3

LINES, DOCUMENTS = "gathered_lines", "gathered_documents"
"""What the two tables are called in SQL."""


# So many documents that cannot be read are named, of what one process reads in one go.
NAMED = 3
# So many records of a large file are one's own before it is the next one's turn.
STRETCH = 256


class Bundle(NamedTuple):
    """What one process gathers in one go: some tasks, or its part of one large file of records."""

    tasks: tuple[Task, ...]
    part: int = 0
    parts: int = 1
    """Among so many bundles the records of the file are dealt out, a stretch to each in turn."""

    @property
    def name(self) -> str:
        """What no other bundle of a corpus is called."""
        return f"{self.tasks[0].number:07}-{self.part:04}"


class Lines(NamedTuple):
    """A record in lines."""

    site: str
    address: str
    day: int | None
    """Days since 1970-01-01."""
    title: str
    lines: list[tuple[str, str]]
    """Text of each line or block, and the path to it."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """What became of a task."""

    documents: int
    failed: int
    """Records that could not be read."""
    nameless: int
    """Documents of which nobody knows the site."""
    size: int
    """Bytes read, as they lie in the files."""
    why: tuple[str, ...] = ()
    """Of the first that failed: which they are, and what is wrong."""


def gather(job: Job, bundle: Bundle, folder: Path, date_key: str | None) -> Gathered:
    """Write the lines of the records of a bundle into two files of ``folder``; what cannot be read is counted.

    Raises :class:`cleaner.errors.OutputError` if the files cannot be written.
    """
    reader = Reader(job)
    documents = nameless = 0
    failed: list[str] = []
    with writing(folder), _Rows(folder, bundle) as rows:
        for name, entry in _named(reader, bundle):
            documents += 1
            try:
                read = lines_of(entry, date_key)
            except CleanerError as error:
                failed.append(f"{entry.id}: {error}")
                continue
            nameless += not read.site
            if read.site:
                rows.add(name, read)
    return Gathered(documents, len(failed), nameless, reader.size, tuple(failed[:NAMED]))


def _named(reader: Reader, bundle: Bundle) -> Iterator[tuple[str, Record | Unreadable]]:
    """What is read, each with a name that nothing else of the corpus has: ids of records may come twice."""
    for task in bundle.tasks:
        for entry in _entries(reader, task, bundle):
            if not isinstance(entry, Passed):
                yield f"{task.files[0].name if task.records else entry.id}#{entry.number}", entry


def _entries(reader: Reader, task: Task, bundle: Bundle) -> Iterator[Entry]:
    """What a task holds; of one that is dealt out, the stretches that are this bundle's."""
    if bundle.parts == 1:
        yield from (entry for _, entry in reader.documents(task, 0))
        return
    for start in count(bundle.part * STRETCH, bundle.parts * STRETCH):
        # From one before it on: word of a file that breaks off somewhere before comes first, and is for another part.
        for number, entry in reader.documents(task, max(0, start - 1), start + STRETCH):
            if number >= start:
                yield entry
        if reader.ended:
            return


def lines_of(entry: Record | Unreadable, date_key: str | None) -> Lines:
    """A record in lines. Raises :class:`cleaner.errors.CleanerError` for one that cannot be read."""
    if not isinstance(entry, Record):
        raise InputError(entry.why)
    page = read_page(as_told(entry), entry.kind, entry.url, entry.id, entry.site)
    said, lines = _of_html(page) if page.kind == "html" else ({}, _of_text(page))
    address = entry.url or said.get("url") or ""
    site = entry.site or site_of(address) or ""
    day = day_of(entry.fields, date_key, said.get("published", ""), address)
    title = entry.fields.get("title") or said.get("title") or (lines[0][0] if lines else "")
    days = None if day is None else day.toordinal() - EPOCH
    return Lines(site, urldefrag(address).url, days, title if isinstance(title, str) else "", lines)


EPOCH = 719_163
"""1970-01-01 in days since the year 1."""


def _of_text(page: Page) -> list[tuple[str, str]]:
    text = page.raw if isinstance(page.raw, str) else ""
    return [(line.strip(), "") for line in text.splitlines() if line.strip()]


def _of_html(page: Page) -> tuple[dict[str, str], list[tuple[str, str]]]:
    source = html_as_utf8(page.raw)
    segments = segment(source.replace(b"\0", b""))
    if segments.gave_up:
        raise InputError("the parser gave up on this page: half of it would be taken for a short one")
    segments.head.address = page.url or ""
    paths = Paths(segments)
    lines = [(piece.text.strip(), paths.last(piece.container, PATH_STEPS)) for piece in segments.pieces]
    return read_metadata(segments.head), lines


class _Read(NamedTuple):
    """What counting needs of a line, whatever its site."""

    label: bytes
    folded: bytes
    """Empty where it is the label: there are no numbers in it."""
    prose: bool
    shown: str | None
    """The line for people; ``None`` if it is too long."""


@lru_cache(maxsize=1 << 16)  # most lines of a template are met again
def _read(text: str) -> _Read:
    reading = read_block(text)
    folded = bare_of(reading.fold.text)
    label = label_of(folded)
    # A line of signs and numbers alone says nothing: "* * *", a page's number.
    if not any(map(str.isalpha, label)):
        return _Read(b"", b"", False, None)
    shown = squeeze(text).encode("utf-8", "replace").decode() if len(text) <= MAX_LINE else None
    as_bytes = label.encode("utf-8", "replace")
    return _Read(as_bytes, b"" if label == folded else folded.encode("utf-8", "replace"), reading.prose, shown)


def _number(data: bytes, within: bytes = b"") -> int:
    """64 bits of a digest, signed as SQL has them; other ones ``within`` another whole."""
    return int.from_bytes(blake2b(data, digest_size=8, key=within).digest(), "little", signed=True)


def _as_bytes(number: int) -> bytes:
    return number.to_bytes(8, "little", signed=True)


Row = tuple[Any, ...]


def line_rows(name: str, read: Lines) -> tuple[Row, list[Row]]:
    """The row of a document, whose ``name`` nothing else has, and those of its lines, each label where it stands first.

    Their columns are those of :func:`schemas`.
    """
    document, name_of_site = _number(name.encode("utf-8", "surrogatepass")), read.site.encode("utf-8", "replace")
    site = _number(name_of_site)
    within = _as_bytes(site)
    lines: dict[int, Row] = {}
    for place, (text, path) in enumerate(read.lines):
        line = _read(text)
        if line.label:
            key = _number(line.label, within)
            if key not in lines:
                form = _number(line.folded, within) if line.folded else key
                lines[key] = (document, place, key, form, len(text), line.prose, path, line.shown)
    content = _number(b"".join(map(_as_bytes, lines)))
    title = _number(_read(read.title).label, within) if read.title else None
    page = _number(read.address.encode("utf-8", "surrogatepass")) if read.address else document
    chars = sum(len(text) for text, _ in read.lines)
    told = (read.day, title, chars, [row[1:] for row in lines.values()])
    version = _number(repr(told).encode("utf-8", "surrogatepass"))
    row = (document, site, name_of_site.decode(), page, content, read.day, title, chars, version)
    return row, list(lines.values())


def _half(folder: Path, what: str, bundle: Bundle) -> Path:
    """The name of a file until it is whole: a process that dies leaves halves, which must not be taken for wholes."""
    return folder / f"{what}-{bundle.name}.part"


def left_half(folder: Path, bundle: Bundle) -> bool:
    """Whether a process has begun a bundle and died before it was done. What it left is taken away."""
    halves = [_half(folder, what, bundle) for what in (LINES, DOCUMENTS)]
    begun = any(half.exists() for half in halves)
    for half in halves:
        half.unlink(missing_ok=True)
    return begun


class _Rows:
    """The files of one bundle: ``lines`` and ``documents``."""

    def __init__(self, folder: Path, bundle: Bundle) -> None:
        self._pa, pq = need("pyarrow", "learn", "learning"), need("pyarrow.parquet", "learn", "learning")
        self._schemas = schemas()
        self._paths = {what: _half(folder, what, bundle) for what in self._schemas}
        self._writers = {
            what: pq.ParquetWriter(self._paths[what], schema, compression="zstd")
            for what, schema in self._schemas.items()
        }
        self._rows: dict[str, list[Row]] = {what: [] for what in self._schemas}

    def __enter__(self) -> _Rows:
        return self

    def __exit__(self, error: type[BaseException] | None, *_: object) -> None:
        if error is None:
            self._flush()
        for what, writer in self._writers.items():
            writer.close()
            if error is None:
                self._paths[what].replace(self._paths[what].with_suffix(".parquet"))

    def add(self, name: str, read: Lines) -> None:
        """A document and its lines."""
        document, lines = line_rows(name, read)
        self._rows[DOCUMENTS].append(document)
        self._rows[LINES] += lines
        if len(self._rows[LINES]) >= FLUSH_ROWS:
            self._flush()

    def _flush(self) -> None:
        for what, rows in self._rows.items():
            schema = self._schemas[what]
            columns = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in schema]
            arrays = [self._pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
            self._writers[what].write_table(self._pa.table(arrays, schema=schema))
            rows.clear()


@cache
def schemas() -> Mapping[str, Any]:
    """The columns of both tables, as Arrow has them; made once, for it is asked for every document."""
    pa = need("pyarrow", "learn", "learning")
    numbers = {"doc": pa.int64(), "place": pa.int32(), "key": pa.int64(), "form": pa.int64(), "chars": pa.int32()}
    lines = numbers | {"prose": pa.bool_(), "path": pa.string(), "text": pa.string()}
    names = {"doc": pa.int64(), "site": pa.int64(), "name": pa.string(), "page": pa.int64(), "content": pa.int64()}
    documents = names | {"day": pa.int32(), "title": pa.int64(), "chars": pa.int64(), "version": pa.int64()}
    return {LINES: pa.schema(list(lines.items())), DOCUMENTS: pa.schema(list(documents.items()))}
