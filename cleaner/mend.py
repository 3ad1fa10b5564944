"""Main content set right by what the page's structure says: headings, standfirst, lists, further articles.

The scorer judges block by block. What stands here needs a view of the whole: a list is story or it is not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, chain, groupby
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from cleaner.class_words import COMMENTS, ENDS, name_by_class, named_standfirst, spans_called
from cleaner.features import HEADINGS, LINK_SHARE, NUMBERS, SAYS_TITLE, TITLED, Features
from cleaner.model import Category
from cleaner.segment import Segments

# A standfirst stands so many blocks below the heading, at most, and has so many code points, at least.
STANDFIRST_REACH = 8
STANDFIRST_CHARS = 40
SAYS_DESCRIPTION = 0.6
_DESCRIBED = [NUMBERS.index("of the description"), NUMBERS.index("has the description")]
# An article is at least so long, in code points of main content.
ARTICLE_CHARS = 400
# A teaser's head is a link, of so many code points at least; an index has so many teasers at least, and so much of its
# main content is theirs.
TEASER_LINKED = 0.8
TEASER_CHARS = 20
MIN_TEASERS = 4
INDEX_SHARE = 0.6
# A page with more h1 uses them for anything, and to find the branch of each takes as long as the page is deep.
MAX_HEADS = 200
# A heading with more of its characters in links leads elsewhere, unless it is one of so many of its kind. So much of a
# list, by code points, speaks for the rest.
MAX_LINKED = 0.5
MANY_PARTS = 6
MOST = 0.7
MIN_ITEMS = 2
# Two of three paragraphs speak for the third; shorter ones are labels. In code points.
PARAGRAPH_CHARS = 80
MOST_PARAGRAPHS = 0.6
# Paragraphs between main content are taken in from these shares of what makes them main content on: alone, and at least
# so many together. On the development pages, by host, three of four words of those alone and nine of ten of those
# together are story; of other elements than p one of three, most of the rest being captions.
LIKELY_ALONE, LIKELY_TOGETHER, TOGETHER = 0.6, 0.2, 3
# What the scorer calls by these names may well be story: they name what stands elsewhere. Captions, adverts, notes on
# the author and the other notices do stand between paragraphs.
NO_NOTICES = frozenset((Category.RELATED, Category.COMMENTS, Category.COPYRIGHT, Category.TAGS))
# Questions and answers begin so many blocks below the story, at most.
QUESTIONS_REACH = 5
# Below a story of which the scorer is as sure as this stand items of a list if it is less sure of all that follows, by
# this share, and so many of the gaps between, and one in three, say the same: "Reply", the month of a date. Longer
# blocks in a gap, in code points, say nothing.
SURE, NEARLY, MIN_GAPS = 0.9, 0.93, 3
GAP_CHARS = 80
_LETTERS = re.compile(r"[^\W\d_]{2,}")
PROSE = NUMBERS.index("prose")
_LISTS = frozenset(("ul", "ol", "dl", "pre", "table", "blockquote"))
_ROWS = frozenset(("tr", "caption"))


def mend(
    segments: Segments, features: Features, reached: NDArray[np.float32], guessed: Sequence[Category]
) -> NDArray[np.bool_]:
    """Main content, mended: no further articles and no comments; headings go with what they stand above, items with
    most of their list, paragraphs with what they stand between.

    ``reached`` is every block's probability as a share of what makes it main content, ``guessed`` what the scorer would
    call it if it is none.

    On the development pages, by host, three of four headings that stand, unnamed by any class, right above main content
    are crossheads, and five of six lists and tables between paragraphs are story; of the items that the scorer parts
    from most of their list three of five are items.
    """
    lengths = lengths_of(segments)
    main = _without_further(segments, features, reached >= 1, lengths)
    main = _without_comments(features, main, reached, lengths)
    main = _without_ends(features, main, lengths)
    named = name_by_class(features, main)
    mended = main.copy()
    chars, story = _sums(lengths), _sums(lengths * main)
    above = _above_headings(segments, main)
    for first, last in _lists(segments):
        held = story[last] - story[first]
        share = held / max(1, chars[last] - chars[first])
        # What holds most of the story is no list of it, but one that is never closed, or a thread.
        if share > MOST or (share < 1 - MOST and held < MOST * story[-1]):
            mended[first:last] = share > MOST or _stands_between(segments, features, main, above, named, first, last)
    mended[_like_their_neighbours(segments, features, mended, lengths)] = True
    likely = _likely_paragraphs(features, reached, guessed, named)
    plain = np.array([segments.tags[piece.container] == "p" for piece in segments.pieces])
    mended |= _between(mended, likely & plain, reached)
    mended[_questions(segments, mended, likely, named)] = True
    mended[_crossheads(segments, features, mended, named)] = True
    mended[_standfirst(segments, features, main)] = True
    return mended


def without_items(segments: Segments, main: NDArray[np.bool_], story: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Main content without the items of a list below the story, such as readers' comments in nameless containers.

    ``story`` is every block's probability. On the development pages, by host, 5,400 characters go, none of them story.
    """
    lengths = lengths_of(segments)
    if not main.any() or (surest := _surest(story[main], lengths[main])) < SURE:
        return main
    sure = np.flatnonzero(main & (story >= NEARLY * surest) & (lengths >= PARAGRAPH_CHARS))
    end = int(sure[-1]) + 1 if len(sure) else len(main)
    below = np.arange(len(main)) >= end
    if np.count_nonzero(main & below & (lengths >= PARAGRAPH_CHARS)) < MIN_ITEMS:
        return main
    gaps = list(_gaps(segments, main, end))
    often = max(Counter(chain.from_iterable(gaps)).values(), default=0)
    return main & ~below if often >= max(MIN_GAPS, len(gaps) / 3) else main


