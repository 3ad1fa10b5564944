"""Count the lines of all sites in one SQL statement, ``count.sql``, which DuckDB runs here and Spark SQL on a cluster.

It looks at the lines three times: which of them a site repeats; where on each page the page's own lines begin and end;
and, with that, where the repeated ones stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from importlib import resources
from itertools import accumulate, groupby
from pathlib import Path
from typing import Any

from cleaner.io.extras import need
from cleaner.learn.gather import DOCUMENTS, EPOCH, LINES
from cleaner.templates.lines import Line, Seen, Site, State

SQL = resources.files("cleaner.learn").joinpath("count.sql").read_text(encoding="utf-8")
"""The statement."""

RESULT = ""
"""Name of the last of its steps, which gives the rows."""

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


def steps_of(sql: str = SQL) -> Iterator[tuple[str, str]]:
    """The statement as queries that build on each other, each with its name, for engines that keep no common tables.

    >>> list(steps_of("WITH a AS (SELECT 1 AS x), -- one\\nb AS (\\nSELECT (x) FROM a\\n)\\nSELECT x FROM b"))
    [('a', 'SELECT 1 AS x'), ('b', 'SELECT (x) FROM a'), ('', 'SELECT x FROM b')]
    """
    bare = re.sub(r"--.*", "", sql).strip().removeprefix("WITH")
    while named := re.match(r"\s*(\w+) AS \(", bare):
        end = _closing(bare, named.end())
        yield named[1], bare[named.end() : end].strip()
        bare = bare[end + 1 :].lstrip(",")
    yield RESULT, bare.strip()


def _closing(sql: str, at: int) -> int:
    """Where the bracket closes that was opened before ``at``."""
    open_ = accumulate(({"(": 1, ")": -1}.get(sign, 0) for sign in sql[at:]), initial=1)
    return at + next(number for number, depth in enumerate(open_) if not depth) - 1


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
