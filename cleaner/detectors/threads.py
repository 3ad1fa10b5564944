"""Readers' comments: what stands between a comment widget's own words.

Fires on:  everything from a "Comments" label on, after the story, if "Reply" lines or dated names follow.
Not on:    a story about comments (no widget words), a label above the story (its counter).
"""

from __future__ import annotations

from collections.abc import Iterator

from cleaner.detectors.claims import block_claim
from cleaner.detectors.heard import Heard
from cleaner.model import Category, Document, Finding, Strength

# So much of the text stands above a comment thread, at least, as a share of the blocks; and so many widget lines in it.
MIN_ABOVE = 0.15
MIN_PARAGRAPHS = 2
MIN_WIDGETS = 3


def find_threads(document: Document, heard: Heard) -> Iterator[Finding]:
    """Claim the blocks of a comment thread, readers' prose included."""
    widgets = [
        i for i in range(len(document.blocks)) if heard.claimed(i) and heard.says(i, Category.COMMENTS)
    ]
    widgets = [i for i in widgets if i >= MIN_ABOVE * len(document.blocks)]
    if len(widgets) < MIN_WIDGETS:
        return
    first = widgets[0]
    above = sum(reading.prose for reading in document.readings[:first])
    if above < MIN_PARAGRAPHS or not any(heard.strong(i) for i in widgets):
        return
    for index in range(first, widgets[-1] + 1):
        if not heard.strong(index) and _close(index, widgets):
            yield block_claim(document, index, Category.COMMENTS, "thread", Strength.STRONG, "it stands inside a comment thread")


def _close(index: int, widgets: list[int]) -> bool:
    """No further than four blocks from a widget's line on either side."""
    return any(0 < index - w <= 4 for w in widgets) and any(0 < w - index <= 4 for w in widgets)
