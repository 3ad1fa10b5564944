"""Segments → numbers: what the scorer sees of every block and container of a page, worked out for all of them at once.

Python loops over blocks are short; characters and words are counted by numpy over the whole page: one lookup gives
every code point its class, prefix sums over blocks answer what a container holds, and every word is hashed where it
stands.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaner.hashing import (
    CLASSES,
    COMMA,
    FIRST,
    LAST,
    NONE,
    SPACE,
    STOP,
    Bag,
    Codes,
    Floats,
    Ints,
    Words,
    bucket_of,
    count_kinds,
    hash_words,
    lower_codes,
    make_bag,
    pair_hashes,
    read_codes,
    word_bags,
)
from cleaner.segment import OPENS, Segments

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
TAGS = (
    "", "p", "div", "li", "ul", "ol", *HEADINGS, "article", "section", "main", "header", "footer", "nav", "aside",
    "figure", "figcaption", "blockquote", "table", "tbody", "tr", "td", "th", "form", "dl", "dt", "dd", "pre",
    "body", "noscript", "template", "address", "details", "summary", "fieldset", "dialog", "center", "html",
)  # fmt: skip
"""Tags that the scorer knows; all others are one more."""
# What stands in these is for programs, or for readers without scripts.
_UNSEEN = frozenset(("noscript", "template"))
_HEADING_SET = frozenset(HEADINGS)
_TAG_NUMBERS = {tag: number for number, tag in enumerate(TAGS)}

# Levels of ancestors that are told apart: the container itself, its parent, the next; then all of them together.
LEVELS = 3
CHAIN = 8
# A block that may be a paragraph of the story: this long, in code points, and with fewer of them in links.
PROSE_CHARS = 80
PROSE_LINKS = 0.35
BODY_SHARES = (0.4, 0.75)
# Longer classes and ids are cut, in code points.
MAX_NAME = 400
# Longer texts that are hidden from screen readers are more than decoration, in code points.
MAX_DECORATION = 60
# So much of a title or description is compared, in code points.
MAX_SAID = 400


class Features(NamedTuple):
    """What the scorer sees of a page. Containers are numbered in document order among those in use, 0 is the page."""

    numbers: Floats
    """A row a block; the columns are ``NUMBERS``."""
    words: Bag
    """The words of every block."""
    pairs: Bag
    """The pairs of neighbouring words of every block."""
    openers: Ints
    """For every block its first word and its first pair, ``NONE`` where it has none."""
    closers: Ints
    """For every block its last word and its last pair."""
    names: Bag
    """The hashes of the words in classes and ids, by name: the classes and ids of a container together."""
    name_pairs: Bag
    """The hashes of the pairs of neighbouring words within one class or id, by name."""
    which: Ints
    """For every container the number of its name."""
    tags: Ints
    """For every container the number of its tag."""
    ends: Ints
    """For every container one more than the number of the last container inside."""
    firsts: Ints
    """For every container the number of the first block inside …"""
    lasts: Ints
    """… and one more than the number of the last."""
    chains: Ints
    """For every block its container (column 0), that one's parent and so on for ``CHAIN`` levels; 0 fills the rest."""
    ranges: Ints
    """For every block the first block and one past the last in its second and third container and in the bodies."""
    headings: Ints
    """For every block the number of the heading above it, its own where there is none."""
    alike: Ints
    """For every block the number of its kind: blocks of a kind stand in the same tags and classes, three levels up."""
    hidden: NDArray[np.bool_]
    """For every block whether something around it is hidden, be it from screen readers alone."""
    unseen: NDArray[np.bool_]
    """For every block whether readers do not see it: an attribute or a style hides something around it."""


def read_features(segments: Segments, meta: Mapping[str, str]) -> Features:
    """Everything that the scorer sees of a page with at least one block."""
    texts = [piece.text for piece in segments.pieces]
    text = read_codes(texts)
    words = hash_words(lower_codes("\n".join(texts)), text, camel=False)
    tree, names, tags = _read_tree(segments)
    chains = _chains(segments, tree)
    alike = _kinds_of_blocks(tree, chains)
    hidden, unseen = _hidden_blocks(segments, tree)
    numbers, ranges, headings = _numbers(segments, text, words, tree, chains, alike, hidden, meta)
    return Features(
        numbers, *word_bags(words, len(texts)), *name_bags([name[:MAX_NAME] for name in names]), tree.names, tags,
        tree.ends, tree.firsts, tree.lasts, chains, ranges, headings, alike, hidden, unseen,
    )  # fmt: skip


