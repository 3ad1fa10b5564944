"""What people look at in a terminal: progress, summary, explanation. Colours only where a terminal can show them."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar
from rich.table import Table
from rich.text import Text

from cleaner.batch import RECORD_FOLDER, Done, Summary
from cleaner.model import FIELD_CATEGORIES, Block, CleanResult, Removal
from cleaner.rules import Rule


class Progress:
    """A progress bar on stderr, on a terminal only."""

    def __init__(self) -> None:
        console = Console(stderr=True)
        self._bar = Bar(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
            TextColumn("{task.fields[failed]}"), console=console, disable=not console.is_terminal, transient=True,
        )  # fmt: skip
        self._task: TaskID | None = None
        self._failed = 0

    def __enter__(self) -> Progress:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def start(self, total: int) -> None:
        """Say how many documents there are."""
        self._task = self._bar.add_task("cleaning", total=total, failed="")

    def step(self, done: Done) -> None:
        """One document more."""
        self._failed += done.row["status"] == "failed"
        if self._task is not None:
            self._bar.update(self._task, advance=1, failed=f"{self._failed} failed" if self._failed else "")


def print_summary(summary: Summary, output: Path) -> None:
    """The run by category, on stderr."""
    console = Console(stderr=True)
    table = Table(title=f"{summary.documents} documents, {summary.failed} failed")
    for name, justify in (("category", "left"), ("removals", "right"), ("characters", "right"), ("share", "right")):
        table.add_column(name, justify="right" if justify == "right" else "left")
    for category, size in summary.characters.most_common():
        table.add_row(category, f"{summary.removals[category]:,}", f"{size:,}", f"{size / max(1, summary.read):.1%}")
    table.add_section()
    total = sum(summary.removals.values())
    table.add_row("all", f"{total:,}", f"{summary.removed:,}", f"{summary.removed / max(1, summary.read):.1%}")
    console.print(table)
    if summary.flags:
        console.print("flags: " + ", ".join(f"{flag} {count}" for flag, count in sorted(summary.flags.items())))
    if summary.failed:
        console.print(
            f"the failed documents and why: {output / RECORD_FOLDER / 'manifest.jsonl'}", style="bold", soft_wrap=True
        )


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
