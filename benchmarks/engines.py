"""Every engine's documented example against ``cleaner batch``: the same bytes, and documents a second.

    python benchmarks/engines.py [ENGINE…] [--documents 10000] [--from FILE.jsonl] [--speed] [--fresh]
    python benchmarks/engines.py --sample 1000

The examples are those of ``docs/engines.md``, run as they stand there, on documents made of the page fixtures, or on
those of a file of JSON lines with a ``text`` or an ``html`` each. With ``--speed`` each runs twice, on a tenth of the
documents and on all: the difference is the rate, the rest is what it takes to begin, both by CPU time. With ``--fresh``
each runs in a copy of this checkout, with all its documented commands. ``--sample`` only makes the documents that the
examples read.

Exit status 1 if an output differs. An engine that is not installed, or has no Java, is left out with a message.
"""

from __future__ import annotations

import argparse
import atexit
import contextlib
import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import count, cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cleaner.batch import RECORD_FOLDER
from cleaner.io.rows import json_line

ROOT = Path(__file__).parent.parent
FIXTURES = ROOT / "fixtures" / "pages"
FILES = 8

# What an engine's rows may have beside those of batch: word of failures, and what readers and examples add.
EXTRA = frozenset({"cleaner_error", "cleaner_audit", "file_path", "sentences"})

