"""The review under way: what the browser is shown of it, and what it says back."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

from cleaner.errors import UsageError
from cleaner.model import Category
from cleaner.review.exports import Exports
from cleaner.review.fixtures import Fixture
from cleaner.review.items import REMOVAL, SKIP, SPARED, Document, Item, Span, Stratum, Verdict, check_verdict
from cleaner.review.precision import rows_of
from cleaner.review.store import Store
from cleaner.review.strata import Draw
from cleaner.rules import load_rules
from cleaner.spans import bare, cut

CONTEXT = 1_500
"""Code points that are shown on each side of an item, unless the whole document is asked for."""

LONGEST = 6_000
"""Code points of an item that are shown; of a longer one its beginning and its end."""


class Review:
    """A review that is open. Its methods may be called from several threads."""

    def __init__(self, name: str, store: Store, draw: Draw, exports: Exports) -> None:
        self.name = name
        self._store, self._draw, self._exports = store, draw, exports
        self._lock = threading.Lock()

    def overview(self) -> dict[str, Any]:
        """What does not change while the review is open, and how far it is."""
        return {
            "name": self.name,
            "store": str(self._store.path),
            "gone": list(self._draw.gone),
            "categories": [category.value for category in Category],
            **self.progress(),
        }

    def progress(self) -> dict[str, Any]:
        """How far it is: items, those with a verdict, those that were passed over, and the first that has neither."""
        verdicts = self._store.state.verdicts()
        said = [verdicts.get(item.id) for item in self._draw.items]
        return {
            "of": len(said),
            "judged": sum(verdict is not None and verdict.verdict != SKIP for verdict in said),
            "skipped": sum(verdict is not None and verdict.verdict == SKIP for verdict in said),
            "next": next((number for number, verdict in enumerate(said) if verdict is None), len(said)),
            "can_undo": bool(self._store.state.history),
        }

    def item(self, number: int, proposed: Span | None = None, whole: bool = False) -> dict[str, Any]:
        """One item in its document, and the verdict on it. ``proposed`` is a span to be marked besides.

        Raises :class:`cleaner.errors.UsageError` if there is none of that number.
        """
        if not 0 <= number < len(self._draw.items):
            raise UsageError(f"there is no item {number} in a sample of {len(self._draw.items)}")
        item = self._draw.items[number]
        document = self._draw.documents[item.document]
        verdict = self._store.state.verdicts().get(item.id)
        if proposed is None and verdict is not None and verdict.start is not None and verdict.end is not None:
            proposed = verdict.start, verdict.end
        spans, offsets = _spans_of(item, document, proposed)
        return {
            "number": number,
            "id": item.id,
            **item.stratum._asdict(),
            "start": item.start,
            "end": item.end,
            "score": item.score,
            "reason": item.reason,
            "why": _whys().get(item.stratum.rule),
            "document": _told(document),
            "parts": [
                {"start": start, "end": end, "pieces": cut(document.text, offsets, start, end)}
                for start, end in _windows(item, document, proposed, whole)
            ],
            "spans": spans,
            "verdict": verdict.as_dict() if verdict else None,
        }

    def give(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Keep a verdict; it is on the disk when this returns.

        Raises :class:`cleaner.errors.UsageError` for a verdict that means nothing.
        """
        item = self._store.state.items.get(str(raw.get("item")))
        if item is None:
            raise UsageError("the verdict is on an item that is not in this review")
        said = {name: raw.get(name) for name in ("verdict", "category", "start", "end")}
        verdict = Verdict(item.id, **said, time=datetime.now(UTC).isoformat(timespec="seconds"))  # type: ignore[arg-type]
        verdict = _without_rest(verdict)
        check_verdict(verdict, self._store.state.documents[item.document])
        with self._lock:
            self._store.give(verdict)
        return self.progress()

    def undo(self) -> dict[str, Any]:
        """Take the last verdict back; ``number`` is that of its item, ``None`` if it is not in this sample."""
        with self._lock:
            verdict = self._store.undo()
        if verdict is None:
            raise UsageError("there is no verdict to take back")
        places = {item.id: number for number, item in enumerate(self._draw.items)}
        return {**self.progress(), "number": places.get(verdict.item), "verdict": verdict.as_dict()}

    def results(self) -> dict[str, Any]:
        """What the verdicts say, all together, by category and by rule; and where exports go."""
        verdicts = self._store.state.verdicts()

        def rows(kind: str, name: Callable[[Stratum], str]) -> list[dict[str, Any]]:
            return [asdict(row) for row in rows_of(self._draw, verdicts, kind, name)]

        return {
            **self.progress(),
            **{
                kind: {
                    "all": rows(kind, lambda _: "all"),
                    "category": rows(kind, lambda stratum: stratum.category),
                    "rule": rows(kind, lambda stratum: stratum.rule),
                }
                for kind in (REMOVAL, SPARED)
            },
            "targets": {name: str(path) for name, path in asdict(self._exports.targets).items()},
        }

    def export(self, what: str, item: str | None) -> dict[str, Any]:
        """Write rules, labels, the fixture of one item, or all fixtures; ``message`` says what was written.

        Raises :class:`cleaner.errors.UsageError` if that cannot be done.
        """
        with self._lock:
            if what == "rules":
                message = said_of_rules(*self._exports.rules())
            elif what == "labels":
                message = f"{self._exports.labels()} labelled lines written"
            elif what == "fixture" and item in self._store.state.items:
                message = said_of_fixture(self._exports.fixture(item))
            elif what == "fixtures":
                message = said_of_fixtures(list(self._exports.fixtures()))
            else:
                raise UsageError(f"there is nothing to export by the name of {what!r}")
        target = getattr(self._exports.targets, "fixtures" if what == "fixture" else what)
        return {"message": message, "target": str(target)}


