"""Which blocks of a page are its main content: the learned scorer, or one of two other extractors.

This is the only module that knows readability-lxml and jusText. They give no text here: each is asked for its opinion,
and what it prints is found again among the page's blocks. ``combined`` believes readability-lxml, fills the gaps
between its blocks with what jusText finds good, and falls back to the scorer where an opinion is missing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaner.class_words import name_by_class, named_standfirst
from cleaner.features import HEADINGS, NUMBERS, Features, read_features
from cleaner.model import Category
from cleaner.options import Options
from cleaner.scorer import CATEGORIES, Scores, score_blocks, weigh
from cleaner.segment import Segments, segment
from cleaner.text import count_words, squeeze

# A block is main content from this probability on: the careful preset keeps what may be story, the thorough one only
# what surely is. Balanced: on the development pages, by host, 0.5 gives the same F1 as 0.4 with more paragraphs lost.
BAR = {"careful": 0.25, "balanced": 0.4, "thorough": 0.6}
# On pages where the scorer is nowhere sure, the bar is lower in proportion, down to a share of itself: the surest
# blocks, so much of what may be story by length, are compared with what they reach on most pages. On the development
# pages, by host, that is worth 0.2 to 0.3 points of F1, all of it recall.
MAY_BE_STORY = 0.2
SUREST = 0.3
USUAL = 0.95
LOWEST = 0.6

# A block is the headline if so much of its words is the title's and so much of the title's words is in it.
SAYS_TITLE = 0.75
# A standfirst stands so many blocks below the heading, at most, and has so many code points, at least.
STANDFIRST_REACH = 8
STANDFIRST_CHARS = 40
SAYS_DESCRIPTION = 0.6
_DESCRIBED = [NUMBERS.index("of the description"), NUMBERS.index("has the description")]
_LINK_SHARE = NUMBERS.index("link share")
_TITLED = [NUMBERS.index("of the title"), NUMBERS.index("has the title")]
# A heading with more of its characters in links leads elsewhere. So much of a list, by code points,
# speaks for the rest.
MAX_LINKED = 0.5
MOST = 0.7
MIN_ITEMS = 3
_LISTS = frozenset(("ul", "ol", "dl", "pre", "table", "blockquote"))

# readability-lxml walks the tree by recursion and parses what it has printed; jusText looks for each short paragraph's
# neighbours anew. Deeper, larger or more finely cut pages are not shown to them: the one fails on them, the other takes
# time in the square of their length. In levels, code points, containers and blocks.
MAX_DEPTH = 300
MAX_TEXT = 2_000_000
MAX_CONTAINERS = 40_000
MAX_BLOCKS = 4_000

# Less main content than this is no opinion, in words.
ENOUGH_WORDS = 25


class Marked(NamedTuple):
    """What is known of a page's blocks, a value a block."""

    main: NDArray[np.bool_]
    """It is main content."""
    story: NDArray[np.float32]
    """The scorer's probability, 0 to 1, that it is."""
    likely: list[Category]
    """What it is if it is not."""
    reasons: dict[int, str]
    """What spoke against it, for the first block of every run of blocks of one category that are not main content."""


def mark_main(segments: Segments, meta: dict[str, str], options: Options, source: bytes) -> Marked:
    """Say for every block whether it is main content. ``segments`` holds at least one block."""
    features = read_features(segments, meta)
    scores = score_blocks(features)
    story = np.where(_hidden(segments, features), np.float32(0.0), scores.story)
    main = _mend(segments, features, story >= _bar(segments, story, options.preset))
    if options.extractor == "none":
        main = np.ones(len(story), bool)
    elif options.extractor != "learned":
        asked = _ask(segments, options.extractor, source.decode(), meta.get("language"))
        main = main if asked is None else np.array(asked)
    likely = _likely(features, scores)
    return Marked(main, story, likely, _reasons(scores, main, likely))


def _bar(segments: Segments, story: NDArray[np.float32], preset: str) -> float:
    """The probability that makes a block of this page main content."""
    order = np.argsort(-story, kind="stable")
    lengths = np.array([len(piece.text) for piece in segments.pieces])[order]
    reached = np.cumsum(lengths)[: int((story > MAY_BE_STORY).sum())]
    if not len(reached):
        return BAR[preset]
    surest = float(story[order][np.searchsorted(reached, SUREST * reached[-1])])
    return BAR[preset] * max(LOWEST, min(1.0, surest / USUAL))


