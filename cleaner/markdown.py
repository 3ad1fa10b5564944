"""A cleaned document as Markdown: what a page shows as heading, list, quote, code or table is written as one.

Follows CommonMark, tables those of GitHub. A plain text has no such structure; its lines become paragraphs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

from cleaner.model import Block, CleanResult

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_CELL = " | "
# Marks that would make a line a heading, a quote, a list or a rule.
_OPENERS = "#>+-=|~"


class _Kept(NamedTuple):
    """What is left of a block, with the elements around it, outermost first."""

    block: Block
    pieces: tuple[tuple[int, int], ...]
    """Spans of the block's text that stay."""
    tags: tuple[str, ...]

    @property
    def text(self) -> str:
        return "".join(self.block.text[start:end] for start, end in self.pieces).strip()

    @property
    def shape(self) -> str:
        """How the block is written: ``pre``, ``table``, ``list`` or ``line``."""
        if "pre" in self.tags:
            return "pre"
        if self.block.tag == "tr" and _CELL in self.block.text:
            return "table"
        return "list" if "li" in self.tags and self.block.tag not in _HEADINGS else "line"


def to_markdown(result: CleanResult, title: bool = True) -> str:
    """The cleaned body as Markdown, with the title as its first heading unless ``title`` is false.

    Links are written where the document was read with them (``Options.links``).
    """
    parts = [f"# {_escape(result.title)}"] if title and result.title else []
    line = " · ".join(_escape(field) for field in (result.byline, result.published) if field)
    if line:
        parts.append(f"*{line}*")
    base = result.document.meta.get("url", "")
    for shape, group in groupby(_kept(result), key=lambda kept: kept.shape):
        parts += _WRITERS[shape](list(group), base)
    return "\n\n".join(parts) + "\n"


def _kept(result: CleanResult) -> Iterator[_Kept]:
    """The blocks of which something is left, in order."""
    removals, gone = result.removals, 0
    for block in result.document.blocks:
        pieces, at = [], block.start
        while gone < len(removals) and removals[gone].end <= block.start:
            gone += 1
        for removal in removals[gone:]:
            if removal.start >= block.end:
                break
            if removal.start > at:
                pieces.append((at - block.start, removal.start - block.start))
            at = max(at, removal.end)
        if at < block.end:
            pieces.append((at - block.start, len(block.text)))
        kept = _Kept(block, tuple(pieces), tuple(step.partition("[")[0] for step in block.path.split("/")))
        if kept.text:
            yield kept


def _lines(blocks: list[_Kept], base: str) -> Iterator[str]:
    for kept in blocks:
        text = _inline(kept, base)
        level = _HEADINGS.get(kept.block.tag)
        if level:
            text = f"{'#' * level} {text}"
        elif kept.block.tag == "dt":
            text = f"**{text}**"
        yield f"> {text}" if "blockquote" in kept.tags else text


def _code(blocks: list[_Kept], _base: str) -> Iterator[str]:
    text = "\n".join(kept.block.text for kept in blocks)
    fence = "```"
    while fence in text:
        fence += "`"
    yield f"{fence}\n{text}\n{fence}"


def _table(blocks: list[_Kept], base: str) -> Iterator[str]:
    rows = [_inline(kept, base).split(_CELL) for kept in blocks]
    width = max(map(len, rows))
    written = ["| " + " | ".join([*row, *[""] * (width - len(row))]) + " |" for row in rows]
    yield "\n".join([written[0], "|" + " --- |" * width, *written[1:]])


def _list(blocks: list[_Kept], base: str) -> Iterator[str]:
    lines: list[str] = []
    numbers: dict[str, int] = {}
    for kept in blocks:
        lists = [tag for tag in kept.tags if tag in ("ul", "ol")]
        mark = "-"
        if lists and lists[-1] == "ol":
            numbers[kept.block.path] = numbers.get(kept.block.path, 0) + 1
            mark = f"{numbers[kept.block.path]}."
        lines.append(f"{'   ' * (len(lists) - 1)}{mark} {_inline(kept, base)}")
    yield "\n".join(lines)


_WRITERS = {"line": _lines, "pre": _code, "table": _table, "list": _list}


def _inline(kept: _Kept, base: str) -> str:
    """The text with its links, escaped so that a line stays the line that it is."""
    parts: list[str] = []
    for start, end in kept.pieces:
        at = start
        for first, last, href in kept.block.links:
            address = _address(href, base)
            if at <= first and last <= end and address:
                parts += [_marks(kept.block.text[at:first]), f"[{_marks(kept.block.text[first:last])}](<{address}>)"]
                at = last
        parts.append(_marks(kept.block.text[at:end]))
    line = "".join(parts).strip()
    return "\\" + line if line[:1] in _OPENERS else line


def _address(href: str, base: str) -> str:
    """An absolute web address, ``""`` for any other."""
    try:
        address = urljoin(base, href.strip())
        safe = urlsplit(address).scheme in ("http", "https") and not set(address) & set("<> \n")
    except ValueError:
        return ""
    return address if safe else ""


def _escape(line: str) -> str:
    line = _marks(line)
    return "\\" + line if line[:1] in _OPENERS else line


def _marks(text: str) -> str:
    escaped: Iterable[tuple[str, str]] = (
        ("\\", "\\\\"),
        ("<", "&lt;"),
        ("*", "\\*"),
        ("_", "\\_"),
        ("`", "\\`"),
        ("[", "\\["),
    )
    for sign, written in escaped:
        text = text.replace(sign, written)
    return text