def said_of_rules(new: int, all_: int) -> str:
    """For people: what became of the rules."""
    return f"{_counted(new, 'protect rule')} written; the file has {all_}"


def said_of_fixture(fixture: Fixture) -> str:
    """For people: what became of a fixture."""
    if not fixture.written:
        return f"{fixture.folder} was edited by hand, and is left as it is"
    if not fixture.wrong:
        return f"{fixture.folder} written; today's cleaner gets all of it right"
    return f"{fixture.folder} written; it fails today: {fixture.wrong[0][:120]}"


def said_of_fixtures(found: list[Fixture | UsageError]) -> str:
    """For people: what became of all fixtures."""
    written = [entry for entry in found if isinstance(entry, Fixture) and entry.written]
    failing = sum(bool(fixture.wrong) for fixture in written)
    said = [f"{_counted(len(written), 'fixture')} written, {failing} of them failing today"]
    left = sum(isinstance(entry, Fixture) and not entry.written for entry in found)
    if left:
        said.append(f"{left} edited by hand and left as they are")
    said += [str(entry) for entry in found if isinstance(entry, UsageError)][:3]
    return "; ".join(said)


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _without_rest(verdict: Verdict) -> Verdict:
    """The verdict without what only other kinds of verdicts say."""
    if verdict.verdict != "category":
        verdict = replace(verdict, category=None)
    return verdict if verdict.verdict == "extend" else replace(verdict, start=None, end=None)


@cache
def _whys() -> dict[str, str]:
    return {rule.id: rule.why for rule in load_rules()}


def _told(document: Document) -> dict[str, Any]:
    names = ("id", "file", "number", "kind", "title", "url", "site", "language", "flags")
    return {**{name: getattr(document, name) for name in names}, "length": len(document.text)}


def _spans_of(item: Item, document: Document, proposed: Span | None) -> tuple[list[dict[str, Any]], list[Span]]:
    """The spans that are marked in the text: the item, what is proposed instead, and what else was removed."""
    own = {"category": item.stratum.category, "rule": item.stratum.rule, "reason": item.reason, "score": item.score}
    spans = [{**own, "spared": item.stratum.kind == SPARED, "role": "target"}]
    offsets = [bare(document.text, *item.span)]
    if proposed is not None:
        spans.append({**own, "role": "proposed"})
        offsets.append(bare(document.text, *proposed))
    for removal in document.removals:
        if item.stratum.kind == SPARED or (removal["start"], removal["end"]) != item.span:
            spans.append({**{name: removal[name] for name in own}, "role": "removed"})
            offsets.append(bare(document.text, removal["start"], removal["end"]))
    return spans, offsets


def _windows(item: Item, document: Document, proposed: Span | None, whole: bool) -> Iterator[Span]:
    """The parts of the document that are shown."""
    text = document.text
    if whole:
        yield 0, len(text)
        return
    start, end = proposed or item.span
    start, end = min(start, item.start), max(end, item.end)
    first, last = _word_end(text, start - CONTEXT), _word_end(text, end + CONTEXT)
    if end - start <= LONGEST:
        yield first, last
    else:
        yield first, start + LONGEST // 2
        yield end - LONGEST // 2, last


def _word_end(text: str, at: int, reach: int = 40) -> int:
    """An offset near this one that is not inside a word."""
    at = min(max(0, at), len(text))
    near = text[at : at + reach]
    gap = next((index for index, char in enumerate(near) if char.isspace()), 0)
    return at + gap if 0 < at < len(text) else at
