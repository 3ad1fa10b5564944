"""The learned scorer: how likely each block of a page is part of the story, and what it is if not.

A small network. Its inputs are what :mod:`cleaner.features` reads; words and class names enter as sums of learned
vectors. After the first layer every block also sees the blocks before and after it, the heading above it, and the means
over the containers around it, the body of the page, the whole page and the blocks alike. It is fitted by ``training/``;
the weights lie in the package and are read when the first page is scored. ``docs/model-card.md`` says on what it
was fitted and how well it does.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaner.features import LEVELS, NUMBERS, Features
from cleaner.hashing import Floats, Ints, in_buckets, mean_of_items, sum_of_items
from cleaner.model import Category

WEIGHTS = "blocks.npz"
# Vectors of words and of class names have a part for the story and one for the categories, of so many values.
STORY_WORDS, NAMING_WORDS = 12, 12
STORY_NAMES, NAMING_NAMES = 12, 12
# So many inputs are vectors of words: of all, of the first and of the last of a block.
WORD_INPUTS = STORY_WORDS + 6 + 4
CATEGORIES = tuple(Category)
# The sum over all further ancestors counts so much, and no more than this either way, however deep the page.
FAR, FARTHEST = 0.3, 4.0

# Logits beyond this are as sure as can be; so far they are drawn to the mean of the blocks alike. Both set on the
# development pages, by host: 0 gives 0.3 points of F1 less on publishers, 1 as much. Blocks without any class around
# them are not drawn: on a page laid out in bare tables everything is alike.
SURE = 5.0
ALIKE = 0.7

# What the network's inputs are, for people: the first column of each group, and the blocks around as the last.
_GROUPED = (
    ("length", "its shape"),
    ("link share", "its links"),
    ("bold share", "its shape and signs"),
    ("place", "its place on the page"),
    ("container 0: length", "what its container holds"),
    ("in body 0.4", "where it stands to the body of the page"),
    ("hidden", "how it is shown"),
    ("alike", "how many blocks are like it"),
    ("of the title", "its likeness to the title"),
    ("has h1", "where it stands to the headings"),
    ("page blocks", "the kind of page"),
)
_GROUP_STARTS = [*(NUMBERS.index(name) for name, _ in _GROUPED), len(NUMBERS), len(NUMBERS) + WORD_INPUTS]
GROUPS = (*(said for _, said in _GROUPED), "its words", "the classes and tags around it", "the blocks around it")


class Scores(NamedTuple):
    """What the scorer says of a page, a row a block."""

    story: Floats
    """Probability, 0 to 1, that the block is part of the story."""
    naming: Floats
    """What :func:`name_blocks` sees besides the inputs."""
    layers: tuple[Floats, Floats, Floats]
    """Inputs, context and second layer, for :func:`weigh`."""


class Weights(NamedTuple):
    """The network's arrays, ready to multiply."""

    least: Floats
    """What is less than nearly all numbers that the network has seen counts as much as they …"""
    most: Floats
    """… and so does what is more: a page of 20,000 paragraphs is read as a long page."""
    mean: Floats
    scale: Floats
    words: Floats
    openers: Floats
    closers: Floats
    names: Floats
    tags: Floats
    first: Floats
    first_bias: Floats
    second: Floats
    second_bias: Floats
    out: Floats
    out_bias: Floats
    naming: Floats
    naming_bias: Floats
    named: Floats
    named_bias: Floats


@cache
def load_weights() -> Weights:
    """The weights that ship with the package."""
    with as_file(files("cleaner").joinpath("weights").joinpath(WEIGHTS)) as path:
        return read_weights(path)


def read_weights(path: Path) -> Weights:
    """The weights in a file that ``training.fit`` wrote."""
    with np.load(path) as held:
        return Weights(*(held[name].astype(np.float32) for name in Weights._fields))


def score_blocks(features: Features, weights: Weights | None = None) -> Scores:
    """Score the blocks of a page."""
    w = weights or load_weights()
    numbers = (np.clip(features.numbers, w.least, w.most) - w.mean) * w.scale
    said = mean_of_items(w.words, features.words, features.pairs)
    openers, closers = w.openers[features.openers].mean(axis=1), w.closers[features.closers].mean(axis=1)
    levels = [np.split(level, [-NAMING_NAMES], axis=1) for level in _containers(w, features)]
    inputs = np.concatenate(
        [numbers, said[:, :STORY_WORDS], openers, closers, *(story for story, _ in levels)], axis=1, dtype=np.float32
    )
    naming = np.concatenate([said[:, STORY_WORDS:], *(naming for _, naming in levels)], axis=1, dtype=np.float32)
    hidden = np.maximum(inputs @ w.first + w.first_bias, 0.0)
    context = _context(hidden, features)
    second = np.maximum(context @ w.second + w.second_bias, 0.0)
    logits = np.clip(second @ w.out + w.out_bias, -SURE, SURE)
    drawn = np.float32(ALIKE) * _classed(features)[:, None]
    logits += drawn * (mean_of_alike(logits, features.alike) - logits)
    story = 1.0 / (1.0 + np.exp(-logits[:, 0]))
    return Scores(story, naming, (inputs, context, second))


