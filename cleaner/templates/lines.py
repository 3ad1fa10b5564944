"""A site, the lines that it repeats, and the evidence for each."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from cleaner.model import Category, TemplateLine
from cleaner.text import bare_of, fold, label_of

SCHEMA = "cleaner-templates/1"
"""Names the form of the files. Changes when a reader of older files would misread newer ones."""


class State(StrEnum):
    """What is done with a line."""

    TEMPLATE = "template"
    """Learned: it goes."""
    APPROVED = "approved"
    """A person said that it is template: it goes, and it never ages out."""
    REFUSED = "refused"
    """A person said that it is not: it stays, however often it is seen."""
    CANDIDATE = "candidate"
    """Repeated, and not yet known to be template: it stays. Kept so that later pages can add to it."""


# A line that stands above the story on fewer of its pages, or below, is no line that stands there: one page of them may
# be the story that all others tease.
ELSEWHERE = 0.05

ACTING = (State.TEMPLATE, State.APPROVED)
"""States of lines that go."""
DECIDED = (State.APPROVED, State.REFUSED)
"""States that people gave, and that learning never changes."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Where and how often a line was seen. Pages whose text is a copy of another's do not count."""

    pages: int = 0
    of: int = 0
    """Pages of the site from the first day on which the line was seen to the last; all of them where days are not
    known."""
    days: int = 0
    first: date | None = None
    last: date | None = None
    top: int = 0
    """Pages on which it stands above the story's own paragraphs …"""
    end: int = 0
    """… and below them."""
    edge: int = 0
    """Pages on which nothing that is the page's own stands between it and the page's top or end."""
    deep: int = 0
    """Of these, pages on which what much of the site has stands between it and the story."""
    chars: int = 0
    """Code points on all these pages together."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line that a site repeats."""

    text: str
    """As it stands on one of the pages."""
    category: Category = Category.OTHER
    state: State = State.TEMPLATE
    seen: Seen = Seen()
    varies: bool = False
    """Its numbers differ from page to page: it stands for all lines that are like it but for numbers."""
    prose: bool = False
    """It is a paragraph of running text."""
    headline: bool = False
    """It is the headline of a page or two of the site, so elsewhere it is a teaser."""
    path: str = ""
    """Tags, classes and ids of the elements around it, where its pages were HTML."""

    @property
    def folded(self) -> str:
        """As lines are compared, its numbers kept."""
        return bare_of(fold(self.text).text)

    @property
    def label(self) -> str:
        """As lines are compared, every number ``#``."""
        return label_of(self.folded)

    def stands(self, pages: int) -> bool:
        """Whether so many of its pages make a place one where it is to be found. All places are of one typed in."""
        return not self.seen.pages or pages > ELSEWHERE * self.seen.pages

    def evidence(self, site: str) -> str:
        """For people: where it was seen.

        >>> Line("Sign up", seen=Seen(214, 230, last=date(2026, 11, 20))).evidence("example.com")
        'on 214 of 230 pages of example.com, last seen 2026-11-20'
        """
        if not self.seen.pages:
            return f"approved for {site}"
        last = f", last seen {self.seen.last}" if self.seen.last else ""
        return f"on {self.seen.pages:,} of {self.seen.of:,} pages of {site}{last}"


@dataclass(frozen=True, slots=True)
class Site:
    """A site and what its pages repeat."""

    name: str
    """Its registered domain, or what the user's field calls it."""
    pages: int = 0
    """Pages that were counted: copies of others and copies of stories left out."""
    days: int = 0
    """Days from which they are; 0 where that is not known."""
    first: date | None = None
    last: date | None = None
    chars: int = 0
    """Code points of these pages …"""
    taken: int = 0
    """… and how many of them its template lines are."""
    lines: tuple[Line, ...] = field(default=(), repr=False)

    @property
    def share(self) -> float:
        """How much of its pages its template is, 0 to 1."""
        return self.taken / self.chars if self.chars else 0.0

    def acting(self) -> list[Line]:
        """The lines that go."""
        return [line for line in self.lines if line.state in ACTING]


def _places(line: Line) -> tuple[bool, bool, bool]:
    """Whether it stands above the story's paragraphs, among them, and below."""
    seen = line.seen
    above, below = line.stands(seen.top), line.stands(seen.end)
    # What a site prints into its stories stands at the end of a short one.
    nowhere = not above and not below
    return above or nowhere, line.stands(seen.pages - seen.top - seen.end), below or nowhere


def template_of(site: Site) -> dict[str, TemplateLine]:
    """A site's lines as cleaning looks them up: by label.

    >>> found = template_of(Site("example.com", lines=(Line("Call 555 12", Category.NAVIGATION),)))
    >>> found["call # #"].bare
    'call 555 12'
    """
    found: dict[str, TemplateLine] = {}
    for line in site.acting():
        folded = line.folded
        label = label_of(folded)
        bare = None if line.varies or label == folded else folded
        if label in found and found[label].bare != bare:
            bare = None  # two lines that differ in their numbers only
        found[label] = TemplateLine(line.category, line.evidence(site.name), bare, *_places(line))
    found.pop("", None)
    return found
