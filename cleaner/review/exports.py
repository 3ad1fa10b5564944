"""What becomes of the verdicts: files of rules, fixtures and labels, beside the store or where the user says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cleaner.errors import UsageError
from cleaner.review.fixtures import Fixture, is_fault, write_fixture
from cleaner.review.items import SKIP, Item, Verdict
from cleaner.review.labels import write_labels
from cleaner.review.protect import add_protections, protections
from cleaner.review.sources import source_of
from cleaner.review.store import State


@dataclass(frozen=True, slots=True)
class Targets:
    """Where the exports go."""

    rules: Path
    fixtures: Path
    """A folder."""
    labels: Path

    @classmethod
    def beside(cls, store: Path) -> Targets:
        """The files beside a store, named after it.

        >>> Targets.beside(Path("out.review.jsonl")).rules.name
        'out.review.rules.toml'
        """
        stem = store.name.removesuffix(".jsonl")
        return cls(*(store.with_name(stem + end) for end in (".rules.toml", ".fixtures", ".labels.jsonl")))


class Exports:
    """Writes what the verdicts of a store say. ``settings`` are those of the run, ``{}`` if it is gone."""

    def __init__(self, state: State, targets: Targets, settings: Mapping[str, Any], run: str) -> None:
        self.targets = targets
        self._state, self._settings, self._run = state, settings, run

    def rules(self) -> tuple[int, int]:
        """Add the rules that protect what was wrongly removed; how many were new, and how many the file has."""
        judged = ((item, verdict, self._state.documents[item.document]) for item, verdict in self._judged())
        return add_protections(self.targets.rules, protections(judged))

    def fixture(self, item: str) -> Fixture:
        """Write the fixture of the document that an item is of.

        Raises :class:`cleaner.errors.UsageError` if there is no verdict on it, or no source.
        """
        document = self._state.documents[self._state.items[item].document]
        judgements = self._by_document().get(document.key, [])
        if not judgements:
            raise UsageError("a fixture says what is right: give a verdict first")
        source = source_of(document, self._settings)
        if source is None:
            raise UsageError(
                f"a fixture needs its source, and the page {document.id} cannot be had from the input of the run, "
                f"{self._settings.get('input')!r}: it is gone, has changed, or lies elsewhere from here"
            )
        return write_fixture(self.targets.fixtures, document, judgements, source)

    def fixtures(self) -> Iterator[Fixture | UsageError]:
        """Write the fixtures of all documents in which the cleaner was wrong; errors stand for those that failed."""
        for judgements in self._by_document().values():
            if any(is_fault(verdict) for _, verdict in judgements):
                try:
                    yield self.fixture(judgements[0][0].id)
                except UsageError as error:
                    yield error

    def labels(self) -> int:
        """Write the lines that verdicts name, with their names; how many they are."""
        judged = ((self._state.documents[key], verdicts) for key, verdicts in self._by_document().items())
        return write_labels(self.targets.labels, judged, self._run)

    def _judged(self) -> Iterator[tuple[Item, Verdict]]:
        for verdict in self._state.verdicts().values():
            if verdict.verdict != SKIP:
                yield self._state.items[verdict.item], verdict

    def _by_document(self) -> dict[str, list[tuple[Item, Verdict]]]:
        found: dict[str, list[tuple[Item, Verdict]]] = {}
        for item, verdict in self._judged():
            found.setdefault(item.document, []).append((item, verdict))
        return found
