"""Batch mode over every format: speed, scaling and memory, and trafilatura's batch mode beside it, in one run.

    python benchmarks/batch_speed.py CORPUS [CORPUS ...] [--workers 1 --workers 2] [--format jsonl.gz ...]
                                     [--peer trafilatura] [--json FILE]

CORPUS is what ``batch_corpus.py`` made; with several, of different sizes, their peaks of memory stand side by side.
Each format is cleaned with each number of workers by ``cleaner batch``, as users run it: the clock runs from the start
of the command to its end, loading and assembling included. The outputs must have the same bytes for any number of
workers and hold every document. MB are those of the documents, unpacked. *Ceiling* is how the machine itself scaled at
the time (see ``ceiling.py``), the median of measurements before, between and after the runs. *Peak* is the memory of
all processes together, *worker* that of the largest (see ``watch.py``).

``--peer`` is the command of trafilatura, also as a path, since peers live best in an environment of their own. It gets
the pages of the corpus, and so does ``cleaner``, in turns.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import signal
import statistics
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

from batch_corpus import FORMATS
from batch_runs import Corpus, Run, System, cleaner_batch, corpora_in, measure, pages_in, sample, trafilatura_batch
from ceiling import ceiling

SCALING = 1.8
"""How many times as fast as one two workers must be."""
GROWTH = 1.1
"""How many times as much memory a larger corpus may take."""
SAMPLE = 500
"""Documents that the ceiling is measured with."""

HEAD = """\
| system | format | documents | workers | seconds | documents/s | MB/s | scaling | ceiling | peak MB | parent | worker | came out |
|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|"""  # noqa: E501


def run_format(corpus: Corpus, counts: Sequence[int], scratch: Path) -> list[Run]:
    """Clean one format with each number of workers; how the machine scales is measured before, between and after."""
    work = sample(corpus, SAMPLE)
    seen: dict[int, list[float]] = {workers: [] for workers in counts if workers > 1}

    def look() -> None:
        for workers, found in seen.items():
            found.append(ceiling(work, workers))

    look()
    runs = []
    for workers in counts:
        runs.append(measure(cleaner_batch(), corpus, workers, scratch))
        look()
    return [replace(run, ceilings=tuple(seen.get(run.workers, ()))) for run in runs]


def run_pages(pages: Corpus, counts: Sequence[int], scratch: Path, peer: System) -> list[Run]:
    """Clean the pages with both systems, in turns."""
    return [measure(system, pages, workers, scratch) for workers in counts for system in (cleaner_batch(), peer)]


def alike(run: Run, runs: Iterable[Run]) -> list[Run]:
    """The runs that differ from it in nothing but the number of workers."""
    return [one for one in runs if (one.system, one.format, one.documents) == (run.system, run.format, run.documents)]


def scaling(run: Run, runs: Iterable[Run]) -> float | None:
    """How many times as fast as with one worker; ``None`` for one worker, or where that was not measured."""
    alone = next((one for one in alike(run, runs) if one.workers == 1), None)
    return None if alone is None or run.workers == 1 else run.rate / alone.rate


def row(run: Run, runs: Iterable[Run]) -> str:
    """A run as a row of the table in Markdown."""
    times = scaling(run, runs)
    cells = (
        run.system,
        run.format,
        f"{run.documents:,}",
        run.workers,
        f"{run.seconds:.1f}",
        f"{run.rate:.1f}",
        f"{run.size / 1e6 / run.seconds:.2f}",
        "" if times is None else f"{times:.2f}",
        f"{statistics.median(run.ceilings):.2f}" if run.ceilings else "",
        *(f"{size / 1e6:.0f}" for size in (run.memory.tree, run.memory.parent, run.memory.worker)),
        f"{run.came_out:,}",
    )
    return f"| {' | '.join(map(str, cells))} |"


def by_size(runs: Iterable[Run]) -> Iterator[tuple[str, float]]:
    """Each system, format and number of workers that had several corpora: its peaks in words, and their growth."""
    same = defaultdict(list)
    for run in sorted(runs, key=lambda run: run.documents):
        same[f"{run.system}, {run.format}, {run.workers} workers"].append(run)
    for what, found in same.items():
        if len(found) > 1:
            peaks = ", ".join(f"{run.memory.tree / 1e6:.0f} MB for {run.documents:,} documents" for run in found)
            yield f"{what}: {peaks}", found[-1].memory.tree / found[0].memory.tree


def faults(runs: Sequence[Run]) -> Iterator[str]:
    """What runs of ``cleaner`` should not have shown, for people."""
    for run in runs:
        what, others = f"{run.format}, {run.documents:,} documents, {run.workers} workers", alike(run, runs)
        times = scaling(run, runs)
        if run.came_out != run.documents:
            yield f"{what}: {run.came_out:,} came out"
        if run.digest != others[0].digest:
            yield f"{what}: the output differs from that with {others[0].workers}"
        if run.workers == 2 and times is not None and times < SCALING:
            yield f"{what}: {times:.2f} times as fast as one, not {SCALING}"
    for what, growth in by_size(runs):
        if growth > GROWTH:
            yield f"{what}, {growth:.2f} times as much"


def write_json(path: Path, runs: Iterable[Run]) -> None:
    """All that was measured, and on what."""
    machine = {"cores": os.cpu_count(), "system": platform.platform(), "python": platform.python_version()}
    whole = {"machine": machine, "runs": [asdict(run) for run in runs]}
    path.write_text(json.dumps(whole, indent=2) + "\n", encoding="utf-8")


def plan(arguments: argparse.Namespace, scratch: Path) -> list[Callable[[], list[Run]]]:
    """What is to be run, all of it known to be there."""
    counts = arguments.workers or [1, 2]
    peer = trafilatura_batch(arguments.peer) if arguments.peer else None
    steps: list[Callable[[], list[Run]]] = []
    for folder in arguments.corpora:
        steps += [partial(run_format, corpus, counts, scratch) for corpus in corpora_in(folder, arguments.format)]
        if peer:
            steps.append(partial(run_pages, pages_in(folder), counts, scratch, peer))
    return steps


def main() -> int:
    """Print the table, row by row, and what is wrong; 1 if anything is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", nargs="+", type=Path, metavar="CORPUS")
    parser.add_argument("--workers", action="append", type=int, metavar="N", help="repeatable; 1 and 2")
    parser.add_argument("--format", action="append", choices=FORMATS, help="repeatable; all that the corpus has")
    parser.add_argument("--peer", metavar="COMMAND", help="trafilatura's command, or its path")
    parser.add_argument("--scratch", type=Path, metavar="FOLDER", help="where outputs are written; a temporary folder")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all measurements there, too")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # leave no command and no output behind
    runs: list[Run] = []
    with tempfile.TemporaryDirectory(dir=arguments.scratch) as scratch:
        steps = plan(arguments, Path(scratch))
        print(HEAD, flush=True)
        for step in steps:
            done = step()
            runs += done
            print(*(row(run, done) for run in done), sep="\n", flush=True)
            if arguments.json:
                write_json(arguments.json, runs)
    for what, growth in by_size(runs):
        print(f"{what} ({growth:.2f} times)")
    wrong = list(faults([run for run in runs if run.system == cleaner_batch().name]))
    for fault in wrong:
        print(f"not as it should be: {fault}")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
