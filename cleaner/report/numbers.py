"""The numbers of a report as the page gets them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from cleaner.batch.config import MADE_WITH
from cleaner.errors import CleanerError
from cleaner.report.changes import Changes
from cleaner.report.content import Content
from cleaner.report.gather import Gathered
from cleaner.report.tallies import LENGTHS, Kind, Part, Tally
from cleaner.rules import load_rules
from cleaner.rules.user import open_rule_file, read_user_rules
from cleaner.runs import Run
from cleaner.web import GROUPS

SITES = 400
"""Sites that are named: those that most was taken from, and those with most documents; the summary's file has all."""

_RENAMED = 200


def numbers_of(run: Run, gathered: Gathered, content: Content) -> dict[str, Any]:
    """All but what two runs differ in."""
    summary, why = gathered.summary, _why(run)
    left_out = ("categories", "languages", "sites")
    return {
        "run": about_run(run),
        "summary": {
            **{name: value for name, value in summary.as_dict().items() if name not in left_out},
            "passed_over": run.summary.get("passed_over", {}),
            "removals": sum(summary.removals.values()),
            "spared": sum(tally.spared for tally in gathered.kinds.values()),
        },
        "groups": GROUPS,
        "kinds": [[*kind, *_counts(gathered.kinds.get(kind, Tally())), why.get(kind[1])] for kind in content.kinds],
        "categories": [
            [name, summary.within[name], summary.removals[name], size]
            for name, size in summary.characters.most_common()
        ],
        "languages": _parts(gathered.languages.items()),
        "sites": _parts(_largest(gathered.sites)),
        "all_sites": len(gathered.sites),
        "lengths": _parts(zip(_classes(), gathered.lengths, strict=True)),
        "positions": {c: [round(size, 1) for size in bins] for c, bins in sorted(gathered.positions.items())},
        "shares": gathered.shares,
        "failures": [
            {name: row[name] for name in ("id", "file", "number", "cause", "error") if name in row}
            for row in gathered.failures
        ],
        "documents": content.about,
        "missing": content.missing,
        "bundles": len(content.bundles.packed),
    }  # fmt: skip


def changes_of(changes: Changes, kinds: Mapping[Kind, int]) -> dict[str, Any]:
    """What two runs differ in; ``kinds`` numbers what spans are counted under."""
    counts = ("both", "shared", "new", "gone", "failed_now", "mended", "other_text", "changed")
    return {
        "run": about_run(changes.other),
        **{name: getattr(changes, name) for name in counts},
        "kinds": [
            [kinds[kind], *(n for each in (changes.gained, changes.lost) for n in _counts(each.get(kind, Tally()))[:3])]
            for kind in sorted({*changes.gained, *changes.lost})
        ],
        "renamed": [[*before, *now, size] for (before, now), size in changes.renamed.most_common(_RENAMED)],
    }  # fmt: skip


def _why(run: Run) -> dict[str, str]:
    """Why there is a rule, by its id: those of this package and, from their copies, the user's own."""
    why = {rule.id: rule.why for rule in load_rules()}
    for path in sorted(run.folder.rules.rglob("*.toml")):
        with suppress(CleanerError):  # of a version with other rules for rules
            why |= {rule.id: rule.why for rule in read_user_rules(open_rule_file(path))}
    return why


def about_run(run: Run) -> dict[str, Any]:
    """Its name, its options, and what made it."""
    options = {name: value for name, value in run.settings.items() if name != MADE_WITH}
    return {
        "name": run.output.resolve().name,
        "options": {name.replace("_", "-"): value for name, value in options.items() if value != []},
        "made_with": run.settings.get(MADE_WITH, {}),
    }


def _counts(tally: Tally) -> list[int]:
    return [tally.removals, tally.characters, tally.documents, tally.spared]


def _parts(parts: Iterable[tuple[Any, Part]]) -> list[list[Any]]:
    """Name, documents, code points read and removed, flags, and code points by category; most documents first."""
    return [
        [name, p.share.documents, p.share.read, p.share.removed, dict(sorted(p.share.flags.items())), p.categories]
        for name, p in parts
    ]


def _largest(sites: Mapping[str, Part]) -> list[tuple[str, Part]]:
    by_size = sorted(sites.items(), key=lambda item: (-item[1].share.removed, item[0]))[:SITES]
    by_documents = sorted(sites.items(), key=lambda item: (-item[1].share.documents, item[0]))[:SITES]
    return sorted({**dict(by_size), **dict(by_documents)}.items(), key=lambda item: (-item[1].share.removed, item[0]))


def _classes() -> list[tuple[int, int | None]]:
    """From how many code points each class of documents by length reaches up to how many."""
    return list(zip((0, *LENGTHS), (*LENGTHS, None), strict=True))