def lengths_of(segments: Segments) -> NDArray[np.int64]:
    """How long each block is, in code points."""
    return np.array([len(piece.text) for piece in segments.pieces])


def _surest(story: NDArray[np.float32], lengths: NDArray[np.int64]) -> float:
    """The probability that a quarter of some blocks reaches, by length: comments may be longer than the story."""
    order = np.argsort(-story, kind="stable")
    reached = np.cumsum(lengths[order])
    return float(story[order][np.searchsorted(reached, reached[-1] / 4)])


def _gaps(segments: Segments, main: NDArray[np.bool_], end: int) -> Iterator[set[str]]:
    """What is said, in letters alone, in the short blocks of each gap in the main content from block ``end`` on."""
    last = int(np.flatnonzero(main)[-1])
    for inside, run in groupby(range(end, last), lambda index: bool(main[index])):
        if not inside:
            texts = (segments.pieces[index].text for index in run)
            yield {" ".join(_LETTERS.findall(text.lower())) for text in texts if len(text) <= GAP_CHARS} - {""}


def _sums(values: NDArray[np.int64]) -> list[int]:
    """What stands before each block and, last, all of it: what a range of blocks holds is the difference of two."""
    return [0, *np.cumsum(values).tolist()]


def is_index(segments: Segments, features: Features, main: NDArray[np.bool_], meta: Mapping[str, str]) -> bool:
    """True for a page that says nowhere that it is an article and whose main content is teasers: link, text and again.

    On the development pages, by host, none of some 1,800 articles is one.
    """
    if "published" in meta or meta.get("kind", "").lower().endswith(("article", "posting")):
        return False
    linked = features.numbers[:, LINK_SHARE]
    lengths = lengths_of(segments)
    heads = (linked[:-1] >= TEASER_LINKED) & (lengths[:-1] >= TEASER_CHARS) & (linked[1:] < MAX_LINKED) & main[1:]
    teasers = np.append(heads, False) | np.append(False, heads)
    return bool(heads.sum() >= MIN_TEASERS and lengths @ (teasers & main) > INDEX_SHARE * (lengths @ main))


def _crossheads(
    segments: Segments, features: Features, main: NDArray[np.bool_], named: list[Category | None]
) -> list[int]:
    """The headings that no class names, below main content and right above main content.

    One that is a link leads elsewhere, unless many of its kind stand so: the heads of the parts of a list.
    """
    found = np.flatnonzero(~main[:-1] & main[1:] & np.maximum.accumulate(main)[:-1]).tolist()
    found = [index for index in found if named[index] is None and _is_heading(segments, index)]
    kinds = Counter(features.alike[found].tolist())
    linked = features.numbers[:, LINK_SHARE] > MAX_LINKED
    return [index for index in found if not linked[index] or kinds[int(features.alike[index])] >= MANY_PARTS]


