"""A corpus of any size for the batch benchmark: real documents, repeated with variation, the same on every machine.

    python benchmarks/batch_corpus.py DATA OUT --documents 100000 [--html-share 0.1] [--format jsonl.gz ...]

DATA holds ``text/*.jsonl.gz``, texts as extractors print them (rows with ``lines``), and ``html/*.jsonl.gz``, pages
(rows with ``html_latin1``, their bytes). They come in a drawn order, again and again. Each time a document gets a name
that no other has, a made-up word in every longer stretch of its prose; short lines, menus and markup stay as they were,
as they do on a site. OUT gets a folder for each format and ``corpus.json``, which says what is in it. Formats that were
left out can be added by a second call with the same numbers.
"""

from __future__ import annotations

import argparse
import gzip
import io
import json
import re
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from random import Random
from typing import Any, Protocol
from urllib.parse import quote
from uuid import UUID

from cleaner.encoding import decode_html
from cleaner.io.parts import row_writer
from cleaner.io.warc import need_warc
from cleaner.io.writers import encode

MANIFEST = "corpus.json"
PAGES = "folder/pages"
"""The folder that holds nothing but pages, for systems that read no texts."""

# Prose, by kind: what stands before it, and the stretch itself. In a page it is the beginning of a paragraph, where a
# word more leaves the markup as valid as it was.
_PROSE = {"text": re.compile(rb"()([^\n]{60,})"), "html": re.compile(rb"(<p\b[^<>]*>)([^<>]{60,})", re.IGNORECASE)}
_SYLLABLES = [consonant + vowel for consonant in "bdfgklmnprstvz" for vowel in "aeiou"]
_GZIP_LEVEL = 6
_FILES_IN_A_FOLDER = 1000
_SUFFIX = {"text": ".txt", "html": ".html"}
_FOLDER = {"text": "texts", "html": "pages"}


@dataclass(frozen=True, slots=True)
class Document:
    """One document of the corpus, or one of those that it is made from."""

    id: str
    kind: str
    """``text`` or ``html``."""
    url: str
    raw: bytes
    number: int = -1
    """Its place in the corpus, from 0."""


class Output(Protocol):
    """The corpus in one format."""

    def write(self, document: Document) -> None:
        """Add a document."""

    def close(self) -> None:
        """Finish."""


def name_of(number: int) -> str:
    """A word for a number below 24 million that no other has, easy to say in most languages."""
    word = ""
    for _ in range(4):
        number, syllable = divmod(number, len(_SYLLABLES))
        word += _SYLLABLES[syllable]
    return word.capitalize()


def varied(raw: bytes, kind: str, number: int) -> bytes:
    """The document with the name of that number in every longer stretch of prose, or below all else if it has none."""
    name, random = name_of(number).encode(), Random(number)

    def tell(match: re.Match[bytes]) -> bytes:
        prose = match[2]
        at = prose.rfind(b" ", 0, random.randrange(len(prose))) + 1
        return match[1] + prose[:at] + name + b" " + prose[at:]

    told, times = _PROSE[kind].subn(tell, raw)
    return told if times else raw + b"\n" + name + b"\n"


def _lines(path: Path) -> Iterator[bytes]:
    with gzip.open(path) as lines:
        yield from lines


class _Source:
    """The documents of one kind that the corpus is made from, packed in memory, in a drawn order without end."""

    def __init__(self, paths: Iterable[Path], seed: int) -> None:
        rows = [zlib.compress(line, 1) for path in sorted(paths) for line in _lines(path)]
        if not rows:
            raise SystemExit("DATA must hold text/*.jsonl.gz and html/*.jsonl.gz")
        Random(seed).shuffle(rows)
        self._rows = cycle(rows)

    def __next__(self) -> Document:
        row = json.loads(zlib.decompress(next(self._rows)))
        url = row.get("url") or f"https://news.example/{quote(row['id'])}"
        if "lines" in row:
            return Document(row["id"], "text", url, encode("\n".join(row["lines"]) + "\n"))
        return Document(row["id"], "html", url, row["html_latin1"].encode("latin-1"))


def documents(data: Path, count: int, html_share: float, seed: int) -> Iterator[Document]:
    """The corpus, one document after the other; the pages are spread evenly among the texts."""
    texts, pages = (_Source(data.glob(f"{folder}/*.jsonl.gz"), seed) for folder in ("text", "html"))
    for number in range(count):
        is_page = int((number + 1) * html_share) > int(number * html_share)
        source = next(pages if is_page else texts)
        raw = varied(source.raw, source.kind, number)
        yield Document(f"{source.id}#{number}", source.kind, source.url, raw, number)


class Folder:
    """A file for every document, texts and pages apart, a thousand to a folder."""

    def __init__(self, root: Path, packed: bool) -> None:
        self._root, self._packed = root, packed

    def write(self, document: Document) -> None:
        """Add a document."""
        name = f"{document.number:07}{_SUFFIX[document.kind]}{'.gz' if self._packed else ''}"
        folder = self._root / _FOLDER[document.kind] / f"{document.number // _FILES_IN_A_FOLDER:04}"
        folder.mkdir(parents=True, exist_ok=True)
        raw = gzip.compress(document.raw, _GZIP_LEVEL, mtime=0) if self._packed else document.raw
        (folder / name).write_bytes(raw)

    def close(self) -> None:
        """Finish."""


