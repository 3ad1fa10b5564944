"""What learning costs: time, memory and disk for ever more documents of 40 lines.

    python benchmarks/learn_speed.py [--documents 100000 1000000] [--sites 1000] [--workers 2] [--memory 2048]

Makes corpora of JSON lines, in which a few sites have most of the pages, and learns from each in a process of its own.
Seconds are those of the clock and, beside them, those that all its processes worked: on a busy machine only these tell
how the cost grows. Memory is that of all its processes together (proportional set size, so that what they share counts
once), disk that of its temporary files, both looked at twice a second. Linux only.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

LINES, OWN = 40, 24
DAYS = 1000


def write_corpus(path: Path, documents: int, sites: int) -> int:
    """Write a corpus; its size in bytes."""
    rng = random.Random(documents)
    phrases = [" ".join(_word(rng) for _ in range(rng.randint(3, 6))) for _ in range(5000)]
    template = [[f"{rng.choice(phrases)} {rng.choice(phrases)[:20]}" for _ in range(LINES - OWN)] for _ in range(sites)]
    shares = [1 / (number + 1) ** 0.8 for number in range(sites)]
    with path.open("w", encoding="utf-8") as file:
        for number, site in enumerate(rng.choices(range(sites), shares, k=documents)):
            own = [" ".join(rng.choices(phrases, k=3)).capitalize() + "." for _ in range(OWN)]
            lines = [*template[site][:6], *own, *template[site][6:]]
            month, day = divmod(rng.randrange(DAYS) % 336, 28)
            record = {
                "url": f"https://www.site{site}.com/{number}",
                "date": f"{2022 + number % 3}-{month + 1:02}-{day + 1:02}",
                "text": "\n".join(lines),
            }
            file.write(json.dumps(record) + "\n")
    return path.stat().st_size


def _word(rng: random.Random) -> str:
    return "".join(rng.choices("abdefghiklmnoprstu", k=rng.randint(3, 9)))


class Cost(NamedTuple):
    """What learning took."""

    seconds: float
    worked: float
    """Seconds of all processors."""
    memory: float
    """Megabytes (1024 · 1024 bytes), as disk and file."""
    disk: float
    file: float


def measure(corpus: Path, folder: Path, workers: int, memory: int) -> Cost:
    """Learn from a corpus."""
    output = folder / "sites.parquet"
    options = ["-o", str(output), "--workers", str(workers), "--max-memory", str(memory), "--scratch", str(folder)]
    worked, started = _worked(), time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "cleaner", "learn", str(corpus), *options])
    most_memory = most_disk = 0.0
    while process.poll() is None:
        most_memory = max(most_memory, _memory(process.pid))
        most_disk = max(most_disk, _disk(folder))
        time.sleep(0.5)
    if process.returncode:
        raise SystemExit(f"learning failed with status {process.returncode}")
    file = output.stat().st_size / (1 << 20)
    return Cost(time.perf_counter() - started, _worked() - worked, most_memory, most_disk, file)


def _worked() -> float:
    """Seconds of all processes that have been started from here and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _memory(pid: int) -> float:
    """Of a process and all that it has started."""
    total = 0
    for each in [pid, *_children(pid)]:
        try:
            lines = Path(f"/proc/{each}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def _children(pid: int) -> list[int]:
    found = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            own = [int(each) for each in path.read_text().split()]
        except OSError:
            continue
        found += [*own, *(further for each in own for further in _children(each))]
    return found


def _disk(folder: Path) -> float:
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_blocks * 512
        except OSError:
            continue
    return total / (1 << 20)


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--sites", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--memory", type=int, default=2048)
    given = parser.parse_args()
    print("| documents | GB | s | CPU s | documents/CPU s | memory, MiB | disk, MiB | file, MiB |")
    print("|--:|--:|--:|--:|--:|--:|--:|--:|")
    for documents in given.documents:
        with tempfile.TemporaryDirectory() as scratch:
            corpus, folder = Path(scratch, "corpus.jsonl"), Path(scratch, "work")
            folder.mkdir()
            size = write_corpus(corpus, documents, given.sites)
            cost = measure(corpus, folder, given.workers, given.memory)
            figures = f"{cost.seconds:.0f} | {cost.worked:.0f} | {documents / cost.worked:,.0f}"
            room = f"{cost.memory:,.0f} | {cost.disk:,.0f} | {cost.file:.1f}"
            print(f"| {documents:,} | {size / 1e9:.2f} | {figures} | {room} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
