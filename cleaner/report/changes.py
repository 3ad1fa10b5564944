"""What changed between two runs over the same documents: what is taken that was not, what is left that was taken.

Both removed spans of the document text, so they are compared span by span where the text is the same. Line breaks do
not count: which of two neighbours takes the break between them says nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

from cleaner.report.tallies import Kind, Tally
from cleaner.runs import Records, Run, RunDocument
from cleaner.sampling import Sample, draw

MOST = 30

_LARGE = 1 << 62

Removal = Mapping[str, Any]


class Stretch(NamedTuple):
    """A stretch of a document that one run or both took, in one piece."""

    start: int
    end: int
    now: Removal | None
    """What this run took it as."""
    before: Removal | None
    """What the other run took it as."""

    @property
    def text(self) -> str:
        """What stands there."""
        removal = self.now or self.before or {}
        return str(removal["text"][self.start - removal["start"] : self.end - removal["start"]])


def stretches(now: Sequence[Removal], before: Sequence[Removal]) -> Iterator[Stretch]:
    """The spans of two lists of removals, cut where a span of the other begins or ends; in order, without overlaps."""
    edges = sorted({edge for removals in (now, before) for r in removals for edge in (r["start"], r["end"])})
    left, right = _Cover(now), _Cover(before)
    for start, end in pairwise(edges):
        a, b = left.at(start), right.at(start)
        if a or b:
            yield Stretch(start, end, a, b)


class _Cover:
    """Which removal covers an offset; offsets are asked for in order."""

    def __init__(self, removals: Sequence[Removal]) -> None:
        self._removals, self._next = removals, 0

    def at(self, offset: int) -> Removal | None:
        while self._next < len(self._removals) and self._removals[self._next]["end"] <= offset:
            self._next += 1
        found = self._removals[self._next] if self._next < len(self._removals) else None
        return found if found and found["start"] <= offset else None


def kind_of(removal: Removal) -> Kind:
    """What a removal is counted under."""
    return removal["category"], removal["rule"]


@dataclass(slots=True)
class Changes:
    """What changed from another run to this one."""

    seed: int
    other: Run
    records: Records
    """Those of the other run."""
    both: int = 0
    """Documents that both runs cleaned from the same text."""
    new: int = 0
    """Documents that only this run has."""
    failed_now: int = 0
    """Documents that the other run cleaned and this one did not."""
    mended: int = 0
    """Documents that this run cleaned and the other did not."""
    other_text: int = 0
    """Documents whose text is not the same: the input changed, or what is read of a page."""
    shared: int = 0
    """Documents that both runs have."""
    changed: int = 0
    gained: defaultdict[Kind, Tally] = field(default_factory=lambda: defaultdict(Tally))
    """What this run takes and the other left."""
    lost: defaultdict[Kind, Tally] = field(default_factory=lambda: defaultdict(Tally))
    """What the other run took and this one leaves."""
    renamed: Counter[tuple[Kind, Kind]] = field(default_factory=Counter)
    """Kind in the other run, and in this one → code points that both take, under another name."""
    most: Sample[int] = field(default_factory=lambda: Sample(MOST))

    @property
    def gone(self) -> int:
        """Documents that only the other run has."""
        return len(self.records) - self.shared

    def add(self, document: RunDocument) -> None:
        """Compare one document of this run. Raises :class:`cleaner.errors.AuditError` for a damaged record."""
        if document.key not in self.records:
            self.new += 1
            return
        self.shared += 1
        before = self.records.get(document)
        now = document.record
        if now is None or before is None:
            self.failed_now += now is None and before is not None
            self.mended += before is None and now is not None
        elif now["sha256"] != before["sha256"]:
            self.other_text += 1
        else:
            self.both += 1
            self._compare(document, now["removals"], before["removals"])

    def _compare(self, document: RunDocument, now: Sequence[Removal], before: Sequence[Removal]) -> None:
        if now == before:
            return
        key, size = draw(self.seed, *document.key), 0
        for stretch in differing(now, before):
            length = stretch.end - stretch.start
            if stretch.now and stretch.before:
                self.renamed[kind_of(stretch.before), kind_of(stretch.now)] += length
                continue
            size += length
            tallies, removal = (self.gained, stretch.now) if stretch.now else (self.lost, stretch.before)
            if removal:
                tallies[kind_of(removal)].take(length, document.number, key)
        self.changed += size > 0
        if size:
            self.most.add(_LARGE - size, document.number)

    def shown(self) -> Iterator[tuple[int, str]]:
        """Numbers of the documents to be shown, and why."""
        yield from ((number, "changed") for number in self.most)

    def sampled(self) -> Iterator[int]:
        """Numbers of the documents that samples are taken from."""
        for tallies in (self.gained, self.lost):
            for tally in tallies.values():
                yield from tally.sample


def differing(now: Sequence[Removal], before: Sequence[Removal]) -> Iterator[Stretch]:
    """The stretches that the two runs do not take as the same, blank ones left out."""
    for stretch in stretches(now, before):
        a, b = stretch.now, stretch.before
        if not (a and b and kind_of(a) == kind_of(b)) and not stretch.text.isspace():
            yield stretch
