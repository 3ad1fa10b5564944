"""Text mode against peers in one run: MB/s of one core, as a ratio, and how the cost grows with the length.

    python benchmarks/text_speed.py [FOLDER OF .txt FILES]

Without a folder the sources of the page fixtures are used, repeated with variation. Peers: the line rules of C4, of C4
as FineWeb uses them, and of RefinedWeb in plain Python (see ``peers.py``), and datatrove's C4 filter where it is
installed (``pip install '.[bench]'``). All numbers are medians of repeated passes; machines differ, ratios less.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from peers import PEERS, datatrove_c4

import cleaner

FIXTURES = Path(__file__).parent.parent / "fixtures" / "pages"
REPEATS = 5
TARGET = 5.0  # MB/s


def documents(folder: Path | None) -> list[str]:
    """The texts to clean; fixtures are told apart by a line of their own, so that nothing is cached by chance."""
    paths = sorted(folder.glob("**/*.txt")) if folder else sorted(FIXTURES.glob("*/*/source.txt"))
    texts = [path.read_text(encoding="utf-8", errors="surrogateescape") for path in paths]
    if folder:
        return texts
    return [
        f"{text}\nThe {number}th copy of this story was printed on a Monday in May.\n"
        for number in range(8)
        for text in texts
    ]


def rate(clean: Callable[[str], object], texts: list[str]) -> float:
    """Million code points a second, median of the passes."""
    size = sum(map(len, texts)) / 1e6
    clean(texts[0])
    return statistics.median(size / _seconds(clean, texts) for _ in range(REPEATS))


def _seconds(clean: Callable[[str], object], texts: list[str]) -> float:
    started = time.perf_counter()
    for text in texts:
        clean(text)
    return time.perf_counter() - started


def growth(texts: list[str]) -> Iterator[tuple[int, float]]:
    """Length in code points and seconds a million of them, for one ever longer document."""
    story = "\n".join(texts)
    for length in (10_000, 40_000, 160_000, 640_000):
        part = (story * (1 + length // len(story)))[:length]
        seconds = statistics.median(_seconds(lambda text: cleaner.clean(text, kind="text"), [part]) for _ in range(3))
        yield length, seconds / length * 1e6


def main() -> int:
    """Print the tables; 1 if the target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path)
    texts = documents(parser.parse_args().folder)
    systems: dict[str, Callable[[str], object]] = {"cleaner": lambda text: cleaner.clean(text, kind="text"), **PEERS}
    if filtered := datatrove_c4():
        systems["datatrove C4"] = filtered
    print(f"{len(texts)} documents, {sum(map(len, texts)) / 1e6:.1f} million code points")
    rates = {name: rate(clean, texts) for name, clean in systems.items()}
    for name, mb_s in rates.items():
        print(f"{name:<16}{mb_s:8.1f} MB/s{mb_s / rates['cleaner']:8.2f} x cleaner")
    for length, seconds in growth(texts):
        print(f"one document of {length:>8,} code points: {seconds:.3f} s a million")
    return int(rates["cleaner"] < TARGET)


if __name__ == "__main__":
    sys.exit(main())