def _classed(features: Features) -> NDArray[np.bool_]:
    """For every block whether any of the containers that make its kind has a class or an id."""
    named = np.diff(features.names.starts)[features.which] > 0
    classed: NDArray[np.bool_] = np.logical_or.reduce(named[features.chains[:, :3]], axis=1)
    return classed


def name_blocks(features: Features, scores: Scores, weights: Weights | None = None) -> list[Category]:
    """For every block the category that it most likely has if it is not part of the story."""
    w = weights or load_weights()
    inputs = np.concatenate([scores.layers[0], scores.naming], axis=1)
    naming = np.maximum(inputs @ w.naming + w.naming_bias, 0.0)
    around = _means(naming, features.ranges[:, :1]).reshape(naming.shape)
    logits = np.concatenate([naming, around, mean_of_alike(naming, features.alike)], axis=1) @ w.named + w.named_bias
    return [CATEGORIES[number] for number in logits.argmax(axis=1).tolist()]


def weigh(scores: Scores, blocks: Ints, weights: Weights | None = None) -> list[str]:
    """For some blocks the inputs that spoke most against their being story, in words.

    An input's part is its value times the slope of the block's logit there: its share in a linear reading of the
    network around this page.
    """
    w = weights or load_weights()
    inputs, context, second = (layer[blocks] for layer in scores.layers)
    slope = ((second > 0) * w.out[:, 0]) @ w.second.T
    own = w.first.shape[1]
    told = inputs * ((slope[:, :own] * (context[:, :own] > 0)) @ w.first.T)
    around = (context[:, own:] * slope[:, own:]).sum(axis=1)
    parts = np.column_stack([np.add.reduceat(told, _GROUP_STARTS, axis=1), around])
    order = np.argsort(parts, axis=1)[:, :2]
    return [
        " and ".join(GROUPS[group] for group in groups if part[group] < 0) or "the page as a whole"
        for part, groups in zip(parts, order.tolist(), strict=True)
    ]


def _containers(w: Weights, features: Features) -> list[Floats]:
    """The vectors of the nearest containers of every block, and the sum of all further ones."""
    bags = in_buckets(features.names), in_buckets(features.name_pairs)
    names = np.tanh(sum(sum_of_items(w.names, bag) for bag in bags))
    story, naming = np.split(names[features.which], [STORY_NAMES], axis=1)
    held = np.concatenate([story, w.tags[features.tags], naming], axis=1)
    held[0] = 0.0
    nearest = [held[features.chains[:, level]] for level in range(LEVELS)]
    further = sum_around(held, features.ends, features.chains[:, LEVELS]) * np.float32(FAR)
    return [*nearest, np.clip(further, -FARTHEST, FARTHEST)]


def sum_around(held: Floats, ends: Ints, containers: Ints) -> Floats:
    """For some containers the sum over them and everything around them: all that began, less what ended before."""
    order = np.argsort(ends, kind="stable")
    begun = np.cumsum(held, axis=0)
    ended = np.concatenate([np.zeros((1, held.shape[1]), np.float32), np.cumsum(held[order], axis=0)])
    around: Floats = begun[containers] - ended[np.searchsorted(ends[order], containers, "right")]
    return around


def _context(hidden: Floats, features: Features) -> Floats:
    """Every block's hidden values with those of its neighbours and its heading, and the means of what it belongs to."""
    page = np.broadcast_to(hidden.mean(axis=0), hidden.shape)
    before = np.concatenate([hidden[:1], hidden[:-1]])
    after = np.concatenate([hidden[1:], hidden[-1:]])
    around = _means(hidden, features.ranges).reshape(len(hidden), -1)
    parts = [hidden, before, after, hidden[features.headings], around, page]
    return np.concatenate([*parts, mean_of_alike(hidden, features.alike)], axis=1)


def _means(values: Floats, ranges: Ints) -> Floats:
    """For every block the means over ranges of blocks."""
    sums = np.zeros((len(values) + 1, values.shape[1]), np.float32)
    np.cumsum(values, axis=0, out=sums[1:])
    firsts, lasts = ranges[:, :, 0], ranges[:, :, 1]
    lengths = (lasts - firsts)[:, :, None]
    means: Floats = np.divide(sums[lasts] - sums[firsts], lengths, dtype=np.float32)
    return means


def mean_of_alike(values: Floats, alike: Ints) -> Floats:
    """For every block the mean over the blocks of its kind."""
    order = np.argsort(alike, kind="stable")
    counts = np.bincount(alike)
    sums = np.add.reduceat(values[order], np.cumsum(counts) - counts)
    return (sums / counts[:, None]).astype(np.float32)[alike]
