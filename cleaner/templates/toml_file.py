"""Templates as TOML, for people: what is a line's own stands first, what was counted behind ``seen``."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from datetime import date
from typing import Any

from cleaner.errors import UsageError
from cleaner.model import Category
from cleaner.templates.lines import SCHEMA, Line, Seen, Site, State
from cleaner.text import not_known
from cleaner.toml import toml_value

HEAD = f"""\
# What these sites repeat on their pages, found by `cleaner learn`.
# Each [[site.line]] is taken out of the site's documents. Change a category, or a state:
#   state = "approved"   it goes, and stays in this file for good
#   state = "refused"    it stays in the documents, also when it is learned again
# A new line needs no more than its text. What stands behind `seen` was counted; leave it.
schema = "{SCHEMA}"
"""
_FLAGS = {"numbers_vary": "varies", "paragraph": "prose", "headline": "headline"}
_SEEN = tuple(each.name for each in fields(Seen))
_SITE = ("pages", "days", "first", "last", "chars", "taken")


def print_toml(sites: Iterable[Site]) -> Iterator[str]:
    """The file, piece by piece. Candidates are left out."""
    yield HEAD
    for site in sites:
        yield "\n[[site]]\n" + "".join(_pair(key, value) for key, value in _site_values(site).items())
        for line in site.lines:
            if line.state is not State.CANDIDATE:
                yield "\n[[site.line]]\n" + "".join(_pair(key, value) for key, value in _line_values(line).items())


def _site_values(site: Site) -> dict[str, Any]:
    return {"name": site.name} | {key: getattr(site, key) for key in _SITE if getattr(site, key)}


def _line_values(line: Line) -> dict[str, Any]:
    seen = {name: getattr(line.seen, name) for name in _SEEN if getattr(line.seen, name)}
    return {
        "text": line.text,
        "category": line.category.value,
        "state": line.state.value,
        **({"path": line.path} if line.path else {}),
        **{key: True for key, name in _FLAGS.items() if getattr(line, name)},
        **({"seen": seen} if seen else {}),
    }


def _pair(key: str, value: Any) -> str:
    return f"{key} = {toml_value(value)}\n"


def print_site(site: Site) -> str:
    """A file with one site in it."""
    return "".join(print_toml([site]))


def read_toml(text: str, file: str) -> list[Site]:
    """The sites of a file, in the order of their names.

    Raises :class:`cleaner.errors.UsageError` naming file, site and line for what cannot be meant.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{file} is not TOML: {error}") from error
    if table.get("schema", SCHEMA) != SCHEMA:
        raise UsageError(f"{file} is of schema {table['schema']!r}, and this version reads {SCHEMA!r}")
    _check(table, ("schema", "site"), file)
    sites = [_site(raw, file) for raw in _tables(table, "site", file)]
    name, count = next(iter(Counter(site.name for site in sites).most_common(1)), ("", 0))
    if count > 1:
        raise UsageError(f"{file}: the site {name!r} stands there twice: put its lines under one [[site]]")
    return sorted(sites, key=lambda site: site.name)


def _site(raw: Mapping[str, Any], file: str) -> Site:
    name = raw.get("name")
    if not isinstance(name, str) or not name:
        raise UsageError(f'{file}: a [[site]] has no name, such as name = "example.com"')
    where = f"{file}: site {name!r}"
    _check(raw, ("name", "line", *_SITE), where)
    lines = tuple(_line(line, where) for line in _tables(raw, "line", where))
    return Site(name, **_counts(raw, _SITE, where), lines=lines)


def _line(raw: Mapping[str, Any], where: str) -> Line:
    text = raw.get("text")
    if not isinstance(text, str) or not text.strip():
        raise UsageError(f"{where}: a [[site.line]] has no text")
    where = f"{where}: line {text[:60]!r}"
    _check(raw, ("text", "category", "state", "path", "seen", *_FLAGS), where)
    category, state = raw.get("category", Category.OTHER), raw.get("state", State.APPROVED)
    for what, value, known in (("category", category, list(Category)), ("state", state, list(State))):
        if value not in known:
            raise UsageError(f"{where}: " + not_known(what, str(value), known))
    flags = {name: raw.get(key, False) is True for key, name in _FLAGS.items()}
    seen = raw.get("seen", {})
    if not isinstance(seen, dict):
        raise UsageError(f"{where}: 'seen' is what was counted; leave it or take it out")
    _check(seen, _SEEN, where)
    path = str(raw.get("path", ""))
    return Line(text, Category(category), State(state), Seen(**_counts(seen, _SEEN, where)), path=path, **flags)


def _counts(raw: Mapping[str, Any], names: Iterable[str], where: str) -> dict[str, Any]:
    counts = {name: raw[name] for name in names if name in raw}
    for name, value in counts.items():
        is_day = name in ("first", "last")
        if not (type(value) is date if is_day else type(value) is int and value >= 0):
            raise UsageError(f"{where}: {name} is {'a day' if is_day else 'a whole number'}, not {value!r}")
    return counts


def _tables(raw: Mapping[str, Any], key: str, where: str) -> list[Mapping[str, Any]]:
    tables = raw.get(key, [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise UsageError(f"{where}: {key!r} must be written [[{'site.' if key == 'line' else ''}{key}]]")
    return tables


def _check(raw: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
    for key in raw:
        if key not in known:
            raise UsageError(f"{where}: " + not_known("key", key, known))
