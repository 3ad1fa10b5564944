"""The detectors, in the order they run. To add one: write its module, name it here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from cleaner.detectors.appeals import find_appeals
from cleaner.detectors.bios import find_bios
from cleaner.detectors.blank import find_blank
from cleaner.detectors.bylines import find_bylines
from cleaner.detectors.captions import find_captions
from cleaner.detectors.foreign import find_foreign
from cleaner.detectors.headline import find_headline
from cleaner.detectors.heard import Heard
from cleaner.detectors.outside import find_outside
from cleaner.detectors.related import find_related
from cleaner.detectors.repeats import find_repeats
from cleaner.detectors.rows import find_rows
from cleaner.detectors.signed import find_signed
from cleaner.detectors.template import find_template
from cleaner.detectors.threads import find_page_threads, find_threads
from cleaner.detectors.wording import find_wording
from cleaner.detectors.zones import find_zones
from cleaner.model import Document, Finding

Detector = Callable[[Document, Heard], Iterator[Finding]]
"""Makes claims about a document, knowing what was claimed before. Pure: it changes nothing and decides nothing."""


def find_scored(document: Document, heard: Heard) -> Iterator[Finding]:
    """What the scorer claims. It is loaded when it is first asked: numpy takes as long as all else of the package."""
    from cleaner.detectors.scored import find_scored  # noqa: PLC0415

    return find_scored(document, heard)


PAGE_DETECTORS: tuple[Detector, ...] = (find_outside, find_page_threads, find_signed)
"""What is asked about a page first; then what it leaves is a text like any other."""

DETECTORS: tuple[Detector, ...] = (
    find_wording,
    find_blank,
    find_rows,
    find_appeals,
    find_captions,
    find_headline,
    find_bylines,
    find_bios,
    find_related,
    find_threads,
    find_signed,
    find_repeats,
    find_foreign,
    find_template,
    find_zones,
    find_scored,
)


def run_detectors(
    document: Document, refused: Callable[[Finding], object], orders: Iterable[Finding] = ()
) -> tuple[Finding, ...]:
    """All findings about a document, detector by detector, after what the user's rules order.

    ``refused`` tells which claims will not act whatever comes: they are returned like the others, but no detector
    builds on them.
    """
    heard = Heard(document)
    found = list(orders)
    heard.add(claim for claim in found if not refused(claim))
    detectors = PAGE_DETECTORS if document.kind == "html" else DETECTORS
    for detector in detectors:
        claims = list(detector(document, heard))
        if detector is not detectors[-1]:
            acting = [claim for claim in claims if not refused(claim)]
            if len(acting) < len(claims):
                heard.keep(claim for claim in claims if refused(claim))
            heard.add(acting)
        found += claims
    return tuple(found)
