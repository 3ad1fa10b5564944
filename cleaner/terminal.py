"""What people look at in a terminal: progress, summary, explanation. Colours only where a terminal can show them."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    ProgressColumn,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.progress import Progress as Bar
from rich.table import Table
from rich.text import Text

from cleaner.batch.job import RECORD_FOLDER
from cleaner.batch.plan import Totals
from cleaner.batch.status import Status
from cleaner.batch.summary import UNKNOWN, Share, Summary
from cleaner.batch.supervise import Tally
from cleaner.model import FIELD_CATEGORIES, Block, CleanResult, Removal
from cleaner.rules import Rule


class _OnStderr:
    """A bar on stderr, on a terminal only, gone when it is done."""

    def __init__(self, *columns: ProgressColumn) -> None:
        self.console = Console(stderr=True)
        self._bar = Bar(*columns, console=self.console, disable=not self.console.is_terminal, transient=True)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()


class Progress(_OnStderr):
    """How far a run is."""

    def __init__(self) -> None:
        super().__init__(
            TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[documents]}"),
            TransferSpeedColumn(), TimeRemainingColumn(), TextColumn("{task.fields[failed]}"),
        )  # fmt: skip
        self._task: TaskID | None = None
        self._of = ""

    def start(self, totals: Totals, done: Tally) -> None:
        """Say how much there is, and how much of it was done before."""
        self._of = f" of {totals.documents:,}" if totals.documents is not None else ""
        self._task = self._bar.add_task(
            "cleaning", total=totals.size, completed=done.size, documents=self._documents(done), failed=""
        )

    def step(self, done: Tally) -> None:
        """Say how much is done."""
        if self._task is not None:
            failed = f"{done.failed:,} failed" if done.failed else ""
            self._bar.update(self._task, completed=done.size, documents=self._documents(done), failed=failed)

    def say(self, message: str) -> None:
        """A line on stderr."""
        self.console.print(Text(printable(message)), soft_wrap=True)

    def _documents(self, done: Tally) -> str:
        return f"{done.documents:,}{self._of} documents"


class Counting(_OnStderr):
    """How many documents are done."""

    def __init__(self, doing: str) -> None:
        super().__init__(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._task = self._bar.add_task(doing, total=None)

    def step(self, done: int, total: int) -> None:
        """Say how far it is. May be called for every document: few calls change anything."""
        if done % _EVERY == 0 or done == total:
            self._bar.update(self._task, completed=done, total=total)


# Documents between two looks at the bar.
_EVERY = 64

# Sites that are shown; the summary's file has all.
SITES = 10


def print_summary(summary: Summary, output: Path) -> None:
    """The run by category, language and site, on stderr."""
    console = Console(stderr=True)
    _print_numbers(console, summary)
    if summary.failed:
        console.print(
            Text(f"the failed documents and why: {output / RECORD_FOLDER / 'manifest.jsonl'}", "bold"), soft_wrap=True
        )


def print_status(status: Status) -> None:
    """How a run is doing, on stdout."""
    console = Console(highlight=False)
    of = f" of {status.documents:,}" if status.documents is not None else ""
    part = f", {status.done / max(1, status.size):.0%} of the input" if status.size and status.done is not None else ""
    console.print(f"{status.state}: {status.summary.documents:,}{of} documents{part}", soft_wrap=True)
    _print_numbers(console, status.summary)
    if status.failures:
        table = _table("failed: " + _counted(status.summary.causes), "document", "cause", "why")
        for row in status.failures:
            table.add_row(*(Text(printable(str(row[name]))) for name in ("id", "cause", "error")))
        console.print(table)


def _print_numbers(console: Console, summary: Summary) -> None:
    for table in _tables(summary):
        console.print(table)
    if summary.all.flags:
        console.print(Text("flags: " + _counted(summary.all.flags)))


def _tables(summary: Summary) -> Iterator[Table]:
    read = max(1, summary.all.read)
    title = f"{summary.documents:,} documents, {summary.failed:,} failed"
    table = _table(title, "category", "documents", "removals", "characters", "share")
    for category, size in summary.characters.most_common():
        counts = (summary.within[category], summary.removals[category], size)
        table.add_row(category, *(f"{count:,}" for count in counts), f"{size / read:.1%}")
    table.add_section()
    total = sum(summary.removals.values())
    cleaned = summary.documents - summary.failed
    table.add_row("all", f"{cleaned:,}", f"{total:,}", f"{summary.all.removed:,}", f"{summary.all.share:.1%}")
    yield table
    for name, shares, most in (("language", summary.languages, None), ("site", summary.sites, SITES)):
        if set(shares) - {UNKNOWN}:
            yield _shares(name, shares, most)


def _shares(name: str, shares: Mapping[str, Share], most: int | None) -> Table:
    table = _table(None, name, "documents", "characters", "share", "flags")
    in_order = sorted(shares.items(), key=lambda item: (-item[1].documents, item[0]))
    for value, share in in_order[:most]:
        numbers = f"{share.documents:,}", f"{share.removed:,}", f"{share.share:.1%}"
        table.add_row(Text(printable(value)), *numbers, _counted(share.flags))
    if most is not None and len(in_order) > most:
        table.add_row(f"and {len(in_order) - most:,} more")
    return table


def _table(title: str | None, *columns: str) -> Table:
    table = Table(title=title)
    for name in columns:
        table.add_column(name, justify="right" if name in ("documents", "removals", "characters", "share") else "left")
    return table


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in sorted(counts.items()))


def print_explanation(result: CleanResult) -> None:
    """Every block with its label, rule and reason, on stdout."""
    console = Console(highlight=False, soft_wrap=True)
    for name, value in {**result.fields(), "language": result.language}.items():
        if value:
            told = value["url"] if isinstance(value, dict) else value
            console.print(Text(f"{name}: ", "bold") + Text(printable(told)))
    if result.flags:
        console.print(Text("flags: ", "bold") + Text(", ".join(sorted(result.flags)), "yellow"))
    for block in result.document.blocks:
        console.print(_explained(result, block))
        for claim in result.spared:
            if block.start <= claim.finding.start < block.end:
                note = f"        spared: {claim.finding.category} by {claim.finding.rule}: {claim.because}"
                console.print(Text(printable(note), "dim cyan"))


def _explained(result: CleanResult, block: Block) -> Text:
    cuts = list(_cuts(result, block))
    if not cuts:
        return Text("  keep  ", "green") + Text(printable(block.text))
    whole = len(cuts) == 1 and cuts[0].start <= block.start and cuts[0].end >= block.end
    if whole:
        label = " field  " if cuts[0].category in FIELD_CATEGORIES else "  drop  "
        line = Text(label, "red") + Text(printable(block.text), "strike dim")
    else:
        line = Text("  part  ", "yellow")
        at = block.start
        for cut in cuts:
            line += Text(printable(result.document.text[at : cut.start]))
            line += Text(printable(result.document.text[max(cut.start, at) : cut.end]), "strike dim")
            at = cut.end
        line += Text(printable(result.document.text[at : block.end]))
    for cut in cuts:
        line += (
            Text(f"\n        {cut.category}", "bold magenta")
            + Text(f"  {cut.rule}  ", "blue")
            + Text(printable(cut.reason), "dim")
        )
    return line


def _cuts(result: CleanResult, block: Block) -> Iterator[Removal]:
    removals = result.removals
    index = bisect_left(removals, block.start, key=lambda removal: removal.end)
    while index < len(removals) and removals[index].start < block.end:
        if removals[index].end > block.start:
            yield removals[index]
        index += 1


def printable(text: str) -> str:
    """The text without control characters: a document must not steer the terminal.

    >>> printable("a\\x1b[31mb")
    'a�[31mb'
    """
    return "".join("\ufffd" if unicodedata.category(c) in ("Cc", "Cs") and c != "\n" else c for c in text)


def rule_lines(rule: Rule) -> Iterator[str]:
    """One rule, written out."""
    yield rule.id
    yield f"  why:      {rule.why}"
    if rule.action:
        yield f"  action:   {rule.action} the {rule.extent}"
    else:
        yield f"  strength: {rule.strength}, claims the {rule.extent}"
    if rule.pattern:
        yield f"  pattern:  {rule.pattern}"
        yield f"  keys:     {', '.join(rule.keys)}"
    else:
        yield f"  phrases ({rule.at}): {' | '.join(rule.phrases)}"
    yield from (f"  hit:      {line}" for line in rule.hits)
    yield from (f"  miss:     {line}" for line in rule.misses)
    if rule.source:
        yield f"  source:   {rule.source}"
