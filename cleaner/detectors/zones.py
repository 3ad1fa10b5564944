"""The zones around the story: short lines among residue, before it begins and after it ends.

Fires on:  a line that nobody has named between or after lines that somebody has, behind the last paragraph; above
           the first one a line that a weak claim names.
Not on:    lines between paragraphs; lines after the story with no residue above them (a list that ends the article).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cleaner.detectors.claims import block_claim
from cleaner.detectors.heard import Heard
from cleaner.model import Category, Document, Finding, Strength

# Below these the story does not go on; below an advert, a promo or a share bar it may.
ENDS_STORY = frozenset(
    {
        Category.COMMENTS,
        Category.COPYRIGHT,
        Category.TAGS,
        Category.COOKIE_CONSENT,
        Category.REGISTRATION,
        Category.NEWSLETTER,
        Category.NAVIGATION,
        Category.AUTHOR_BIO,
    }
)
# Longer lines are no teasers, in words.
MAX_TEASER = 25
# Longer lines are no labels, in words.
MAX_LABEL = 12
_STORY_LINE = re.compile("[\"“„«»「『‘'—–-]|[•*·▪●◦‣]|\\d{1,2}[.)]\\s")

# After so many blocks in a row without residue, the zone is not believed any more.
MAX_SILENCE = 6
# Zones are looked for only around a story.
MIN_PARAGRAPHS = 1


def find_zones(document: Document, heard: Heard) -> Iterator[Finding]:
    """Claim unnamed short lines in the zones before and after the story; second what weak claims say there."""
    story = [i for i, reading in enumerate(document.readings) if reading.prose and not heard.strong(i)]
    if len(story) < MIN_PARAGRAPHS:
        return
    yield from _tail(document, heard, story[-1])
    yield from _top(document, heard, story[0])


def _tail(document: Document, heard: Heard, last: int) -> Iterator[Finding]:
    residue: Category | None = None
    silence = 0
    for index in range(last + 1, len(document.blocks)):
        if heard.strong(index):
            named = _category(heard, index)
            residue, silence = (residue if named is Category.OTHER else named), 0
            continue
        if residue is None:
            if any(f.strength is not Strength.STRONG for f in heard.of(index)):
                yield block_claim(
                    document, index, _category(heard, index), "after-story", Strength.WEAK, "it stands after the story"
                )
            continue
        silence += 1
        if silence > MAX_SILENCE:
            return
        if document.readings[index].word_count > MAX_TEASER:
            continue  # a paragraph that a paywall cut off
        if residue not in ENDS_STORY and not _is_label(document, index):
            continue
        why = f"a short line after the story's end, below {residue}"
        yield block_claim(document, index, residue, "tail", Strength.MEDIUM, why)
        yield block_claim(document, index, residue, "after-story", Strength.WEAK, "it stands after the story")


def _is_label(document: Document, index: int) -> bool:
    """A short line that is neither sentence, quote nor list item: below an advert the story may go on with these."""
    reading, text = document.readings[index], document.blocks[index].text
    return not reading.sentence and reading.word_count <= MAX_LABEL and not _STORY_LINE.match(text)


def _top(document: Document, heard: Heard, first: int) -> Iterator[Finding]:
    for index in range(first):
        if heard.strong(index) or document.readings[index].word_count > MAX_LABEL or heard.rules(index, "salutation"):
            continue
        if heard.of(index):
            yield block_claim(
                document, index, _category(heard, index), "before-story", Strength.WEAK, "it stands above the story"
            )


def _category(heard: Heard, index: int) -> Category:
    findings = sorted(heard.of(index), key=lambda f: (f.strength.rank, f.rule))
    return findings[0].category if findings else Category.OTHER
