"""What nothing may take: the spans that the user's rules protect, and how to ask which span covers or meets another."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import accumulate, groupby

from cleaner.model import Document, Finding


class Spans:
    """The spans of findings, so indexed that asking takes the logarithm of their number."""

    def __init__(self, findings: Iterable[Finding] = ()) -> None:
        ordered = sorted(findings, key=lambda f: f.start)
        self._starts = [f.start for f in ordered]
        # Of those that begin no later, the one that reaches furthest: if any covers a span, or meets it, that one does.
        self._furthest = list(accumulate(ordered, _further))

    def covering(self, start: int, end: int) -> Finding | None:
        """One in which the whole span lies, ``None`` if there is none."""
        index = bisect_right(self._starts, start) - 1
        return self._furthest[index] if index >= 0 and self._furthest[index].end >= end else None

    def meeting(self, start: int, end: int) -> Finding | None:
        """One that has something of the span, ``None`` if there is none."""
        index = bisect_left(self._starts, end) - 1
        return self._furthest[index] if index >= 0 and self._furthest[index].end > start else None

    def __bool__(self) -> bool:
        return bool(self._starts)


def _further(one: Finding, two: Finding) -> Finding:
    return two if two.end > one.end else one


class Protected(Spans):
    """The spans that the user's rules protect: no claim that meets one of them acts."""

    def why(self, start: int, end: int) -> str | None:
        """Why a span must stay, ``None`` if it may go."""
        found = self.meeting(start, end)
        return f"protected by {found.rule} ({found.file})" if found else None

    def parts(self, document: Document, finding: Finding) -> Iterator[Finding]:
        """The claim; one on several blocks in parts, so that what is protected stays and the rest can go."""
        if not self.meeting(finding.start, finding.end):
            yield finding
            return
        first, last = document.block_at(finding.start), document.block_at(finding.end - 1)
        run = document.blocks[first.number : last.number + 1]
        for _, part in groupby(run, key=lambda block: self.why(block.start, block.end)):
            blocks = list(part)
            start, end = max(finding.start, blocks[0].start), min(finding.end, blocks[-1].end)
            yield replace(finding, start=start, end=end)
