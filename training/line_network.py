"""The line scorer's network in torch, for fitting; :mod:`cleaner.text_scorer` is the same in numpy, for use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from cleaner.hashing import NONE
from cleaner.text_features import NUMBERS
from cleaner.text_scorer import STEPS, WINDOWS
from training.batches import Pooled, join, mean_of_items, means, pool, thinned
from training.descent import CATEGORIES, ranges_of
from training.lines import Example

# Sizes of the vectors of words, first words and last words, and of the layers.
WORDS, OPENERS, CLOSERS, NAMING_WORDS = 16, 8, 6, 8
HIDDEN, SECOND, THIRD, NAMING = 64, 48, 32, 48
# A line is seen with so many others: itself, those beside it, the prose above and below, and means.
SEEN = 1 + len(STEPS) + 2 + len(WINDOWS) + 3
# What is left out at random while fitting: values, words.
DROPOUT, WORD_DROPOUT = 0.3, 0.15


@dataclass(frozen=True, slots=True)
class Batch:
    """Several texts as one: lines numbered through."""

    numbers: torch.Tensor
    words: Pooled
    pairs: Pooled
    openers: torch.Tensor
    closers: torch.Tensor
    above: torch.Tensor
    below: torch.Tensor
    firsts: torch.Tensor
    """For every line the first of its text …"""
    lasts: torch.Tensor
    """… and one more than the last."""
    labels: torch.Tensor
    weights: torch.Tensor
    categories: torch.Tensor
    read: torch.Tensor


def make_batch(examples: Sequence[Example]) -> Batch:
    """Join texts."""
    texts = [example.features for example in examples]
    lines = np.cumsum([0, *(len(text.numbers) for text in texts)])
    counts = np.diff(lines)
    return Batch(
        join([text.numbers for text in texts]),
        pool([text.words for text in texts]),
        pool([text.pairs for text in texts]),
        join([text.openers for text in texts]),
        join([text.closers for text in texts]),
        join([text.above for text in texts], lines),
        join([text.below for text in texts], lines),
        torch.from_numpy(np.repeat(lines[:-1], counts)),
        torch.from_numpy(np.repeat(lines[1:], counts)),
        join([example.labels for example in examples]).float(),
        join([example.weights for example in examples]).float(),
        join([example.categories for example in examples]),
        join([example.read for example in examples]),
    )


class Network(nn.Module):
    """Lines → a logit for residue (``forward``) and one for every category (``name``)."""

    def __init__(self, numbers: np.ndarray) -> None:
        super().__init__()
        for name, values in ranges_of(numbers).items():
            self.register_buffer(name, values)
        self.words = nn.EmbeddingBag(NONE + 1, WORDS, mode="sum")
        self.openers = nn.Embedding(NONE + 1, OPENERS)
        self.closers = nn.Embedding(NONE + 1, CLOSERS)
        self.naming_words = nn.EmbeddingBag(NONE + 1, NAMING_WORDS, mode="sum")
        for table in self.tables():
            nn.init.normal_(table.weight, std=0.05)
        inputs = len(NUMBERS) + WORDS + OPENERS + CLOSERS
        self.first = nn.Linear(inputs, HIDDEN)
        self.second = nn.Linear(HIDDEN * SEEN, SECOND)
        self.third = nn.Linear(SECOND * SEEN, THIRD)
        self.out = nn.Linear(THIRD, 1)
        self.naming = nn.Linear(SECOND * SEEN + inputs + NAMING_WORDS, NAMING)
        self.named = nn.Linear(NAMING, len(CATEGORIES))
        self.dropout = nn.Dropout(DROPOUT)

    def tables(self) -> tuple[nn.Embedding | nn.EmbeddingBag, ...]:
        """The tables of words, first words, last words, and of words for the names."""
        return self.words, self.openers, self.closers, self.naming_words

    def forward(self, batch: Batch) -> torch.Tensor:
        """The logit of residue, a value a line."""
        third = torch.relu(self.third(self.dropout(self._seen(batch)[1])))
        return self.out(self.dropout(third))[:, 0]

    def name(self, batch: Batch) -> torch.Tensor:
        """The logits of the categories, a row a line. They are learned when the rest stands fast."""
        with torch.no_grad():
            inputs, seen = self._seen(batch)
        known = torch.cat([seen, inputs, self._said(self.naming_words, batch)], 1)
        return self.named(self.dropout(torch.relu(self.naming(self.dropout(known)))))

    def _seen(self, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
        """The inputs of every line, and what the third layer sees."""
        numbers = (batch.numbers.clamp(self.least, self.most) - self.mean) * self.scale
        openers = self.openers(thinned(batch.openers, self._word_dropout)).mean(1)
        closers = self.closers(thinned(batch.closers, self._word_dropout)).mean(1)
        inputs = torch.cat([numbers, self._said(self.words, batch), openers, closers], 1)
        hidden = torch.relu(self.first(self.dropout(inputs)))
        second = torch.relu(self.second(self.dropout(_around(hidden, batch))))
        return inputs, _around(second, batch)

    def _said(self, table: nn.EmbeddingBag, batch: Batch) -> torch.Tensor:
        return mean_of_items(table, batch.words, batch.pairs, self._word_dropout)

    @property
    def _word_dropout(self) -> float:
        return WORD_DROPOUT if self.training else 0.0


def _around(hidden: torch.Tensor, batch: Batch) -> torch.Tensor:
    """The line, those beside it, the nearest prose, the means nearby, above, below and of the whole."""
    first, last = batch.firsts, batch.lasts
    at = torch.arange(len(hidden))
    beside = [hidden[torch.minimum(torch.maximum(at + step, first), last - 1)] for step in STEPS]
    near = [(torch.maximum(at - reach, first), torch.minimum(at + reach + 1, last)) for reach in WINDOWS]
    ranges = [torch.stack(pair, 1) for pair in (*near, (first, at + 1), (at, last), (first, last))]
    return torch.cat(
        [hidden, *beside, hidden[batch.above], hidden[batch.below], *(means(hidden, each) for each in ranges)], 1
    )
