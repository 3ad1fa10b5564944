"""``clean()``: a page in, its story and the record of every removal out."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache

from threadpoolctl import ThreadpoolController

from cleaner.blocks import rest_of
from cleaner.decide import Verdict, decide, refusal
from cleaner.detectors import run_detectors
from cleaner.detectors.user import find_user
from cleaner.fields import Fields, find_fields
from cleaner.language import find_language
from cleaner.model import Category, CleanResult, Document, Finding, Page, Removal, Spared, TemplateLine, apply_removals
from cleaner.options import Options, RulePath
from cleaner.pages import read_document, read_page
from cleaner.protection import Protected
from cleaner.rules.user import user_matcher
from cleaner.sites import site_of
from cleaner.templates.lookup import Templates
from cleaner.text import is_blank

# Cleaning goes on until nothing more falls. Two passes are usual, five the most that real documents took; those that a
# fuzzer made up took seven.
MAX_PASSES = 30


class Cleaner:
    """A cleaner with its options, to be used many times. Can be pickled and shared between threads.

    ``templates`` is a file of ``cleaner learn``: short for the option of that name.
    """

    def __init__(self, options: Options | None = None, templates: RulePath | Templates | None = None) -> None:
        self.options = options or Options()
        if templates is not None:
            self.options = replace(self.options, templates=templates)

    def __call__(
        self,
        page: str | bytes,
        *,
        kind: str = "auto",
        url: str | None = None,
        language: str | None = None,
        site: str | None = None,
    ) -> CleanResult:
        """Clean one page; see :func:`clean`. ``site`` is what its templates go by, where ``url`` does not tell."""
        return clean_page(read_page(page, kind, url, site=site), self.options, language)


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
    # The matrices of one document are too small to share among threads, which would wait for each other, and by whose
    # number the last digits differ.
    with _blas().limit(limits=1, user_api="blas"):
        return _clean_page(page, options, language)


@cache
def _blas() -> ThreadpoolController:
    import numpy  # noqa: F401, PLC0415  (the controller knows what is loaded when it is made)

    return ThreadpoolController()


def _clean_page(page: Page, options: Options, language: str | None) -> CleanResult:
    document = _with_language(read_document(page, options), language)
    document = replace(document, template=_template_of(page, document, options))
    rest, fields, flags = document, Fields(), set(document.meta.get("flags", "").split())
    removals: tuple[Removal, ...] = ()
    spared: list[Spared] = []
    for _ in range(MAX_PASSES):
        verdict = _judge(rest, options)
        places = _Places(removals)
        if not rest.again:
            flags |= _flags(verdict)
            spared += places.spared(verdict.spared)
        fields = fields.filled_from(find_fields(rest, verdict.removals))
        removals = tuple(sorted([*removals, *places.removals(document.text, verdict.removals)], key=_start))
        if not verdict.removals and rest.kind == "text":
            break
        rest = _with_language(rest_of(rest, verdict.removals))  # what went may have hidden it
    document.notes.lines.clear()  # a result may be kept for long; only a further pass would ask for it
    document = replace(document, language=rest.language)
    text = apply_removals(document.text, removals)
    if is_blank(text):
        flags |= {"empty"}
    if _fails_its_test(page, document, options, text):
        flags |= {"site-config-failed"}
    return CleanResult(
        document, text, removals, _still_spared(spared, removals), frozenset(flags), **fields.shown(options)
    )


def _with_language(document: Document, language: str | None = None) -> Document:
    return replace(document, language=language or document.language or find_language(document))


def _template_of(page: Page, document: Document, options: Options) -> Mapping[str, TemplateLine]:
    """What the document's site repeats; nothing where nobody has learned it."""
    if options.template_file is None:
        return {}
    site = page.site or site_of(page.url or document.meta.get("canonical"))
    return options.template_file.lines_of(site) if site else {}


def _fails_its_test(page: Page, document: Document, options: Options, text: str) -> bool:
    """Whether the page is one by which its site's configuration is tested, and lacks what must be in it."""
    address = page.url or document.meta.get("canonical") or ""
    config = options.config_of(address) if page.kind == "html" else None
    return config is not None and config.fails(address, text)


def _start(removal: Removal) -> int:
    return removal.start


def _judge(document: Document, options: Options) -> Verdict:
    refusals: dict[int, str | None] = {}  # by the finding's identity: all of them live until the verdict
    matcher = user_matcher(options.rule_files)
    protected = Protected(find_user(document, matcher, "protect"))
    # What lies outside a page's main content goes first, by whole blocks; then the page is a text like any other.
    orders = list(find_user(document, matcher, "remove")) if document.kind == "text" else []

    def because(finding: Finding) -> str | None:
        if id(finding) not in refusals:
            refusals[id(finding)] = refusal(document, finding, options, protected)
        return refusals[id(finding)]

    findings = run_detectors(document, because, orders)
    return decide(document, findings, options, because, protected)


def _flags(verdict: Verdict) -> set[str]:
    flags = {"over-budget"} if verdict.over_budget else set()
    findings = (finding for removal in verdict.removals for finding in removal.findings)
    if any(finding.category is Category.PAYWALL and ".stop-" in finding.rule for finding in findings):
        flags.add("truncated")
    return flags


class _Places:
    """Where the offsets of a text that removals have shortened stand in the original."""

    def __init__(self, done: Sequence[Removal]) -> None:
        self._begins, self._originals = (
            [0],
            [0],
        )  # where a kept stretch begins, in the shortened text and in the original
        for removal in done:
            self._begins.append(self._begins[-1] + removal.start - self._originals[-1])
            self._originals.append(removal.end)

    def spans(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The span in the original; one that goes over a gap becomes two."""
        while start < end:
            index = bisect_right(self._begins, start) - 1
            stop = min(end, self._begins[index + 1]) if index + 1 < len(self._begins) else end
            first = self._originals[index] + start - self._begins[index]
            yield first, first + stop - start
            start = stop

    def removals(self, text: str, removals: Sequence[Removal]) -> Iterator[Removal]:
        """Removals from the shortened text, in the offsets of the original ``text``."""
        if len(self._begins) == 1:
            yield from removals
            return
        for removal in removals:
            for start, end in self.spans(removal.start, removal.end):
                yield replace(removal, start=start, end=end, text=text[start:end], findings=())

    def spared(self, claims: Sequence[Spared]) -> Iterator[Spared]:
        """Refused claims on the shortened text, in the offsets of the original."""
        for claim in claims:
            for start, end in self.spans(claim.finding.start, claim.finding.end):
                yield replace(claim, finding=replace(claim.finding, start=start, end=end))


def _still_spared(spared: Sequence[Spared], removals: tuple[Removal, ...]) -> tuple[Spared, ...]:
    """Claims that were refused and whose text is still there."""
    starts = [removal.start for removal in removals]

    def gone(start: int) -> bool:
        index = bisect_right(starts, start) - 1
        return index >= 0 and start < removals[index].end

    return tuple(claim for claim in spared if not gone(claim.finding.start))
