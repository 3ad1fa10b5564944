"""Templates as Parquet: a row a line, sorted by site, so that one site of a million is found without reading the rest.

A row without ``text`` is the site itself and stands before its lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields
from itertools import groupby
from pathlib import Path
from typing import Any

from cleaner.errors import UsageError
from cleaner.io.atomic import AtomicFile
from cleaner.io.extras import need
from cleaner.model import Category
from cleaner.templates.lines import SCHEMA, Line, Seen, Site, State

# Few enough that finding one site costs some milliseconds, enough that packing works.
GROUP_ROWS = 8192
_SEEN = tuple(each.name for each in fields(Seen))
_SITE = ("pages", "days", "first", "last", "chars", "taken")
_MARK = b"schema"
_WHAT = "a Parquet file of templates"


class ParquetTemplates:
    """An open file. Its groups of rows are found by the first and last site in each."""

    def __init__(self, path: Path) -> None:
        """Raises :class:`cleaner.errors.UsageError` if the file holds no templates, or pyarrow is missing."""
        pq = _pyarrow()[1]
        try:
            self._file = pq.ParquetFile(path)
            marked = (self._file.schema_arrow.metadata or {}).get(_MARK, b"").decode()
        except FileNotFoundError:
            raise UsageError(f"there is no file {path}") from None
        except Exception as error:  # pyarrow has half a dozen for a file that is none
            raise UsageError(f"{path} cannot be read as Parquet: {error}") from error
        if marked != SCHEMA:
            raise UsageError(f"{path} holds no templates of schema {SCHEMA}: make it with 'cleaner learn'")
        groups = range(self._file.num_row_groups)
        self._bounds = [self._file.metadata.row_group(group).column(0).statistics for group in groups]

    def site(self, name: str) -> Site:
        """One site; empty if the file does not know it."""
        compute = need("pyarrow.compute", "learn", _WHAT)
        rows: list[dict[str, Any]] = []
        for group, bounds in enumerate(self._bounds):
            if bounds is None or not bounds.has_min_max or bounds.min <= name <= bounds.max:
                table = self._file.read_row_group(group, use_threads=False)
                rows += table.filter(compute.field("site") == name).to_pylist()
        return _site_of(name, rows) if rows else Site(name)

    def sites(self) -> Iterator[Site]:
        """All sites, in the order of their names, once: then the file is closed."""
        for name, rows in groupby(self._rows(), key=lambda row: row["site"]):
            yield _site_of(name, rows)

    def _rows(self) -> Iterator[dict[str, Any]]:
        with self._file:
            for group in range(self._file.num_row_groups):
                yield from self._file.read_row_group(group, use_threads=False).to_pylist()


def write_parquet(path: Path, sites: Iterable[Site]) -> None:
    """Write sites, which must come in the order of their names. The file appears when it is whole.

    Raises :class:`cleaner.errors.UsageError` if it cannot be written.
    """
    pa, pq = _pyarrow()
    schema = _schema(pa)
    with AtomicFile(path) as file, pq.ParquetWriter(file, schema, compression="zstd") as writer:
        rows: list[dict[str, Any]] = []
        for site in sites:
            rows += _rows_of(site)
            while len(rows) >= GROUP_ROWS:
                writer.write_table(pa.Table.from_pylist(rows[:GROUP_ROWS], schema))
                del rows[:GROUP_ROWS]
        writer.write_table(pa.Table.from_pylist(rows, schema))


def _rows_of(site: Site) -> Iterator[dict[str, Any]]:
    yield {"site": site.name, **{name: getattr(site, name) for name in _SITE}}
    for line in site.lines:
        yield {
            "site": site.name, "text": line.text, "category": line.category.value, "state": line.state.value,
            **{name: getattr(line.seen, name) for name in _SEEN},
            "varies": line.varies, "prose": line.prose, "headline": line.headline, "path": line.path,
        }  # fmt: skip


def _site_of(name: str, rows: Iterable[dict[str, Any]]) -> Site:
    own: dict[str, Any] = {}
    lines: list[Line] = []
    for row in rows:
        if row["text"] is None:
            own = {key: row[key] for key in _SITE}
        else:
            lines.append(_line_of(row))
    return Site(name, **own, lines=tuple(lines))


def _line_of(row: dict[str, Any]) -> Line:
    seen = Seen(**{name: row[name] for name in _SEEN})
    flags = {name: row[name] for name in ("varies", "prose", "headline", "path")}
    return Line(row["text"], Category(row["category"]), State(row["state"]), seen, **flags)


def _schema(pa: Any) -> Any:
    kinds = {"site": pa.string(), "text": pa.string(), "category": pa.string(), "state": pa.string()}
    kinds |= {name: pa.date32() if name in ("first", "last") else pa.int64() for name in _SEEN}
    kinds |= {"varies": pa.bool_(), "prose": pa.bool_(), "headline": pa.bool_(), "path": pa.string()}
    return pa.schema([*kinds.items(), ("taken", pa.int64())], metadata={_MARK: SCHEMA.encode()})


def _pyarrow() -> tuple[Any, Any]:
    return need("pyarrow", "learn", _WHAT), need("pyarrow.parquet", "learn", _WHAT)
