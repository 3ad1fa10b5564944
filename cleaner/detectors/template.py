"""Lines that the site repeats on many of its pages, in whatever language: its template, as `cleaner learn` counted it.

Fires on:  a line that is known of the document's site; its numbers may differ where they do from page to page.
Not on:    the document's own headline; a line above the story that was only ever seen below, or the other way round (a
           teaser on the page that it teases); paragraphs where there are no others; documents whose site nobody knows.
"""

from __future__ import annotations

from collections.abc import Iterator

from cleaner.detectors.claims import block_claim
from cleaner.detectors.heard import Heard
from cleaner.model import Document, Finding, Strength, TemplateLine
from cleaner.text import bare_of, fold, label_of

SLUG = "template"


def find_template(document: Document, heard: Heard) -> Iterator[Finding]:
    """Claim the lines of the site's template that stand where it has them."""
    del heard  # what a site repeats does not depend on what others claim
    known = dict(_known(document)) if document.template else {}
    story = [i for i, reading in enumerate(document.readings) if reading.prose and i not in known] if known else []
    for index, line in known.items():
        if _in_place(document, index, line, story):
            yield block_claim(document, index, line.category, SLUG, Strength.STRONG, line.evidence)


def _known(document: Document) -> Iterator[tuple[int, TemplateLine]]:
    own = label_of(fold(document.meta.get("title", "")).text)
    for index, reading in enumerate(document.readings):
        folded = bare_of(reading.fold.text)
        label = label_of(folded)
        line = document.template.get(label)
        if line is not None and label != own and line.bare in (None, folded):
            yield index, line


def _in_place(document: Document, index: int, line: TemplateLine, story: list[int]) -> bool:
    """``story`` are the paragraphs that are no template."""
    prose = document.readings[index].prose
    if not story:
        return not prose
    if index < story[0]:
        return line.above
    if index > story[-1]:
        return line.below
    # Paragraphs of teasers may stand below a label, so that it seems to stand among the story's own.
    return line.among or not prose
