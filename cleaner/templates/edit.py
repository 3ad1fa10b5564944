"""What people change in a file of templates, and how two files differ."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from cleaner.templates.lines import ACTING, Line, Site, State


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
