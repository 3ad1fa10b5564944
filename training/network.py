"""The scorer's network in torch, for fitting; :mod:`cleaner.scorer` is the same in numpy, for use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from cleaner.features import LEVELS, NUMBERS, TAGS
from cleaner.hashing import NONE, in_buckets
from cleaner.scorer import CATEGORIES, FAR, FARTHEST, NAMING_NAMES, NAMING_WORDS, STORY_NAMES, STORY_WORDS, WORD_INPUTS
from training.batches import Pooled, join, mean_of_items, means, pool, thinned
from training.descent import ranges_of
from training.pages import Example

# Sizes of the vectors of first words, last words and tags, and of the layers.
OPENERS, CLOSERS, TAG_NAMES = 6, 4, 8
HIDDEN, SECOND, NAMING = 64, 48, 48
assert STORY_WORDS + OPENERS + CLOSERS == WORD_INPUTS
# What is left out at random while fitting: values, words of blocks, words of class names, all names of a container, all
# names of a page.
DROPOUT, WORD_DROPOUT, CLASS_DROPOUT, NAME_DROPOUT, PAGE_DROPOUT = 0.3, 0.15, 0.05, 0.15, 0.15


@dataclass(frozen=True, slots=True)
class Batch:
    """Several pages as one: blocks, containers and names numbered through."""

    numbers: torch.Tensor
    words: Pooled
    pairs: Pooled
    openers: torch.Tensor
    closers: torch.Tensor
    names: Pooled
    name_pairs: Pooled
    which: torch.Tensor
    tags: torch.Tensor
    ends: torch.Tensor
    chains: torch.Tensor
    ranges: torch.Tensor
    headings: torch.Tensor
    alike: torch.Tensor
    firsts: torch.Tensor
    """For every block the first of its page …"""
    lasts: torch.Tensor
    """… and one more than the last."""
    roots: torch.Tensor
    """The containers that are pages."""
    labels: torch.Tensor
    weights: torch.Tensor
    categories: torch.Tensor


def make_batch(examples: Sequence[Example]) -> Batch:
    """Join pages."""
    pages = [example.features for example in examples]
    blocks = np.cumsum([0, *(len(page.numbers) for page in pages)])
    containers = np.cumsum([0, *(len(page.tags) for page in pages)])
    names = np.cumsum([0, *(len(page.names.starts) - 1 for page in pages)])
    counts = np.diff(blocks)
    return Batch(
        join([page.numbers for page in pages]),
        pool([page.words for page in pages]),
        pool([page.pairs for page in pages]),
        join([page.openers for page in pages]),
        join([page.closers for page in pages]),
        pool([in_buckets(page.names) for page in pages]),
        pool([in_buckets(page.name_pairs) for page in pages]),
        join([page.which for page in pages], names),
        join([page.tags for page in pages]),
        join([page.ends for page in pages], containers),
        join([page.chains for page in pages], containers),
        join([page.ranges for page in pages], blocks),
        join([page.headings for page in pages], blocks),
        join([page.alike for page in pages], blocks),
        torch.from_numpy(np.repeat(blocks[:-1], counts)),
        torch.from_numpy(np.repeat(blocks[1:], counts)),
        torch.from_numpy(containers[:-1]),
        join([example.labels for example in examples]).float().clamp(0, 1),
        join([example.weights for example in examples]).float(),
        join([example.categories for example in examples]),
    )


class Network(nn.Module):
    """Blocks → a logit for the story (``forward``) and one for every category (``name``)."""

    def __init__(self, numbers: np.ndarray) -> None:
        super().__init__()
        for name, values in ranges_of(numbers).items():
            self.register_buffer(name, values)
        # One row more than there are buckets: it stands for what is not there, and for what is left out.
        self.words = nn.EmbeddingBag(NONE + 1, STORY_WORDS, mode="sum")
        self.openers = nn.Embedding(NONE + 1, OPENERS)
        self.closers = nn.Embedding(NONE + 1, CLOSERS)
        self.names = nn.EmbeddingBag(NONE + 1, STORY_NAMES, mode="sum")
        self.naming_words = nn.EmbeddingBag(NONE + 1, NAMING_WORDS, mode="sum")
        self.naming_names = nn.EmbeddingBag(NONE + 1, NAMING_NAMES, mode="sum")
        self.tags = nn.Embedding(len(TAGS) + 1, TAG_NAMES)
        for table in (*self.tables(), self.tags):
            nn.init.normal_(table.weight, std=0.05)
        inputs = len(NUMBERS) + WORD_INPUTS + (STORY_NAMES + TAG_NAMES) * (LEVELS + 1)
        self.first = nn.Linear(inputs, HIDDEN)
        self.second = nn.Linear(HIDDEN * 10, SECOND)
        self.out = nn.Linear(SECOND, 1)
        self.naming = nn.Linear(inputs + NAMING_WORDS + NAMING_NAMES * (LEVELS + 1), NAMING)
        self.named = nn.Linear(NAMING * 3, len(CATEGORIES))
        self.dropout = nn.Dropout(DROPOUT)

    def tables(self) -> tuple[nn.Embedding | nn.EmbeddingBag, ...]:
        """The tables of words, first words, last words, names; of words and names for the categories."""
        return self.words, self.openers, self.closers, self.names, self.naming_words, self.naming_names

    def forward(self, batch: Batch) -> torch.Tensor:
        """The logit of the story, a value a block."""
        hidden = torch.relu(self.first(self.dropout(self._inputs(batch))))
        second = torch.relu(self.second(self.dropout(self._context(hidden, batch))))
        return self.out(self.dropout(second))[:, 0]

    def name(self, batch: Batch) -> torch.Tensor:
        """The logits of the categories, a row a block. They are learned when the story's part stands fast."""
        with torch.no_grad():
            inputs = self._inputs(batch)
        inputs = torch.cat(
            [inputs, self._said(self.naming_words, batch), *self._around(self._names(self.naming_names, batch), batch)],
            1,
        )
        naming = torch.relu(self.naming(self.dropout(inputs)))
        naming = torch.cat([naming, means(naming, batch.ranges[:, 0]), _mean_of_alike(naming, batch.alike)], 1)
        return self.named(self.dropout(naming))

    def _inputs(self, batch: Batch) -> torch.Tensor:
        numbers = (batch.numbers.clamp(self.least, self.most) - self.mean) * self.scale
        openers = self.openers(thinned(batch.openers, self._if_training(WORD_DROPOUT))).mean(1)
        closers = self.closers(thinned(batch.closers, self._if_training(WORD_DROPOUT))).mean(1)
        held = torch.cat([self._names(self.names, batch), self.tags(batch.tags)], 1)
        return torch.cat([numbers, self._said(self.words, batch), openers, closers, *self._around(held, batch)], 1)

    def _said(self, table: nn.EmbeddingBag, batch: Batch) -> torch.Tensor:
        """The mean over the words of every block and their pairs."""
        return mean_of_items(table, batch.words, batch.pairs, self._if_training(WORD_DROPOUT))

    def _names(self, table: nn.EmbeddingBag, batch: Batch) -> torch.Tensor:
        """A vector for the class names of every container."""
        names = self._summed(table, batch.names, CLASS_DROPOUT) + self._summed(table, batch.name_pairs, CLASS_DROPOUT)
        names = torch.tanh(names)[batch.which]
        if not self.training:
            return names
        page = torch.zeros(len(names), dtype=torch.long)
        page[batch.roots] = 1
        named = (torch.rand(len(batch.roots)) > PAGE_DROPOUT)[page.cumsum(0) - 1]
        return names * (named & (torch.rand(len(names)) > NAME_DROPOUT)).unsqueeze(1)

    @staticmethod
    def _around(held: torch.Tensor, batch: Batch) -> list[torch.Tensor]:
        """What is held by the nearest containers of every block, and the sum over all further ones."""
        shown = torch.ones(len(held), 1)
        shown[batch.roots] = 0.0
        held = held * shown
        order = torch.argsort(batch.ends, stable=True)
        begun = held.double().cumsum(0)
        ended = torch.cat([torch.zeros(1, held.shape[1]), held[order].double().cumsum(0)])
        further = batch.chains[:, LEVELS].contiguous()
        rest = begun[further] - ended[torch.searchsorted(batch.ends[order], further, right=True)]
        return [
            *(held[batch.chains[:, level]] for level in range(LEVELS)),
            (rest.float() * FAR).clamp(-FARTHEST, FARTHEST),
        ]

    def _summed(self, table: nn.EmbeddingBag, bag: Pooled, dropout: float) -> torch.Tensor:
        return table(thinned(bag[0], self._if_training(dropout)), bag[1])

    def _if_training(self, dropout: float) -> float:
        return dropout if self.training else 0.0

    @staticmethod
    def _context(hidden: torch.Tensor, batch: Batch) -> torch.Tensor:
        """The block, its neighbours and heading, the means over its containers, over the bodies and over the page."""
        first, last = batch.firsts, batch.lasts
        ranges = [*batch.ranges.unbind(1), torch.stack([first, last], 1)]
        around = [means(hidden, each) for each in ranges]
        at = torch.arange(len(hidden))
        before, after = hidden[torch.maximum(at - 1, first)], hidden[torch.minimum(at + 1, last - 1)]
        return torch.cat(
            [hidden, before, after, hidden[batch.headings], *around, _mean_of_alike(hidden, batch.alike)], 1
        )


def _mean_of_alike(hidden: torch.Tensor, alike: torch.Tensor) -> torch.Tensor:
    sums = torch.zeros_like(hidden).index_add(0, alike, hidden)
    counts = torch.zeros(len(hidden)).index_add(0, alike, torch.ones(len(hidden)))
    return sums[alike] / counts[alike].unsqueeze(1)
