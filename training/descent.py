"""Fitting as both networks are fitted: AdamW in one cycle, a running mean of the weights, no words of few hosts."""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
import torch
from torch import nn

from cleaner.hashing import NONE
from cleaner.model import Category

BATCH, RATE, DECAY = 16, 3e-3, 0.01
CATEGORIES = tuple(Category)
UNNAMED = -1
# A word counts from so many hosts on: what fewer have is theirs.
MIN_HOSTS = 3
# Labels are not quite sure.
SMOOTHING = 0.01
# Numbers that so small a share of blocks exceeds, either way, count as if they did not; nor do any further from the
# mean than so many standard deviations.
RARE = 0.001
FURTHEST = 5.0

Mask = tuple[torch.Tensor, torch.Tensor]
"""Weights with what they are multiplied by after every step."""


class Learnable(Protocol):
    """What both kinds of examples have."""

    @property
    def host(self) -> str:
        """The registered domain of the page."""

    @property
    def features(self) -> Any:
        """What the network sees."""

    @property
    def categories(self) -> np.ndarray:
        """A category a block or line, ``UNNAMED`` where nobody says."""


E = TypeVar("E", bound=Learnable)
N = TypeVar("N", bound=nn.Module)


def start(seed: int) -> None:
    """Make fitting repeatable: one thread adds in one order, so data, versions and seed decide every byte."""
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(seed)


def ranges_of(numbers: np.ndarray) -> dict[str, torch.Tensor]:
    """Least and most of every column that count, and how to bring it to mean 0 and spread 1."""
    least, most = np.quantile(numbers, [RARE, 1 - RARE], axis=0)
    numbers = np.clip(numbers, least, most)
    mean, spread = numbers.mean(0), numbers.std(0) + 1e-3
    least, most = np.maximum(least, mean - FURTHEST * spread), np.minimum(most, mean + FURTHEST * spread)
    values = {"least": least, "most": most, "mean": mean, "scale": 1 / spread}
    return {name: torch.from_numpy(value.astype(np.float32)) for name, value in values.items()}


def descend(
    network: N,
    examples: Sequence[E],
    make_batch: Callable[[Sequence[E]], Any],
    loss: Callable[[N, Any], torch.Tensor],
    masks: Sequence[Mask],
    epochs: int,
    memory: float,
    seed: int,
) -> N:
    """Fit what the loss depends on; the running mean of the network's weights, of which each step keeps ``memory``."""
    random = np.random.default_rng(seed)
    apply_masks(masks)
    kept = copy.deepcopy(network)
    optimizer = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=DECAY)
    steps = epochs * -(-len(examples) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=steps, pct_start=0.15)
    network.train()
    for _ in range(epochs):
        order = random.permutation(len(examples))
        for first in range(0, len(order), BATCH):
            batch = make_batch([examples[index] for index in order[first : first + BATCH]])
            optimizer.zero_grad()
            loss(network, batch).backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 5.0)
            optimizer.step()
            schedule.step()
            apply_masks(masks)
            with torch.no_grad():
                for mean, value in zip(kept.parameters(), network.parameters(), strict=True):
                    mean.lerp_(value, 1 - memory)
    return kept


def apply_masks(masks: Sequence[Mask]) -> None:
    """Multiply."""
    with torch.no_grad():
        for weights, factors in masks:
            weights *= factors


def known_buckets(examples: Sequence[E], items: Callable[[Any], Sequence[np.ndarray]]) -> list[torch.Tensor]:
    """For every table a column of ones and zeros: the buckets that enough hosts have.

    ``items`` gives the buckets that features ask of each table.
    """
    hosts: dict[str, list[Sequence[np.ndarray]]] = defaultdict(list)
    for example in examples:
        hosts[example.host].append(items(example.features))
    counts = np.zeros((len(items(examples[0].features)), NONE + 1))
    for of_host in hosts.values():
        for row, found in zip(counts, zip(*of_host, strict=True), strict=True):
            row[np.unique(np.concatenate(found))] += 1
    counts[:, NONE] = 0
    return [torch.from_numpy(row >= MIN_HOSTS).float().unsqueeze(1) for row in counts]


def balance_of(examples: Sequence[E]) -> torch.Tensor:
    """Rare categories count more: by the square root of their share."""
    found = np.concatenate([example.categories for example in examples])
    counts = np.bincount(found[found != UNNAMED], minlength=len(CATEGORIES))
    return torch.from_numpy(np.sqrt(counts.mean() / np.maximum(counts, 1.0))).float()


def export(network: nn.Module, path: Path, tables: dict[str, Sequence[str]], layers: Sequence[str]) -> None:
    """Write the weights as the package reads them: ``tables`` in half precision, joined by name, matrices in single."""
    state = {name: value.numpy() for name, value in network.state_dict().items()}
    arrays = {name: state[name] for name in ("least", "most", "mean", "scale")}
    for name, parts in tables.items():
        arrays[name] = np.hstack([state[f"{part}.weight"] for part in parts]).astype(np.float16)
    for layer in layers:
        arrays[layer], arrays[f"{layer}_bias"] = state[f"{layer}.weight"].T.copy(), state[f"{layer}.bias"]
    np.savez_compressed(path, **arrays)
