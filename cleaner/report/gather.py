"""One pass over a run: the numbers of the report, and which documents are shown in it.

Only numbers of documents are held, so a run may be of any size. Which ones is decided by keys drawn from their names:
the same seed shows the same documents.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from cleaner.batch.summary import UNKNOWN, Summary
from cleaner.report.tallies import BINS, LENGTHS, Kind, Part, Tally, length_class, spread
from cleaner.runs import RunDocument
from cleaner.sampling import Sample, draw

# Failed documents that are named; the manifest names all.
FAILURES = 200

# Documents shown because most of them was taken, because most characters were, and because of nothing at all.
MOST = 30
ANY = 40

# Sites and languages of which documents are shown, the largest ones.
_SITES_SHOWN = 40

# Above all keys of `draw`, and of what is made to sort from large to small.
_LARGE = 1 << 62

# A share of fewer code points than that says nothing.
_SHORT = 200


@dataclass(slots=True)
class Gathered:
    """All that one pass over a run finds."""

    seed: int
    summary: Summary = field(default_factory=Summary)
    kinds: defaultdict[Kind, Tally] = field(default_factory=lambda: defaultdict(Tally))
    languages: defaultdict[str, Part] = field(default_factory=lambda: defaultdict(Part))
    sites: defaultdict[str, Part] = field(default_factory=lambda: defaultdict(Part))
    lengths: list[Part] = field(default_factory=lambda: [Part() for _ in range(len(LENGTHS) + 1)])
    positions: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(lambda: [0.0] * BINS))
    """Category → code points taken, by place in the document."""
    shares: list[int] = field(default_factory=lambda: [0] * BINS)
    """Documents by the share that was taken of them."""
    flags: defaultdict[str, Sample[int]] = field(default_factory=lambda: defaultdict(lambda: Sample(10)))
    failures: list[dict[str, Any]] = field(default_factory=list)
    by_share: Sample[int] = field(default_factory=lambda: Sample(MOST))
    by_size: Sample[int] = field(default_factory=lambda: Sample(MOST))
    any: Sample[int] = field(default_factory=lambda: Sample(ANY))

    def add(self, document: RunDocument) -> None:
        """Count one document."""
        row = document.row
        self.summary.add(row)
        if document.record is None:
            if len(self.failures) < FAILURES:
                self.failures.append(row)
            return
        key = draw(self.seed, *document.key)
        self._add_row(document.number, key, row)
        self._add_record(document.number, key, document.record, row["read"])

    def _add_row(self, number: int, key: int, row: dict[str, Any]) -> None:
        read, removed = row["read"], row["removed"]
        for part in (
            self.languages[row["language"] or UNKNOWN],
            self.sites[row.get("site") or UNKNOWN],
            self.lengths[length_class(read)],
        ):
            part.add(row, number, key)
        for flag in row["flags"]:
            self.flags[flag].add(key, number)
        self.any.add(key, number)
        self.by_size.add(_LARGE - removed, number)
        if read:
            self.shares[min(BINS - 1, removed * BINS // read)] += 1
        if read >= _SHORT:
            self.by_share.add(_LARGE - removed * _LARGE // read, number)

    def _add_record(self, number: int, key: int, record: dict[str, Any], read: int) -> None:
        kinds, positions = self.kinds, self.positions
        for removal in record["removals"]:
            start, end, category = removal["start"], removal["end"], removal["category"]
            kinds[category, removal["rule"]].take(end - start, number, key)
            spread(positions[category], start, end, read)
        for claim in record["spared"]:
            kinds[claim["category"], claim["rule"]].spare(number, key)

    def shown(self) -> Iterator[tuple[int, str]]:
        """Numbers of the documents to be shown, and why, the most telling first. A document may come more than once."""
        for why, sample in (("share", self.by_share), ("size", self.by_size), ("any", self.any)):
            yield from ((number, why) for number in sample)
        for flag, sample in sorted(self.flags.items()):
            yield from ((number, f"flag {flag}") for number in sample)
        for name, parts in (("language", self.languages), ("site", self.sites)):
            largest = sorted(parts.items(), key=lambda item: (-item[1].share.documents, item[0]))[:_SITES_SHOWN]
            for value, part in largest:
                yield from ((number, f"{name} {value}") for number in part.sample)
        for part in self.lengths:
            yield from ((number, "length") for number in part.sample)

    def sampled(self) -> Iterator[int]:
        """Numbers of the documents that samples of rules are taken from: the first of each rule, the second, …"""
        samples = [list(s) for tally in self.kinds.values() for s in (tally.sample, tally.spared_sample)]
        for place in range(max(map(len, samples), default=0)):
            yield from (sample[place] for sample in samples if place < len(sample))
