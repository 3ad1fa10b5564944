"""How long `cleaner report` takes over many documents, how much memory, and how large its page is.

    python benchmarks/report_speed.py [FOLDER OF .html FILES] [--documents 100000] [--compare]

The folder's pages (or the sources of the page fixtures) are cleaned once, and the run is then repeated: manifest, audit
and rows, each document under a number of its own. ``--compare`` compares with a run of preset careful, too.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from collections.abc import Iterable
from itertools import cycle, islice
from pathlib import Path

from cleaner.audit import to_json
from cleaner.batch import RECORD_FOLDER, run_batch
from cleaner.options import Options
from cleaner.report import write_report
from cleaner.runs import open_run

FIXTURES = Path(__file__).parent.parent / "fixtures" / "pages"


def make_input(pages: Iterable[Path], target: Path) -> None:
    """The pages as rows of one file."""
    with target.open("w", encoding="utf-8") as file:
        for path in pages:
            page = path.read_text("utf-8", "replace")
            row = {"id": path.as_posix(), "url": f"https://{path.parent.name}.example/", "html": page}
            file.write(json.dumps(row) + "\n")


def repeat(run: Path, target: Path, documents: int) -> None:
    """A run of so many documents from a run of few."""
    (target / RECORD_FOLDER).mkdir(parents=True)
    for name in ("run.toml", "summary.json"):
        (target / RECORD_FOLDER / name).write_bytes((run / RECORD_FOLDER / name).read_bytes())
    rows = (run / "pages.jsonl").read_bytes().splitlines(keepends=True)
    found = [document for document in open_run(run).documents() if document.record]
    triples = [(d.row, to_json(d.record or {}) + "\n", row) for d, row in zip(found, rows, strict=True)]
    with (
        (target / RECORD_FOLDER / "manifest.jsonl").open("w", encoding="utf-8") as manifest,
        (target / RECORD_FOLDER / "audit.jsonl").open("w", encoding="utf-8") as audit,
        (target / "pages.jsonl").open("wb") as output,
    ):
        for number, (row, record, cleaned) in enumerate(islice(cycle(triples), documents)):
            manifest.write(json.dumps(row | {"number": number}, ensure_ascii=False) + "\n")
            audit.write(record)
            output.write(cleaned)


def main() -> None:
    """Print a line a measurement."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--compare", action="store_true")
    arguments = parser.parse_args()
    pages = sorted(arguments.folder.glob("**/*.html")) if arguments.folder else sorted(FIXTURES.glob("*/*/source.html"))
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        make_input(pages, root / "pages.jsonl")
        for preset in ("balanced", "careful"):
            run_batch(root / "pages.jsonl", root / f"few-{preset}", Options(preset))
            repeat(root / f"few-{preset}", root / preset, arguments.documents)
        audit = (root / "balanced" / RECORD_FOLDER / "audit.jsonl").stat().st_size
        clock, cpu = time.perf_counter(), time.process_time()
        other = root / "careful" if arguments.compare else None
        size = write_report(root / "balanced", root / "report.html", compare=other)
        clock, cpu = time.perf_counter() - clock, time.process_time() - cpu
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{arguments.documents:,} documents, {audit / 1e9:.2f} GB of audit")
        print(
            f"{clock:.1f} s by the clock, {cpu:.1f} s of a core, {memory:.0f} MB of memory, {size / 1e6:.1f} MB of page"
        )


if __name__ == "__main__":
    main()
