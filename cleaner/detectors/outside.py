"""Everything on a page that is not its main content, named by what it is likely to be.

Fires on:  runs of blocks that the extractor left out; captions of figures wherever they stand.
Not on:    text documents (nobody was asked what is main there).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from cleaner.detectors.heard import Heard
from cleaner.model import FIELD_CATEGORIES, Block, Category, Document, Finding, Strength
from cleaner.rules.match import package_matcher
from cleaner.text import fold_simple

# Labels that name a block are this short, in code points.
MAX_LABEL = 60
# In these a label leads to the thing that it names and is none itself: "Newsletters" in a menu.
_MENUS = frozenset({Category.NAVIGATION, Category.COPYRIGHT})


def find_outside(document: Document, heard: Heard) -> Iterator[Finding]:
    """Claim what lies outside the main content, run by run, and figure captions inside it."""
    del heard  # nothing is claimed before
    for category, run in groupby(document.blocks, key=_name):
        if category is not None:
            blocks = list(run)
            # Lines that fill a field are claimed one by one: each may be the one that fills it.
            for part in [[block] for block in blocks] if category in FIELD_CATEGORIES else [blocks]:
                yield Finding(
                    category, f"{category}.structure.outside", Strength.STRONG, part[0].start, part[-1].end, _why(part)
                )


def _name(block: Block) -> Category | None:
    """What a block is that is not main content, ``None`` for main content."""
    if block.main is not False:
        return Category.CAPTION if block.tag == "figcaption" else None
    if len(block.text) <= MAX_LABEL and block.likely not in _MENUS:
        rule = package_matcher().label(fold_simple(block.text))
        if rule is not None:
            return rule.category
    return block.likely or Category.OTHER


def _why(blocks: list[Block]) -> str:
    step = blocks[0].path.rpartition("/")[2][:60]
    where = f"in {step}" if step else "on the page"
    if blocks[0].main:
        return f"a figure's caption, {where}"
    likely = max((block.story or 0.0) for block in blocks)
    told = next((f"; {block.against} spoke against it" for block in blocks if block.against), "")
    return f"outside the main content, {where}: story with at most {likely:.0%} probability{told}"
