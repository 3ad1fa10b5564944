"""``clean()``: a page in, its story and the record of every removal out."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import replace

from cleaner.blocks import rest_of
from cleaner.decide import Verdict, decide, refusal
from cleaner.detectors import run_detectors
from cleaner.fields import find_fields
from cleaner.language import find_language
from cleaner.model import CleanResult, Document, Finding, Page, Removal, Spared, apply_removals
from cleaner.options import Options
from cleaner.pages import read_document, read_page
from cleaner.text import is_blank

# Cleaning goes on until nothing more falls. Two passes are usual; more than this have not been seen.
MAX_PASSES = 8


class Cleaner:
    """A cleaner with its options, to be used many times. Can be pickled and shared between threads."""

    def __init__(self, options: Options | None = None) -> None:
        self.options = options or Options()

    def __call__(
        self, page: str | bytes, *, kind: str = "auto", url: str | None = None, language: str | None = None
    ) -> CleanResult:
        """Clean one page; see :func:`clean`."""
        return clean_page(read_page(page, kind, url), self.options, language)


def clean(
    page: str | bytes,
    *,
    kind: str = "auto",
    url: str | None = None,
    language: str | None = None,
    options: Options | None = None,
) -> CleanResult:
    """Clean one news document, HTML or text, and say what was taken out and why.

    ``kind`` is ``"html"``, ``"text"`` or ``"auto"``; ``url`` helps to know the headline; ``language`` (ISO 639-1) is
    found out unless given. Raises :class:`cleaner.errors.UsageError` for an unknown kind and
    :class:`cleaner.errors.InputError` for bytes that cannot be read as a document.

    >>> result = clean("The bridge is open, the city said.\\n\\nAdvertisement\\n\\nIt had been closed for a year.")
    >>> print(result.text)
    The bridge is open, the city said.
    <BLANKLINE>
    It had been closed for a year.
    >>> [(r.text, r.category) for r in result.removals]
    [('Advertisement\\n\\n', <Category.ADVERTISEMENT: 'advertisement'>)]
    """
    return Cleaner(options)(page, kind=kind, url=url, language=language)


def clean_page(page: Page, options: Options, language: str | None = None) -> CleanResult:
    """Clean a page that was read: find blocks and language, hear the detectors, decide, until nothing more falls."""
    document = read_document(page, options)
    document = replace(document, language=language or document.language or find_language(document))
    verdict = _judge(document, options)
    fields = find_fields(document, verdict.removals)
    removals, flags = verdict.removals, _flags(document, verdict)
    spared = verdict.spared
    for _ in range(MAX_PASSES):
        if not removals:
            break
        rest = rest_of(document, apply_removals(document.text, removals))
        verdict = _judge(rest, options)
        if not verdict.removals:
            break
        fields = fields.filled_from(find_fields(rest, verdict.removals))
        removals = tuple(_merge(removals, _carry_back(document.text, removals, verdict.removals)))
    text = apply_removals(document.text, removals)
    if is_blank(text):
        flags |= {"empty"}
    return CleanResult(
        document, text, removals, _still_spared(spared, removals), frozenset(flags), *fields.shown(options)
    )


def _judge(document: Document, options: Options) -> Verdict:
    refusals: dict[int, str | None] = {}  # by the finding's identity: all of them live until the verdict

    def because(finding: Finding) -> str | None:
        if id(finding) not in refusals:
            refusals[id(finding)] = refusal(document, finding, options)
        return refusals[id(finding)]

    return decide(document, run_detectors(document, because), options, because)


def _flags(document: Document, verdict: Verdict) -> set[str]:
    flags = set(document.meta.get("flags", "").split())
    if any(".stop-" in finding.rule for removal in verdict.removals for finding in removal.findings):
        flags.add("truncated")
    if verdict.over_budget:
        flags.add("over-budget")
    return flags


def _carry_back(text: str, done: tuple[Removal, ...], more: tuple[Removal, ...]) -> Iterator[Removal]:
    """Removals from the cleaned text, in the offsets of the original; one that spans a gap becomes two."""
    kept: list[tuple[int, int]] = []  # (offset in the cleaned text, offset in the original) where a kept stretch begins
    at = taken = 0
    for removal in done:
        kept.append((taken, at))
        taken += removal.start - at
        at = removal.end
    kept.append((taken, at))
    begins = [cleaned for cleaned, _ in kept]
    for removal in more:
        start = removal.start
        while start < removal.end:
            index = bisect_right(begins, start) - 1
            end = min(removal.end, begins[index + 1]) if index + 1 < len(begins) else removal.end
            first = kept[index][1] + start - begins[index]
            last = first + end - start
            yield replace(removal, start=first, end=last, text=text[first:last], findings=())
            start = end


def _merge(done: tuple[Removal, ...], more: Iterator[Removal]) -> list[Removal]:
    return sorted([*done, *more], key=lambda removal: removal.start)


def _still_spared(spared: tuple[Spared, ...], removals: tuple[Removal, ...]) -> tuple[Spared, ...]:
    """Claims that were refused and whose text is still there."""
    starts = [removal.start for removal in removals]

    def gone(start: int) -> bool:
        index = bisect_right(starts, start) - 1
        return index >= 0 and start < removals[index].end

    return tuple(claim for claim in spared if not gone(claim.finding.start))