def _like_their_neighbours(
    segments: Segments, features: Features, main: NDArray[np.bool_], lengths: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Paragraphs without links that stand in one container with main content of their kind, if most of that is main.

    On a torn page a link that begins above a paragraph is none of its own.
    """
    linked = attrgetter("links" if segments.torn else "link_chars")
    plain = np.array([segments.tags[piece.container] == "p" and not linked(piece) for piece in segments.pieces])
    plain &= (lengths >= PARAGRAPH_CHARS) & ~features.unseen
    groups = np.unique(np.stack([features.chains[:, 1], features.alike], 1), axis=0, return_inverse=True)[1].ravel()
    of_all = np.bincount(groups, lengths * plain)
    of_main = np.bincount(groups, lengths * (plain & main))
    found: NDArray[np.bool_] = plain & (of_main > MOST_PARAGRAPHS * of_all)[groups]
    return found


def _likely_paragraphs(
    features: Features,
    reached: NDArray[np.float32],
    guessed: Sequence[Category],
    named: list[Category | None],
) -> NDArray[np.bool_]:
    """Paragraphs that may be story: neither a class nor the scorer calls them by a name that stands between others."""
    told = [name is None and guess in NO_NOTICES for name, guess in zip(named, guessed, strict=True)]
    # What is likelier has been taken out of the main content for a reason.
    likely = (reached >= LIKELY_TOGETHER) & (reached < 1)
    return np.array(told) & likely & (features.numbers[:, PROSE] > 0) & ~features.unseen


def _between(main: NDArray[np.bool_], likely: NDArray[np.bool_], reached: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Likely paragraphs between main content: several in one gap, or one that is all but main content itself."""
    found = np.zeros(len(main), bool)
    inside = np.flatnonzero(main)
    for above, below in zip(inside[:-1].tolist(), inside[1:].tolist(), strict=True):
        if below - above > 1:
            gap = slice(above + 1, below)
            found[gap] = likely[gap] & ((likely[gap].sum() >= TOGETHER) | (reached[gap] >= LIKELY_ALONE))
    return found


def _questions(
    segments: Segments,
    main: NDArray[np.bool_],
    likely: NDArray[np.bool_],
    named: list[Category | None],
) -> list[int]:
    """Questions right below the story, each with its answer, that no class names."""
    last = int(np.flatnonzero(main)[-1]) if main.any() else len(main)
    found: list[int] = []
    asked = 0
    for index in range(last + 1, len(main)):
        piece = segments.pieces[index]
        answers = likely[index] and bool(found)
        if not answers and named[index] is None and piece.text.endswith(("?", "？")) and not piece.link_chars:
            answers = index + 1 < len(main) and bool(likely[index + 1])
            asked += answers
        if answers:
            found.append(index)
        elif found or index > last + QUESTIONS_REACH:
            break
    return found if asked >= TOGETHER else []


def _stands_between(
    segments: Segments,
    features: Features,
    main: NDArray[np.bool_],
    above: list[int],
    named: list[Category | None],
    first: int,
    last: int,
) -> bool:
    """True for a list that no class names, with few links, or table between main content in the container around it.

    Headings may stand between it and the main content ``above``.
    """
    if not first or last == len(main) or named[first] is not None:
        return False
    top = above[first - 1]
    if not (main[top] and main[last]):
        return False
    around = set(features.chains[top, :4].tolist()) & set(features.chains[last, :4].tolist())
    inside = set(features.chains[first].tolist())
    if not around & inside:
        return False
    return _is_row(segments, first) or float(features.numbers[first:last, LINK_SHARE].mean()) <= MAX_LINKED


def _above_headings(segments: Segments, main: NDArray[np.bool_]) -> list[int]:
    """For every block the nearest from it upwards that is main content or no heading, the page's first if none is."""
    stays = [kept or not _is_heading(segments, index) for index, kept in enumerate(main.tolist())]
    above: list[int] = np.maximum.accumulate(np.where(stays, np.arange(len(main)), 0)).tolist()
    return above


def _is_row(segments: Segments, index: int) -> bool:
    return segments.tags[segments.pieces[index].container] in _ROWS


def _is_heading(segments: Segments, index: int) -> bool:
    return segments.tags[segments.pieces[index].container] in HEADINGS


def _without_comments(
    features: Features, main: NDArray[np.bool_], reached: NDArray[np.float32], lengths: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Main content without what stands below an article in a container that is called comments.

    On the development pages, by host, of 5,900 words that the scorer takes for main content there 50 are. Where most of
    the main content would go, and the scorer is as sure of it as of the rest, a site calls the parts of its stories so.
    """
    story = _sums(lengths * main)
    edges = np.zeros(len(main) + 1, np.int64)
    for first, last in spans_called(features, COMMENTS):
        if story[first] >= ARTICLE_CHARS:
            edges[first] += 1
            edges[last] -= 1
    gone = main & (edges.cumsum()[:-1] > 0)
    kept = main & ~gone
    most = lengths @ gone > lengths @ kept
    return main if most and _sureness(reached, gone, lengths) >= _sureness(reached, kept, lengths) else kept


def _sureness(reached: NDArray[np.float32], blocks: NDArray[np.bool_], lengths: NDArray[np.int64]) -> float:
    """The mean of some blocks, by length, in whole percents: as sure as can be is as sure as can be."""
    return round(float(reached[blocks] @ lengths[blocks]) / float(lengths[blocks].sum()), 2)


def _without_ends(features: Features, main: NDArray[np.bool_], lengths: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Main content without its last part where that is called the page's foot, a note on the author, a legal note.

    Again and again: one stands below the other. On the development pages, by host, of 2,900 words that the scorer takes
    for main content there 90 are.
    """
    story = _sums(lengths * main)
    end = len(main)
    for first, last in sorted(spans_called(features, ENDS), key=lambda span: (-span[1], span[0])):
        above = story[min(first, end)]
        inside = story[min(last, end)] - above
        if inside and above >= max(ARTICLE_CHARS, inside) and story[end] == above + inside:
            end = first
    return main & (np.arange(len(main)) < end)


def _without_further(
    segments: Segments, features: Features, main: NDArray[np.bool_], lengths: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Main content without the articles that follow the first on one page, each under an h1 of its own.

    Two h1 of the same class part two articles if the branches of the tree in which they stand, below what holds both,
    both hold running text. The article is the one whose h1 says the title of the page, else the first. Where h1 are
    crossheads they are of another class than the title, or stand in one branch with it; where they are the site's name,
    something else says the title.
    """
    heads = [number for number, tag in enumerate(segments.tags) if tag == "h1"]
    heads = [number for number in heads if segments.lasts[number] > segments.firsts[number]]
    if not 2 <= len(heads) <= MAX_HEADS:
        return main
    called = {number: segments.attributes[number].get("class") for number in heads}
    says = features.numbers[:, TITLED].min(axis=1)
    said = {number: float(says[segments.firsts[number] : segments.lasts[number]].max()) for number in heads}
    own = max(heads, key=said.__getitem__)
    if said[own] < SAYS_TITLE < says.max():
        return main
    held = main.copy()
    for head in heads:
        branches = _branches(segments, own, head)
        spans = [slice(segments.firsts[branch], segments.lasts[branch]) for branch in branches]
        alike = called[own] == called[head] and (called[own] or _in_article(segments, head, branches[1]))
        if branches[0] != branches[1] and alike and all(lengths[span] @ main[span] >= ARTICLE_CHARS for span in spans):
            held[spans[1]] = False
    return held


def _in_article(segments: Segments, container: int, branch: int) -> bool:
    """True if an ``article`` stands around the container, no further out than the branch."""
    while container > branch and segments.tags[container] != "article":
        container = segments.parents[container]
    return segments.tags[container] == "article"


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
    """First block and one past the last of every list, data table and piece of code with several blocks.

    A table in whose cells stand whole blocks, where data have rows, is none: it holds the page in place.
    """
    rows = [0, *accumulate(_is_row(segments, index) for index in range(len(segments.pieces)))]
    for number, tag in enumerate(segments.tags):
        first, last = segments.firsts[number], segments.lasts[number]
        of_data = tag != "table" or rows[last] - rows[first] == last - first
        if tag in _LISTS and last - first >= MIN_ITEMS and of_data:
            yield first, last
