"""What people look at in a terminal: progress, summary, explanation. Colours only where a terminal can show them."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.box import SIMPLE_HEAD
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
from cleaner.learn.job import Learned
from cleaner.model import FIELD_CATEGORIES, Block, CleanResult, Removal
from cleaner.rules import Rule
from cleaner.templates.drift import Drift
from cleaner.templates.edit import Change
from cleaner.templates.lines import ACTING, Site, State


class _Stdout(Console):
    """Standard output, for people or a pipe."""

    def __init__(self) -> None:
        super().__init__(highlight=False)

    def on_broken_pipe(self) -> None:
        """Leave it to the command line, for which a reader that left (``| head``) is no error."""
        raise


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

    def __init__(self, doing: str = "cleaning") -> None:
        self._doing = doing
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
            self._doing, total=totals.size, completed=done.size, documents=self._documents(done), failed=""
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
    console = _Stdout()
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
        console.print()
    if summary.all.flags:
        console.print(Text("flags: " + _counted(summary.all.flags)))
    if summary.passed:
        most = ", ".join(f"{count:,} {reason}" for reason, count in summary.passed.most_common())
        console.print(Text(f"{summary.passed.total():,} passed over: {most}"), soft_wrap=True)


def _tables(summary: Summary) -> Iterator[Table]:
    read = max(1, summary.all.read)
    title = f"{summary.documents:,} documents, {summary.failed:,} failed"
    table = _table(title, "category", "documents", "removals", "characters", "share")
    for category, size in summary.characters.most_common():
        counts = (summary.within[category], summary.removals[category], size)
        table.add_row(category, *(f"{count:,}" for count in counts), f"{size / read:.1%}")
    total = sum(summary.removals.values())
    cleaned = summary.documents - summary.failed
    table.add_row(
        "all", f"{cleaned:,}", f"{total:,}", f"{summary.all.removed:,}", f"{summary.all.share:.1%}", style="bold"
    )
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


_NUMBERS = ("documents", "removals", "characters", "share", "pages", "days", "lines")


def _table(title: str | None, *columns: str) -> Table:
    table = Table(
        title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False, show_edge=False
    )
    for name in columns:
        number = name in _NUMBERS
        table.add_column(name, justify="right" if number else "left", no_wrap=number, overflow="fold")
    return table


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in sorted(counts.items()))


def print_learned(learned: Learned, output: Path) -> None:
    """What was learned, and which sites have changed, on stderr."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    console.print(
        f"{learned.lines:,} template lines of {learned.sites:,} sites in {output}, from {learned.documents:,} documents"
    )
    if learned.small:
        console.print(f"{learned.small:,} sites have too few pages to tell")
    if learned.failed:
        console.print(f"{learned.failed:,} documents could not be read")
    if learned.nameless:
        console.print(
            f"{learned.nameless:,} documents are left out: no address tells their site; name a field that does with "
            "--url-key or --site-key"
        )
    print_drift(learned.drifts)


