"""The scorer's network in torch, for fitting; :mod:`cleaner.scorer` is the same in numpy, for use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from cleaner.features import HASH_BITS, LEVELS, NUMBERS, TAGS, Bag
from cleaner.scorer import CATEGORIES, FAR, WORD_INPUTS
from training.pages import Example

# Sizes of the vectors of words, first words, last words, class names and tags, and of the two layers.
WORDS, OPENERS, CLOSERS, NAMES, TAG_NAMES = 12, 6, 4, 12, 8
HIDDEN, SECOND = 64, 48
assert WORDS + OPENERS + CLOSERS == WORD_INPUTS
BUCKETS = 1 << HASH_BITS
# What is left out at random while fitting: values, items of bags, the names of whole containers.
DROPOUT, ITEM_DROPOUT, NAME_DROPOUT = 0.3, 0.15, 0.15

Pooled = tuple[torch.Tensor, torch.Tensor]
"""Items of a bag and where those of each owner begin."""


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


def _join(parts: Sequence[np.ndarray], offsets: np.ndarray | None = None) -> torch.Tensor:
    if offsets is not None:
        parts = [part + offset for part, offset in zip(parts, offsets[:-1], strict=True)]
    return torch.from_numpy(np.concatenate(parts))


def _pool(bags: Sequence[Bag]) -> Pooled:
    offsets = np.cumsum([0, *(len(bag.items) for bag in bags)])
    return _join([bag.items for bag in bags]), _join([bag.starts[:-1] for bag in bags], offsets)


def make_batch(examples: Sequence[Example]) -> Batch:
    """Join pages."""
    pages = [example.features for example in examples]
    blocks = np.cumsum([0, *(len(page.numbers) for page in pages)])
    containers = np.cumsum([0, *(len(page.tags) for page in pages)])
    names = np.cumsum([0, *(len(page.names.starts) - 1 for page in pages)])
    counts = np.diff(blocks)
    return Batch(
        _join([page.numbers for page in pages]),
        _pool([page.words for page in pages]),
        _pool([page.pairs for page in pages]),
        _join([page.openers for page in pages]),
        _join([page.closers for page in pages]),
        _pool([page.names for page in pages]),
        _pool([page.name_pairs for page in pages]),
        _join([page.which for page in pages], names),
        _join([page.tags for page in pages]),
        _join([page.ends for page in pages], containers),
        _join([page.chains for page in pages], containers),
        _join([page.ranges for page in pages], blocks),
        _join([page.headings for page in pages], blocks),
        _join([page.alike for page in pages], blocks),
        torch.from_numpy(np.repeat(blocks[:-1], counts)),
        torch.from_numpy(np.repeat(blocks[1:], counts)),
        torch.from_numpy(containers[:-1]),
        _join([example.labels for example in examples]).float().clamp(0, 1),
        _join([example.weights for example in examples]).float(),
        _join([example.categories for example in examples]),
    )


def _counts(bag: Pooled) -> torch.Tensor:
    return torch.diff(bag[1], append=torch.tensor([len(bag[0])]))


class Network(nn.Module):
    """Blocks → a logit for the story and one for every category."""

    def __init__(self, mean: np.ndarray, scale: np.ndarray) -> None:
        super().__init__()
        self.register_buffer("mean", torch.from_numpy(mean.astype(np.float32)))
        self.register_buffer("scale", torch.from_numpy(scale.astype(np.float32)))
        # One row more than there are buckets: it stands for what is not there, and for what is left out.
        self.words = nn.EmbeddingBag(BUCKETS + 1, WORDS, mode="sum")
        self.openers = nn.Embedding(BUCKETS + 1, OPENERS)
        self.closers = nn.Embedding(BUCKETS + 1, CLOSERS)
        self.names = nn.EmbeddingBag(BUCKETS + 1, NAMES, mode="sum")
        self.tags = nn.Embedding(len(TAGS) + 1, TAG_NAMES)
        for table in (*self.tables(), self.tags):
            nn.init.normal_(table.weight, std=0.05)
        inputs = len(NUMBERS) + WORDS + OPENERS + CLOSERS + (NAMES + TAG_NAMES) * (LEVELS + 1)
        self.first = nn.Linear(inputs, HIDDEN)
        self.second = nn.Linear(HIDDEN * 10, SECOND)
        self.out = nn.Linear(SECOND, 1 + len(CATEGORIES))
        self.dropout = nn.Dropout(DROPOUT)

    def tables(self) -> tuple[nn.Embedding | nn.EmbeddingBag, ...]:
        """The tables of hashed items."""
        return self.words, self.openers, self.closers, self.names

    def forward(self, batch: Batch) -> torch.Tensor:
        """Logits, a row a block."""
        numbers = ((batch.numbers - self.mean) * self.scale).clamp(-5, 5)
        counts = _counts(batch.words) + _counts(batch.pairs)
        said = self._summed(self.words, batch.words) + self._summed(self.words, batch.pairs)
        openers, closers = self.openers(self._thinned(batch.openers)), self.closers(self._thinned(batch.closers))
        inputs = torch.cat(
            [numbers, said / counts.clamp(min=1).unsqueeze(1), openers.sum(1), closers.sum(1), *self._around(batch)], 1
        )
        hidden = torch.relu(self.first(self.dropout(inputs)))
        second = torch.relu(self.second(self.dropout(self._context(hidden, batch))))
        return self.out(self.dropout(second))

    def _around(self, batch: Batch) -> list[torch.Tensor]:
        """The vectors of the nearest containers of every block, and the sum of all further ones."""
        names = self._summed(self.names, batch.names) + self._summed(self.names, batch.name_pairs)
        names = torch.tanh(names)[batch.which]
        if self.training:
            names = names * (torch.rand(len(names), 1) > NAME_DROPOUT)
        shown = torch.ones(len(names), 1)
        shown[batch.roots] = 0.0
        held = torch.cat([names, self.tags(batch.tags)], 1) * shown
        order = torch.argsort(batch.ends, stable=True)
        begun = held.double().cumsum(0)
        ended = torch.cat([torch.zeros(1, held.shape[1]), held[order].double().cumsum(0)])
        further = batch.chains[:, LEVELS].contiguous()
        rest = begun[further] - ended[torch.searchsorted(batch.ends[order], further, right=True)]
        return [*(held[batch.chains[:, level]] for level in range(LEVELS)), rest.float() * FAR]

    def _summed(self, table: nn.EmbeddingBag, bag: Pooled) -> torch.Tensor:
        return table(self._thinned(bag[0]), bag[1])

    def _thinned(self, items: torch.Tensor) -> torch.Tensor:
        return torch.where(torch.rand(items.shape) < ITEM_DROPOUT, BUCKETS, items) if self.training else items

    @staticmethod
    def _context(hidden: torch.Tensor, batch: Batch) -> torch.Tensor:
        """The block, its neighbours and heading, the means over its containers, over the bodies and over the page."""
        sums = torch.cat([torch.zeros(1, hidden.shape[1]), hidden.cumsum(0)])
        first, last = batch.firsts, batch.lasts
        ranges = [*((batch.ranges[:, which, 0], batch.ranges[:, which, 1]) for which in range(4)), (first, last)]
        means = [(sums[end] - sums[start]) / (end - start).unsqueeze(1) for start, end in ranges]
        at = torch.arange(len(hidden))
        before, after = hidden[torch.maximum(at - 1, first)], hidden[torch.minimum(at + 1, last - 1)]
        return torch.cat(
            [hidden, before, after, hidden[batch.headings], *means, _mean_of_alike(hidden, batch.alike)], 1
        )


def _mean_of_alike(hidden: torch.Tensor, alike: torch.Tensor) -> torch.Tensor:
    sums = torch.zeros_like(hidden).index_add(0, alike, hidden)
    counts = torch.zeros(len(hidden)).index_add(0, alike, torch.ones(len(hidden)))
    return sums[alike] / counts[alike].unsqueeze(1)
