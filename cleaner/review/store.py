"""The file of a review: its sample, and every verdict as it was given.

JSON lines, appended, each on the disk before the browser hears that it is there; so a kill at any moment loses nothing
that was shown as given, and a line that was cut off half-way is dropped at the next start. Nothing is changed
afterwards: who takes a verdict back adds a line that says so. The sample is one line, with the texts of its documents,
so that a review goes on, and can be exported, also when the run is gone.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from cleaner.batch.journal import Journal
from cleaner.batch.run import take_lock
from cleaner.errors import OutputError, UsageError
from cleaner.review.items import Document, Item, Stratum, Verdict
from cleaner.review.strata import Draw, Wanted

SCHEMA = "cleaner-review/1"
"""Changes when a reader of older files would misread newer ones."""


@dataclass(slots=True)
class State:
    """All that a file says."""

    run: str | None = None
    """Digest of the run that is reviewed; ``None`` before the first line."""
    draw: Draw | None = None
    """The last sample that was drawn."""
    items: dict[str, Item] = field(default_factory=dict)
    """Of all samples, by their ids."""
    documents: dict[str, Document] = field(default_factory=dict)
    """Of all samples, by their keys."""
    history: list[Verdict] = field(default_factory=list)
    """Verdicts in the order in which they were given, without those that were taken back."""

    def verdicts(self) -> dict[str, Verdict]:
        """The last verdict on each item."""
        return {verdict.item: verdict for verdict in self.history}

    def add(self, line: dict[str, Any]) -> None:
        """Take in one line. Raises :class:`KeyError`, :class:`TypeError` or :class:`ValueError` if it is none."""
        for what, value in line.items():
            if what == "review":
                if value["schema"] != SCHEMA:
                    raise ValueError(f"it is of schema {value['schema']}, this version reads {SCHEMA}")
                self.run = value["run"]
            elif what == "draw":
                self.take(_draw_of(value))
            elif what == "verdict":
                self.history.append(Verdict(**value))
            elif what == "undo":
                self.forget(value["item"])

    def take(self, draw: Draw) -> None:
        """A sample was drawn."""
        self.draw = draw
        self.items |= {item.id: item for item in draw.items}
        self.documents |= draw.documents

    def forget(self, item: str) -> None:
        """The last verdict on an item was taken back."""
        last = max(index for index, verdict in enumerate(self.history) if verdict.item == item)
        del self.history[last]


class Store:
    """A file that is open for one review.

    ``run`` is the digest of the run; ``None`` takes the file as it is. Entering raises
    :class:`cleaner.errors.UsageError` if the file is no review, that of another run, or open elsewhere; writing raises
    :class:`cleaner.errors.OutputError`.
    """

    def __init__(self, path: Path, run: str | None = None) -> None:
        self.path = path
        self._run = run

    def __enter__(self) -> Self:
        state = read_store(self.path)
        if None not in (self._run, state.run) and state.run != self._run:
            raise UsageError(f"{self.path} is the review of another run: name another file with --store")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._lock = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o666)
        except OSError as error:
            raise UsageError(f"{self.path} cannot be written: {error.strerror or error}") from error
        if not take_lock(self._lock):
            os.close(self._lock)
            raise UsageError(f"{self.path} is open in another review: end that one, or name another file with --store")
        self._journal = Journal(self.path).__enter__()
        # Read again, now that nobody else writes.
        self.state = read_store(self.path)
        if self.state.run is None:
            self._add(review={"schema": SCHEMA, "run": self._run})
            self.state.run = self._run
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._journal.__exit__(kind, error, trace)
        os.close(self._lock)

    def draw(self, draw: Draw) -> None:
        """Keep a sample."""
        self._add(draw=_raw_draw(draw))
        self.state.take(draw)

    def give(self, verdict: Verdict) -> None:
        """Keep a verdict; it is on the disk when this returns."""
        self._add(verdict=verdict.as_dict())
        self.state.history.append(verdict)

    def undo(self) -> Verdict | None:
        """Take the last verdict back, and say which it was; ``None`` if there is none."""
        if not self.state.history:
            return None
        last = self.state.history[-1]
        self._add(undo={"item": last.item})
        return self.state.history.pop()

    def _add(self, **line: Any) -> None:
        try:
            self._journal.add(**line)
        except OutputError:
            # Part of the line may be there; opening anew cuts it off, so that the next one is not spoilt.
            self._journal.__exit__(None, None, None)
            self._journal = Journal(self.path).__enter__()
            raise


def read_store(path: Path) -> State:
    """All that a file says; nothing if there is none. A line that is not whole is left out.

    Raises :class:`cleaner.errors.UsageError` if it is no file of a review.
    """
    state = State()
    for number, line in _lines(path):
        try:
            state.add(json.loads(line))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise UsageError(f"{path} is no review, or damaged, in line {number}: {error}") from error
        if state.run is None:
            raise UsageError(f"{path} is no review: name another file with --store")
    return state


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    try:
        with path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if line.endswith(b"\n"):
                    yield number, line
                elif number == 1 and not line.startswith(b'{"review"'):
                    # Not the beginning of ours that a kill cut off: it must not be dropped.
                    raise UsageError(f"{path} is no review: name another file with --store")
    except FileNotFoundError:
        return
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}") from error


def _raw_draw(draw: Draw) -> dict[str, Any]:
    return {
        "wanted": asdict(draw.wanted),
        "strata": [[*stratum, size] for stratum, size in draw.sizes.items()],
        "items": [item.as_dict() for item in draw.items],
        "documents": [asdict(document) for document in draw.documents.values()],
        "gone": list(draw.gone),
    }


def _draw_of(raw: dict[str, Any]) -> Draw:
    wanted = raw["wanted"]
    documents = (Document.of(document) for document in raw["documents"])
    return Draw(
        Wanted(**{**wanted, "categories": tuple(wanted["categories"]), "rules": tuple(wanted["rules"])}),
        tuple(Item.of(item) for item in raw["items"]),
        {document.key: document for document in documents},
        {Stratum(*sort): size for *sort, size in raw["strata"]},
        tuple(raw["gone"]),
    )