class _Tree(NamedTuple):
    """The containers in use, those with text inside: a value each."""

    used: Ints
    """Their numbers among all containers."""
    parents: Ints
    firsts: Ints
    lasts: Ints
    ends: Ints
    depths: NDArray[np.float64]
    names: Ints
    kinds: Ints
    """A number for every tag with its classes."""


def _read_tree(segments: Segments) -> tuple[_Tree, list[str], Ints]:
    """The containers in use, their different names, and the numbers of their tags."""
    firsts, lasts = np.array(segments.firsts), np.array(segments.lasts)
    held = lasts > firsts
    held[0] = True
    used = np.flatnonzero(held)
    names: dict[str, int] = {}
    kinds: dict[tuple[str, str], int] = {}
    which: list[int] = []
    kind: list[int] = []
    tags, attributes, numbers = segments.tags, segments.attributes, used.tolist()
    for number in numbers:
        given = attributes[number]
        which.append(names.setdefault(_name_of(given), len(names)))
        kind.append(kinds.setdefault((tags[number], given.get("class") or ""), len(kinds)))
    ends = np.searchsorted(used, np.array(segments.ends)[used])
    tree = _Tree(
        used, np.searchsorted(used, np.array(segments.parents)[used]), firsts[used], lasts[used], ends,
        _depths(ends), np.array(which), np.array(kind),
    )  # fmt: skip
    return tree, list(names), np.array([_TAG_NUMBERS.get(tags[number], len(TAGS)) for number in numbers])


def _name_of(given: Mapping[str, str]) -> str:
    """What a container is called: its classes, id, role and item property."""
    get = given.get
    return f"{get('class') or ''} {get('id') or ''} {get('role') or ''} {get('itemprop') or ''}"


def _depths(ends: Ints) -> NDArray[np.float64]:
    """How many containers are open around each: all that began before, less those that ended."""
    at = np.arange(len(ends))
    return (at - np.searchsorted(np.sort(ends), at, "right")).astype(np.float64)


def _chains(segments: Segments, tree: _Tree) -> Ints:
    at = np.searchsorted(tree.used, [piece.container for piece in segments.pieces])
    chains = np.zeros((len(at), CHAIN), np.int64)
    for level in range(CHAIN):
        chains[:, level] = at
        at = tree.parents[at]
    return chains


def name_bags(names: list[str]) -> tuple[Bag, Bag]:
    """The hashes of the words of different names, and of the pairs of words within one class or id."""
    text = read_codes(names)
    words = hash_words(lower_codes("\n".join(names)), text, camel=True)
    space = np.cumsum(text.kinds == SPACE)
    joined = space[words.starts[:-1]] == space[words.starts[1:]]
    single, pair = words.hashes.view(np.int64), pair_hashes(words)[joined].view(np.int64)
    return make_bag(single, words.owners, len(names)), make_bag(pair, words.owners[:-1][joined], len(names))


def _kinds_of_blocks(tree: _Tree, chains: Ints) -> Ints:
    base = int(tree.kinds.max()) + 1
    own, above, further = (tree.kinds[chains[:, level]] for level in range(3))
    alike: Ints = np.unique((own * base + above) * base + further, return_inverse=True)[1].astype(np.int64)
    return alike


def _hidden_blocks(segments: Segments, tree: _Tree) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """For every block whether anything around it is hidden, and whether from all readers.

    What a button opens, the panel of an accordion, is there to be read. A short text that is hidden from screen readers
    on its own is decoration.
    """
    pieces = segments.pieces
    # Counted where it begins and where it ends: one may stand in another, thousands deep.
    edges = np.zeros((2, len(pieces) + 1), np.int64)
    for number in tree.used.tolist():
        how = _hidden_from(segments.tags[number], segments.attributes[number])
        first, last = segments.firsts[number], segments.lasts[number]
        if how and not (first and pieces[first - 1].marks & OPENS):
            wholly = how == "readers" or (last == first + 1 and len(pieces[first].text) <= MAX_DECORATION)
            edges[:, first] += 1, wholly
            edges[:, last] -= 1, wholly
    hidden, unseen = edges.cumsum(axis=1)[:, :-1] > 0
    return hidden, unseen


