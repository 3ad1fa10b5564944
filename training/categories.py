"""A category for every block that is not the story, where somebody can name it: the wording rules or the class names.

The network learns these names from the words, the classes and the place together, so that it can also name what neither
the rules nor a class name would.
"""

from __future__ import annotations

import numpy as np

from cleaner.class_words import name_by_class
from cleaner.features import Features
from cleaner.model import Category, Strength
from cleaner.rules.match import package_matcher
from cleaner.segment import Segments
from cleaner.text import read_block

CATEGORIES = tuple(Category)
UNNAMED = -1


def name_blocks(segments: Segments, features: Features) -> np.ndarray:
    """The number of a category for every block, ``UNNAMED`` where nobody says."""
    named = np.array([UNNAMED if said is None else CATEGORIES.index(said) for said in name_by_class(features)])
    readings = [read_block(piece.text) for piece in segments.pieces]
    for match in package_matcher().match(readings):
        rule = match.rule
        if rule.strength is Strength.STRONG and rule.extent == "block" and match.fits(readings[match.block]):
            named[match.block] = CATEGORIES.index(rule.category)
    return named
