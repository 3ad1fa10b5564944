"""How well the whole cleaner does on hosts that its scorer has not seen. ``python -m training.cross_validate DATA``

For every fold a network is fitted on the pages of all other hosts, and ``cleaner.clean`` runs with it on the pages of
the fold. Printed are the page-averaged F1, precision and recall of 4-word shingles against gold, and the precision and
recall of snippets that must and must not be in the result.
"""

from __future__ import annotations

import argparse
import re
import statistics
from collections import Counter, defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory

import cleaner
from cleaner import scorer
from training.fit import export, fit
from training.pages import FOLDS, SETS, Row, fold_of, read_examples, rows

_WORD = re.compile(r"\w+")
SHINGLE = 4


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """The runs of four words of a text; all its words where it has fewer."""
    words = _WORD.findall(text)
    count = max(1, len(words) - SHINGLE + 1) if words else 0
    return Counter(tuple(words[at : at + SHINGLE]) for at in range(count))


class Tally:
    """What came out right and wrong on the pages of one set."""

    def __init__(self) -> None:
        self.precisions: list[float] = []
        self.recalls: list[float] = []
        self.snippets: Counter[str] = Counter()

    def add(self, row: Row, text: str) -> None:
        """Count one page."""
        if row.get("gold"):
            wanted, got = shingles(row["gold"]), shingles(text)
            right = (wanted & got).total()
            if got:
                self.precisions.append(right / got.total())
            self.recalls.append(right / wanted.total())
        flat = " ".join(text.split())
        self.snippets["right"] += sum(" ".join(snippet.split()) in flat for snippet in row.get("with", []))
        self.snippets["wanted"] += len(row.get("with", []))
        self.snippets["wrong"] += sum(" ".join(snippet.split()) in flat for snippet in row.get("without", []))

    def __str__(self) -> str:
        precision, recall = (statistics.mean(values or [0.0]) for values in (self.precisions, self.recalls))
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        s = self.snippets
        found = s["right"] / max(1, s["right"] + s["wrong"]), s["right"] / max(1, s["wanted"])
        return f"F1 {f1:.4f} P {precision:.4f} R {recall:.4f}  snippets P {found[0]:.3f} R {found[1]:.3f}"


def main() -> None:
    """Fit and clean fold by fold, print a line a set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--keep", type=Path, help="a folder for the weights of the folds; those in it are used again")
    arguments = parser.parse_args()
    tallies: dict[str, Tally] = defaultdict(Tally)
    with TemporaryDirectory() as temporary:
        weights = arguments.keep or Path(temporary)
        weights.mkdir(parents=True, exist_ok=True)
        missing = [fold for fold in range(FOLDS) if not (weights / f"{fold}.npz").exists()]
        examples = read_examples(arguments.data) if missing else []
        for fold in missing:
            export(fit([example for example in examples if example.fold != fold]), weights / f"{fold}.npz")
        for fold in range(FOLDS):
            held = scorer.read_weights(weights / f"{fold}.npz")
            scorer.load_weights = lambda held=held: held  # type: ignore[assignment,misc]
            for name in SETS:
                for row in rows(arguments.data, name):
                    if fold_of(row) == fold:
                        page = row["html_latin1"].encode("latin-1")
                        tallies[name].add(row, cleaner.clean(page, kind="html", url=row.get("url")).text)
    for name in SETS:
        print(f"{name:12}{tallies[name]}")


if __name__ == "__main__":
    main()