class Files:
    """Files of records, filled one after the other."""

    def __init__(self, root: Path, suffix: str, each: int, record: Callable[[Document], Any]) -> None:
        """``each`` is how many documents go into one."""
        self._root, self._suffix, self._each, self._record = root, suffix, each, record
        self._file: Any = None
        self._count = 0

    def write(self, document: Document) -> None:
        """Add a document."""
        if self._file is None or document.number // self._each >= self._count:
            self.close()
            self._file = self._open(self._root / f"news-{self._count:04}{self._suffix}")
            self._count += 1
        self._file.write(self._record(document))

    def close(self) -> None:
        """Finish the file in hand."""
        if self._file is not None:
            self._file.close()

    def _open(self, path: Path) -> Any:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("wb") if ".warc" in self._suffix else row_writer(path, sync=False)


def row(document: Document) -> dict[str, str]:
    """The document as a row of JSON lines or Parquet; a page is decoded."""
    is_page = document.kind == "html"
    body = decode_html(document.raw)[0] if is_page else document.raw.decode("utf-8", "surrogateescape")
    return {"id": document.id, "url": document.url, document.kind: body}


def warc_record(document: Document) -> bytes:
    """The document as a packed record: a page as the response of a server, a text as WET has it."""
    warc = need_warc()
    is_page = document.kind == "html"
    record = warc.WarcRecord()
    kind = warc.WarcRecordType.response if is_page else warc.WarcRecordType.conversion
    record.init_headers(record_type=kind, record_urn=f"uuid:{UUID(int=document.number)}".encode())
    record.headers["WARC-Date"] = "2024-05-03T12:00:00Z"
    record.headers["WARC-Target-URI"] = document.url
    record.headers["Content-Type"] = "application/http; msgtype=response" if is_page else "text/plain"
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(document.raw)}\r\n\r\n"
    record.set_bytes_content((head.encode() if is_page else b"") + document.raw)
    whole = io.BytesIO()
    record.write(whole)
    return gzip.compress(whole.getvalue(), _GZIP_LEVEL, mtime=0)


FORMATS: dict[str, Callable[[Path, int], Output]] = {
    "folder": lambda root, _: Folder(root, packed=False),
    "folder.gz": lambda root, _: Folder(root, packed=True),
    "jsonl": lambda root, each: Files(root, ".jsonl", each, row),
    "jsonl.gz": lambda root, each: Files(root, ".jsonl.gz", each, row),
    "jsonl.zst": lambda root, each: Files(root, ".jsonl.zst", each, row),
    "parquet": lambda root, each: Files(root, ".parquet", each, row),
    "warc.gz": lambda root, each: Files(root, ".warc.gz", each, warc_record),
}


def make(made: Iterable[Document], out: Path, formats: list[str], each: int) -> dict[str, int]:
    """Write the corpus; how many documents and pages it has, and how many bytes, unpacked."""
    totals = {"documents": 0, "bytes": 0, "pages": 0, "page_bytes": 0}
    with ExitStack() as stack:
        outputs = [stack.enter_context(closing(FORMATS[name](out / name, each))) for name in formats]
        for document in made:
            for output in outputs:
                output.write(document)
            totals["documents"] += 1
            totals["bytes"] += len(document.raw)
            if document.kind == "html":
                totals["pages"] += 1
                totals["page_bytes"] += len(document.raw)
    return totals


def read_manifest(corpus: Path) -> dict[str, Any]:
    """What a corpus holds; nothing if there is none."""
    path = corpus / MANIFEST
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def main() -> int:
    """Make the corpus, or the formats that it lacks."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, metavar="DATA")
    parser.add_argument("out", type=Path, metavar="OUT")
    parser.add_argument("--documents", type=int, required=True, metavar="N")
    parser.add_argument("--html-share", type=float, default=0.1, help="how many are pages, 0 to 1 (%(default)s)")
    parser.add_argument("--each", type=int, default=2500, help="documents in a file of records (%(default)s)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--format", action="append", choices=FORMATS, help="repeatable; all")
    arguments = parser.parse_args()
    if arguments.documents < 1 or arguments.each < 1 or not 0 <= arguments.html_share <= 1:
        parser.error("--documents and --each must be above 0, --html-share from 0 to 1")
    out: Path = arguments.out
    numbers = {name: getattr(arguments, name) for name in ("documents", "html_share", "each", "seed")}
    there = read_manifest(out)
    if there and there["made_with"] != numbers:
        parser.error(f"{out} holds another corpus: {there['made_with']}")
    formats = [name for name in arguments.format or FORMATS if name not in there.get("formats", ())]
    if begun := [name for name in formats if (out / name).exists()]:
        parser.error(f"{out} holds half a corpus; delete {', '.join(begun)} in it")
    made = documents(arguments.data, arguments.documents, arguments.html_share, arguments.seed)
    totals = make(made, out, formats, arguments.each)
    manifest: dict[str, Any] = {**totals, "made_with": numbers, "formats": [*there.get("formats", ()), *formats]}
    (out / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    print(f"{totals['documents']:,} documents, {totals['bytes'] / 1e6:,.0f} MB: {', '.join(manifest['formats'])}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
