"""What is to be learned, who hears how far it is, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from cleaner.batch.job import Reading
from cleaner.batch.plan import Totals
from cleaner.batch.supervise import Tally
from cleaner.templates.drift import Drift
from cleaner.templates.merge import MAX_AGE


@dataclass(frozen=True, slots=True)
class Learning:
    """What is to be learned, and what that may take."""

    input: str
    """A folder, a file, ``@FILE``, ``-`` or an address, as for a batch."""
    output: Path
    """``.toml`` for people, Parquet for everything else."""
    update: Path | None = None
    """A file of templates that the new pages are added to."""
    reading: Reading = field(default_factory=Reading)
    date_key: str | None = None
    """Which field of a record holds its day; ``None`` for one of :data:`cleaner.learn.days.DATE_KEYS`."""
    workers: int = 1
    """Processes that read, and threads that count."""
    memory: int = 2048
    """Megabytes that counting may take; what does not fit goes to the disk."""
    scratch: Path | None = None
    """Folder for what is needed on the way, some 100 bytes a line; ``None`` for that of the output."""
    max_age: int = MAX_AGE
    """Days after which a line is forgotten that an updated site does not show any more."""


@dataclass(slots=True)
class Learned:
    """What came of it."""

    documents: int = 0
    failed: int = 0
    """Records that could not be read."""
    nameless: int = 0
    """Documents whose site nobody knows: they have neither an address nor a field that says it."""
    sites: int = 0
    small: int = 0
    """Sites with too few pages to tell."""
    lines: int = 0
    """Template lines of all sites."""
    drifts: list[Drift] = field(default_factory=list)
    """Sites of the updated file that have changed."""


@dataclass(slots=True)
class Watcher:
    """Who hears how far it is."""

    on_start: Callable[[Totals, Tally], None] = lambda *_: None
    on_progress: Callable[[Tally], None] = lambda _: None
    say: Callable[[str], None] = lambda _: None
    """What people should know that is no error."""