def print_drift(drifts: Iterable[Drift]) -> None:
    """The sites whose template is not what it was, a line each, on stderr."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    for drift in drifts:
        console.print(Text(f"changed: {printable(str(drift))}", "yellow"))


def print_sites(sites: Iterable[Site]) -> None:
    """A line a site, on stdout."""
    console = _Stdout()
    table = _table(None, "site", "pages", "days", "lines", "share", "last seen")
    for site in sites:
        numbers = f"{site.pages:,}", f"{site.days:,}", f"{len(site.acting()):,}", f"{site.share:.1%}"
        table.add_row(Text(printable(site.name)), *numbers, str(site.last or ""))
    console.print(table)


def print_site_lines(sites: Iterable[Site], category: str | None, everything: bool) -> None:
    """The lines of sites that go, each with its evidence, on stdout; ``everything`` for those that stay, too."""
    console = _Stdout()
    for site in sites:
        lines = [line for line in site.lines if category in (None, line.category.value)]
        for line in lines if everything else [line for line in lines if line.state in ACTING]:
            state = "" if line.state is State.TEMPLATE else f"{line.state} "
            console.print(Text(f"{state}{line.category}", "bold magenta"), Text(printable(line.text)), soft_wrap=True)
            console.print(Text(f"        {line.evidence(site.name)}", "dim"), soft_wrap=True)


def print_changes(sites: Iterable[tuple[str, Sequence[Change]]]) -> None:
    """How two files of templates differ, on stdout."""
    console = _Stdout()
    colours = {"+": "green", "-": "red", "~": "yellow"}
    for name, found in sites:
        console.print(Text(printable(name), "bold"))
        for change in found:
            note = f"  ({change.note})" if change.note else ""
            told = f"{change.mark} {change.line.category}  {change.line.text}{note}"
            console.print(Text(printable(told), colours[change.mark]), soft_wrap=True)


def print_explanation(result: CleanResult, console: Console | None = None) -> None:
    """Every block with its label, rule and reason, on stdout unless told otherwise.

    A reason that holds for several blocks in a row is said once, below them.
    """
    console = console or _Stdout()
    _print_fields(console, result)
    for why, blocks in groupby(result.document.blocks, lambda block: _why(result, block)):
        for block in blocks:
            _print_block(console, result, block)
        for category, rule, reason in why:
            named = Text.assemble((category, "bold magenta"), "  ", (rule, "cyan"), "  ")
            _print_beside(console, Text(_NO_LABEL), Text.assemble(named, (printable(reason), "dim")))
    _print_share(console, result)


def _print_fields(console: Console, result: CleanResult) -> None:
    fields = {**result.fields(), "language": result.language, "flags": ", ".join(sorted(result.flags))}
    for name, value in fields.items():
        if value:
            told = value["url"] if isinstance(value, dict) else value
            style = "yellow" if name == "flags" else ""
            _print_beside(console, Text(f"{name}: ", "bold"), Text(printable(told), style))


def _why(result: CleanResult, block: Block) -> list[tuple[str, str, str]]:
    """What took from the block: category, rule, reason."""
    return list(dict.fromkeys((cut.category.value, cut.rule, cut.reason) for cut in _cuts(result, block)))


def _print_block(console: Console, result: CleanResult, block: Block) -> None:
    _print_beside(console, *_labelled(result, block, marked=console.color_system is None))
    for claim in result.spared:
        if block.start <= claim.finding.start < block.end:
            note = f"spared: {claim.finding.category} by {claim.finding.rule}: {claim.because}"
            _print_beside(console, Text(_NO_LABEL), Text(printable(note), "dim cyan"))


def _labelled(result: CleanResult, block: Block, *, marked: bool) -> tuple[Text, Text]:
    """What becomes of a block, and its text; ``marked`` sets ``[-…-]`` around what goes where no style can show it."""
    cuts = list(_cuts(result, block))
    if not cuts:
        return Text("  keep  ", "green"), Text(printable(block.text))
    if len(cuts) == 1 and cuts[0].start <= block.start and cuts[0].end >= block.end:
        label = " field  " if cuts[0].category in FIELD_CATEGORIES else "  drop  "
        return Text(label, "red"), Text(printable(block.text), _GONE)
    body = Text()
    at = block.start
    for cut in cuts:
        body.append(printable(result.document.text[at : cut.start]))
        gone = printable(result.document.text[max(cut.start, at) : min(cut.end, block.end)])
        body.append(f"[-{gone}-]" if marked else gone, _GONE)
        at = cut.end
    body.append(printable(result.document.text[at : block.end]))
    return Text("  part  ", "yellow"), body


_NO_LABEL = " " * 8
_GONE = "strike dim"

# Longer lines are hard to read, however wide the terminal is.
WIDEST = 120


def _print_beside(console: Console, label: Text, body: Text) -> None:
    """A label and, beside it, a text: broken into lines on a terminal, else on one line for ``grep``."""
    room = min(console.width, WIDEST) - label.cell_len
    lines = body.wrap(console, max(room, 20), overflow="fold") if console.is_terminal else [body]
    for line in lines or [body]:
        line.rstrip()
        console.print(Text.assemble(label, line), soft_wrap=True)
        label = Text(" " * label.cell_len)


def _print_share(console: Console, result: CleanResult) -> None:
    sizes: Counter[str] = Counter()
    for removal in result.removals:
        sizes[removal.category.value] += len(removal.text)
    gone, read = sizes.total(), len(result.document.text)
    by_category = ": " + ", ".join(f"{name} {size:,}" for name, size in sizes.most_common()) if sizes else ""
    told = f"{gone:,} of {read:,} characters ({gone / max(1, read):.1%}){by_category}"
    console.print()
    _print_beside(console, Text("removed: ", "bold"), Text(told))


def _cuts(result: CleanResult, block: Block) -> Iterator[Removal]:
    removals = result.removals
    index = bisect_left(removals, block.start, key=lambda removal: removal.end)
    while index < len(removals) and removals[index].start < block.end:
        if removals[index].end > block.start:
            yield removals[index]
        index += 1


def printable(text: str) -> str:
    """The text without what steers a terminal: control characters, and those that turn the order of others around.

    >>> printable("a\\x1b[31mb\\tc\\u202ed")
    'a�[31mb c�d'
    """
    return "".join(_shown(character) for character in text)


def _shown(character: str) -> str:
    if character == "\t":
        return " "
    steers = unicodedata.category(character) in ("Cc", "Cs") or unicodedata.bidirectional(character) in _TURNS
    return "\ufffd" if steers and character != "\n" else character


# Embeddings, overrides and isolates of bidirectional text, and their ends: an unclosed one would reach into our words.
_TURNS = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})


def print_rules(rules: Iterable[Rule]) -> None:
    """A line a rule, on stdout: id, strength (action, of the user's own), why; on a terminal in columns."""
    console = _Stdout()
    told = list(rules)
    widest = max((len(rule.id) for rule in told), default=0)
    for rule in told:
        strength = str(rule.action or rule.strength)
        if not console.is_terminal:
            print(f"{rule.id}\t{strength}\t{rule.why}")
            continue
        head = Text.assemble((rule.id.ljust(widest + 2), "cyan"), (strength.ljust(9), "dim"))
        if console.width - head.cell_len < _WHY:
            console.print(Text.assemble((rule.id, "cyan"), "  ", (strength, "dim")), soft_wrap=True)
            head = Text(" " * 4)
        _print_beside(console, head, Text(rule.why))


# Columns below which a sentence is better put on lines of its own.
_WHY = 40


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
