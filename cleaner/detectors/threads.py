"""Readers' comments: what stands between a comment widget's own words.

Fires on:  everything from a "Comments" label on, after the story, if "Reply" lines or dated names follow.
Not on:    a story about comments (no widget words), a label above the story (its counter), labels among the story's
           paragraphs, each once ("Comments", "Leave a comment").
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import accumulate, dropwhile

from cleaner.detectors.claims import block_claim
from cleaner.detectors.heard import Heard
from cleaner.model import Category, Document, Finding, Strength
from cleaner.text import label_of

# So many paragraphs stand above a comment thread, at least, so many widget lines in it, and so many blocks of a
# reader's prose between two of these, at most.
MIN_PARAGRAPHS = 2
MIN_WIDGETS = 3
MAX_GAP = 4
# A counter under every entry of a live page is one label, however often it stands; a thread has more.
MIN_LABELS = 2


def find_threads(document: Document, heard: Heard) -> Iterator[Finding]:
    """Claim the blocks of a comment thread, readers' prose included."""
    widgets = [index for index in heard.touched(Category.COMMENTS) if heard.claimed(index)]
    above = list(accumulate((reading.prose for reading in document.readings), initial=0))
    for run in _close_together(widgets):
        thread = list(dropwhile(lambda index: not heard.says_strongly(index, Category.COMMENTS), run))
        labels = Counter(label_of(document.readings[index].fold.text) for index in thread)
        if len(labels) < MIN_LABELS or (len(labels) == len(thread) and _goes_on(document, heard, thread[-1])):
            continue
        if len(thread) >= MIN_WIDGETS and above[thread[0]] >= MIN_PARAGRAPHS:
            for index in range(thread[0], thread[-1] + 1):
                yield block_claim(
                    document, index, Category.COMMENTS, "thread", Strength.STRONG, "it stands inside a comment thread"
                )


def _goes_on(document: Document, heard: Heard, last: int) -> bool:
    """True if a paragraph of the story, as it seems, follows the last widget line."""
    below = range(last + 1, min(last + 1 + MAX_GAP, len(document.blocks)))
    return any(document.readings[index].prose and not heard.claimed(index) for index in below)


def _close_together(widgets: list[int]) -> list[list[int]]:
    """Runs of widget lines with at most ``MAX_GAP`` blocks between one and the next."""
    runs: list[list[int]] = []
    for index in widgets:
        if runs and index - runs[-1][-1] <= MAX_GAP + 1:
            runs[-1].append(index)
        else:
            runs.append([index])
    return runs
