"""Fits the scorer. ``python -m training.fit DATA -o cleaner/weights/blocks.npz``

``DATA`` is a folder with ``publishers``, ``articles``, ``snippets`` and ``reader`` as ``.jsonl.gz``; see
``training/README.md`` for their fields. ``--but FOLD`` leaves the hosts of one fold out.
"""

from __future__ import annotations

import argparse
import copy
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from cleaner.scorer import Weights
from training.categories import UNNAMED
from training.network import BUCKETS, Batch, Network, make_batch
from training.pages import Example, read_examples

EPOCHS, BATCH, RATE, DECAY = 4, 16, 3e-3, 0.01
# The network that is kept is a running mean of the one that is fitted.
MEMORY = 0.99
SMOOTHING = 0.01
CATEGORY_WEIGHT = 0.02
# A word or class name counts from so many hosts on: what fewer have is theirs.
MIN_HOSTS = 3


def fit(examples: Sequence[Example], seed: int = 0) -> Network:
    """Fit a network to pages."""
    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    numbers = np.concatenate([example.features.numbers for example in examples])
    network = Network(numbers.mean(0), 1 / (numbers.std(0) + 1e-3))
    known = _known_items(examples)
    _forget(network, known)
    kept = copy.deepcopy(network)
    optimizer = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=DECAY)
    steps = EPOCHS * -(-len(examples) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=steps, pct_start=0.15)
    network.train()
    for _ in range(EPOCHS):
        order = random.permutation(len(examples))
        for start in range(0, len(order), BATCH):
            batch = make_batch([examples[index] for index in order[start : start + BATCH]])
            optimizer.zero_grad()
            _loss(network(batch), batch).backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 5.0)
            optimizer.step()
            schedule.step()
            _forget(network, known)
            with torch.no_grad():
                for mean, value in zip(kept.parameters(), network.parameters(), strict=True):
                    mean.lerp_(value, 1 - MEMORY)
    return kept.eval()


def _loss(out: torch.Tensor, batch: Batch) -> torch.Tensor:
    wanted = batch.labels * (1 - 2 * SMOOTHING) + SMOOTHING
    story = functional.binary_cross_entropy_with_logits(out[:, 0], wanted, reduction="none")
    loss = (story * batch.weights).sum() / BATCH
    named = batch.categories != UNNAMED
    if named.any():
        loss = loss + CATEGORY_WEIGHT * functional.cross_entropy(out[named, 1:], batch.categories[named])
    return loss


def _known_items(examples: Sequence[Example]) -> list[torch.Tensor]:
    """For every table a column of ones and zeros: the buckets that enough hosts have."""
    hosts: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        hosts[example.host].append(example)
    counts = np.zeros((4, BUCKETS + 1))
    for of_host in hosts.values():
        pages = [example.features for example in of_host]
        items = (
            [item for page in pages for item in (page.words.items, page.pairs.items)],
            [page.openers.ravel() for page in pages],
            [page.closers.ravel() for page in pages],
            [item for page in pages for item in (page.names.items, page.name_pairs.items)],
        )
        for row, found in zip(counts, items, strict=True):
            row[np.unique(np.concatenate(found))] += 1
    counts[:, BUCKETS] = 0
    return [torch.from_numpy(row >= MIN_HOSTS).float().unsqueeze(1) for row in counts]


def _forget(network: Network, known: Sequence[torch.Tensor]) -> None:
    with torch.no_grad():
        for table, column in zip(network.tables(), known, strict=True):
            table.weight *= column


def export(network: Network, path: Path) -> None:
    """Write the weights as the package reads them: tables in half precision, matrices in single."""
    state = {name: value.numpy() for name, value in network.state_dict().items()}
    arrays = {
        **{name: state[name] for name in ("mean", "scale")},
        **{name: state[f"{name}.weight"].astype(np.float16) for name in ("words", "openers", "closers", "names")},
        "tags": state["tags.weight"],
    }
    for layer in ("first", "second", "out"):
        arrays[layer], arrays[f"{layer}_bias"] = state[f"{layer}.weight"].T.copy(), state[f"{layer}.bias"]
    assert set(arrays) == set(Weights._fields)
    np.savez_compressed(path, **arrays)


def main() -> None:
    """Read the arguments, fit, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--but", type=int, help="a fold to leave out")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    examples = [example for example in read_examples(arguments.data) if example.fold != arguments.but]
    export(fit(examples, arguments.seed), arguments.output)


if __name__ == "__main__":
    main()
