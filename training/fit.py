"""Fits the scorer. ``python -m training.fit DATA -o cleaner/weights/blocks.npz``

``DATA`` is a folder with ``publishers``, ``articles``, ``snippets`` and ``reader`` as ``.jsonl.gz``; see
``training/README.md`` for their fields. ``--but FOLD`` leaves the hosts of one fold out.
"""

from __future__ import annotations

import argparse
import copy
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from cleaner.scorer import CATEGORIES, Weights
from training.categories import UNNAMED
from training.network import BUCKETS, HIDDEN, Batch, Network, make_batch
from training.pages import SETS, Example, read_examples

EPOCHS, NAMING_EPOCHS, BATCH, RATE, DECAY = 4, 16, 16, 3e-3, 0.01
# The network that is kept is a running mean of the one that is fitted.
MEMORY = 0.99
SMOOTHING = 0.01
# A word or class name counts from so many hosts on: what fewer have is theirs.
MIN_HOSTS = 3
ABLATIONS = ("words", "classes", "numbers", "context", "alike", "additions")


Mask = tuple[torch.Tensor, torch.Tensor]
"""Weights with what they are multiplied by after every step."""
Loss = Callable[[Network, Batch], torch.Tensor]


def fit(examples: Sequence[Example], seed: int = 0, without: str | None = None) -> Network:
    """Fit a network to pages; ``without`` is one of ``ABLATIONS`` and leaves that out, to see what it is worth."""
    if without == "additions":
        examples = [example for example in examples if example.kind in SETS]
    # One thread adds in one order: the same data, versions and seed give the same bytes.
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(seed)
    numbers = np.concatenate([example.features.numbers for example in examples])
    network = Network(numbers)
    masks = _masks(network, _known_items(examples), without)
    network = _descend(network, examples, EPOCHS, _story_loss, masks, seed)
    named = [example for example in examples if (example.categories != UNNAMED).any()]
    balance = _balance(named)
    masks = _masks(network, _known_items(examples), without)
    return _descend(network, named, NAMING_EPOCHS, lambda *given: _naming_loss(*given, balance), masks, seed).eval()


def _descend(
    network: Network, examples: Sequence[Example], epochs: int, loss: Loss, masks: list[Mask], seed: int
) -> Network:
    """Fit what the loss depends on; the running mean of the network's weights."""
    random = np.random.default_rng(seed)
    _mask(masks)
    kept = copy.deepcopy(network)
    optimizer = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=DECAY)
    steps = epochs * -(-len(examples) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=steps, pct_start=0.15)
    network.train()
    for _ in range(epochs):
        order = random.permutation(len(examples))
        for start in range(0, len(order), BATCH):
            batch = make_batch([examples[index] for index in order[start : start + BATCH]])
            optimizer.zero_grad()
            loss(network, batch).backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 5.0)
            optimizer.step()
            schedule.step()
            _mask(masks)
            with torch.no_grad():
                for mean, value in zip(kept.parameters(), network.parameters(), strict=True):
                    mean.lerp_(value, 1 - MEMORY)
    return kept


def _story_loss(network: Network, batch: Batch) -> torch.Tensor:
    wanted = batch.labels * (1 - 2 * SMOOTHING) + SMOOTHING
    losses = functional.binary_cross_entropy_with_logits(network(batch), wanted, reduction="none")
    return (losses * batch.weights).sum() / BATCH


def _naming_loss(network: Network, batch: Batch, balance: torch.Tensor) -> torch.Tensor:
    return functional.cross_entropy(network.name(batch), batch.categories, balance, ignore_index=UNNAMED)


def _balance(examples: Sequence[Example]) -> torch.Tensor:
    """Rare categories count more: by the square root of their share."""
    found = np.concatenate([example.categories for example in examples])
    counts = np.bincount(found[found != UNNAMED], minlength=len(CATEGORIES))
    return torch.from_numpy(np.sqrt(counts.mean() / np.maximum(counts, 1.0))).float()


def _known_items(examples: Sequence[Example]) -> list[torch.Tensor]:
    """For every table a column of ones and zeros: the buckets that enough hosts have."""
    hosts: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        hosts[example.host].append(example)
    counts = np.zeros((4, BUCKETS + 1))  # words, first words, last words, names
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
    columns = [torch.from_numpy(row >= MIN_HOSTS).float().unsqueeze(1) for row in counts]
    return [*columns, columns[0], columns[3]]


def _masks(network: Network, known: Sequence[torch.Tensor], without: str | None) -> list[Mask]:
    """Zeros for items that few hosts have, and for what is left out."""
    words, openers, closers, names, naming_words, naming_names = (table.weight for table in network.tables())
    masks = list(zip((words, openers, closers, names, naming_words, naming_names), known, strict=True))
    left_out = {
        "words": [words, openers, closers, naming_words],
        "classes": [names, naming_names],
        "numbers": [network.scale],
    }.get(without or "", [])
    masks += [(weights, torch.zeros(1)) for weights in left_out]
    if without in ("context", "alike"):
        column = torch.ones(network.second.in_features)
        column[HIDDEN if without == "context" else -HIDDEN :] = 0.0
        masks.append((network.second.weight, column))
    return masks


def _mask(masks: list[Mask]) -> None:
    with torch.no_grad():
        for weights, factors in masks:
            weights *= factors


def export(network: Network, path: Path) -> None:
    """Write the weights as the package reads them: tables in half precision, matrices in single."""
    state = {name: value.numpy() for name, value in network.state_dict().items()}
    arrays = {
        **{name: state[name] for name in ("least", "most", "mean", "scale")},
        **{name: state[f"{name}.weight"].astype(np.float16) for name in ("openers", "closers")},
        # One look-up serves the story and the categories.
        "words": np.hstack([state["words.weight"], state["naming_words.weight"]]).astype(np.float16),
        "names": np.hstack([state["names.weight"], state["naming_names.weight"]]).astype(np.float16),
        "tags": state["tags.weight"],
    }
    for layer in ("first", "second", "out", "naming", "named"):
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
