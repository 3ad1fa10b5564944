"""Sites from which a run took much more or much less as template than their file says that they repeat."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from cleaner.batch.summary import UNKNOWN, Summary
from cleaner.sites import site_of_host
from cleaner.templates.drift import LEAST_PAGES, Drift, is_different
from cleaner.templates.lookup import Templates


def drift_of(summary: Summary, templates: Templates) -> Iterator[Drift]:
    """The sites of a run that are not what they were when they were learned.

    What a run calls a site is its host, or what the user's field says; both are looked up.
    """
    counted: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for name, share in summary.sites.items():
        if name != UNKNOWN:
            known = name if templates.site(name).pages else site_of_host(name)
            for place, value in enumerate((share.documents, share.read, share.template or 0)):
                counted[known][place] += value
    for name, (documents, read, taken) in sorted(counted.items()):
        site = templates.site(name)
        now = taken / read if read else 0.0
        if documents >= LEAST_PAGES <= site.pages and is_different(site.share, now):
            yield Drift(name, site.share, now)
