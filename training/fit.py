"""Fits the scorer. ``python -m training.fit DATA -o cleaner/weights/blocks.npz``

``DATA`` is a folder with ``publishers``, ``articles``, ``snippets`` and ``reader`` as ``.jsonl.gz``; see
``training/README.md`` for their fields. ``--but FOLD`` leaves the hosts of one fold out.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from cleaner.features import Features
from cleaner.hashing import in_buckets
from training import descent
from training.descent import SMOOTHING, UNNAMED, Mask, descend
from training.network import HIDDEN, Batch, Network, make_batch
from training.pages import REAL, Example, read_examples

EPOCHS, NAMING_EPOCHS = 4, 16
# The network that is kept is a running mean of the one that is fitted.
MEMORY = 0.99
ABLATIONS = ("words", "classes", "numbers", "context", "alike", "additions")
# One look-up serves the story and the categories.
TABLES = {
    "words": ("words", "naming_words"),
    "openers": ("openers",),
    "closers": ("closers",),
    "names": ("names", "naming_names"),
}
LAYERS = ("first", "second", "out", "naming", "named")


def fit(examples: Sequence[Example], seed: int = 0, without: str | None = None) -> Network:
    """Fit a network to pages; ``without`` is one of ``ABLATIONS`` and leaves that out, to see what it is worth."""
    if without == "additions":
        examples = [example for example in examples if example.kind in REAL]
    descent.start(seed)
    network = Network(np.concatenate([example.features.numbers for example in examples]))
    known = descent.known_buckets(examples, _items)
    masks = _masks(network, known, without)
    network = descend(network, examples, make_batch, _story_loss, masks, EPOCHS, MEMORY, seed)
    named = [example for example in examples if (example.categories != UNNAMED).any()]
    balance = descent.balance_of(named)
    masks = _masks(network, known, without)
    return descend(
        network, named, make_batch, lambda *given: _naming_loss(*given, balance), masks, NAMING_EPOCHS, MEMORY, seed
    ).eval()


def _story_loss(network: Network, batch: Batch) -> torch.Tensor:
    wanted = batch.labels * (1 - 2 * SMOOTHING) + SMOOTHING
    losses = functional.binary_cross_entropy_with_logits(network(batch), wanted, reduction="none")
    return (losses * batch.weights).sum() / descent.BATCH


def _naming_loss(network: Network, batch: Batch, balance: torch.Tensor) -> torch.Tensor:
    return functional.cross_entropy(network.name(batch), batch.categories, balance, ignore_index=UNNAMED)


def _items(features: Features) -> Sequence[np.ndarray]:
    """What is looked up in the tables of words, first words, last words and names."""
    return (
        np.concatenate([features.words.items, features.pairs.items]),
        features.openers.ravel(),
        features.closers.ravel(),
        np.concatenate([in_buckets(features.names).items, in_buckets(features.name_pairs).items]),
    )


def _masks(network: Network, known: Sequence[torch.Tensor], without: str | None) -> list[Mask]:
    """Zeros for items that few hosts have, and for what is left out."""
    words, openers, closers, names, naming_words, naming_names = (table.weight for table in network.tables())
    known = [*known, known[0], known[3]]
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


def export(network: Network, path: Path) -> None:
    """Write the weights as :mod:`cleaner.scorer` reads them."""
    tables = TABLES | {"tags": ("tags",)}
    descent.export(network, path, tables, LAYERS)


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
