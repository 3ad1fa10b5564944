"""Count the lines of all sites in one SQL statement, which DuckDB runs here and Spark SQL on a cluster.

The statement keeps to what both understand. It reads two tables, ``documents`` and ``lines``
(:func:`cleaner.learn.gather.schemas`), and looks at the lines three times: which of them a site repeats; where on each
page the page's own lines begin and end; and, with that, where the repeated ones stand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

from cleaner.io.extras import need
from cleaner.learn.gather import DOCUMENTS, EPOCH, LINES
from cleaner.templates.lines import Line, Seen, Site, State

# A line is repeated if so many pages have it, and so large a share of the site's. Others are a page's own.
LEAST = 3
REPEATED = 0.001
# What so large a share has is common: it stands between a page's edge and its story.
COMMON = 0.3
# A page counts if so much of its running text is its own: of that which not all pages have, and of all. Copies of a
# story, its versions and live pages that go on for days would count the story's paragraphs many times.
OWN = 0.2
OWN_OF_ALL = 0.1
# A headline is the title of so many pages, or of so small a share.
TITLES = 2
TITLED = 0.02

SQL = f"""
WITH
-- A page that was fetched again counts once, and so does a text that stands at several addresses.
fetched AS (SELECT max(doc) AS doc FROM documents GROUP BY site, page),
unlike AS (
    SELECT min(d.doc) AS doc FROM documents d JOIN fetched f ON d.doc = f.doc GROUP BY d.site, d.content
),
pages AS (
    SELECT d.doc, d.site, d.name, d.day, d.title, d.chars FROM documents d JOIN unlike u ON d.doc = u.doc
),
sizes AS (SELECT site, count(*) AS pages FROM pages GROUP BY site),
repeated AS (
    SELECT l.key, min(p.site) AS site, count(*) AS pages
    FROM lines l JOIN pages p ON l.doc = p.doc
    GROUP BY l.key HAVING count(*) >= {LEAST}
),
known AS (
    SELECT r.key, r.pages >= {COMMON} * s.pages AS common
    FROM repeated r JOIN sizes s ON r.site = s.site
    WHERE r.pages >= {REPEATED} * s.pages
),
marked AS (
    SELECT l.doc, l.key, l.form, l.place, l.chars, l.prose, k.key IS NULL AS own, coalesce(k.common, false) AS common
    FROM lines l JOIN pages p ON l.doc = p.doc LEFT JOIN known k ON l.key = k.key
),
-- Where a page's own lines begin and end, and its own paragraphs; how much is its own, how much is not.
stories AS (
    SELECT doc,
        min(CASE WHEN own THEN place END) AS own_from, max(CASE WHEN own THEN place END) AS own_to,
        min(CASE WHEN own AND prose THEN place END) AS prose_from,
        max(CASE WHEN own AND prose THEN place END) AS prose_to,
        sum(CASE WHEN own THEN chars ELSE 0 END) AS own,
        sum(CASE WHEN NOT own AND NOT common AND prose THEN chars ELSE 0 END) AS copied,
        sum(CASE WHEN common AND prose THEN chars ELSE 0 END) AS standing
    FROM marked GROUP BY doc
),
told AS (
    SELECT doc, own_from, own_to, coalesce(prose_from, own_from) AS prose_from, coalesce(prose_to, own_to) AS prose_to
    FROM stories
    WHERE own > 0 AND own >= {OWN} * (own + copied) AND own >= {OWN_OF_ALL} * (own + copied + standing)
),
-- The innermost common line above a page's own lines, and below them. Above, it tells the menu from what belongs to the
-- story only where a headline follows, which is a line of the page's own.
bounds AS (
    SELECT t.doc, t.own_from, t.own_to, t.prose_from, t.prose_to,
        max(CASE WHEN m.common AND m.place < t.own_from THEN m.place END) AS common_to,
        min(CASE WHEN m.common AND m.place > t.own_to THEN m.place END) AS common_from
    FROM told t JOIN marked m ON t.doc = m.doc
    GROUP BY t.doc, t.own_from, t.own_to, t.prose_from, t.prose_to
),
counted AS (
    SELECT m.key, min(p.site) AS site, count(*) AS pages, count(DISTINCT p.day) AS days,
        min(p.day) AS day_from, max(p.day) AS day_to,
        sum(CASE WHEN m.place < b.prose_from THEN 1 ELSE 0 END) AS above,
        sum(CASE WHEN m.place > b.prose_to THEN 1 ELSE 0 END) AS below,
        sum(CASE WHEN m.place < b.own_from OR m.place > b.own_to THEN 1 ELSE 0 END) AS edge,
        sum(CASE WHEN m.place < b.common_to AND b.own_from < b.prose_from THEN 1
                 WHEN m.place > b.common_from THEN 1 ELSE 0 END) AS deep,
        sum(m.chars) AS chars, min(m.form) <> max(m.form) AS varies, max(m.prose) AS prose
    FROM marked m JOIN bounds b ON m.doc = b.doc JOIN pages p ON m.doc = p.doc
    WHERE NOT m.own GROUP BY m.key HAVING count(*) >= {LEAST}
),
words AS (
    SELECT l.key, min(l.text) AS text, min(l.path) AS path
    FROM lines l JOIN counted c ON l.key = c.key GROUP BY l.key
),
titles AS (SELECT title AS key, count(*) AS pages FROM pages WHERE title IS NOT NULL GROUP BY title),
-- How many pages a site had from one day to another.
calendar AS (
    SELECT p.site, p.day, count(*) AS pages FROM pages p JOIN told t ON p.doc = t.doc
    WHERE p.day IS NOT NULL GROUP BY p.site, p.day
),
running AS (SELECT site, day, pages, sum(pages) OVER (PARTITION BY site ORDER BY day) AS until FROM calendar),
sites AS (
    SELECT p.site, min(p.name) AS name, count(*) AS pages, count(DISTINCT p.day) AS days,
        min(p.day) AS day_from, max(p.day) AS day_to, sum(p.chars) AS chars
    FROM pages p JOIN told t ON p.doc = t.doc GROUP BY p.site
)
SELECT name, key, text, path, pages, in_time, days, day_from, day_to, above, below, edge, deep, chars,
    varies, prose, headline
