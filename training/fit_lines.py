"""Fits the line scorer. ``python -m training.fit_lines DATA -o cleaner/weights/lines.npz``

``DATA`` is a folder with texts as extractors printed them; see ``training/README.md`` for their fields. ``--but FOLD``
leaves the hosts of one fold out.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from cleaner.text_features import LineFeatures
from training import descent
from training.descent import SMOOTHING, UNNAMED, descend
from training.line_network import Batch, Network, make_batch
from training.lines import Example, read_examples

EPOCHS, NAMING_EPOCHS = 3, 6
# The network that is kept is a running mean of the one that is fitted.
MEMORY = 0.995
# Names that somebody gave count so much more than those that rules and markup gave: they are for lines as the scorer
# will have to name them.
READ_NAME = 8.0
TABLES = {
    "words": ("words",),
    "openers": ("openers",),
    "closers": ("closers",),
    "naming_words": ("naming_words",),
}
LAYERS = ("first", "second", "third", "out", "naming", "named")


def fit(examples: Sequence[Example], seed: int = 0) -> Network:
    """Fit a network to texts."""
    descent.start(seed)
    network = Network(np.concatenate([example.features.numbers for example in examples]))
    known = descent.known_buckets(examples, _items)
    masks = [(table.weight, column) for table, column in zip(network.tables(), known, strict=True)]
    network = descend(network, examples, make_batch, _residue_loss, masks, EPOCHS, MEMORY, seed)
    named = [example for example in examples if (example.categories != UNNAMED).any()]
    masks = [(table.weight, column) for table, column in zip(network.tables(), known, strict=True)]
    return descend(network, named, make_batch, _naming_loss, masks, NAMING_EPOCHS, MEMORY, seed).eval()


def _residue_loss(network: Network, batch: Batch) -> torch.Tensor:
    wanted = batch.labels * (1 - 2 * SMOOTHING) + SMOOTHING
    losses = functional.binary_cross_entropy_with_logits(network(batch), wanted, reduction="none")
    return (losses * batch.weights).sum() / descent.BATCH


def _naming_loss(network: Network, batch: Batch) -> torch.Tensor:
    # Rare categories do not count more here: by host that would give the right name to 41 instead of 52 % of the lines
    # of publishers that somebody has read.
    losses = functional.cross_entropy(network.name(batch), batch.categories, ignore_index=UNNAMED, reduction="none")
    counted = torch.where(batch.read, READ_NAME, 1.0) * (batch.categories != UNNAMED)
    return (losses * counted).sum() / counted.sum()


def _items(features: LineFeatures) -> Sequence[np.ndarray]:
    """What is looked up in each of the network's tables."""
    words = np.concatenate([features.words.items, features.pairs.items])
    return words, features.openers.ravel(), features.closers.ravel(), words


def export(network: Network, path: Path) -> None:
    """Write the weights as :mod:`cleaner.text_scorer` reads them."""
    descent.export(network, path, TABLES, LAYERS)


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
