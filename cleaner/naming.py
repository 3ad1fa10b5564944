"""What the blocks outside the main content are called."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cleaner.class_words import name_by_class
from cleaner.features import SAYS_TITLE, TITLED, Features
from cleaner.model import Category
from cleaner.segment import Segments
from cleaner.text import WORD

# A byline is at most so long, in code points, and has so many words besides the names.
BYLINE_CHARS = 120
BYLINE_WORDS = 4


def name_outside(
    segments: Segments, features: Features, guessed: Sequence[Category], main: NDArray[np.bool_], byline: str
) -> list[Category]:
    """What each block is if it is not ``main`` content.

    What says the title is a headline, what says the author's name a byline; then the classes, then what the scorer
    ``guessed``.
    """
    titled = set(np.flatnonzero((features.numbers[:, TITLED] > SAYS_TITLE).all(axis=1)).tolist())
    authors = set(WORD.findall(byline.lower()))
    likely = []
    for index, (said, learned) in enumerate(zip(name_by_class(features, main), guessed, strict=True)):
        piece = segments.pieces[index]
        if index in titled:
            likely.append(Category.HEADLINE)
        elif said is not Category.COMMENTS and _says_names(piece.text, authors):
            likely.append(Category.BYLINE)
        else:
            likely.append(said or learned)
    return likely


def _says_names(text: str, authors: set[str]) -> bool:
    """True for a short text that says the authors' names and little else."""
    if not authors or len(text) > BYLINE_CHARS:
        return False
    words = WORD.findall(text.lower())
    return authors.issubset(words) and len(words) <= len(authors) + BYLINE_WORDS
