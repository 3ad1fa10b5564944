"""Is a line that a site repeats its template, or something that its stories share?

What stories share: paragraphs of background, standing crossheads, refrains of a column, corrections, wire copy under
several addresses, names in tables. They stand where the page's own lines are, or on few of the site's pages, or on a
few days. Template stands at the page's edges, or its words are a notice's. A line goes if one of these holds:

- its words are those of a notice, by a rule of the package that is no weak one, and it is seen often enough not to be
  chance;
- the same by a weak rule, or by the class of the elements around it, and it stands outside the story;
- it stands at the page's edge, on half of the site's pages or more;
- it stands at the page's edge behind what much of the site has, so that it is no part of the story, on one page in 100.

So in the middle of a story only words tell: “Advertisement” and “Why it matters” stand in the same places.
What has no words of a notice must stand on one side of the story on all pages: the beginning of a story that other
pages tease stands above the story on its own.

A share is never taken as it is counted, but at the lower end of its confidence interval (Wilson 1927, 95 %), so that
three of five pages are no half and a thousand of two thousand are: one bar holds for a site of twenty pages and for one
of two million. The bars were set by eye on invented sites; `benchmarks/templates.py` shows what they find and take.
"""

from __future__ import annotations

from enum import IntEnum

from cleaner.intervals import wilson
from cleaner.model import ARTICLE_CATEGORIES, FIELD_CATEGORIES, Category
from cleaner.templates.lines import Line, Site

# A site of fewer pages has not shown yet what it repeats, and neither has a line on fewer pages.
SITE_PAGES = 10
LEAST_PAGES = 5
# Of the pages of the time in which the line is seen, at least:
NOTICE = 0.001
EDGE = 0.5
DEEP = 0.01
# On so much of its pages a line stands in a place that is called its place. What pages print below their templates,
# such as teasers with a paragraph, moves the edge.
MOSTLY = 0.75
DEEPLY = 0.6
# A site from so many days shows whether a line stays; one that does is seen on so many days, so many days apart.
LONG_TIME = 14
STAYS_DAYS = 3
STAYS_SPAN = 7


class Words(IntEnum):
    """What the words of a line say of it."""

    NOTHING = 0
    HINT = 1
    """A weak rule, or the classes around it, call it boilerplate."""
    NOTICE = 2
    """A medium or strong rule does."""


def is_template(line: Line, site: Site, words: Words, category: Category) -> bool:
    """Whether a line of a site goes; ``words`` and ``category`` are what its words say."""
    seen = line.seen
    if site.pages < SITE_PAGES or seen.pages < LEAST_PAGES or category in ARTICLE_CATEGORIES:
        return False
    if share_at_least(seen.pages, site.pages) < NOTICE:
        return False
    outside = seen.top + seen.end >= MOSTLY * seen.pages
    stays = _stays(line, site)
    if words is Words.NOTICE and category not in FIELD_CATEGORIES:
        return outside or stays is not False
    if category in FIELD_CATEGORIES or line.headline or stays is False or not _keeps_its_side(line):
        return False
    return (words is Words.HINT and outside and share_at_least(seen.pages, seen.of) >= DEEP) or _by_place(line)


def _by_place(line: Line) -> bool:
    seen = line.seen
    share = share_at_least(seen.pages, seen.of)
    if seen.edge >= MOSTLY * seen.pages and share >= EDGE:
        return True
    return seen.deep >= DEEPLY * seen.pages and share >= DEEP and not line.prose


def _stays(line: Line, site: Site) -> bool | None:
    """Whether it is seen for longer than a story is told; ``None`` where the pages are of a few days or of no day."""
    seen = line.seen
    if site.first is None or site.last is None or (site.last - site.first).days < LONG_TIME:
        return None
    if seen.first is None or seen.last is None:
        return False
    return seen.days >= STAYS_DAYS and (seen.last - seen.first).days >= STAYS_SPAN


def _keeps_its_side(line: Line) -> bool:
    return not (line.seen.top and line.seen.end)


def share_at_least(pages: int, of: int) -> float:
    """The lower end of the confidence interval of a share (Wilson 1927), 95 % to both sides.

    >>> [round(share_at_least(pages, of), 2) for pages, of in ((3, 5), (15, 20), (1_000, 2_000), (0, 0))]
    [0.23, 0.53, 0.48, 0.0]
    """
    return wilson(min(1.0, pages / of), of)[0] if of else 0.0
