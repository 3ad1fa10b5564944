"""The numbers of a run, gathered from its manifest: by category, language and site."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

UNKNOWN = "unknown"
"""Under which documents count whose language or site is not known."""

PASSED = "passed over"
"""Status in the manifest of what is no document: a row a file, which counts the records of it by reason."""


def passed_row(name: str, records: Mapping[str, int]) -> dict[str, Any]:
    """The row of the manifest for a file's records that are no documents."""
    return {"id": name, "status": PASSED, "records": dict(sorted(records.items()))}


@dataclass(slots=True)
class Share:
    """The numbers of some documents."""

    documents: int = 0
    """Cleaned ones; those that failed have neither language nor site."""
    read: int = 0
    """Code points that went in."""
    removed: int = 0
    """Code points that were taken out."""
    template: int | None = None
    """Of these, what went because a site repeats it; ``None`` for a run without templates."""
    flags: Counter[str] = field(default_factory=Counter)

    def add(self, row: Mapping[str, Any]) -> None:
        """Count one document."""
        self.documents += 1
        self.read += row["read"]
        self.removed += row["removed"]
        if "template" in row:
            self.template = (self.template or 0) + row["template"]
        self.flags.update(row["flags"])

    def join(self, other: Share) -> None:
        """Count the documents of another share, too."""
        self.documents += other.documents
        self.read += other.read
        self.removed += other.removed
        if other.template is not None:
            self.template = (self.template or 0) + other.template
        self.flags.update(other.flags)

    @property
    def share(self) -> float:
        """What was removed of what was read, 0 to 1."""
        return self.removed / self.read if self.read else 0.0

    def as_dict(self) -> dict[str, Any]:
        """The numbers for ``summary.json``."""
        return {
            "documents": self.documents,
            "read": self.read,
            "removed": self.removed,
            "share": round(self.share, 6),
            **({} if self.template is None else {"template": self.template}),
            "flags": dict(sorted(self.flags.items())),
        }


@dataclass(slots=True)
class Summary:
    """The run in numbers, gathered document by document."""

    documents: int = 0
    failed: int = 0
    causes: Counter[str] = field(default_factory=Counter)
    """Why documents failed: ``unreadable``, ``document``, ``timeout``, ``memory``, ``crashed``."""
    passed: Counter[str] = field(default_factory=Counter)
    """Reason → what is no document and was passed over."""
    all: Share = field(default_factory=Share)
    languages: defaultdict[str, Share] = field(default_factory=lambda: defaultdict(Share))
    sites: defaultdict[str, Share] = field(default_factory=lambda: defaultdict(Share))
    within: Counter[str] = field(default_factory=Counter)
    """Category → documents that it was removed from."""
    removals: Counter[str] = field(default_factory=Counter)
    characters: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, Any]]) -> Summary:
        """The numbers of a whole manifest."""
        summary = cls()
        for row in rows:
            summary.add(row)
        return summary

    def add(self, row: Mapping[str, Any]) -> None:
        """Count one row of a manifest."""
        if row["status"] == PASSED:
            self.passed.update(row["records"])
            return
        self.documents += 1
        if row["status"] == "failed":
            self.failed += 1
            self.causes[row["cause"]] += 1
            return
        self.all.add(row)
        self.languages[row["language"] or UNKNOWN].add(row)
        self.sites[row.get("site") or UNKNOWN].add(row)
        for category, (count, size) in row["categories"].items():
            self.within[category] += 1
            self.removals[category] += count
            self.characters[category] += size

    def as_dict(self) -> dict[str, Any]:
        """The numbers for ``summary.json``."""
        return {
            "documents": self.documents,
            "failed": self.failed,
            "causes": dict(sorted(self.causes.items())),
            "passed_over": dict(sorted(self.passed.items())),
            **{name: value for name, value in self.all.as_dict().items() if name != "documents"},
            "categories": {
                c: {
                    "documents": self.within[c],
                    "removals": self.removals[c],
                    "characters": self.characters[c],
                    "share": round(self.characters[c] / self.all.read, 6),
                }
                for c in sorted(self.removals)
            },
            "languages": {name: share.as_dict() for name, share in sorted(self.languages.items())},
            "sites": {name: share.as_dict() for name, share in sorted(self.sites.items())},
        }
