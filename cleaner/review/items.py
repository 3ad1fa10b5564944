"""What is judged, the verdict on it, and what that says of the text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, NamedTuple, Self

from cleaner.errors import UsageError
from cleaner.model import Category
from cleaner.text import not_known

REMOVAL, SPARED = "removal", "spared"

RIGHT, WRONG, CATEGORY, EXTEND, SKIP = "right", "wrong", "category", "extend", "skip"
VERDICTS = (RIGHT, WRONG, CATEGORY, EXTEND, SKIP)

CONTENT = "content"
"""What a span is called that belongs to the article; ``training/`` uses the same word."""

Span = tuple[int, int]


class Stratum(NamedTuple):
    """Claims of one sort: what the sample is drawn from, and what is weighed."""

    kind: str
    """``removal`` or ``spared``."""
    category: str
    rule: str
    band: str
    """``strong``, ``medium`` or ``weak``: the score of a removal in bands, the strength of a spared claim."""


@dataclass(frozen=True, slots=True)
class Item:
    """One removal or spared claim of the sample."""

    id: str
    """Sixteen hexadecimal digits, the same whenever the same claim of the same document is drawn."""
    document: str
    """Key of its :class:`Document`."""
    stratum: Stratum
    start: int
    end: int
    score: float | None
    """Of a removal, 0 to 1; ``None`` of a spared claim."""
    reason: str
    """For people: why it was removed, or why it was spared."""
    mark: float
    """How far down it stands in the order of the sample; see ``strata``."""

    @property
    def span(self) -> Span:
        """Its code points in the document text, half-open."""
        return self.start, self.end

    def as_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return {**asdict(self), "stratum": list(self.stratum)}

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> Self:
        """From JSON."""
        return cls(**{**raw, "stratum": Stratum(*raw["stratum"])})


@dataclass(frozen=True, slots=True)
class Document:
    """A document of the sample, with all that was removed from it and spared in it."""

    key: str
    """What no other document of the run has."""
    id: str
    file: str | None
    """The input file that it is a record of; ``None`` where the file is the document."""
    number: int | None
    """Its place in that file, from 0."""
    kind: str
    """``text`` or ``html``."""
    encoding: str | None
    title: str | None
    url: str | None
    site: str | None
    language: str | None
    flags: tuple[str, ...]
    sha256: str
    """Digest of its text, as the audit record has it."""
    text: str
    removals: tuple[Mapping[str, Any], ...]
    """As in the audit record, without their texts."""
    spared: tuple[Mapping[str, Any], ...]

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> Self:
        """From JSON."""
        lists = {name: tuple(raw[name]) for name in ("flags", "removals", "spared")}
        return cls(**{**{field.name: raw[field.name] for field in fields(cls)}, **lists})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a reviewer says of an item."""

    item: str
    verdict: str
    """``right``: it was removed, or spared, as it should be. ``wrong``: the text should have stayed, or gone.
    ``category``: boilerplate of another category. ``extend``: boilerplate, but from ``start`` to ``end``.
    ``skip``: no verdict."""
    category: str | None = None
    start: int | None = None
    end: int | None = None
    time: str = ""
    """When it was given, ISO 8601 in UTC."""

    def as_dict(self) -> dict[str, Any]:
        """As JSON has it, without what is not said."""
        return {name: value for name, value in asdict(self).items() if value is not None}


def check_verdict(verdict: Verdict, document: Document) -> None:
    """Raise :class:`cleaner.errors.UsageError` for a verdict that says nothing that can be used."""
    if verdict.verdict not in VERDICTS:
        raise UsageError(not_known("verdict", str(verdict.verdict), VERDICTS))
    if verdict.verdict == CATEGORY and verdict.category not in tuple(Category):
        raise UsageError(not_known("category", str(verdict.category), tuple(Category)))
    if verdict.verdict == EXTEND:
        start, end = verdict.start, verdict.end
        if type(start) is not int or type(end) is not int or not 0 <= start < end <= len(document.text):
            raise UsageError(f"the span {start} to {end} lies outside the document")


class Judged(NamedTuple):
    """What a span is, by a verdict."""

    start: int
    end: int
    name: str
    """A category, or ``content``."""


def judged(item: Item, verdict: Verdict) -> Iterator[Judged]:
    """What a verdict says of the text: which spans are content, and which are boilerplate of which category."""
    removed, said = item.stratum.kind == REMOVAL, verdict.verdict
    if said == (WRONG if removed else RIGHT):
        yield Judged(*item.span, CONTENT)
    elif said == (RIGHT if removed else WRONG):
        yield Judged(*item.span, item.stratum.category)
    elif said == CATEGORY:
        yield Judged(*item.span, str(verdict.category))
    elif said == EXTEND and verdict.start is not None and verdict.end is not None:
        yield Judged(verdict.start, verdict.end, item.stratum.category)
        # What was removed and does not lie in the span that should have been is content.
        before, after = (item.start, min(item.end, verdict.start)), (max(item.start, verdict.end), item.end)
        for start, end in (before, after) if removed else ():
            if start < end:
                yield Judged(start, end, CONTENT)


def loses_content(item: Item, verdict: Verdict) -> bool:
    """Whether the removal took text of the article."""
    return item.stratum.kind == REMOVAL and any(part.name == CONTENT for part in judged(item, verdict))
