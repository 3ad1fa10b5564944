"""Joining examples into batches, for both networks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import nn

from cleaner.hashing import NONE, Bag

Pooled = tuple[torch.Tensor, torch.Tensor]
"""Items of a bag and where those of each owner begin."""


def join(parts: Sequence[np.ndarray], offsets: np.ndarray | None = None) -> torch.Tensor:
    """Arrays one after the other, numbers in them moved by ``offsets``."""
    if offsets is not None:
        parts = [part + offset for part, offset in zip(parts, offsets[:-1], strict=True)]
    return torch.from_numpy(np.concatenate(parts))


def pool(bags: Sequence[Bag]) -> Pooled:
    """Bags as one."""
    offsets = np.cumsum([0, *(len(bag.items) for bag in bags)])
    return join([bag.items for bag in bags]), join([bag.starts[:-1] for bag in bags], offsets)


def thinned(items: torch.Tensor, dropout: float) -> torch.Tensor:
    """The items, at random so many of them replaced by none."""
    return torch.where(torch.rand(items.shape) < dropout, NONE, items) if dropout else items


def mean_of_items(table: nn.EmbeddingBag, words: Pooled, pairs: Pooled, dropout: float) -> torch.Tensor:
    """For every owner the mean vector of its words and pairs, as :func:`cleaner.hashing.mean_of_items` has it."""
    summed = table(thinned(words[0], dropout), words[1]) + table(thinned(pairs[0], dropout), pairs[1])
    return summed / (count_items(words) + count_items(pairs)).clamp(min=1).unsqueeze(1)


def count_items(bag: Pooled) -> torch.Tensor:
    """How many items each owner has."""
    return torch.diff(bag[1], append=torch.tensor([len(bag[0])]))


def means(values: torch.Tensor, ranges: torch.Tensor) -> torch.Tensor:
    """For every row the mean over a range of rows."""
    sums = torch.cat([torch.zeros(1, values.shape[1]), values.cumsum(0)])
    first, last = ranges[:, 0], ranges[:, 1]
    return (sums[last] - sums[first]) / (last - first).unsqueeze(1)
