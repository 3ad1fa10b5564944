"""Sites from which a run took much more or much less as template than their file says that they repeat."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from cleaner.batch.summary import UNKNOWN, Share, Summary
from cleaner.sites import site_of_host
from cleaner.templates.drift import LEAST_PAGES, Drift, is_different
from cleaner.templates.lines import Site
from cleaner.templates.lookup import Templates


def drift_of(summary: Summary, templates: Templates) -> Iterator[Drift]:
    """The sites of a run that are not what they were when they were learned.

    What a run calls a site is its host, or what the user's field says; both are looked up, but only where there are
    pages enough to tell: most hosts of a large crawl have a few.
    """
    counted: dict[str, Share] = defaultdict(Share)
    for name, share in summary.sites.items():
        for known in {name, site_of_host(name)} - {UNKNOWN}:
            counted[known].join(share)
    for name, share in sorted(counted.items()):
        site = templates.site(name) if share.documents >= LEAST_PAGES else Site(name)
        now = (share.template or 0) / max(1, share.read)
        if site.pages >= LEAST_PAGES and is_different(site.share, now):
            yield Drift(name, site.share, now)
