"""The spans of a document as the page marks them: removals, refused claims, and what another run did otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from cleaner.report.changes import Removal, Stretch, kind_of, stretches
from cleaner.report.tallies import Kind

TAKEN, SPARED, GAINED, LOST = "taken", "spared", "gained", "lost"
"""What became of a span: taken (by both runs, where two are compared), claimed in vain, taken by this run only, taken
by the other run only."""

# Sentences of a record are cut here.
_LONGEST = 400


@dataclass(frozen=True, slots=True)
class Mark:
    """One span of a document."""

    start: int
    end: int
    kind: Kind
    state: str
    """One of :data:`TAKEN`, :data:`SPARED`, :data:`GAINED`, :data:`LOST`."""
    reason: str
    sure: float | str
    """A removal's score, 0 to 1; a refused claim's strength."""


def marks_of(record: Mapping[str, Any], before: Mapping[str, Any] | None = None) -> list[Mark]:
    """All marks of a document by its record, in order; ``before`` is its record in the other run, if two are compared.

    A removal that the other run took in part becomes several marks. Marks of refused claims may overlap with others.
    """
    other = record["removals"] if before is None else before["removals"]
    spared = [
        Mark(c["start"], c["end"], kind_of(c), SPARED, c["because"][:_LONGEST], c["strength"]) for c in record["spared"]
    ]
    return sorted([*_removed(record["removals"], other), *spared], key=lambda m: (m.start, m.state == SPARED, m.end))


def _removed(now: Sequence[Removal], before: Sequence[Removal]) -> Iterator[Mark]:
    for (_, state), group in groupby(stretches(now, before), lambda s: (id(s.now or s.before), _state(s))):
        parts = list(group)
        removal = parts[0].now or parts[0].before
        if removal and state:
            span = parts[0].start, parts[-1].end
            yield Mark(*span, kind_of(removal), state, removal["reason"][:_LONGEST], removal["score"])


def _state(stretch: Stretch) -> str:
    if stretch.now and stretch.before:
        return TAKEN
    if stretch.text.isspace():  # of two neighbours, one takes the line break between them
        return TAKEN if stretch.now else ""
    return GAINED if stretch.now else LOST
