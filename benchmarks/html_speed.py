"""HTML mode against peers in one run: milliseconds a page, as multiples of lxml's bare parse; memory over many.

    python benchmarks/html_speed.py [FOLDER OF .html FILES] [--many 10000]

Without a folder the sources of the page fixtures are used. Peers are those that are installed
(``pip install '.[bench]'``). Systems take turns on every page, so that a slow moment of the machine hits all of them;
numbers are medians of the pages. ``--many`` cleans so many pages in a row and shows the memory in use on the way.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from importlib import import_module
from itertools import cycle, islice
from pathlib import Path
from typing import Any

# The matrices of one page are small: more threads cost more than they bring.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import lxml.html

import cleaner

FIXTURES = Path(__file__).parent.parent / "fixtures" / "pages"
REPEATS = 5
TARGET = 4.0
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096

Extract = Callable[[bytes], object]


def pages(folder: Path | None) -> list[bytes]:
    """The pages to clean."""
    paths = sorted(folder.glob("**/*.html")) if folder else sorted(FIXTURES.glob("*/*/source.html"))
    found = [path.read_bytes() for path in paths]
    return [page for page in found if page.strip()]


def _trafilatura(module: Any) -> Extract:
    return lambda page: module.extract(page, include_comments=False)


def _resiliparse(module: Any) -> Extract:
    return lambda page: module.extract_plain_text(page.decode("utf-8", "replace"), main_content=True)


def _readability(module: Any) -> Extract:
    return lambda page: module.Document(page.decode("utf-8", "replace")).summary()


def _justext(module: Any) -> Extract:
    stoplist = module.get_stoplist("English")
    return lambda page: module.justext(page, stoplist)


PEERS: dict[str, tuple[str, Callable[[Any], Extract]]] = {
    "trafilatura": ("trafilatura", _trafilatura),
    "resiliparse": ("resiliparse.extract.html2text", _resiliparse),
    "readability-lxml": ("readability", _readability),
    "jusText": ("justext", _justext),
}


def systems() -> dict[str, Extract]:
    """The bare parse, the cleaner and the peers that are here."""
    found: dict[str, Extract] = {"lxml parse": lxml.html.fromstring, "cleaner": lambda page: cleaner.clean(page)}
    for name, (module, make) in PEERS.items():
        try:
            found[name] = make(import_module(module))
        except ImportError:
            print(f"{name} is not installed")
    return found


def seconds(extract: Extract, page: bytes) -> float:
    """The time of one page; a peer that fails on a page has taken that time too."""
    started = time.perf_counter()
    try:
        extract(page)
    except Exception as error:
        print(f"failed: {error!r}", file=sys.stderr)
    return time.perf_counter() - started


def medians(found: dict[str, Extract], documents: list[bytes]) -> dict[str, float]:
    """Seconds a page by system: the median over pages of the least of the repeats."""
    for extract in found.values():
        seconds(extract, documents[0])
    times: dict[str, list[float]] = {name: [] for name in found}
    for page in documents:
        for name, extract in found.items():
            times[name].append(min(seconds(extract, page) for _ in range(REPEATS)))
    return {name: statistics.median(taken) for name, taken in times.items()}


def resident() -> float:
    """Memory in use, in MB, where the system tells."""
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * PAGE_BYTES / 1e6
    except OSError:
        return float("nan")


def many(documents: list[bytes], count: int) -> None:
    """Clean so many pages in a row, show the memory."""
    for number, page in enumerate(islice(cycle(documents), count), 1):
        cleaner.clean(page)
        if number % max(1, count // 10) == 0:
            print(f"{number:>8,} pages {resident():8.0f} MB")


def main() -> int:
    """Print the table; 1 if the target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--many", type=int, metavar="PAGES")
    arguments = parser.parse_args()
    documents = pages(arguments.folder)
    if arguments.many:
        many(documents, arguments.many)
        return 0
    print(f"{len(documents)} pages, {statistics.median(map(len, documents)) / 1e3:.0f} kB (median)")
    taken = medians(systems(), documents)
    for name, each in taken.items():
        print(f"{name:<18}{each * 1e3:8.2f} ms a page{each / taken['lxml parse']:8.1f} x lxml parse")
    return int(taken["cleaner"] > TARGET * taken["lxml parse"])


if __name__ == "__main__":
    sys.exit(main())