FROM (
    SELECT s.name, c.key, w.text, w.path, c.pages,
        greatest(c.pages, coalesce(z.until - a.until + a.pages, s.pages)) AS in_time,
        c.days, c.day_from, c.day_to, c.above, c.below, c.edge, c.deep, c.chars, c.varies, c.prose,
        coalesce(t.pages <= greatest({TITLES}, {TITLED} * s.pages), false) AS headline
    FROM counted c JOIN sites s ON c.site = s.site JOIN words w ON c.key = w.key
        LEFT JOIN running a ON c.site = a.site AND c.day_from = a.day
        LEFT JOIN running z ON c.site = z.site AND c.day_to = z.day
        LEFT JOIN titles t ON c.key = t.key
    WHERE w.text IS NOT NULL
    UNION ALL
    SELECT name, NULL, NULL, NULL, pages, pages, days, day_from, day_to, 0, 0, 0, 0, chars, false, false, false
    FROM sites
) AS found
ORDER BY name, key NULLS FIRST
"""
"""One row a line that a site repeats, after one row without ``key`` for the site itself; sorted by the site's name."""


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
    while rows := result.fetchmany(10_000):
        for row in rows:
            yield dict(zip(names, row, strict=True))


def sites_of(rows: Iterator[dict[str, Any]]) -> Iterator[Site]:
    """The rows that :data:`SQL` gives, as sites."""
    for name, of_site in groupby(rows, key=lambda row: row["name"]):
        own = next(of_site)
        lines = [_line(row) for row in of_site]
        lines.sort(key=lambda line: (-line.seen.pages, line.text))
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
