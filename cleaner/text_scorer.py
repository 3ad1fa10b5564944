"""The learned scorer of text mode: how likely each line is residue, and what it is then.

The same kind of network as for pages (:mod:`cleaner.scorer`), without markup to look at and with more to see around:
each of its two inner layers also sees the two lines to either side, the nearest paragraphs, and the means nearby,
above, below and over the whole document. ``docs/text-model-card.md`` says on what it was fitted and how well it does.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import NamedTuple

import numpy as np

from cleaner.hashing import Floats, Ints, mean_of_items, take
from cleaner.model import Category
from cleaner.text_features import NUMBERS, LineFeatures

WEIGHTS = "lines.npz"
CATEGORIES = tuple(Category)
# Means are taken over so many lines to either side.
WINDOWS = (2, 6)
STEPS = (-2, -1, 1, 2)
_BESIDE = np.array((0, *STEPS))

_GROUPED = (
    ("length", "its shape"),
    ("place", "its place in the text"),
    ("copies", "what it says again, or says alone"),
    ("strong wording", "what the rules claim"),
    ("lines", "the kind of text"),
)
_STARTS = [*(NUMBERS.index(name) for name, _ in _GROUPED), len(NUMBERS)]
GROUPS = (*(said for _, said in _GROUPED), "its words", "the lines around it")


class LineWeights(NamedTuple):
    """The network's arrays, ready to multiply."""

    least: Floats
    most: Floats
    mean: Floats
    scale: Floats
    words: Floats
    openers: Floats
    closers: Floats
    naming_words: Floats
    first: Floats
    first_bias: Floats
    second: Floats
    second_bias: Floats
    third: Floats
    third_bias: Floats
    out: Floats
    out_bias: Floats
    naming: Floats
    naming_bias: Floats
    named: Floats
    named_bias: Floats


class LineScores(NamedTuple):
    """What the scorer says of a text, a row a line."""

    residue: Floats
    """Probability, 0 to 1, that the line is residue."""
    inputs: Floats
    layers: tuple[Floats, Floats, Floats, Floats]
    """Context and values of the two inner layers, for :func:`weigh_lines`."""


@cache
def load_line_weights() -> LineWeights:
    """The weights that ship with the package."""
    with as_file(files("cleaner").joinpath("weights").joinpath(WEIGHTS)) as path:
        return read_line_weights(path)


def read_line_weights(path: Path) -> LineWeights:
    """The weights in a file that ``training.fit_lines`` wrote."""
    with np.load(path) as held:
        return LineWeights(*(held[name].astype(np.float32) for name in LineWeights._fields))


def score_lines(features: LineFeatures, weights: LineWeights | None = None) -> LineScores:
    """Score the lines of a text."""
    w = weights or load_line_weights()
    numbers = (np.minimum(np.maximum(features.numbers, w.least), w.most) - w.mean) * w.scale
    said = mean_of_items(w.words, features.words, features.pairs)
    ends = _mean_of_two(w.openers, features.openers), _mean_of_two(w.closers, features.closers)
    inputs = np.concatenate([numbers, said, *ends], axis=1, dtype=np.float32)
    gathered = _Around(features)
    hidden = np.maximum(inputs @ w.first + w.first_bias, 0.0)
    near = gathered.around(hidden)
    second = np.maximum(near @ w.second + w.second_bias, 0.0)
    far = gathered.around(second)
    third = np.maximum(far @ w.third + w.third_bias, 0.0)
    logits = (third @ w.out + w.out_bias)[:, 0]
    return LineScores(1.0 / (1.0 + np.exp(-logits)), inputs, (near, second, far, third))


def name_lines(
    features: LineFeatures, scores: LineScores, lines: Ints, weights: LineWeights | None = None
) -> list[Category]:
    """The category that each of some lines most likely has if it is residue."""
    w = weights or load_line_weights()
    said = mean_of_items(w.naming_words, take(features.words, lines), take(features.pairs, lines))
    seen = np.concatenate([scores.layers[2].take(lines, axis=0), scores.inputs.take(lines, axis=0), said], axis=1)
    named = np.maximum(seen @ w.naming + w.naming_bias, 0.0) @ w.named + w.named_bias
    return [CATEGORIES[number] for number in named.argmax(axis=1).tolist()]


def weigh_lines(scores: LineScores, lines: Ints, weights: LineWeights | None = None) -> list[str]:
    """For some lines the inputs that spoke most for their being residue, in words; see :func:`cleaner.scorer.weigh`."""
    w = weights or load_line_weights()
    near, second, far, third = (layer.take(lines, axis=0) for layer in scores.layers)
    own, inner = w.first.shape[1], w.second.shape[1]
    slope = ((third > 0) * w.out[:, 0]) @ w.third.T
    beside = (slope[:, inner:] * far[:, inner:]).sum(axis=1)
    slope = (slope[:, :inner] * (second > 0)) @ w.second.T
    beside += (slope[:, own:] * near[:, own:]).sum(axis=1)
    told = scores.inputs.take(lines, axis=0) * ((slope[:, :own] * (near[:, :own] > 0)) @ w.first.T)
    parts = np.column_stack([np.add.reduceat(told, _STARTS, axis=1), beside])
    order = np.argsort(-parts, axis=1)[:, :2]
    spoke = (parts > 0).sum(axis=1)
    return [_named(*groups[:number]) for groups, number in zip(order.tolist(), spoke.tolist(), strict=True)]


@cache
def _named(*groups: int) -> str:
    return " and ".join(GROUPS[group] for group in groups) or "the text as a whole"


def _mean_of_two(table: Floats, items: Ints) -> Floats:
    """For every line the mean vector of two items."""
    mean: Floats = (table.take(items[:, 0], axis=0) + table.take(items[:, 1], axis=0)) / np.float32(2)
    return mean


class _Around:
    """Where to look around each line of a document, worked out once for both layers."""

    def __init__(self, features: LineFeatures) -> None:
        count = len(features.numbers)
        at = np.arange(count)[:, None]
        beside = np.minimum(np.maximum(at + _BESIDE, 0), count - 1)
        self._lines = np.concatenate([beside, features.above[:, None], features.below[:, None]], axis=1)
        up, down = (*WINDOWS, count, 0, count), (*WINDOWS, 0, count, count)
        self._firsts, self._ends = np.maximum(at - up, 0), np.minimum(at + down, count - 1) + 1
        self._lengths = (self._ends - self._firsts)[:, :, None].astype(np.float32)

    def around(self, values: Floats) -> Floats:
        """The line, those beside it, the nearest prose, and the means."""
        count, width = values.shape
        sums = np.zeros((count + 1, width), np.float32)
        np.cumsum(values, axis=0, out=sums[1:])
        lines = self._lines.shape[1]
        found = np.empty((count, lines + self._firsts.shape[1], width), np.float32)
        found[:, :lines] = values.take(self._lines, axis=0)
        means = np.subtract(sums.take(self._ends, axis=0), sums.take(self._firsts, axis=0), out=found[:, lines:])
        means /= self._lengths
        return found.reshape(count, -1)
