"""What all documents of a run share, and where a run keeps its files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import cast

from cleaner.errors import UsageError
from cleaner.io.files import is_url
from cleaner.io.records import Keys
from cleaner.io.streams import RECORD_LIMIT
from cleaner.model import CleanResult, Page
from cleaner.options import Options
from cleaner.text import not_known

RECORD_FOLDER = "_cleaner"
"""Folder of the output that holds ``audit.jsonl``, ``manifest.jsonl``, ``summary.json`` and ``run.toml``."""

Cleaning = Callable[[Page, Options, str | None], CleanResult]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may cost. Raises :class:`cleaner.errors.UsageError` for a limit that nothing could keep."""

    seconds: float = 60.0
    """Seconds by the clock that reading it, and then cleaning it, may take."""
    memory: int = 2048
    """Megabytes (1024 · 1024 bytes) that a worker process may take beyond what it takes at rest."""

    def __post_init__(self) -> None:
        if not self.seconds > 0:
            raise UsageError(f"max-seconds must be above 0, not {self.seconds}")
        if self.memory < 64:
            raise UsageError(f"max-memory must be at least 64 (MB), not {self.memory}")


@dataclass(frozen=True, slots=True)
class Reading:
    """How the input is read."""

    format: str | None = None
    """What every file of it is, whatever its name; ``None`` to go by the names."""
    keys: Keys = field(default_factory=Keys)
    """Which fields of a record hold what."""
    record_limit: int = RECORD_LIMIT
    """Bytes that one record may take, unpacked."""


@dataclass(frozen=True, slots=True)
class Writing:
    """How the output is written. Raises :class:`cleaner.errors.UsageError` for what cannot go together."""

    format: str | None = None
    """One of :data:`OUTPUT_FORMATS`; ``None`` for the input's own."""
    pack: str | None = None
    """One of :data:`PACKINGS`, for JSON lines; ``None`` for the input's own."""
    part_size: int | None = None
    """Rows go into parts of so many megabytes (1,000,000 bytes); ``None`` for a file for every file of the input."""
    keep_html: bool = False
    """Leave the page in the row beside its cleaned text."""
    attributes: bool = False
    """Write the removals as Dolma's attributes, too."""

    def __post_init__(self) -> None:
        for what, value, known in (("format", self.format, OUTPUT_FORMATS), ("pack", self.pack, PACKINGS)):
            if value is not None and value not in known:
                raise UsageError(not_known(f"output {what}", value, known))
        if self.part_size is not None and self.part_size < 1:
            raise UsageError(f"part-size must be at least 1 (MB), not {self.part_size}")
        if self.format == "text" and self.part_size is not None:
            raise UsageError("part-size is for rows; texts are a file each: name jsonl or parquet as output format")


OUTPUT_FORMATS = ("text", "jsonl", "parquet")
PACKINGS = ("none", "gz", "zst")


@dataclass(frozen=True, slots=True)
class Job:
    """What all documents of a run share; travels to the workers."""

    input: str
    """A folder, a file, ``@FILE`` (a list of files), ``-`` (standard input) or an address of fsspec."""
    output: Path
    """Where it works, and where its output is when it is done."""
    options: Options = field(default_factory=Options)
    title: bool = True
    """Write the title above the text."""
    language: str | None = None
    limits: Limits = field(default_factory=Limits)
    reading: Reading = field(default_factory=Reading)
    writing: Writing = field(default_factory=Writing)
    address: str | None = None
    """Where the files of the output are sent when it is done: an address of fsspec."""
    step: str = "cleaner.pipeline:clean_page"
    """The step itself, a :data:`Cleaning`, as ``module:name``. Only workers import it: the parent stays small."""

    def load_step(self) -> Cleaning:
        """The function that :attr:`step` names."""
        module, _, name = self.step.partition(":")
        return cast(Cleaning, getattr(import_module(module), name))

    @property
    def folder(self) -> RunFolder:
        """Where the run keeps its own files."""
        return RunFolder(self.output / RECORD_FOLDER)


def output_and_address(output: str | Path, run_folder: Path | None) -> tuple[Path, str | None]:
    """:attr:`Job.output` and :attr:`Job.address` for an output that is a folder or an address.

    Raises :class:`cleaner.errors.UsageError` if the folder for the run is missing, or is one too many.
    """
    remote = isinstance(output, str) and is_url(output)
    if remote and run_folder is None:
        raise UsageError(f"{output} is an address: name a folder of this machine for the run itself with --run-folder")
    if run_folder is None:
        return Path(output), None
    if not remote:
        raise UsageError(f"--run-folder is for an output that is an address; {output} is a folder, and serves itself")
    return run_folder, str(output)


@dataclass(frozen=True, slots=True)
class RunFolder:
    """The files that a run keeps about itself, below ``_cleaner`` of its output."""

    root: Path

    @property
    def manifest(self) -> Path:
        """One row a document."""
        return self.root / "manifest.jsonl"

    @property
    def audit(self) -> Path:
        """One record a cleaned document."""
        return self.root / "audit.jsonl"

    @property
    def summary(self) -> Path:
        """The run in numbers; there once the run is complete."""
        return self.root / "summary.json"

    @property
    def configuration(self) -> Path:
        """Every option of the run, with version and digests."""
        return self.root / "run.toml"

    @property
    def rules(self) -> Path:
        """Folder of the copies of the user's own rules."""
        return self.root / "rules"

    @property
    def lock(self) -> Path:
        """Held by the process that writes the run."""
        return self.work / "lock"

    @property
    def work(self) -> Path:
        """What a run needs until it is complete, and after that while documents of it have failed."""
        return self.root / "work"

    @property
    def plan(self) -> Path:
        """One line a task."""
        return self.work / "plan.jsonl"

    @property
    def next_plan(self) -> Path:
        """What takes the place of the plan once it is whole."""
        return self.work / "next-plan.jsonl"

    @property
    def journal(self) -> Path:
        """One line for everything that is done for good."""
        return self.work / "journal.jsonl"

    @property
    def stdin(self) -> Path:
        """What came through standard input, kept because it cannot be read twice."""
        return self.work / "stdin"

    @property
    def attributes(self) -> Path:
        """Folder of Dolma's attributes, one file for every file of the input."""
        return self.root / "attributes"

    @property
    def temporary(self) -> Path:
        """What is being written. Nothing in it is ever read."""
        return self.work / "temporary"

    def part(self, task: int, first: int, what: str) -> Path:
        """One of the files of a segment: the rows of ``what`` of a task from document ``first`` on."""
        return self.work / f"{task // 1000:04}" / f"{task:07}-{first:09}.{what}"
