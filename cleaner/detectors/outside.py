"""Everything on a page that is not its main content, named by what it is likely to be.

Fires on:  runs of blocks that the extractor left out; what the site's configuration says is no story; captions of
           figures wherever they stand.
Not on:    text documents (nobody was asked what is main there).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby

from cleaner.detectors.heard import Heard
from cleaner.model import FIELD_CATEGORIES, Block, Category, Document, Finding, Strength
from cleaner.rules import Rule
from cleaner.rules.match import package_matcher

# Blocks that the wording rules may name are this short, in code points, and mostly not links; long links are headlines.
MAX_NOTICE = 240
MAX_LINKED = 0.5
MAX_LABEL = 60
# In these a label leads to the thing that it names and is none itself: "Newsletters" in a menu.
_MENUS = frozenset({Category.NAVIGATION, Category.COPYRIGHT})
# Whole widgets, whose parts have the name of the widget, whatever stands on them.
_WIDGETS = frozenset({Category.COMMENTS, Category.SHARE, Category.TAGS, Category.MEDIA_PLAYER})
# A story has one date and few authors: further ones that stand more than so many blocks above or below it, if there are
# more than so many, belong to what the page links to.
_SLOTS = (Category.TIMESTAMP, Category.BYLINE)
SLOTS_ABOVE, SLOTS_BELOW = 6, 2
MAX_SLOTS = 4
# Rules for these know words that stand in other widgets, too.
_VAGUE = frozenset({Category.OTHER, Category.NAVIGATION})


def find_outside(document: Document, heard: Heard) -> Iterator[Finding]:
    """Claim what lies outside the main content, run by run, and figure captions inside it."""
    del heard  # nothing is claimed before
    named = _named_by_words(document)
    names = [_name(block, named) for block in document.blocks]
    _rename_slots(document, names)
    named_blocks = zip(names, document.blocks, strict=True)
    for (category, config), run in groupby(named_blocks, key=lambda pair: (pair[0], pair[1].config)):
        if category is not None:
            blocks = [block for _, block in run]
            # Lines that fill a field are claimed one by one: each may be the one that fills it.
            for part in [[block] for block in blocks] if category in FIELD_CATEGORIES else [blocks]:
                slug, why = ("site-config", config) if config else ("outside", _why(part))
                rule = f"{category}.structure.{slug}"
                yield Finding(category, rule, Strength.STRONG, part[0].start, part[-1].end, why)


def _named_by_words(document: Document) -> dict[int, Category]:
    """The categories that the wording rules give to short blocks outside the main content, by block number."""
    asked = [
        block
        for block in document.blocks
        if block.main is False
        and block.likely not in _WIDGETS
        and len(block.text) <= MAX_NOTICE
        and (block.link_density < MAX_LINKED or (block.likely not in _MENUS and len(block.text) <= MAX_LABEL))
    ]
    readings = [document.read(block) for block in asked]
    named: dict[int, Rule] = {}
    for match in package_matcher().match(readings):
        number, rule = asked[match.block].number, match.rule
        if rule.extent == "block" and match.fits(readings[match.block]):
            best = named.setdefault(number, rule)
            if (rule.strength.rank, rule.id) < (best.strength.rank, best.id):
                named[number] = rule
    return {number: rule.category for number, rule in named.items() if rule.category not in _VAGUE}


def _name(block: Block, named: Mapping[int, Category]) -> Category | None:
    """What a block is that is not main content, ``None`` for main content."""
    if block.main is not False:
        return Category.CAPTION if block.tag == "figcaption" else None
    return named.get(block.number) or block.likely or Category.OTHER


def _rename_slots(document: Document, names: list[Category | None]) -> None:
    """Rename dates and authors far from the story where there are many: those of teasers, or of an archive."""
    main = [b.number for b in document.blocks if b.main is not False and document.read(b).prose]
    if not main:
        return
    story = range(main[0] - SLOTS_ABOVE, main[-1] + SLOTS_BELOW + 1)
    for category in _SLOTS:
        far = [number for number, name in enumerate(names) if name is category and number not in story]
        for number in far if len(far) > MAX_SLOTS else ():
            linked = document.blocks[number].link_density >= MAX_LINKED
            names[number] = Category.NAVIGATION if linked else Category.RELATED


def _why(blocks: list[Block]) -> str:
    step = blocks[0].path.rpartition("/")[2][:60]
    where = f"in {step}" if step else "on the page"
    if blocks[0].main:
        return f"a figure's caption, {where}"
    likely = max((block.story or 0.0) for block in blocks)
    told = next((f"; {block.against} spoke against it" for block in blocks if block.against), "")
    return f"outside the main content, {where}: story with at most {likely:.0%} probability{told}"
