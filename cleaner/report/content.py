"""What a report shows beside its numbers: whole documents, and samples of their spans in context.

The samples of all rules come from few documents (:mod:`cleaner.sampling`), and every one of these is in the page as a
whole. What there is no room for is left out, the least telling first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cleaner.errors import CleanerError
from cleaner.report.bundles import Bundles
from cleaner.report.changes import Changes
from cleaner.report.gather import Gathered
from cleaner.report.marks import GAINED, LOST, SPARED, TAKEN, Mark, marks_of
from cleaner.report.tallies import Kind
from cleaner.runs import Run, RunDocument
from cleaner.sampling import draw
from cleaner.spans import cut, excerpt
from cleaner.web import script_json

SAMPLES_BYTES = 3_500_000
"""So much of the page the samples may take."""

DOCUMENTS_BYTES = 9_000_000
"""So much the documents may take."""

LONGEST = 60_000
"""So many code points of one document are shown."""


@dataclass(slots=True)
class Shown:
    """A document that the report shows."""

    document: RunDocument
    record: Mapping[str, Any]
    marks: list[Mark]
    compared: bool
    """Whether the other run cleaned the same text."""
    text: str | None
    """The document text; ``None`` where it cannot be had back."""
    missing: str
    """Why it cannot."""

    @classmethod
    def of(cls, document: RunDocument, text: str | CleanerError, changes: Changes | None) -> Shown:
        """The document with its marks."""
        record = document.record or {}
        before = changes.records.get(document) if changes else None
        if before and before["sha256"] != record["sha256"]:
            before = None
        marks = marks_of(record, before)
        if isinstance(text, CleanerError):
            return cls(document, record, marks, before is not None, None, str(text))
        return cls(document, record, marks, before is not None, text, "")

    def about(self, why: list[str], place: tuple[int, int]) -> dict[str, Any]:
        """What lists tell of it: ``why`` it is shown, and at which ``place`` of the bundles it lies."""
        row, fields = self.document.row, self.record.get("fields", {})
        return {
            "name": row["id"],
            "file": row.get("file"),
            "title": fields.get("title"),
            "url": fields.get("url"),
            "site": row.get("site"),
            "language": row["language"],
            "kind": self.record.get("kind"),
            "flags": row["flags"],
            "read": row["read"],
            "removed": row["removed"],
            "why": why,
            "place": place,
        }

    def data(self, kinds: Mapping[Kind, int]) -> dict[str, Any]:
        """The whole document, in pieces; ``kinds`` numbers what spans are counted under."""
        if self.text is None:
            return {"missing": self.missing}
        marks = [mark for mark in self.marks if mark.start < LONGEST]
        return {
            "pieces": cut(self.text, [(mark.start, mark.end) for mark in marks], 0, min(LONGEST, len(self.text))),
            "spans": [[kinds[mark.kind], mark.state, mark.reason, mark.sure] for mark in marks],
            "left_out": max(0, len(self.text) - LONGEST),
            "compared": self.compared,
        }

    def sample(self, seed: int, kind: Kind, states: tuple[str, ...]) -> dict[str, Any] | None:
        """One of its spans of this kind, by lot, in its context; ``None`` if it has none."""
        found = [n for n, mark in enumerate(self.marks) if mark.kind == kind and mark.state in states]
        if not found:
            return None
        number = found[draw(seed, *self.document.key, *kind) % len(found)]
        mark = self.marks[number]
        around = ("", self.missing, "") if self.text is None else excerpt(self.text, mark.start, mark.end)
        return {"span": number, "state": mark.state, "around": around, "reason": mark.reason, "sure": mark.sure}


@dataclass(slots=True)
class Content:
    """The documents and samples of a page."""

    kinds: dict[Kind, int]
    """What spans are counted under → its number in the page."""
    bundles: Bundles = field(default_factory=lambda: Bundles(DOCUMENTS_BYTES))
    about: list[dict[str, Any]] = field(default_factory=list)
    """What lists tell of each document."""
    samples: list[str] = field(default_factory=list)
    """As JSON for the page."""
    missing: int = 0
    """Documents that cannot be had back."""


Wanted = tuple[int, Kind, tuple[str, ...]]
"""A document's number, and a sample of which kind, in which states, is wanted from it."""


def choose(run: Run, gathered: Gathered, changes: Changes | None = None) -> Content:
    """Open the documents that were drawn, and take what fits into a page."""
    content = Content(_numbered(gathered, changes))
    wanted = list(_in_turn(_wanted(gathered, changes)))
    why: dict[int, list[str]] = {}
    for number, reason in (*gathered.shown(), *(changes.shown() if changes else ())):
        why.setdefault(number, []).append(reason)
    for number, _, _ in wanted:
        why.setdefault(number, [])
    shown = {d.number: Shown.of(d, text, changes) for d, text in run.originals(run.documents(why.keys()))}
    places = _add_documents(content, why, shown)
    _add_samples(content, gathered.seed, wanted, shown, places)
    return content


def _numbered(gathered: Gathered, changes: Changes | None) -> dict[Kind, int]:
    kinds = {*gathered.kinds, *(changes.gained if changes else ()), *(changes.lost if changes else ())}
    return {kind: number for number, kind in enumerate(sorted(kinds))}


def _wanted(gathered: Gathered, changes: Changes | None) -> Iterator[list[Wanted]]:
    """For each kind the samples that are wanted, in order."""
    for tallies, state in ((changes.gained, GAINED), (changes.lost, LOST)) if changes else ():
        for kind, tally in tallies.items():
            yield [(number, kind, (state,)) for number in tally.sample]
    for kind, tally in gathered.kinds.items():
        yield [(number, kind, (TAKEN, GAINED)) for number in tally.sample]
        yield [(number, kind, (SPARED,)) for number in tally.spared_sample]


def _in_turn(lists: Iterable[list[Wanted]]) -> Iterator[Wanted]:
    """The first of each, the second of each, and so on."""
    lists = list(lists)
    for place in range(max(map(len, lists), default=0)):
        yield from (each[place] for each in lists if place < len(each))


def _add_documents(content: Content, why: Mapping[int, list[str]], shown: Mapping[int, Shown]) -> dict[int, int]:
    """Number of each document that fits → its place among those that lists tell of."""
    places = {}
    for number in (number for number in why if number in shown):
        if content.bundles.full:
            break
        one = shown[number]
        content.missing += one.text is None
        places[number] = len(content.about)
        content.about.append(one.about(why[number], content.bundles.add(one.data(content.kinds))))
    content.bundles.close()
    return places


def _add_samples(
    content: Content, seed: int, wanted: list[Wanted], shown: Mapping[int, Shown], places: Mapping[int, int]
) -> None:
    room, seen = SAMPLES_BYTES, set()
    for number, kind, states in wanted:
        sample = shown[number].sample(seed, kind, states) if number in places else None
        if sample is None or (number, sample["span"]) in seen:
            continue
        seen.add((number, sample["span"]))
        data = script_json({"kind": content.kinds[kind], "document": places[number], **sample})
        room -= len(data.encode())
        if room < 0:
            return
        content.samples.append(data)
