"""Main content set right by what the page's structure says: headings, standfirst, lists, further articles.

The scorer judges block by block. What stands here needs a view of the whole: a list is story or it is not.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from cleaner.class_words import name_by_class, named_standfirst
from cleaner.features import HEADINGS, LINK_SHARE, NUMBERS, TITLED, Features
from cleaner.segment import Segments

# A standfirst stands so many blocks below the heading, at most, and has so many code points, at least.
STANDFIRST_REACH = 8
STANDFIRST_CHARS = 40
SAYS_DESCRIPTION = 0.6
_DESCRIBED = [NUMBERS.index("of the description"), NUMBERS.index("has the description")]
# An article is at least so long, in code points of main content.
ARTICLE_CHARS = 400
# A heading with more of its characters in links leads elsewhere. So much of a list, by code points,
# speaks for the rest.
MAX_LINKED = 0.5
MOST = 0.7
MIN_ITEMS = 3
_LISTS = frozenset(("ul", "ol", "dl", "pre", "table", "blockquote"))


def mend(segments: Segments, features: Features, main: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Main content, mended: no further articles; headings go with what they stand above, items with most of their list.

    On the development pages four of five headings that stand, unnamed by any class, right above main content in the
    same container are crossheads; of the items that the scorer parts from most of their list three of five are items.
    """
    lengths = np.array([len(piece.text) for piece in segments.pieces])
    main = _without_further(segments, features, main, lengths)
    mended = main.copy()
    mended[_crossheads(segments, features, main)] = True
    mended[_standfirst(segments, features, main)] = True
    for first, last in _lists(segments):
        share = lengths[first:last][main[first:last]].sum() / max(1, lengths[first:last].sum())
        if share > MOST or share < 1 - MOST:
            mended[first:last] = share > MOST
    return mended


def _crossheads(segments: Segments, features: Features, main: NDArray[np.bool_]) -> list[int]:
    """The headings between main content and main content in the same container that no class names."""
    linked = features.numbers[:-1, LINK_SHARE] > MAX_LINKED
    beside = features.chains[:-1, 1] == features.chains[1:, 1]
    above = np.maximum.accumulate(main)[:-1]
    found = np.flatnonzero(~main[:-1] & main[1:] & above & beside & ~linked).tolist()
    found = [index for index in found if segments.tags[segments.pieces[index].container] in HEADINGS]
    named = name_by_class(features, main) if found else []
    return [index for index in found if named[index] is None]


def _without_further(
    segments: Segments, features: Features, main: NDArray[np.bool_], lengths: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Main content without the articles that follow the first on one page, each under an h1 of its own.

    Two h1 of the same class part two articles if the branches of the tree in which they stand, below what holds both,
    both hold running text. The article is the one whose h1 says the title of the page, else the first. Where h1 are
    crossheads they are of another class than the title, or stand in one branch with it.
    """
    heads = [number for number, tag in enumerate(segments.tags) if tag == "h1"]
    heads = [number for number in heads if segments.lasts[number] > segments.firsts[number]]
    if len(heads) < 2:
        return main
    called = {number: segments.attributes[number].get("class") for number in heads}
    says = features.numbers[:, TITLED].min(axis=1)
    own = max(heads, key=lambda number: float(says[segments.firsts[number] : segments.lasts[number]].max()))
    held = main.copy()
    for head in heads:
        branches = _branches(segments, own, head)
        spans = [slice(segments.firsts[branch], segments.lasts[branch]) for branch in branches]
        alike = called[own] == called[head] and (called[own] or segments.tags[branches[1]] == "article")
        if branches[0] != branches[1] and alike and all(lengths[span] @ main[span] >= ARTICLE_CHARS for span in spans):
            held[spans[1]] = False
    return held


def _branches(segments: Segments, one: int, other: int) -> tuple[int, int]:
    """The containers right below the nearest one that holds both, on the way to each."""
    way = {one: one}  # every container around it, with the container right below on the way
    while one:
        way[segments.parents[one]] = one
        one = segments.parents[one]
    while segments.parents[other] not in way:
        other = segments.parents[other]
    return way[segments.parents[other]], other


def _standfirst(segments: Segments, features: Features, main: NDArray[np.bool_]) -> list[int]:
    """The summary between the heading and the story, if a class calls it so or the page's description says the same.

    Texts of reference differ on it; it is part of the article here.
    """
    story = int(main.argmax()) if main.any() else 0
    headings = [index for index in range(story) if segments.tags[segments.pieces[index].container] == "h1"]
    if not headings:
        return []
    told = (features.numbers[:, _DESCRIBED] > SAYS_DESCRIPTION).all(axis=1) | named_standfirst(features)
    for index in range(headings[-1] + 1, min(headings[-1] + 1 + STANDFIRST_REACH, story)):
        piece = segments.pieces[index]
        if told[index] and len(piece.text) >= STANDFIRST_CHARS and piece.link_chars < len(piece.text) * MAX_LINKED:
            return [index]
    return []


def _lists(segments: Segments) -> Iterator[tuple[int, int]]:
    """First block and one past the last of every list, table and piece of code with several blocks."""
    for number, tag in enumerate(segments.tags):
        if tag in _LISTS and segments.lasts[number] - segments.firsts[number] >= MIN_ITEMS:
            yield segments.firsts[number], segments.lasts[number]
