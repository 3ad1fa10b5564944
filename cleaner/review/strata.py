"""Which removals and spared claims of a run are shown: a stratified sample, seeded.

Strata are kind, category, rule and band of score. A stratum of N claims is given a part of the sample in proportion to
the root of N: in proportion to N, rules that fire seldom would hardly be seen; in equal parts, those that take most
would be known no better than those (power allocation: Bankier, 1988, "Power allocations: determining sample sizes for
subnational areas", The American Statistician 42).

All claims stand in one order, and a sample of n is its first n. So a larger sample with the same seed holds the
smaller one, and a review that ends early has judged a stratified sample, too. In that order the j-th claim of a stratum
comes at (j - u) / √N, with u drawn once for the stratum, between 0 and 1: up to any mark c, a stratum then has c · √N
claims on the mean, rounded at random, and even the smallest has its chance.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any, TypeVar

from cleaner.errors import UsageError
from cleaner.review.items import REMOVAL, SPARED, Document, Item, Stratum
from cleaner.runs import Run, RunDocument
from cleaner.sampling import Sample, draw
from cleaner.text import is_blank, meant

T = TypeVar("T")

SPARED_EVERY = 4
"""Every so manyth item is a spared claim: what was removed wrongly does more harm."""

# Scores of removals by their best claim are 1.0, 0.8 and 0.6 (`cleaner.decide`); between them lie the bands' edges.
_BANDS = ((0.9, "strong"), (0.7, "medium"), (0.0, "weak"))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which sample is asked for."""

    size: int = 200
    """How many items."""
    seed: int = 1
    categories: tuple[str, ...] = ()
    """Only these; all where it is empty."""
    rules: tuple[str, ...] = ()
    """Only these; all where it is empty."""

    def asks_for(self, stratum: Stratum) -> bool:
        """Whether claims of a stratum may be drawn."""
        return (not self.categories or stratum.category in self.categories) and (
            not self.rules or stratum.rule in self.rules
        )


@dataclass(frozen=True, slots=True)
class Draw:
    """A sample that was drawn."""

    wanted: Wanted
    items: tuple[Item, ...]
    """In the order in which they are shown."""
    documents: Mapping[str, Document]
    """By their keys."""
    sizes: Mapping[Stratum, int]
    """How many claims each stratum has in the run."""
    gone: tuple[str, ...] = ()
    """Why documents of the sample cannot be shown, one sentence each."""


_Place = tuple[int, str, int]
"""A claim: number of its document, the list that it stands in, and its place in the list."""

_LISTS = {"removals": REMOVAL, "spared": SPARED}


def draw_sample(run: Run, wanted: Wanted) -> Draw:
    """Draw a sample of a run. The records of the run are read twice, the files of its output once.

    Raises :class:`cleaner.errors.UsageError` if there is nothing to draw from or nothing can be shown.
    """
    found = _strata_of(run, wanted)
    if not found:
        raise UsageError(_why_nothing(run, wanted))
    chosen = in_order({stratum: list(sample) for stratum, sample in found.items()}, _sizes(found), wanted.seed)
    chosen = chosen[: wanted.size]
    numbers = {place[0] for _, _, place in chosen}
    documents: dict[int, Document] = {}
    gone: list[str] = []
    for document, text in run.originals(run.documents(only=numbers)):
        if isinstance(text, str):
            documents[document.number] = _document(document, text)
        else:
            gone.append(f"{document.row['id']}: {text}")
    if not documents:
        raise UsageError(f"nothing of the sample can be shown: {gone[0]}")
    items = [_item(documents[p[0]], stratum, mark, p) for mark, stratum, p in chosen if p[0] in documents]
    return Draw(wanted, tuple(items), {d.key: d for d in documents.values()}, _sizes(found), tuple(sorted(gone)))


def _strata_of(run: Run, wanted: Wanted) -> dict[Stratum, Sample[_Place]]:
    found: dict[Stratum, Sample[_Place]] = {}
    for document in run.documents():
        for stratum, start, end, place in _claims_of(document):
            if wanted.asks_for(stratum):
                key = draw(wanted.seed, *document.key, *stratum, start, end)
                found.setdefault(stratum, Sample(wanted.size)).add(key, place)
    return found