# No engine may send word of itself to anybody from here.
QUIET = {"RAY_USAGE_STATS_ENABLED": "0", "HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}

# What to look for where it is not called as the engine is.
MODULES = {"arrow": "pyarrow", "spark": "pyspark"}

JAVA = "JAVA_HOME" in os.environ or shutil.which("java") is not None

Row = dict[str, Any]
Clock = Callable[[], float]


@dataclass(frozen=True)
class Example:
    """What ``docs/engines.md`` shows for an engine."""

    engine: str
    code: str
    commands: tuple[str, ...]
    """Those that set up, and the one that runs it."""

    @property
    def file(self) -> str:
        """The name that the commands know the code by."""
        return f"clean_with_{self.engine}.py"

    @property
    def reads(self) -> str:
        """``jsonl`` or ``parquet``."""
        return "parquet" if "news/parquet" in self.code + self.commands[-1] else "jsonl"

    @property
    def extra(self) -> str:
        """Which one brings its engine."""
        return self.commands[0].partition("[")[2].partition("]")[0]

    @property
    def missing(self) -> str:
        """What it needs and is not here, for people; ``""`` if all is."""
        if find_spec(MODULES.get(self.engine, self.engine)) is None:
            return f"the extra {self.extra}"
        return "Java" if self.engine == "spark" and not JAVA else ""


# Where documents fail, as some must, it says 1.
BATCH = {
    reads: Example("batch", "", (f"python -m cleaner batch news/{reads} cleaned || [ $? = 1 ]",))
    for reads in ("jsonl", "parquet")
}


def examples() -> dict[str, Example]:
    """By the name of the engine, in the order of the page."""
    found = {}
    for section in (ROOT / "docs" / "engines.md").read_text(encoding="utf-8").split("\n## ")[1:]:
        shell = re.search(r"```sh\n(.*?)\n```", section, re.DOTALL)
        python = re.search(r"```python\n# clean_with_(\w+).py\n(.*?)```", section, re.DOTALL)
        if shell and python:
            found[python[1]] = Example(python[1], python[2], tuple(shell[1].split("\n")))
    return found


def documents(source: Path | None) -> Iterator[Row]:
    """Documents without end, each under an id of its own; some have nothing that could be cleaned."""
    known = list(_fixtures() if source is None else _given(source))
    for number, document in zip(count(), cycle(known)):
        url = f"https://news{number % 97}.example/{number}"
        about = {"id": f"{number:07}", "url": url, "number": number, "tags": ["a", "b"]}
        yield about | ({"text": None} if number % 250 == 20 else document)


def _fixtures() -> Iterator[Row]:
    for path in sorted(FIXTURES.glob("*/*/source.*")):
        yield {"html" if path.suffix == ".html" else "text": path.read_text(encoding="utf-8", errors="replace")}


def _given(source: Path) -> Iterator[Row]:
    with source.open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            yield {"html": row["html"]} if row.get("html") else {"text": row["text"]}


def make_sample(folder: Path, size: int, source: Path | None) -> None:
    """So many documents, in eight files of JSON lines and, if pyarrow is there, in eight of Parquet."""
    rows = list(islice(documents(source), size))
    for number in range(FILES):
        part = rows[number * size // FILES : (number + 1) * size // FILES]
        _file(folder / "jsonl" / f"{number}.jsonl").write_bytes(b"".join(map(json_line, part)))
        if find_spec("pyarrow"):
            _write_parquet(_file(folder / "parquet" / f"{number}.parquet"), part)


def _file(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _write_parquet(path: Path, rows: list[Row]) -> None:
    import pyarrow as pa  # noqa: PLC0415  (an extra)
    import pyarrow.parquet as pq  # noqa: PLC0415

    texts = [(name, pa.string()) for name in ("id", "url", "html", "text")]
    schema = pa.schema([*texts, ("number", pa.int64()), ("tags", pa.list_(pa.string()))])
    pq.write_table(pa.Table.from_pylist(rows, schema), path)


def read_rows(folder: Path) -> Iterator[Row]:
    """All rows of an output, whatever its format."""
    for path in sorted(folder.glob("cleaned*")) + sorted(folder.glob("cleaned/**/*")):
        if path.suffix == ".parquet":
            import pyarrow.parquet as pq  # noqa: PLC0415  (an extra)

            yield from pq.read_table(path, partitioning=None).to_pylist()
        elif ".jsonl" in path.suffixes and RECORD_FOLDER not in path.parts:
            with gzip.open(path, "rt") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
                yield from map(json.loads, lines)


def run(example: Example, folder: Path, clock: Clock = time.perf_counter, fresh: bool = False) -> float:
    """Seconds, by this clock, that an example takes by its documented command, in ``folder``."""
    command = example.commands[-1]
    if fresh:
        _copy_checkout(folder)
        _shell(example.commands[0], folder)
        command = "\n".join(example.commands[1:])
    (folder / example.file).write_text(example.code, encoding="utf-8")
    begun = clock()
    _shell(command, folder)
    return clock() - begun


def cpu_clock() -> Clock:
    """A clock of the CPU time of this process and all that it starts, also of daemons that nobody waits for.

    That needs a control group of its own, which root may make on Linux.
    """
    old = Path("/sys/fs/cgroup/cpuacct")
    group = (old if old.exists() else Path("/sys/fs/cgroup")) / f"news-cleaner-{os.getpid()}"
    try:
        group.mkdir()
        (group / "cgroup.procs").write_text(str(os.getpid()))
    except OSError as error:
        raise SystemExit(f"--speed counts CPU time in a control group, which cannot be made here: {error}") from error
    atexit.register(_leave, group)
    if old.exists():
        return lambda: int((group / "cpuacct.usage").read_text()) / 1e9
    return lambda: int((group / "cpu.stat").read_text().split()[1]) / 1e6


def _leave(group: Path) -> None:
    (group.parent / "cgroup.procs").write_text(str(os.getpid()))
    with contextlib.suppress(OSError):  # a daemon may still be going down in it
        group.rmdir()


def _copy_checkout(folder: Path) -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True)
    for name in filter(None, listed.stdout.split("\0")):
        shutil.copy2(ROOT / name, _file(folder / name))


def _shell(commands: str, folder: Path) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | QUIET | {"PATH": path}
    done = subprocess.run(["bash", "-ec", commands], cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{commands}\nfailed:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")


def lines(rows: Iterator[Row]) -> dict[str, bytes]:
    """The cleaned rows by id, as lines of JSON with sorted names and without what engines add."""
    # datatrove's writer leaves out a text that is empty.
    cleaned = ({"text": "", **row} for row in rows if row.get("cleaner_error") is None)
    return {row["id"]: json_line({name: row[name] for name in sorted(row.keys() - EXTRA)}) for row in cleaned}


def timed(example: Example, size: int, source: Path | None, *how: Any) -> tuple[float, dict[str, bytes]]:
    """Seconds that an example takes for so many documents, and what they became; ``how`` goes to :func:`run`."""
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        make_sample(folder / "news", size, source)
        return run(example, folder, *how), lines(read_rows(folder))


def compare(chosen: list[Example], given: argparse.Namespace) -> Iterator[str]:
    """Run them, tell what each took, and yield what is wrong."""
    clock = cpu_clock() if given.speed else time.perf_counter
    expected: dict[str, dict[str, bytes]] = {}
    for example in chosen:
        if example.reads not in expected:
            expected[example.reads] = told(BATCH[example.reads], given, clock)
        found = told(example, given, clock, given.fresh)
        wrong = sorted({name for name, _ in expected[example.reads].items() ^ found.items()})
        if wrong:
            yield f"{example.engine}: {len(wrong)} documents are not those of batch, such as {', '.join(wrong[:5])}"


def told(example: Example, given: argparse.Namespace, *how: Any) -> dict[str, bytes]:
    """What the documents became; what that took is printed."""
    size, few = given.documents, given.documents // 10
    seconds, found = timed(example, size, given.source, *how)
    line = f"{example.engine:10} {example.reads:8} {len(found):8} documents {seconds:8.1f} s"
    if given.speed:
        sooner, _ = timed(example, few, given.source, *how)
        each = (seconds - sooner) / (size - few)
        line += f" of CPU: {1 / each:6.1f} documents a second of a core, {sooner - few * each:6.1f} s to begin"
    print(line, flush=True)
    return found


def main() -> None:
    """Read the arguments, run, and say what differs."""
    known = examples()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("engines", nargs="*", metavar="ENGINE", help=f"of {', '.join(known)}; all that are installed")
    parser.add_argument("--documents", type=int, default=1000)
    parser.add_argument("--from", dest="source", type=Path, metavar="FILE.jsonl")
    parser.add_argument("--speed", action="store_true")
    parser.add_argument("--fresh", action="store_true")
    parser.add_argument("--sample", type=int, metavar="N")
    given = parser.parse_args()
    if given.sample:
        make_sample(Path("news"), given.sample, given.source)
        return
    if unknown := set(given.engines) - set(known):
        parser.error(f"no such engine: {', '.join(unknown)}")
    chosen = [known[name] for name in given.engines or known]
    for example in chosen:
        if example.missing and not given.fresh:
            print(f"{example.engine} is left out: it needs {example.missing}")
    wrong = list(compare([each for each in chosen if given.fresh or not each.missing], given))
    print("\n".join(wrong) or "all as in batch")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