def _mend(segments: Segments, features: Features, main: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Headings go with what they stand above, items with most of their list.

    On the development pages four of five headings that stand, unnamed by any class, right above main content in the
    same container are crossheads; of the items that the scorer parts from most of their list three of five are items.
    """
    mended = main.copy()
    tags = [segments.tags[piece.container] for piece in segments.pieces]
    linked = features.numbers[:, _LINK_SHARE] > MAX_LINKED
    beside = features.chains[:-1, 1] == features.chains[1:, 1]
    story_above = np.maximum.accumulate(main)
    named = name_by_class(features)
    for index in np.flatnonzero(~main[:-1] & main[1:] & story_above[:-1] & beside & ~linked[:-1]).tolist():
        if tags[index] in HEADINGS and named[index] is None:
            mended[index] = True
    standfirst = _standfirst(segments, features, main, tags)
    if standfirst is not None:
        mended[standfirst] = True
    lengths = np.array([len(piece.text) for piece in segments.pieces])
    for first, last in _lists(segments):
        share = lengths[first:last][main[first:last]].sum() / max(1, lengths[first:last].sum())
        if share > MOST or share < 1 - MOST:
            mended[first:last] = share > MOST
    return mended


def _standfirst(segments: Segments, features: Features, main: NDArray[np.bool_], tags: list[str]) -> int | None:
    """The summary between the heading and the story, if a class calls it so or the page's description says the same.

    Texts of reference differ on it; it is part of the article here.
    """
    story = int(main.argmax()) if main.any() else 0
    headings = [index for index in range(story) if tags[index] == "h1"]
    if not headings:
        return None
    told = (features.numbers[:, _DESCRIBED] > SAYS_DESCRIPTION).all(axis=1) | named_standfirst(features)
    for index in range(headings[-1] + 1, min(headings[-1] + 1 + STANDFIRST_REACH, story)):
        piece = segments.pieces[index]
        if told[index] and len(piece.text) >= STANDFIRST_CHARS and piece.link_chars < len(piece.text) * MAX_LINKED:
            return index
    return None


def _lists(segments: Segments) -> Iterator[tuple[int, int]]:
    """First block and one past the last of every list, table and piece of code with several blocks."""
    for number, tag in enumerate(segments.tags):
        if tag in _LISTS and segments.lasts[number] - segments.firsts[number] >= MIN_ITEMS:
            yield segments.firsts[number], segments.lasts[number]


def _hidden(segments: Segments, features: Features) -> NDArray[np.bool_]:
    """Blocks that a reader does not see, on a page where readers see something."""
    hidden = features.hidden
    lengths = np.array([len(piece.text) for piece in segments.pieces])
    return hidden if lengths[~hidden].sum() > lengths[hidden].sum() else np.zeros(len(hidden), bool)


def _likely(features: Features, scores: Scores) -> list[Category]:
    """What says the title is a headline; then the classes name a block, then the scorer."""
    learned = scores.categories.argmax(axis=1).tolist()
    titled = set(np.flatnonzero((features.numbers[:, _TITLED] > SAYS_TITLE).all(axis=1)).tolist())
    return [
        Category.HEADLINE if index in titled else said or CATEGORIES[number]
        for index, (said, number) in enumerate(zip(name_by_class(features), learned, strict=True))
    ]


def _reasons(scores: Scores, main: NDArray[np.bool_], likely: list[Category]) -> dict[int, str]:
    outside = np.flatnonzero(~main).tolist()
    heads = [index for index in outside if index == 0 or main[index - 1] or likely[index] is not likely[index - 1]]
    return dict(zip(heads, weigh(scores, np.array(heads, np.int64)), strict=True))


def _ask(segments: Segments, extractor: str, source: str, language: str | None) -> list[bool] | None:
    """The opinion of one of the other extractors or of both, ``None`` if there is none."""
    texts = [piece.text for piece in segments.pieces]
    if sum(map(len, texts)) > MAX_TEXT or _depth(segments) > MAX_DEPTH or len(segments.parents) > MAX_CONTAINERS:
        return None
    readability = ask_readability(source, texts) if extractor != "justext" else None
    justext = None
    if extractor == "justext" or (extractor == "combined" and len(texts) <= MAX_BLOCKS):
        justext = ask_justext(source, texts, language)
    return _combine(readability, justext)


def _combine(readability: list[bool] | None, justext: list[bool] | None) -> list[bool] | None:
    if readability is None or justext is None:
        return readability or justext
    found = [index for index, kept in enumerate(readability) if kept]
    inside = range(found[0], found[-1] + 1)
    return [kept or (index in inside and justext[index]) for index, kept in enumerate(readability)]


def _depth(segments: Segments) -> int:
    depths = [0]
    for parent in segments.parents[1:]:
        depths.append(depths[parent] + 1)
    return max(depths)


def ask_readability(source: str, texts: list[str]) -> list[bool] | None:
    """readability-lxml's opinion: the blocks of its summary, found again in order."""
    from readability import Document  # noqa: PLC0415

    try:
        summary = Document(source).summary(html_partial=True)
    except Exception:
        return None
    return _found_again(texts, [piece.text for piece in segment(summary.encode("utf-8", "replace")).pieces])


def ask_justext(source: str, texts: list[str], language: str | None) -> list[bool] | None:
    """jusText's opinion: its good paragraphs, found again in order."""
    import justext  # noqa: PLC0415

    from cleaner.language import STOPLISTS  # noqa: PLC0415

    names = {code: name for name, code in STOPLISTS.items()}
    stoplist = justext.get_stoplist(names[language]) if language in names else frozenset()
    levels = {} if stoplist else {"stopwords_low": 0, "stopwords_high": 0}
    try:
        paragraphs = justext.justext(source.encode("utf-8", "replace"), stoplist, encoding="utf-8", **levels)
    except Exception:
        return None
    return _found_again(texts, [squeeze(p.text) for p in paragraphs if not p.is_boilerplate])


def _found_again(texts: list[str], kept: list[str]) -> list[bool] | None:
    """The blocks whose text an extractor kept; ``None`` if that is next to nothing."""
    running = "\n".join(kept)
    whole = set(kept)
    found = [text in whole or (len(text) >= ENOUGH_WORDS and text in running) for text in texts]
    words = sum(count_words(text) for text, is_kept in zip(texts, found, strict=True) if is_kept)
    return found if words >= ENOUGH_WORDS else None
