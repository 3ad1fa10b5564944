"""Verdicts → lines with labels, to train on.

As JSON lines: a line of a document each, with its text. As a table (``.tsv``), the form of ``training/read_lines.tsv``:
no text, and only lines that a verdict names as a whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from cleaner.audit import to_json
from cleaner.io.atomic import write_atomically
from cleaner.io.files import stem_of
from cleaner.review.items import Document, Item, Verdict
from cleaner.review.lines import Piece, named_pieces

Judgements = Sequence[tuple[Item, Verdict]]


def write_labels(path: Path, judged: Iterable[tuple[Document, Judgements]], run: str) -> int:
    """Write the labels of some documents, each with the verdicts on it; how many they are.

    ``run`` is what documents are filed under that are a file of their own. Raises
    :class:`cleaner.errors.UsageError` if the file cannot be written.
    """
    labels = [(document, *named) for document, verdicts in judged for named in named_pieces(document, verdicts)]
    rows = list(_table(labels, run) if path.suffix == ".tsv" else _lines(labels, run))
    write_atomically(path, "".join(f"{row}\n" for row in rows).encode("utf-8"))
    return len(rows)


def _lines(labels: Iterable[tuple[Document, Piece, str]], run: str) -> Iterator[str]:
    for label in labels:
        yield to_json(_label(*label, run))


def _label(document: Document, piece: Piece, name: str, run: str) -> dict[str, Any]:
    set_, _, upstream = _kind(document, run).partition(".")
    part = {} if piece.whole else {"start": piece.start, "end": piece.end, "line": piece.block}
    return {
        "set": set_,
        "upstream": upstream,
        "id": document.id,
        "i": piece.line,
        "category": name,
        "text": piece.text,
        **part,
        "language": document.language,
        "url": document.url,
    }


def _table(labels: Iterable[tuple[Document, Piece, str]], run: str) -> Iterator[str]:
    for document, piece, name in labels:
        if piece.whole:
            yield "\t".join((_kind(document, run), document.id, str(piece.line), name))


def _kind(document: Document, run: str) -> str:
    """Set and upstream of a document, with a dot between: of the file that it is a record of, else of the run."""
    name = stem_of(Path(document.file).name) if document.file else run
    return name if document.file and "." in name else f"{name}.{document.kind}"
