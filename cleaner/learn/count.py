"""Count the lines of all sites in one SQL statement, ``count.sql``, which DuckDB runs here and Spark SQL on a cluster.

It looks at the lines three times: which of them a site repeats; where on each page the page's own lines begin and end;
and, with that, where the repeated ones stand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from importlib import resources
from itertools import groupby
from pathlib import Path
from typing import Any

from cleaner.io.extras import need
from cleaner.learn.gather import DOCUMENTS, EPOCH, LINES
from cleaner.templates.lines import Line, Seen, Site, State

SQL = resources.files("cleaner.learn").joinpath("count.sql").read_text(encoding="utf-8")
"""The statement."""

# Rows of the result that are held at once.
_ROWS = 10_000


@dataclass(frozen=True, slots=True)
class Room:
    """What counting may take."""

    memory: int = 2048
    """Megabytes (1024 · 1024 bytes); what does not fit goes to the disk."""
    threads: int = 1


def count(folder: Path, room: Room) -> Iterator[Site]:
    """Count what :func:`cleaner.learn.gather.gather` wrote into a folder: sites by name, all their lines candidates.

    Raises :class:`cleaner.errors.UsageError` if DuckDB is missing.
    """
    duckdb = need("duckdb", "learn", "learning")
    settings = {
        "memory_limit": f"{room.memory}MiB", "threads": room.threads, "temp_directory": str(folder / "spilled"),
        "preserve_insertion_order": "false",
    }  # fmt: skip
    with duckdb.connect(config=settings) as connection:
        for table in (LINES, DOCUMENTS):
            files = str(folder / f"{table}-*.parquet").replace("'", "''")
            connection.execute(f"CREATE VIEW {table} AS SELECT * FROM read_parquet('{files}')")  # noqa: S608
        yield from sites_of(rows_in(connection.execute(SQL)))


def rows_in(result: Any) -> Iterator[dict[str, Any]]:
    """The rows of a result of DuckDB, a batch at a time."""
    names = [column[0] for column in result.description]
    while rows := result.fetchmany(_ROWS):
        for row in rows:
            yield dict(zip(names, row, strict=True))


def sites_of(rows: Iterator[dict[str, Any]]) -> Iterator[Site]:
    """The rows that :data:`SQL` gives, as sites."""
    for name, of_site in groupby(rows, key=lambda row: row["name"]):
        own, *repeated = of_site
        lines = sorted(map(_line, repeated), key=lambda line: (-line.seen.pages, line.text))
        days = _day(own["day_from"]), _day(own["day_to"])
        yield Site(name, own["pages"], own["days"], *days, own["chars"], lines=tuple(lines))


def _line(row: dict[str, Any]) -> Line:
    seen = Seen(
        row["pages"], int(row["in_time"]), row["days"], _day(row["day_from"]), _day(row["day_to"]),
        *(int(row[name]) for name in ("above", "below", "edge", "deep", "chars")),
    )  # fmt: skip
    flags = {name: row[name] for name in ("varies", "prose", "headline")}
    return Line(row["text"], state=State.CANDIDATE, seen=seen, path=row["path"] or "", **flags)


def _day(number: int | None) -> date | None:
    return None if number is None else date.fromordinal(number + EPOCH)
