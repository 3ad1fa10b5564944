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
from training.fit import ABLATIONS, export, fit
from training.pages import FOLDS, SETS, Row, fold_of, read_examples, rows

_WORD = re.compile(r"\w+")
SHINGLE = 4
# A page has many comments from so many words of them on.
MANY = 100


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """The runs of four words of a text; all its words where it has fewer."""
    words = _WORD.findall(text)
    count = max(1, len(words) - SHINGLE + 1) if words else 0
    return Counter(tuple(words[at : at + SHINGLE]) for at in range(count))


class Tally:
    """What came out right and wrong on the pages of one set."""

    def __init__(self) -> None:
        self.pages = 0
        self.precisions: list[float] = []
        self.recalls: list[float] = []
        self.snippets: Counter[str] = Counter()

    def add(self, row: Row, text: str) -> None:
        """Count one page."""
        self.pages += 1
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


def groups(name: str, row: Row, result: cleaner.CleanResult) -> list[str]:
    """Where a page counts: its set and, where it has gold, its language and what kind of page it is."""
    if not row.get("gold"):
        return [name]
    comments = sum(len(r.text.split()) for r in result.removals if r.category == "comments")
    kinds = ["many comments" if comments >= MANY else "few or no comments"]
    return [name, f"language {result.language or 'unknown'}", *kinds]


def folds_weights(data: Path, folder: Path, without: str | None) -> None:
    """Fit the network of every fold whose weights are not in the folder yet."""
    folder.mkdir(parents=True, exist_ok=True)
    missing = [fold for fold in range(FOLDS) if not (folder / f"{fold}.npz").exists()]
    examples = read_examples(data) if missing else []
    for fold in missing:
        network = fit([example for example in examples if example.fold != fold], without=without)
        export(network, folder / f"{fold}.npz")


def tally(data: Path, folder: Path) -> dict[str, Tally]:
    """Clean the pages of every fold with the weights of that fold."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    for fold in range(FOLDS):
        held = scorer.read_weights(folder / f"{fold}.npz")
        scorer.load_weights = lambda held=held: held  # type: ignore[assignment,misc]
        for name in SETS:
            for row in rows(data, name):
                if fold_of(row) == fold:
                    result = cleaner.clean(row["html_latin1"].encode("latin-1"), kind="html", url=row.get("url"))
                    for group in groups(name, row, result):
                        tallies[group].add(row, result.text)
    return tallies


def main() -> None:
    """Fit and clean fold by fold, print a line a group of pages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--keep", type=Path, help="a folder for the weights of the folds; those in it are used again")
    parser.add_argument("--without", choices=ABLATIONS, help="leave out what the network sees or learns from")
    arguments = parser.parse_args()
    with TemporaryDirectory() as temporary:
        folder = arguments.keep or Path(temporary)
        folds_weights(arguments.data, folder, arguments.without)
        tallies = tally(arguments.data, folder)
    for name in [*SETS, *sorted(set(tallies) - set(SETS))]:
        print(f"{name:20}{tallies[name].pages:5}  {tallies[name]}")


if __name__ == "__main__":
    main()
