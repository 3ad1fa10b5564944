"""Related stories: a label such as "Read more" and the headlines that stand under it.

Fires on:  two or more headline-like lines below a label; any such line below a label after the story's end.
Not on:    one line below a label with a paragraph under it (a crosshead), paragraphs, rows of tables; more lines
           between paragraphs than a list of teasers has; what stands below a label that names its one story itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cleaner.detectors.claims import block_claim
from cleaner.detectors.heard import Heard
from cleaner.model import Category, Document, Finding, Strength
from cleaner.text import CLAUSE_END, FULL_STOPS, label_of

MAX_TEASER_WORDS = 25
MAX_LABEL_WORDS = 8
MAX_TEASERS = 30
# "Read more: Mayor resigns" has its teaser beside it and none below.
_HAS_ITS_OWN = re.compile(r"[:|>–—-]\s+\w")
# Neither have pointers to one thing any.
POINTERS = (".pointer", ".pointer-sentence", ".full-review")
_ROW = " | "
# How lines of a story end, and teasers do not.
_GOES_ON = CLAUSE_END + FULL_STOPS + "。"
# In a long run, lines shorter than headlines are the menu that the run has gone over into.
MENU_LINES = 5
HEADLINE_WORDS = 5


def find_related(document: Document, heard: Heard) -> Iterator[Finding]:
    """Claim the lines under the labels of related stories."""
    story = heard.paragraphs()
    last = story[-1] if story else -1
    for index in heard.touched(Category.RELATED):
        if _is_label(document, heard, index):
            yield from _teasers(document, heard, index, after_story=index > last)


def _is_label(document: Document, heard: Heard, index: int) -> bool:
    """True for a short line that is surely not the story's and does not name its own teaser."""
    if document.readings[index].word_count > MAX_LABEL_WORDS or not heard.strong(index):
        return False
    if any(finding.rule.endswith(POINTERS) for finding in heard.of(index)):
        return False
    return not _HAS_ITS_OWN.search(document.blocks[index].text.lstrip(" >»›-–—"))


def _teasers(document: Document, heard: Heard, label: int, after_story: bool) -> Iterator[Finding]:
    run: list[int] = []
    reach = range(label + 1, min(label + 1 + MAX_TEASERS, len(document.blocks)))
    for index in reach:
        if heard.strong(index):
            continue
        reading, text = document.readings[index], document.blocks[index].text
        if reading.prose or reading.word_count > MAX_TEASER_WORDS or text[-1] in _GOES_ON:
            break
        if _ROW in text and not after_story:
            break
        run.append(index)
    else:
        if not after_story and len(reach) == MAX_TEASERS:
            return
    if not after_story and run and run[-1] + 1 < len(document.blocks):
        run.pop()  # the line above a paragraph may be its crosshead
    if len(run) >= 2 or (run and after_story):
        why = f"one of {len(run)} short lines under {label_of(document.readings[label].fold.text)!r}"
        menu = len(run) > MENU_LINES
        for index in run:
            short = menu and document.readings[index].word_count < HEADLINE_WORDS
            category = Category.NAVIGATION if short else Category.RELATED
            yield block_claim(document, index, category, "under-label", Strength.STRONG, why)
