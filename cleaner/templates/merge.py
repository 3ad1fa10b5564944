"""New counts into an old file: what is seen again adds up, what was decided by people stays, what is gone ages out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from cleaner.templates.lines import DECIDED, Line, Seen, Site, State

MAX_AGE = 400
"""Days after which a line that is not seen any more is forgotten: a template is changed every year or three."""


def paired(old: Iterable[Site], new: Iterable[Site]) -> Iterator[tuple[Site | None, Site | None]]:
    """Sites of two files in the order of their names, those of the same name together."""
    before, after = iter(old), iter(new)
    one, two = next(before, None), next(after, None)
    while one or two:
        if two is None or (one is not None and one.name < two.name):
            yield one, None
            one = next(before, None)
        elif one is None or two.name < one.name:
            yield None, two
            two = next(after, None)
        else:
            yield one, two
            one, two = next(before, None), next(after, None)


def merge(old: Site, new: Site, max_age: int = MAX_AGE) -> Site:
    """One site of both. Lines of ``old`` that the site has not shown for ``max_age`` days are left out."""
    again = {line.label: line for line in new.lines}
    last = _last(old.last, new.last)
    lines = [_both(line, again.pop(line.label, None)) for line in old.lines]
    lines = [line for line in lines if line.state in DECIDED or not _is_old(line, last, max_age)]
    days = _days(old.days + new.days, _first(old.first, new.first), last)
    return Site(
        old.name, old.pages + new.pages, days, _first(old.first, new.first), last, old.chars + new.chars,
        lines=(*lines, *again.values()),
    )  # fmt: skip


def _both(old: Line, new: Line | None) -> Line:
    if new is None:
        return old
    varies = old.varies or new.varies or old.folded != new.folded
    seen = _sum(old.seen, new.seen)
    return replace(
        old,
        state=old.state if old.state in DECIDED else State.CANDIDATE,
        seen=seen,
        varies=varies,
        prose=old.prose or new.prose,
        headline=old.headline or new.headline,
        path=new.path or old.path,
    )


def _sum(old: Seen, new: Seen) -> Seen:
    first, last = _first(old.first, new.first), _last(old.last, new.last)
    return Seen(
        old.pages + new.pages, old.of + new.of, _days(old.days + new.days, first, last), first, last,
        old.top + new.top, old.end + new.end, old.edge + new.edge, old.deep + new.deep, old.chars + new.chars,
    )  # fmt: skip


def _days(days: int, first: date | None, last: date | None) -> int:
    """Days that were counted in both are not more than there are."""
    return min(days, (last - first).days + 1) if first and last else days


def _is_old(line: Line, last: date | None, max_age: int) -> bool:
    return last is not None and line.seen.last is not None and (last - line.seen.last).days > max_age


def _first(one: date | None, two: date | None) -> date | None:
    return min(one, two) if one and two else one or two


def _last(one: date | None, two: date | None) -> date | None:
    return max(one, two) if one and two else one or two
