"""Which blocks of a page are its main content: the learned scorer, or one of two other extractors.

This is the only module that knows readability-lxml and jusText. They give no text here: each is asked for its opinion,
and what it prints is found again among the page's blocks. ``combined`` believes readability-lxml and fills the gaps
between its blocks with what jusText finds good; where one of them has no opinion it takes the other's, and the scorer's
where neither has.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaner.features import Features, read_features
from cleaner.mend import NO_NOTICES, is_index, lengths_of, mend, without_items
from cleaner.model import Category
from cleaner.naming import name_outside
from cleaner.options import Options
from cleaner.scorer import Scores, name_blocks, score_blocks, weigh
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
LOWEST = 0.45
# What is hidden counts as hidden if a page shows at least so much story for each code point of story that it hides.
# A hidden copy of the story, for printing, is as long as what is shown.
SEEN = 0.5

# readability-lxml walks the tree by recursion and parses what it has printed; jusText looks for each short paragraph's
# neighbours anew. Deeper, larger or more finely cut pages are not shown to them: the one fails on them, the other takes
# time in the square of their length. In levels, code points, containers and blocks.
MAX_DEPTH = 300
MAX_TEXT = 2_000_000
MAX_CONTAINERS = 40_000
MAX_BLOCKS = 4_000

# readability-lxml logs a traceback where it fails. Here that is no error: it is seen by those who set up logging only.
logging.getLogger("readability").addHandler(logging.NullHandler())

# Less main content than this is no opinion, in words.
ENOUGH_WORDS = 25
# A shorter block is found again as a whole paragraph only, a longer one within what was kept, too, in code points.
ENOUGH_CHARS = 25
# What another extractor finds where the scorer finds nothing is a story if it has so many words of running text, and
# mostly that. A block of running text is so long, in code points, and has fewer of them in links.
STORY_WORDS = 60
STORY_SHARE = 0.5
RUNNING_CHARS = 80
RUNNING_LINKS = 0.35


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
    teasers: bool
    """The page is a list of teasers, none of which is main content."""


def mark_main(
    segments: Segments, meta: dict[str, str], options: Options, source: bytes, told: Sequence[bool | None] = ()
) -> Marked:
    """Say for every block whether it is main content. ``segments`` holds at least one block.

    ``told`` is what somebody who knows the site says of its blocks, ``None`` for those of which nothing is said.
    """
    features = read_features(segments, meta)
    scores = score_blocks(features)
    hidden = _hidden(segments, features, scores.story)
    story = np.where(hidden, np.float32(0.0), scores.story)
    guessed = name_blocks(features, scores)
    reached = np.divide(story, _bar(segments, story, options.preset), dtype=np.float32)
    main = without_items(segments, mend(segments, features, reached, guessed), story)
    teasers = options.preset != "careful" and is_index(segments, features, main, meta)
    if teasers:
        main = np.zeros(len(story), bool)
    if options.extractor == "none":
        main = np.ones(len(story), bool)
    elif options.extractor != "learned":
        asked = _ask(segments, options.extractor, source.decode(), meta.get("language"))
        main = main if asked is None else np.array(asked) & ~hidden
    if told:
        main = np.array([own if said is None else said for own, said in zip(main.tolist(), told, strict=True)])
    likely = name_outside(segments, features, guessed, main, meta.get("byline", ""))
    return Marked(main, story, likely, _reasons(scores, main, likely), teasers)


def _bar(segments: Segments, story: NDArray[np.float32], preset: str) -> float:
    """The probability that makes a block of this page main content."""
    order = np.argsort(-story, kind="stable")
    lengths = lengths_of(segments)[order]
    reached = np.cumsum(lengths)[: int((story > MAY_BE_STORY).sum())]
    if not len(reached):
        return BAR[preset]
    surest = float(story[order][np.searchsorted(reached, SUREST * reached[-1])])
    return BAR[preset] * max(LOWEST, min(1.0, surest / USUAL))


def _hidden(segments: Segments, features: Features, story: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Blocks that a reader does not see; none on a page that hides most of its story until it is ready or paid for."""
    unseen = features.unseen
    told = story * lengths_of(segments)
    return unseen if told[~unseen].sum() >= SEEN * told[unseen].sum() else np.zeros(len(unseen), bool)


def _reasons(scores: Scores, main: NDArray[np.bool_], likely: list[Category]) -> dict[int, str]:
    outside = np.flatnonzero(~main).tolist()
    heads = [index for index in outside if index == 0 or main[index - 1] or likely[index] is not likely[index - 1]]
    return dict(zip(heads, weigh(scores, np.array(heads, np.int64)), strict=True))


def ask_others(segments: Segments, source: str, language: str | None, likely: Sequence[Category]) -> list[bool] | None:
    """The blocks in which another extractor finds a story; ``None`` if none does.

    It is asked where the scorer finds next to nothing. A story is running text that is not ``likely`` a notice; what is
    mostly links is a menu.
    """
    words = [count_words(piece.text) for piece in segments.pieces]
    running = [
        len(piece.text) >= RUNNING_CHARS
        and piece.link_chars < RUNNING_LINKS * len(piece.text)
        and category in NO_NOTICES
        for piece, category in zip(segments.pieces, likely, strict=True)
    ]
    for extractor in ("readability", "justext"):
        found = _ask(segments, extractor, source, language) or []
        told = sum(count for count, kept, runs in zip(words, found, running, strict=False) if kept and runs)
        if told >= STORY_WORDS and told >= STORY_SHARE * sum(c for c, kept in zip(words, found, strict=False) if kept):
            return found
    return None


def _ask(segments: Segments, extractor: str, source: str, language: str | None) -> list[bool] | None:
    """The opinion of one of the other extractors or of both, ``None`` if there is none."""
    texts = [piece.text for piece in segments.pieces]
    if sum(map(len, texts)) > MAX_TEXT or _depth(segments) > MAX_DEPTH or len(segments.parents) > MAX_CONTAINERS:
        return None
    readability = ask_readability(source, texts) if extractor != "justext" else None
    justext = None
    if extractor != "readability" and len(texts) <= MAX_BLOCKS:
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
    """readability-lxml's opinion: the blocks whose text its summary holds."""
    from readability import Document  # noqa: PLC0415

    try:
        summary = Document(source).summary(html_partial=True)
    except Exception:
        return None
    return _found_again(texts, [piece.text for piece in segment(summary.encode("utf-8", "replace")).pieces])


def ask_justext(source: str, texts: list[str], language: str | None) -> list[bool] | None:
    """jusText's opinion: the blocks whose text its good paragraphs hold."""
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
    # What was kept is cut into parts of this length. Wherever a text of ``ENOUGH_CHARS`` stands in it, one of the parts
    # stands whole in the text's beginning: it is looked for from there on only, and most others not at all.
    part = (ENOUGH_CHARS + 1) // 2
    firsts: dict[str, int] = {}
    for at in range(0, len(running), part):
        firsts.setdefault(running[at : at + part], at)

    def stands(text: str) -> bool:
        places = [firsts[text[at : at + part]] - at for at in range(part) if text[at : at + part] in firsts]
        return bool(places) and running.find(text, max(0, min(places))) >= 0

    found = [text in whole or (len(text) >= ENOUGH_CHARS and stands(text)) for text in texts]
    words = sum(count_words(text) for text, is_kept in zip(texts, found, strict=True) if is_kept)
    return found if words >= ENOUGH_WORDS else None
