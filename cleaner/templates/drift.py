"""Sites whose template is not what it was: a redesign, or a scraper that broke."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from cleaner.templates.lines import Line, Site

# So few pages tell nothing.
LEAST_PAGES = 20
# The lines that are missed when they are gone: on at least this share of the pages; so many of them, and so many gone.
FIRM = 0.5
FIRM_LINES = 3
GONE = 0.5
# Share of the text that template takes: different if it is half or twice as much, and by so much.
FACTOR = 2.0
STEP = 0.05


@dataclass(frozen=True, slots=True)
class Drift:
    """How a site has changed."""

    site: str
    before: float
    """Share of its text that its template was when it was learned, 0 to 1 …"""
    now: float
    """… and that it is now."""
    gone: int = 0
    """Lines that most pages had and none has any more …"""
    of: int = 0
    """… of so many."""

    def __str__(self) -> str:
        lines = f"{self.gone} of the {self.of} lines that most of its pages had are gone; " if self.gone else ""
        return f"{self.site}: {lines}its template was {self.before:.1%} of its text and is {self.now:.1%}"


def template_drift(old: Site, new: Site) -> Drift | None:
    """How newly counted pages of a site differ from what its file says; ``None`` if they do not.

    ``new`` holds all lines that were counted, whatever their state.
    """
    if new.pages < LEAST_PAGES:
        return None
    there = {line.label for line in new.lines}
    firm = [line for line in old.acting() if _is_firm(line, old)]
    gone = sum(line.label not in there for line in firm)
    acting = {line.label for line in [*old.acting(), *new.acting()]}
    now = _share(new, acting)
    if (len(firm) >= FIRM_LINES and gone >= GONE * len(firm)) or is_different(old.share, now):
        return Drift(old.name, old.share, now, gone, len(firm))
    return None


def is_different(before: float, now: float) -> bool:
    """Whether two shares of a text differ so much that somebody should look.

    >>> is_different(0.30, 0.04), is_different(0.30, 0.27), is_different(0.01, 0.02)
    (True, False, False)
    """
    low, high = sorted((before, now))
    return high - low >= STEP and high >= FACTOR * low


def _is_firm(line: Line, site: Site) -> bool:
    recent = line.seen.last is None or line.seen.last == site.last
    return recent and line.seen.pages >= FIRM * max(1, line.seen.of)


def _share(site: Site, labels: Collection[str]) -> float:
    taken = sum(line.seen.chars for line in site.lines if line.label in labels)
    return taken / site.chars if site.chars else 0.0