def _hidden_from(tag: str, given: Mapping[str, str]) -> str:
    """From whom an element is hidden: ``readers``, ``screen readers`` or, empty, from nobody."""
    if tag in _UNSEEN or "hidden" in given or (tag == "dialog" and "open" not in given):
        return "readers"
    if not given:
        return ""
    if given.get("role") == "tooltip":
        return "readers"
    bare = (given.get("style") or "").replace(" ", "").lower()
    if "display:none" in bare or "visibility:hidden" in bare:
        return "readers"
    return "screen readers" if given.get("aria-hidden") == "true" else ""


def _prefix(values: NDArray[np.generic]) -> NDArray[np.float64]:
    """Prefix sums by row: what a range of blocks holds is the difference of two of them."""
    sums = np.zeros((len(values) + 1, values.shape[1]))
    np.cumsum(values, axis=0, out=sums[1:])
    return sums


class _Blocks(NamedTuple):
    """What is counted of every block, as columns of numbers."""

    length: NDArray[np.float64]
    words: NDArray[np.float64]
    kinds: NDArray[np.float64]
    """Code points by class."""
    link_share: NDArray[np.float64]
    links: Ints
    bold: NDArray[np.float64]
    marks: Ints
    images: Ints
    broken: NDArray[np.bool_]
    prose: NDArray[np.bool_]
    first: NDArray[np.uint8]
    last: NDArray[np.uint8]


def _count(segments: Segments, text: Codes, words: Words) -> _Blocks:
    count = len(text.lengths)
    columns = zip(*[piece[2:8] for piece in segments.pieces], strict=True)
    link_chars, links, bold, marks, images, broken = (np.array(column) for column in columns)
    length = text.lengths.astype(np.float64)
    kinds = count_kinds(text)
    link_share = np.minimum(link_chars / length, 1.0)
    prose = (length >= PROSE_CHARS) & (link_share < PROSE_LINKS) & (kinds[:, STOP] + kinds[:, COMMA] > 0)
    return _Blocks(
        length,
        np.bincount(words.owners, minlength=count).astype(np.float64),
        kinds.astype(np.float64),
        link_share,
        links,
        np.minimum(bold / length, 1.0),
        marks,
        images,
        broken,
        prose,
        text.kinds[text.starts],
        text.kinds[text.starts + text.lengths - 1],
    )


_MARK_NAMES = ("time", "button", "label", "emphasis", "code", "small", "sup")
_BITS = np.arange(len(_MARK_NAMES))
_HELD = (
    "length", "link share", "prose share", "of all prose", "paragraphs", "blocks", "commas", "links", "times",
    "buttons",     "images", "alike beside it",
)  # fmt: skip
_SHAPE_NAMES = (
    "length", "words", "word length", *(f"share of {name}" for name in CLASSES), "link share", "links", "bold share",
    "images", "after a line break", *_MARK_NAMES, *(f"ends with {CLASSES[kind]}" for kind in LAST),
    *(f"starts with {CLASSES[kind]}" for kind in FIRST), "stops", "commas", "prose",
)  # fmt: skip
_PLACE_NAMES = ("place", "from top", "from end", "prose before", "prose after")
_HELD_NAMES = tuple(f"container {level}: {name}" for level in range(LEVELS) for name in _HELD)
_INSIDE_NAMES = tuple(f"place in container {level}" for level in range(LEVELS))
_BODY_NAMES = tuple(
    f"{name} {share}" for share in BODY_SHARES for name in ("in body", "before body", "depth in body", "child of body")
)
_ALIKE_NAMES = ("alike", "length of alike", "link share of alike", "prose of alike", "copies")
_TITLE_NAMES = ("of the title", "has the title", "of the description", "has the description")
_HEADING_NAMES = ("has h1", "below first h1", "below last h1", "below the title")
_KINDS = ("NewsArticle", "Article", "BlogPosting", "WebPage")
_PAGE_NAMES = (
    "page blocks", "page length", "page prose", "page prose share", "page link share", "page paragraphs",
    *(f"page is {kind}" for kind in _KINDS),
    *(f"page says {key}" for key in ("published", "byline", "section", "site")),
)  # fmt: skip
NUMBERS = (
    *_SHAPE_NAMES, *_PLACE_NAMES, *_HELD_NAMES, *_INSIDE_NAMES, "depth", *_BODY_NAMES, "hidden", *_ALIKE_NAMES,
    *_TITLE_NAMES, *_HEADING_NAMES, *_PAGE_NAMES,
)  # fmt: skip
"""The names of the columns of ``Features.numbers``."""
LINK_SHARE = NUMBERS.index("link share")
TITLED = [NUMBERS.index("of the title"), NUMBERS.index("has the title")]
# A block says the title if so much of its words is the title's and so much of the title's words is in it.
SAYS_TITLE = 0.75


