"""A cleaned document as Markdown: what a page shows as heading, list, quote, code or table is written as one.

Follows CommonMark, tables those of GitHub. A plain text has no such structure; its lines become paragraphs.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import takewhile
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

from cleaner.model import Block, CleanResult

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
# The segmenter joins the cells of a row with " | "; two in a row stand around an empty cell. Any other bar is text.
_BETWEEN_CELLS = re.compile(r"(?<!\S)\|(?!\S)")
_TICKS = re.compile("`+")
_SIGNS = re.compile(r"[\\*_`\[\]~]")
# An ampersand that would be read as the beginning of an entity.
_ENTITY = re.compile(r"&(?=#?[0-9A-Za-z]+;)")
# Where a line would begin a heading, a quote, a list or a rule: before its sign, or between number and sign.
_OPENER = re.compile(r"(?=[#>+=|-])|[0-9]{1,9}(?=[.)](?:\s|$))")
# Signs at the end of a heading are read as its frame.
_CLOSER = re.compile(r"(?<!\S)(?=#+\s*$)")


class _Kept(NamedTuple):
    """What is left of a block, with the elements around it."""

    text: str
    links: tuple[tuple[int, int, str], ...]
    """Start and end in ``text``, and address, of the links that are left whole."""
    tag: str
    steps: tuple[str, ...]
    """The elements around it with their names, outermost first."""
    tags: tuple[str, ...]
    """The same without names."""
    item: int
    """The number of the innermost list item, 0 where it is not known."""

    @property
    def shape(self) -> str:
        """How the block is written: ``pre``, ``table``, ``list`` or ``line``."""
        if "pre" in self.tags:
            return "pre"
        if self.tag == "tr" and ("li" not in self.tags or _BETWEEN_CELLS.search(self.text)):
            return "table"
        return "list" if "li" in self.tags and self.tag not in _HEADINGS else "line"

    def upto(self, tag: str) -> tuple[str, ...]:
        """The way down to the innermost element of this kind."""
        return self.steps[: len(self.tags) - self.tags[::-1].index(tag)] if tag in self.tags else ()

    @property
    def lists(self) -> list[tuple[str, ...]]:
        """The ways down to the lists around it, outermost first."""
        # Of a block outside the main content nothing is known but its own element: no list, though it is an item.
        return [self.steps[: at + 1] for at, tag in enumerate(self.tags) if tag in ("ul", "ol")] or [()]


def to_markdown(result: CleanResult, title: bool = True) -> str:
    """The cleaned body as Markdown, with the title as its first heading unless ``title`` is false.

    Links are written where the document was read with them (``Options.links``).
    """
    parts = [_heading(1, _marks(result.title))] if title and result.title else []
    line = " · ".join(_marks(field) for field in (result.byline, result.published) if field)
    if line:
        parts.append(f"*{line}*")
    base = result.document.meta.get("url", "")
    for group in _groups(_kept(result)):
        parts += _WRITERS[group[0].shape](group, base)
    return "\n\n".join(parts) + "\n"


def _kept(result: CleanResult) -> Iterator[_Kept]:
    """The blocks of which something is left, in order."""
    edges = [edge for removal in result.removals for edge in (removal.start, removal.end)]
    starts, ends = [0, *edges[1::2]], [*edges[::2], len(result.document.text)]
    for block in result.document.blocks:
        pieces = []
        at = bisect_right(ends, block.start)
        while at < len(starts) and starts[at] < block.end:
            pieces.append((max(starts[at] - block.start, 0), min(ends[at] - block.start, len(block.text))))
            at += 1
        kept = _joined(block, pieces)
        if kept.text.strip():
            yield kept


def _joined(block: Block, pieces: list[tuple[int, int]]) -> _Kept:
    text, links = "", []
    for start, end in pieces:
        moved = len(text) - start
        links += [
            (first + moved, last + moved, href) for first, last, href in block.links if start <= first and last <= end
        ]
        text += block.text[start:end]
    steps = tuple(block.path.split("/"))
    return _Kept(text, tuple(links), block.tag, steps, tuple(step.partition("[")[0] for step in steps), block.item)


def _groups(blocks: Iterator[_Kept]) -> Iterator[list[_Kept]]:
    """The runs of blocks that are written as one."""
    group: list[_Kept] = []
    for kept in blocks:
        if group and not _together(group[-1], kept):
            yield group
            group = []
        group.append(kept)
    if group:
        yield group


def _together(before: _Kept, after: _Kept) -> bool:
    """Whether a block goes on with what the one before belongs to, as far as their paths tell."""
    if before.shape != after.shape:
        return False
    if after.shape not in ("pre", "table"):
        return True
    next_head = "thead" in after.tags and "thead" not in before.tags
    return _same(before.upto(after.shape), after.upto(after.shape)) and not next_head


def _same(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two ways lead to one element. A long path lacks its first steps, so they are compared from their ends."""
    return all(step == its for step, its in zip(reversed(one), reversed(other), strict=False))


