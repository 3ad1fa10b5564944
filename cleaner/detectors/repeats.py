"""The same line again: stories that were printed twice, teasers and pull quotes, labels between all paragraphs.

Fires on:  a passage that stood above, line for line: a page or an extractor printed the story twice. Single lines that
           come again are claims that need a second voice, and so are labels of up to three words that stand four times
           between paragraphs: on the development texts three of four lines that this claims of either are story, steps
           of a training plan, heads of the parts of a list ("Pros:").
Not on:    the first copy of a sentence; shorter lines that come again (questions, names); tables and refrains as
           passages (they have no paragraphs); the names of an interview's speakers (two labels in turn).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from cleaner.detectors.claims import block_claim
from cleaner.detectors.heard import Heard
from cleaner.model import Category, Document, Finding, Strength

# In words. A sentence of the first length is never repeated by chance; a label between paragraphs is not longer than
# the second.
LONG = 12
LABEL = 3
MANY = 4
# A passage has so many paragraphs, and so many words. On the development pages and texts this takes some 40, and all of
# them are copies of what the text of reference has once. Tables come again in parts; they have no paragraphs.
PASSAGE = 3
PASSAGE_WORDS = 100


def find_repeats(document: Document, heard: Heard) -> Iterator[Finding]:
    """Claim later copies of passages and of long lines, and every copy of a label between paragraphs."""
    for index in _passages(document, heard):
        yield block_claim(
            document, index, Category.OTHER, "passage-again", Strength.STRONG, "part of a passage that stood above"
        )
    labels: list[list[int]] = []
    for indexes in _copies(document, heard):
        words = document.readings[indexes[0]].word_count
        if words >= LONG:
            for index in indexes[1:]:
                yield block_claim(
                    document, index, Category.OTHER, "same-again", Strength.MEDIUM, "the same paragraph stood above"
                )
        elif words <= LABEL and len(indexes) >= MANY and all(_between_paragraphs(document, i) for i in indexes):
            labels.append(indexes)
    if len(labels) == 1:  # two that alternate are the speakers of an interview
        why = f"the same label stands {len(labels[0])} times between paragraphs"
        for index in labels[0]:
            yield block_claim(document, index, Category.UI, "between-paragraphs", Strength.MEDIUM, why)


def _passages(document: Document, heard: Heard) -> Iterator[int]:
    """The lines of passages that stood above, line for line, short lines at their beginning and end included."""
    lines = [index for index in range(len(document.blocks)) if not heard.strong(index)]
    texts = [document.readings[index].fold.text for index in lines]
    if len(set(texts)) == len(texts):
        return
    words = [document.readings[index].word_count for index in lines]
    prose = [document.readings[index].prose for index in lines]
    firsts: dict[str, int] = {}
    done = 0
    for at, text in enumerate(texts):
        twin = firsts.setdefault(text, at)
        if at < done or not prose[at] or twin == at:
            continue
        end = at
        while end < len(texts) and end - at < at - twin and texts[end] == texts[twin + end - at]:
            end += 1
        if sum(prose[at:end]) >= PASSAGE and sum(words[at:end]) >= PASSAGE_WORDS:
            while twin and at - 1 >= max(done, twin) and texts[at - 1] == texts[twin - 1]:
                at, twin = at - 1, twin - 1
            yield from lines[at:end]
            done = end


def _copies(document: Document, heard: Heard) -> Iterator[list[int]]:
    texts = [reading.fold.text for reading in document.readings]
    if len(set(texts)) == len(texts):
        return
    places: dict[str, list[int]] = defaultdict(list)
    for index, text in enumerate(texts):
        if not heard.strong(index):
            places[text].append(index)
    yield from (indexes for indexes in places.values() if len(indexes) > 1)


def _between_paragraphs(document: Document, index: int) -> bool:
    beside = [i for i in (index - 1, index + 1) if 0 <= i < len(document.blocks)]
    return any(document.readings[i].prose for i in beside)