def _columns(*columns: NDArray[np.generic]) -> NDArray[np.float32]:
    """Columns and blocks of columns, side by side."""
    return np.concatenate(
        [c[:, None] if c.ndim == 1 else c for c in columns], axis=1, dtype=np.float32, casting="unsafe"
    )


def _shape(b: _Blocks) -> NDArray[np.float32]:
    return _columns(
        np.log1p(b.length), np.log1p(b.words), b.length / (b.words + 1.0) / 10, b.kinds / b.length[:, None],
        b.link_share, np.log1p(b.links), b.bold, np.log1p(b.images), b.broken, b.marks[:, None] >> _BITS & 1,
        b.last[:, None] == LAST, b.first[:, None] == FIRST, np.log1p(b.kinds[:, STOP]), np.log1p(b.kinds[:, COMMA]),
        b.prose,
    )  # fmt: skip


def _held(b: _Blocks, tree: _Tree, total: float) -> NDArray[np.float64]:
    """What every container holds, in the order of ``_HELD``."""
    prose_chars = b.length * b.prose
    sums = _prefix(
        np.stack(
            [
                b.length, b.length * b.link_share, prose_chars, b.prose, np.ones(len(b.length)), b.kinds[:, COMMA],
                b.links, b.marks & 1, b.marks >> 1 & 1, b.images,
            ],
            axis=1,
        )
    )  # fmt: skip
    held = sums[tree.lasts] - sums[tree.firsts]
    length, links, prose = held[:, 0].copy(), held[:, 1].copy(), held[:, 2].copy()
    siblings = tree.parents * (int(tree.kinds.max()) + 1) + tree.kinds
    _, which, counts = np.unique(siblings, return_inverse=True, return_counts=True)
    out = np.empty((len(held), len(_HELD)))
    out[:, 0] = np.log1p(length)
    out[:, 1] = links / np.maximum(length, 1.0)
    out[:, 2] = prose / np.maximum(length, 1.0)
    out[:, 3] = prose / total
    out[:, 4:11] = np.log1p(held[:, 3:])
    out[:, 11] = np.log1p(counts[which])
    return out


def _numbers(
    segments: Segments,
    text: Codes,
    words: Words,
    tree: _Tree,
    chains: Ints,
    alike: Ints,
    hidden: NDArray[np.bool_],
    meta: Mapping[str, str],
) -> tuple[Floats, Ints, Ints]:
    """The columns ``NUMBERS``, the ranges of blocks around each block, and the heading above each."""
    b = _count(segments, text, words)
    count = len(b.length)
    at = np.arange(count)
    prose_chars = b.length * b.prose
    total = max(1.0, float(prose_chars.sum()))
    before = np.cumsum(prose_chars)
    held = _held(b, tree, total)
    near = chains[:, :LEVELS]
    firsts, lasts = tree.firsts[near], tree.lasts[near]
    bodies = [_body(held[:, 3], tree.depths, share) for share in BODY_SHARES]
    deep = tree.depths[chains[:, 0]]
    titles, titled = _titles(words, meta, b.words)
    above, headings = _headings(segments, titled, at)
    numbers = _columns(
        _shape(b), (at + 0.5) / count, np.log1p(at), np.log1p(count - 1 - at), (before - prose_chars) / total,
        1.0 - before / total, held[near].reshape(count, -1), (at[:, None] - firsts + 0.5) / (lasts - firsts),
        deep / 10,
        *(_beside_body(tree, body, at, deep) for body in bodies), hidden, _alike(segments, alike, b), titles,
        headings, np.broadcast_to(_page(b, total, meta), (count, len(_PAGE_NAMES))),
    )  # fmt: skip
    ranges = [np.stack([firsts[:, 1:], lasts[:, 1:]], 2)]
    ranges += [np.broadcast_to([tree.firsts[body], tree.lasts[body]], (count, 1, 2)) for body in bodies]
    return numbers, np.concatenate(ranges, 1), above