def _lines(blocks: list[_Kept], base: str) -> Iterator[str]:
    for kept in blocks:
        text = _inline(kept, base)
        if kept.tag in _HEADINGS:
            text = _heading(_HEADINGS[kept.tag], text)
        elif kept.tag == "dt":
            text = f"**{text}**"
        else:
            text = _opening(text)
        yield f"> {text}" if "blockquote" in kept.tags else text


def _code(blocks: list[_Kept], _base: str) -> Iterator[str]:
    text = "\n".join(kept.text for kept in blocks)
    fence = "`" * max(3, 1 + max(map(len, _TICKS.findall(text)), default=0))
    yield f"{fence}\n{text}\n{fence}"


def _table(blocks: list[_Kept], base: str) -> Iterator[str]:
    """The rows from the first to the last with more than one cell; those above and below are titles, notes, layout.

    The head has as many cells as the longest row: GitHub drops what stands beyond its head and fills shorter rows.
    """
    rows = [_cells(kept, base) for kept in blocks]
    wide = [number for number, row in enumerate(rows) if len(row) > 1]
    first, end = (wide[0], wide[-1] + 1) if wide else (0, 0)
    yield from _lines(blocks[:first], base)
    if wide:
        width = max(map(len, rows))
        head = rows[first]
        head += [""] * (width - len(head))
        written = ["| " + " | ".join(row) + " |" for row in rows[first:end]]
        yield "\n".join([written[0], "|" + " --- |" * width, *written[1:]])
    yield from _lines(blocks[end:], base)


def _cells(kept: _Kept, base: str) -> list[str]:
    bars = [edge for bar in _BETWEEN_CELLS.finditer(kept.text) for edge in bar.span()]
    edges = [0, *bars, len(kept.text)]
    spans = zip(edges[::2], edges[1::2], strict=True)
    return [_inline(kept, base, start, end).replace("|", "\\|") for start, end in spans]


class _Level(NamedTuple):
    """A list that is being written."""

    steps: tuple[str, ...]
    sign: str
    item: int
    number: int = 1

    @property
    def mark(self) -> str:
        return f"{self.number}{self.sign} " if self.sign in ".)" else f"{self.sign} "


def _list(blocks: list[_Kept], base: str) -> Iterator[str]:
    lines: list[str] = []
    levels: list[_Level] = []
    for kept in blocks:
        outer, begun = _levels(levels, kept)
        if not begun:
            lines.append("")  # a further paragraph of an item
        # What stands in an item is indented by the width of its mark, be it "1. " or "10. ".
        indent = sum(len(level.mark) for level in outer)
        lines.append(" " * indent + "".join(level.mark for level in begun) + _opening(_inline(kept, base)))
        levels = [*outer, *begun]
    yield "\n".join(lines)


def _levels(levels: list[_Level], kept: _Kept) -> tuple[list[_Level], list[_Level]]:
    """The lists around a block: those whose items go on around it, and those in which an item begins with it."""
    lists = kept.lists
    pairs = zip(levels, lists, strict=False)
    shared = len(list(takewhile(lambda pair: _same(pair[0].steps, pair[1]), pairs)))
    if shared == len(lists):
        level = levels[shared - 1]
        if kept.item and kept.item == level.item:
            return levels[:shared], []
        return levels[: shared - 1], [level._replace(number=level.number + 1, item=kept.item)]
    # A list right after another takes the other sign: with the same one it would be more of that list.
    taken = levels[shared].sign if shared < len(levels) else ""
    return levels[:shared], [_Level(steps, _sign(steps, taken), kept.item) for steps in lists[shared:]]


def _sign(steps: tuple[str, ...], taken: str) -> str:
    usual, other = ".)" if steps and steps[-1].startswith("ol") else "-*"
    return other if taken == usual else usual


_WRITERS = {"line": _lines, "pre": _code, "table": _table, "list": _list}


def _inline(kept: _Kept, base: str, start: int = 0, end: int | None = None) -> str:
    """The text between two places with its links, escaped so that it stays the text that it is."""
    end = len(kept.text) if end is None else end
    parts: list[str] = []
    at = start
    for first, last, href in kept.links:
        if at <= first and last <= end and (address := _address(href, base)):
            parts += [_marks(kept.text[at:first]), f"[{_marks(kept.text[first:last])}](<{address}>)"]
            at = last
    parts.append(_marks(kept.text[at:end]))
    # A link after an exclamation mark would be an image.
    return "".join(parts).strip().replace("![", "\\![")


def _address(href: str, base: str) -> str:
    """An absolute web address, escaped, ``""`` for any other."""
    try:
        address = urljoin(base, href.strip())
        safe = urlsplit(address).scheme in ("http", "https") and not set(address) & set("<> \r\n")
    except ValueError:
        return ""
    return _ENTITY.sub("&amp;", address.replace("\\", "\\\\")) if safe else ""


def _heading(level: int, text: str) -> str:
    return "#" * level + " " + _CLOSER.sub(r"\\", text)


def _opening(line: str) -> str:
    """A line that begins with what it says."""
    opener = _OPENER.match(line)
    return f"{opener[0]}\\{line[opener.end() :]}" if opener else line


def _marks(text: str) -> str:
    return _SIGNS.sub(r"\\\g<0>", _ENTITY.sub("&amp;", text).replace("<", "&lt;"))
