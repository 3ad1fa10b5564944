"""A category for every block that is not the story, where somebody can name it: text mode, a tag or the class names.

The network learns these names from the words, the classes and the place together, so that it can also name what none
of them would, at no cost: text mode does not run over whole pages when they are cleaned.
"""

from __future__ import annotations

from bisect import bisect_left

import numpy as np

from cleaner.class_words import name_by_class
from cleaner.decide import decide
from cleaner.features import Features
from cleaner.model import Category
from cleaner.options import Options
from cleaner.segment import Segments
from training.descent import CATEGORIES, UNNAMED
from training.rules_only import hear, read_text


def name_blocks(segments: Segments, features: Features, story: np.ndarray) -> np.ndarray:
    """The number of a category for every block, ``UNNAMED`` for the ``story`` and where nobody says."""
    named = name_by_markup(segments, features, story)
    for number, category in _named_by_text_mode(segments).items():
        named[number] = category
    numbers = np.array([UNNAMED if said is None else CATEGORIES.index(said) for said in named])
    return np.where(story, UNNAMED, numbers)


def name_by_markup(segments: Segments, features: Features, story: np.ndarray) -> list[Category | None]:
    """The category that a tag or the classes around it give to every block."""
    named = name_by_class(features, story)
    for number, piece in enumerate(segments.pieces):
        if segments.tags[piece.container] == "figcaption":
            named[number] = Category.CAPTION
    return named


def _named_by_text_mode(segments: Segments) -> dict[int, Category]:
    """What text mode calls the blocks that it removes whole."""
    document = read_text("\n".join(" ".join(piece.text.split()) for piece in segments.pieces))
    verdict = decide(document, hear(document)[0], Options())
    blocks, starts = document.blocks, document.starts
    assert len(blocks) == len(segments.pieces)
    found: dict[int, Category] = {}
    for removal in verdict.removals:
        inside = blocks[bisect_left(starts, removal.start) : bisect_left(starts, removal.end)]
        if removal.category is not Category.OTHER:
            found.update({block.number: removal.category for block in inside if block.end <= removal.end})
    return found
