"""What people change in a file of templates, and how two files differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from cleaner.templates.files import read_sites, write_sites
from cleaner.templates.lines import ACTING, Line, Site, State
from cleaner.templates.merge import paired


def put_back(path: Path, after: Iterable[Site]) -> None:
    """Write sites that somebody has edited, sorted by name, back into the file that they were taken from.

    Sites that are not among them stay as they are; new ones are added. Raises :class:`cleaner.errors.UsageError` if
    the file cannot be read or written.
    """
    write_sites(path, (_one(old, new) for old, new in paired(read_sites(path), after)))


def _one(old: Site | None, new: Site | None) -> Site:
    if new is None:
        assert old is not None  # noqa: S101  (one of two is there)
        return old
    return edited(old or Site(new.name), new)


def edited(before: Site, after: Site) -> Site:
    """A site as somebody left it in the editor.

    A line that was deleted is refused, so that learning does not bring it back; one that is new is approved. Candidates
    are not shown there and stay.
    """
    left = {line.label: line for line in after.lines}
    kept = [_decided(line, left.pop(line.label, None)) for line in before.lines]
    new = (replace(line, state=State.APPROVED) if line.state is State.TEMPLATE else line for line in left.values())
    return replace(before, lines=(*kept, *new))


def _decided(before: Line, after: Line | None) -> Line:
    if after is not None:
        # A name that a person gave must not be given anew by learning.
        renamed = after.category is not before.category and after.state is State.TEMPLATE
        state = State.APPROVED if renamed else after.state
        return replace(before, text=after.text, category=after.category, state=state)
    return before if before.state is State.CANDIDATE else replace(before, state=State.REFUSED)


@dataclass(frozen=True, slots=True)
class Change:
    """One line that differs between two files."""

    mark: str
    """``+`` it goes now, ``-`` it goes no more, ``~`` it goes under another name."""
    line: Line
    note: str = ""


def differences(old: Path, new: Path) -> Iterator[tuple[str, list[Change]]]:
    """The sites of two files that differ, and how.

    Raises :class:`cleaner.errors.UsageError` if one of them cannot be read.
    """
    for before, after in paired(read_sites(old), read_sites(new)):
        name = (after or before or Site("")).name
        found = list(changes(before or Site(name), after or Site(name)))
        if found:
            yield name, found


def changes(old: Site, new: Site) -> Iterator[Change]:
    """What a site's documents lose, or keep, that they did not before."""
    before = {line.label: line for line in old.lines}
    after = {line.label: line for line in new.lines}
    for label, line in after.items():
        was = before.get(label)
        acted, acts = was is not None and was.state in ACTING, line.state in ACTING
        if acts and not acted:
            yield Change("+", line)
        elif acted and not acts:
            yield Change("-", line, str(line.state))
        elif was is not None and acts and was.category is not line.category:
            yield Change("~", line, f"it was {was.category}")
    for label, line in before.items():
        if line.state in ACTING and label not in after:
            yield Change("-", line)
