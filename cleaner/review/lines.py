"""Spans → the lines that they cover, whole or in part, and what verdicts call them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cleaner.blocks import read_blocks
from cleaner.review.items import Document, Item, Verdict, judged


@dataclass(frozen=True, slots=True)
class Piece:
    """What a span has of one line, without the white space at its ends."""

    line: int
    """Number of the line, from 0: how many line feeds stand before it."""
    start: int
    end: int
    text: str
    block: str
    """The whole line, stripped."""

    @property
    def whole(self) -> bool:
        """Whether it is all of the line."""
        return self.text == self.block


def pieces_in(text: str, start: int, end: int) -> Iterator[Piece]:
    """What a span has of each line that is not blank.

    >>> [(piece.line, piece.text, piece.whole) for piece in pieces_in("Share\\n\\nThe bridge is open.", 0, 10)]
    [(0, 'Share', True), (2, 'The', False)]
    """
    for block in read_blocks(text):
        inside = text[max(start, block.start) : min(end, block.end)]
        bare = inside.strip()
        if block.start < end and bare:
            at = max(start, block.start) + inside.index(bare[0])
            yield Piece(text.count("\n", 0, block.start), at, at + len(bare), bare, block.text)


def named_pieces(document: Document, judgements: Iterable[tuple[Item, Verdict]]) -> list[tuple[Piece, str]]:
    """The pieces of lines that verdicts have named, in the order of the text; of two names the later one holds."""
    named: dict[tuple[int, int], tuple[Piece, str]] = {}
    for item, verdict in judgements:
        for part in judged(item, verdict):
            for piece in pieces_in(document.text, part.start, part.end):
                named[piece.start, piece.end] = (piece, part.name)
    return [named[span] for span in sorted(named)]
