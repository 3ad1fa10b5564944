"""Text and spans made ready to be shown: a text in pieces, each with the spans that cover it; a span in its context.

Pieces need no offsets, so a page whose strings are UTF-16 has nothing to convert.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

Piece = tuple[str, tuple[int, ...]]
"""Some text, and the numbers of the spans that cover all of it."""

AROUND = 160
"""Code points of text that are shown on each side of a span."""

# Lines of text that are shown on each side of a span, and of a long span at its beginning and its end.
_LINES = 3
_LINES_INSIDE = 6

_LONGEST = 600


def cut(text: str, spans: Sequence[tuple[int, int]], start: int = 0, end: int | None = None) -> list[Piece]:
    """The text from ``start`` to ``end`` in pieces. Spans may overlap; those that are empty or outside are left out.

    >>> cut("Share this story", [(0, 5), (6, 16), (11, 16)])
    [('Share', (0,)), (' ', ()), ('this ', (1,)), ('story', (1, 2))]
    """
    end = len(text) if end is None else end
    clipped = [(max(start, a), min(end, b), n) for n, (a, b) in enumerate(spans)]
    clipped = sorted(span for span in clipped if span[0] < span[1])
    edges = sorted({start, end, *(a for a, _, _ in clipped), *(b for _, b, _ in clipped)})
    pieces: list[Piece] = []
    open_: list[tuple[int, int]] = []  # end and number of the spans that cover what comes next
    waiting = iter([*clipped, (end, end, -1)])
    following = next(waiting)
    for a, b in pairwise(edges):
        while following[0] <= a and following[2] >= 0:
            open_.append(following[1:])
            following = next(waiting)
        open_ = [span for span in open_ if span[0] > a]
        pieces.append((text[a:b], tuple(sorted(number for _, number in open_))))
    return pieces


def bare(text: str, start: int, end: int) -> tuple[int, int]:
    """A span without the white space at its ends: a removal takes its line break along, a mark should not.

    >>> bare("Share\\n\\nThe bridge", 0, 7)
    (0, 5)
    """
    span = text[start:end]
    return start + len(span) - len(span.lstrip()), start + max(len(span.rstrip()), len(span) - len(span.lstrip()))


def excerpt(text: str, start: int, end: int, around: int = AROUND) -> tuple[str, str, str]:
    """The text before a span, the span, and the text after it, cut at words; ``…`` stands where more is left out.

    >>> excerpt("The bridge is open. Read more. The city said so.", 20, 30, around=9)
    ('…open. ', 'Read more.', ' The city…')
    """
    return _before(text, start, around), _shortened(text[start:end]), _after(text, end, around)


def _before(text: str, start: int, around: int) -> str:
    found = text[max(0, start - around) : start]
    lines = found.split("\n")
    if len(lines) > _LINES:
        return "…\n" + "\n".join(lines[-_LINES:])
    if start <= around:
        return found
    gap = next((at for at, char in enumerate(found) if char.isspace()), -1)
    # Scripts without spaces are cut anywhere.
    return "…" + (found[gap + 1 :] if gap < around // 2 else found)


def _after(text: str, end: int, around: int) -> str:
    found = text[end : end + around]
    lines = found.split("\n")
    if len(lines) > _LINES:
        return "\n".join(lines[:_LINES]) + "\n…"
    if end + around >= len(text):
        return found
    gap = next((at for at in range(len(found) - 1, -1, -1) if found[at].isspace()), -1)
    return (found[:gap] if gap > around // 2 else found) + "…"


def _shortened(text: str) -> str:
    """A long span without its middle."""
    lines = text.split("\n")
    if len(lines) > 2 * _LINES_INSIDE:
        text = "\n".join([*lines[:_LINES_INSIDE], "…", *lines[-_LINES_INSIDE:]])
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST // 2]} … {text[-_LONGEST // 2 :]}"


def offsets(spans: Iterable[Mapping[str, Any]]) -> list[tuple[int, int]]:
    """Start and end of the removals or the spared claims of a record."""
    return [(span["start"], span["end"]) for span in spans]
