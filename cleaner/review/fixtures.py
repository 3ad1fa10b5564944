"""Verdicts on a document → a page fixture: its source, and the truth about it (``docs/adding-a-rule.md``).

The truth is the reviewer's: what was called content must stay, what was called boilerplate must go. So the fixture of a
wrong removal fails with the rule that was wrong, and passes once that is mended or the text is protected.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cleaner.io.atomic import place_below, write_atomically
from cleaner.options import Options
from cleaner.pages import read_page
from cleaner.pipeline import clean_page
from cleaner.review.items import CONTENT, RIGHT, SKIP, Document, Item, Verdict
from cleaner.review.lines import Piece, named_pieces
from cleaner.toml import toml_lines, toml_value

MARK = "# Written by 'cleaner review'. Take this line away when you edit the file: then it is never written over.\n"

_SLUG = 40
"""Letters of a title in the name of a fixture."""


@dataclass(frozen=True, slots=True)
class Fixture:
    """A fixture that was written, or left alone."""

    folder: Path
    written: bool
    """False if somebody has edited it: then it was left as it is."""
    wrong: tuple[str, ...]
    """What the cleaner gets wrong in it today, with the default options."""


def is_fault(verdict: Verdict) -> bool:
    """Whether a verdict says that the cleaner was wrong, so that a fixture would fail."""
    return verdict.verdict not in (RIGHT, SKIP)


def write_fixture(root: Path, document: Document, judgements: Sequence[tuple[Item, Verdict]], source: bytes) -> Fixture:
    """Write the fixture of a document below a folder, ``source`` being the bytes that the document was read from.

    Raises :class:`cleaner.errors.UsageError` if it cannot be written.
    """
    folder = place_below(root, f"{document.language or 'xx'}/{slug_of(document)}")
    pieces = named_pieces(document, judgements)
    case = folder / "case.toml"
    ours = not case.exists() or case.read_text(encoding="utf-8", errors="replace").startswith(MARK)
    if ours:
        write_atomically(folder / f"source.{'html' if document.kind == 'html' else 'txt'}", source)
        write_atomically(case, _case(document, pieces, judgements).encode("utf-8"))
    return Fixture(folder, ours, tuple(_wrong_today(document, pieces, source)))


def slug_of(document: Document) -> str:
    """A name for the fixture of a document, which no other one has: words of its title, and its key."""
    plain = unicodedata.normalize("NFKD", document.title or document.id).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain)[:_SLUG].strip("-")
    return f"{words}-{document.key[:8]}" if words else document.key[:8]


def _case(document: Document, pieces: Sequence[tuple[Piece, str]], judgements: Sequence[tuple[Item, Verdict]]) -> str:
    rules = sorted({item.stratum.rule for item, verdict in judgements if is_fault(verdict)})
    table: dict[str, Any] = {
        "about": f"Reviewed: {', '.join(rules)} was wrong here." if rules else "Reviewed: all of it was right.",
        "origin": document.url or document.id,
        "licence": "unknown: find out before you publish this text",
        "kind": document.kind,
    }
    if document.url:
        table["url"] = document.url
    head = "".join(f"{name} = {toml_value(value)}\n" for name, value in table.items())
    keep = list(dict.fromkeys(piece.text for piece, name in pieces if name == CONTENT))
    drop = [_dropped(piece, name) for piece, name in pieces if name != CONTENT and piece.text not in keep]
    return f"{MARK}{head}{toml_lines('keep', keep)}\n{toml_lines('drop', drop)}\n"


def _dropped(piece: Piece, category: str) -> dict[str, Any]:
    drop: dict[str, Any] = {"text": piece.text, "category": category}
    return drop | {"line": True} if piece.whole else drop


def _wrong_today(document: Document, pieces: Sequence[tuple[Piece, str]], source: bytes) -> list[str]:
    text = clean_page(read_page(source, document.kind, document.url), Options()).text
    lines = {line.strip() for line in text.splitlines()}
    lost = [piece.text for piece, name in pieces if name == CONTENT and piece.text not in text]
    left = [piece.text for piece, name in pieces if name != CONTENT and piece.text in (lines if piece.whole else text)]
    return [*(f"lost: {part}" for part in lost), *(f"left: {part}" for part in left)]