def _body(of_all_prose: NDArray[np.float64], depths: NDArray[np.float64], share: float) -> int:
    """The deepest container that holds so much of the page's prose."""
    enough = np.flatnonzero(of_all_prose >= share)
    return int(enough[np.argmax(depths[enough])]) if len(enough) else 0


def _beside_body(tree: _Tree, body: int, at: Ints, depths: NDArray[np.float64]) -> NDArray[np.float32]:
    inside = (at >= tree.firsts[body]) & (at < tree.lasts[body])
    below = depths - tree.depths[body]
    return _columns(inside, at < tree.firsts[body], np.where(inside, below, -3) / 5, inside & (below <= 1))


def _alike(segments: Segments, which: Ints, b: _Blocks) -> NDArray[np.float32]:
    """Blocks of the same kind, and copies of the same text."""
    counts = np.bincount(which)
    copies = Counter([piece.text for piece in segments.pieces])
    sums = np.stack([np.bincount(which, b.length), np.bincount(which, b.link_share), np.bincount(which, b.prose)], 1)
    means = (sums / counts[:, None])[which]
    return _columns(
        np.log1p(counts[which]),
        np.log1p(means[:, 0]),
        means[:, 1:],
        np.log1p(np.array([copies[piece.text] for piece in segments.pieces]) - 1.0),
    )


def _titles(words: Words, meta: Mapping[str, str], word_count: NDArray[np.float64]) -> tuple[NDArray[np.float32], int]:
    """How much of a block's words is the title's or the description's, how much of theirs it has; the title's block."""
    count = len(word_count)
    said = [meta.get(key, "")[:MAX_SAID] for key in ("title", "description")]
    asked = hash_words(lower_codes("\n".join(said)), read_codes(said), camel=False)
    buckets = bucket_of(words.hashes)
    columns: list[NDArray[np.float64]] = []
    for which in range(len(said)):
        wanted = np.zeros(NONE, bool)
        wanted[bucket_of(asked.hashes[asked.owners == which])] = True
        found = np.bincount(words.owners[wanted[buckets]], minlength=count)
        columns += [found / np.maximum(word_count, 1.0), np.minimum(found / max(1, int(wanted.sum())), 1.5)]
    both = columns[0] * columns[1]
    best = int(both.argmax())
    return _columns(*columns), best if both[best] > 0.5 else -1


def _headings(segments: Segments, titled: int, at: Ints) -> tuple[Ints, NDArray[np.float32]]:
    """The block of the heading above each block (itself if there is none), and where blocks stand to the main ones."""
    tags = [segments.tags[piece.container] for piece in segments.pieces]
    main = [index for index, tag in enumerate(tags) if tag == "h1"]
    anchors = np.array([main[0] if main else -1, main[-1] if main else -1, titled])
    is_heading = np.array([tag in _HEADING_SET for tag in tags])
    above = np.maximum.accumulate(np.where(is_heading, at, -1))
    distance = at[:, None] - anchors
    signed = np.sign(distance) * np.log1p(np.abs(distance)) / 3 * (anchors >= 0)
    return np.where(above < 0, at, above), _columns(np.full(len(at), bool(main)), signed)


def _page(b: _Blocks, total: float, meta: Mapping[str, str]) -> list[float]:
    length = float(b.length.sum())
    kind = meta.get("kind", "")
    return [
        float(np.log1p(len(b.length))), float(np.log1p(length)), float(np.log1p(total)), total / length,
        float((b.length * b.link_share).sum()) / length, float(np.log1p(b.prose.sum())),
        *(float(kind.endswith(name) if name == "NewsArticle" else kind.lower() == name.lower()) for name in _KINDS),
        *(float(key in meta) for key in ("published", "byline", "section", "site")),
    ]  # fmt: skip