def _claims_of(document: RunDocument) -> Iterator[tuple[Stratum, int, int, _Place]]:
    """The claims of a document that there is something to see of, each once.

    A rule that matches twice on a line claims it twice, and what a late removal takes around an earlier one may be a
    line break.
    """
    seen: set[tuple[Stratum, int, int]] = set()
    for name, kind in _LISTS.items() if document.record else ():
        for index, claim in enumerate(document.record[name]):  # type: ignore[index]
            told = (_stratum(kind, claim), claim["start"], claim["end"])
            if told not in seen and not is_blank(claim.get("text", "…")):
                seen.add(told)
                yield *told, (document.number, name, index)


def _sizes(found: Mapping[Stratum, Sample[_Place]]) -> dict[Stratum, int]:
    return {stratum: sample.seen for stratum, sample in found.items()}


def _stratum(kind: str, claim: Mapping[str, Any]) -> Stratum:
    band = claim["strength"] if kind == SPARED else next(name for edge, name in _BANDS if claim["score"] >= edge)
    return Stratum(kind, claim["category"], claim["rule"], band)


def in_order(
    claims: Mapping[Stratum, Sequence[T]], sizes: Mapping[Stratum, int], seed: int
) -> list[tuple[float, Stratum, T]]:
    """The claims in the order of which every beginning is a sample, each with its mark: how far down it stands."""
    marked: dict[str, list[tuple[float, Stratum, T]]] = {REMOVAL: [], SPARED: []}
    for stratum, drawn in claims.items():
        offset = draw(seed, *stratum) / 2**64
        root = sqrt(sizes[stratum])
        marked[stratum.kind] += [((j - offset) / root, stratum, claim) for j, claim in enumerate(drawn, 1)]
    removals, spared = (sorted(marked[kind], key=lambda entry: entry[:2]) for kind in (REMOVAL, SPARED))
    return list(_interleaved(removals, spared))


def _interleaved(removals: list[T], spared: list[T]) -> Iterator[T]:
    """Every fourth is a spared claim, as long as there are both."""
    often = SPARED_EVERY - 1
    together = min(len(removals) // often, len(spared))
    for turn in range(together):
        yield from removals[turn * often : (turn + 1) * often]
        yield spared[turn]
    yield from removals[together * often :]
    yield from spared[together:]


def weight(size: int, mark: float) -> float:
    """How many claims of a stratum of ``size`` one of them stands for, in a sample that ends at ``mark``."""
    return max(1.0, sqrt(size) / mark)


def _document(found: RunDocument, text: str) -> Document:
    row, record = found.row, found.record or {}
    fields = record["fields"]
    return Document(
        key=_name(*found.key),
        id=row["id"],
        file=row.get("file"),
        number=row.get("number"),
        kind=record["kind"],
        encoding=record["encoding"],
        title=fields["title"],
        url=fields["url"],
        site=row.get("site"),
        language=record["language"],
        flags=tuple(record["flags"]),
        sha256=record["sha256"],
        text=text,
        removals=tuple({name: value for name, value in r.items() if name != "text"} for r in record["removals"]),
        spared=tuple(record["spared"]),
    )


def _item(document: Document, stratum: Stratum, mark: float, place: _Place) -> Item:
    _, name, index = place
    claim = getattr(document, name)[index]
    return Item(
        id=_name(document.key, *stratum, claim["start"], claim["end"]),
        document=document.key,
        stratum=stratum,
        start=claim["start"],
        end=claim["end"],
        score=claim.get("score"),
        reason=claim["reason"] if stratum.kind == REMOVAL else claim["because"],
        mark=mark,
    )


def _name(*parts: object) -> str:
    """A short name for something, the same in every sample."""
    return f"{draw(0, *parts):016x}"


def _why_nothing(run: Run, wanted: Wanted) -> str:
    if not wanted.categories and not wanted.rules:
        return f"nothing was removed and nothing spared in the run in {run.output}: there is nothing to review"
    known = _strata_of(run, Wanted(1))
    asked = [f"category {name}" for name in wanted.categories] + [f"rule {name!r}" for name in wanted.rules]
    near = meant(wanted.rules[0], {stratum.rule for stratum in known}) if wanted.rules else ""
    return f"the run in {run.output} neither removed nor spared anything under {' or '.join(asked)}{near}"
