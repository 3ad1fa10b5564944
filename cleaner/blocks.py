"""Plain text → blocks: one block a line that holds more than white space."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from cleaner.model import Block, Category, Document, Removal, apply_removals
from cleaner.text import squeeze


def read_blocks(text: str) -> tuple[Block, ...]:
    """Cut a text at its line breaks, whichever they are; offsets point at the stripped lines.

    >>> [(b.start, b.text) for b in read_blocks("One\\r\\n\\n  Two\\n")]
    [(0, 'One'), (8, 'Two')]
    """
    blocks: list[Block] = []
    at = 0
    for line in text.splitlines(keepends=True):
        bare = line.strip()
        if bare:
            blocks.append(Block(len(blocks), bare, at + line.index(bare[0])))
        at += len(line)
    return tuple(blocks)


def text_document(
    text: str,
    language: str | None = None,
    meta: Mapping[str, str] | None = None,
) -> Document:
    """A document in text mode: its text is the input itself, untouched."""
    return Document(text, read_blocks(text), "text", language, meta or {})


def rest_of(document: Document, removals: Sequence[Removal]) -> Document:
    """What a cleaning left of a document, as a document that knows what is known of the lines already.

    What is left of a page is a text like any other: whoever cleans it again does not know where its lines stood. What
    is left of a text is a text cleaned before.
    """
    text = apply_removals(document.text, removals)
    again = document.kind != "html"
    headed = document.headed or (not again and any(_is_headline(document, removal) for removal in removals))
    return replace(document, text=text, blocks=read_blocks(text), kind="text", again=again, headed=headed)


def _is_headline(document: Document, removal: Removal) -> bool:
    """True for the headline of a page's own story; those of others and the paper's name stand on pages, too."""
    title = document.meta.get("title", "")
    return removal.category is Category.HEADLINE and len(title) > 0 and title in squeeze(removal.text)
