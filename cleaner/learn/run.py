"""From a corpus to a file of what its sites repeat: gather, count, merge, judge, write."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

from cleaner.batch.job import Job, Writing
from cleaner.batch.plan import Task, keep_stdin, read_plan, write_plan
from cleaner.batch.supervise import Tally
from cleaner.errors import UsageError
from cleaner.io.extras import need
from cleaner.io.files import STDIN
from cleaner.learn.count import Room, count
from cleaner.learn.gather import Bundle, Gathered, gather, left_half
from cleaner.learn.job import Learned, Learning, Watcher
from cleaner.learn.name import name_site
from cleaner.model import Category
from cleaner.templates.drift import template_drift
from cleaner.templates.files import read_sites, write_sites
from cleaner.templates.judge import SITE_PAGES, STAYS_DAYS, Words, is_template
from cleaner.templates.lines import ACTING, DECIDED, Line, Site, State
from cleaner.templates.merge import MAX_AGE, merge, paired

# What a process gathers in one go: fewer files to count than there are pages, and no worker that ends last by much.
BUNDLE_BYTES = 64 << 20
BUNDLE_TASKS = 256
# So many documents that cannot be read are named.
FAILURES_SAID = 10


def learn(what: Learning, watcher: Watcher | None = None) -> Learned:
    """Read a corpus and write what its sites repeat.

    Raises :class:`cleaner.errors.UsageError` if input or output cannot serve or an extra is missing, and
    :class:`cleaner.errors.OutputError` if the disk is full.
    """
    watcher = watcher or Watcher()
    need("duckdb", "learn", "learning")
    need("pyarrow", "learn", "learning")
    check_update(what.update)
    place = what.scratch or what.output.absolute().parent
    if not place.is_dir():
        raise UsageError(f"there is no folder {place}")
    learned = Learned()
    with tempfile.TemporaryDirectory(prefix=".cleaner-learn-", dir=place) as scratch:
        _gather_all(what, Path(scratch), learned, watcher)
        watcher.say("counting")
        found = count(Path(scratch), Room(what.memory, what.workers)) if _has_rows(Path(scratch)) else iter(())
        write_learned(found, learned, what.output, what.update, what.max_age)
    return learned


def check_update(update: Path | None) -> None:
    """Raise :class:`cleaner.errors.UsageError` if the file that is to be updated is not there."""
    if update is not None and not update.exists():
        raise UsageError(f"there is no file {update} to update")


def write_learned(
    found: Iterator[Site], learned: Learned, output: Path, update: Path | None = None, max_age: int = MAX_AGE
) -> None:
    """Merge counted sites, in the order of their names, with those of an earlier file; decide, write, take note."""
    before = read_sites(update) if update else iter(())
    write_sites(output, _sites(before, found, learned, max_age))


def _has_rows(folder: Path) -> bool:
    return next(folder.glob("*.parquet"), None) is not None


def _gather_all(what: Learning, folder: Path, learned: Learned, watcher: Watcher) -> None:
    # As rows in parts, no two files of the input can have the same output and be refused for it.
    job = Job(what.input, folder, reading=what.reading, writing=Writing("jsonl", part_size=1))
    job.folder.work.mkdir(parents=True)
    if what.input == STDIN:
        keep_stdin(job)
    watcher.on_start(write_plan(job), Tally(0, 0, 0))
    size = said = 0
    for gathered in _in_processes(job, list(_bundles(read_plan(job), what.workers)), what):
        learned.documents += gathered.documents
        learned.failed += gathered.failed
        learned.nameless += gathered.nameless
        size += gathered.size
        for why in gathered.why[: max(0, FAILURES_SAID - said)]:
            watcher.say(f"not read: {why}")
        said += len(gathered.why)
        watcher.on_progress(Tally(learned.documents, learned.failed, size))


def _bundles(tasks: Iterable[Task], workers: int) -> Iterator[Bundle]:
    bundle: list[Task] = []
    large: list[Task] = []
    for task in tasks:
        if task.records and task.size >= BUNDLE_BYTES:
            large.append(task)
            continue
        bundle.append(task)
        if len(bundle) == BUNDLE_TASKS or sum(each.size for each in bundle) >= BUNDLE_BYTES:
            yield Bundle(tuple(bundle))
            bundle = []
    if bundle:
        yield Bundle(tuple(bundle))
    # Who gathers a part must pass over all others, so a file is dealt out only where there are more workers than files.
    parts = -(-workers // max(1, len(large)))
    yield from (Bundle((task,), part, parts) for task in large for part in range(parts))


def _in_processes(job: Job, bundles: Sequence[Bundle], what: Learning) -> Iterator[Gathered]:
    """All bundles, however they end. What a process dies on is tried again task by task, then alone, then left out."""
    while bundles:
        broken: list[Bundle] = []
        yield from _pooled(job, bundles, what, what.workers, broken)
        # One process that dies takes all others of its pool along: to blame is one of those that were at work.
        at_work = [bundle for bundle in broken if left_half(job.output, bundle)] or broken
        bundles = [bundle for bundle in broken if bundle not in at_work]
        for bundle in at_work:
            if len(bundle.tasks) > 1:
                bundles += [Bundle((task,)) for task in bundle.tasks]
            else:
                yield from _alone(job, bundle, what)


def _alone(job: Job, bundle: Bundle, what: Learning) -> Iterator[Gathered]:
    """One task in a process of its own; if that dies, the task is to blame and is lost."""
    broken: list[Bundle] = []
    yield from _pooled(job, [bundle], what, 1, broken)
    for (task,), *_ in broken:
        left_half(job.output, bundle)
        names = ", ".join(file.name for file in task.files[:3])
        # How many documents of a file of records are lost nobody knows.
        lost = 1 if task.records else len(task.files) - len(task.passed)
        yield Gathered(lost, lost, 0, task.size, (f"{names}: the process dies on it, so it is left out",))


def _pooled(
    job: Job, bundles: Sequence[Bundle], what: Learning, workers: int, broken: list[Bundle]
) -> Iterator[Gathered]:
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        futures = {pool.submit(gather, job, bundle, job.output, what.date_key): bundle for bundle in bundles}
        try:
            for future in as_completed(futures):
                try:
                    yield future.result()
                except BrokenProcessPool:
                    broken.append(futures[future])
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _sites(before: Iterator[Site], found: Iterator[Site], learned: Learned, max_age: int) -> Iterator[Site]:
    """What is written: the new sites, the old ones, and both where a site is in both."""
    for old, new in paired(before, found):
        site = old if new is None else judged(new if old is None else merge(old, new, max_age))
        if site is None:
            continue
        if old is not None and new is not None and (drift := template_drift(old, replace(new, lines=_with(new, site)))):
            learned.drifts.append(drift)
        learned.sites += 1
        learned.small += site.pages < SITE_PAGES
        learned.lines += len(site.acting())
        yield site


def _with(new: Site, judged_site: Site) -> tuple[Line, ...]:
    """The newly counted lines with what was decided of them."""
    states = {line.label: line.state for line in judged_site.lines}
    return tuple(replace(line, state=states.get(line.label, State.CANDIDATE)) for line in new.lines)


def judged(site: Site) -> Site:
    """A site whose lines are named, and decided but for those that people decided."""
    lines = [line for line in site.lines if line.state in DECIDED]
    asked = [replace(line, state=State.CANDIDATE) for line in site.lines if line.state not in DECIDED]
    # Names cost time: only what goes if its words are a notice's is asked for its words.
    likely = [line for line in asked if is_template(line, site, Words.NOTICE, Category.OTHER)]
    lines += filter(_may_count, set(asked).difference(likely))
    for line, named in zip(likely, name_site(likely), strict=True):
        goes = is_template(line, site, named.words, named.category)
        lines.append(replace(line, category=named.category, state=State.TEMPLATE if goes else State.CANDIDATE))
    lines.sort(key=lambda line: (-line.seen.pages, line.text))
    taken = sum(line.seen.chars for line in lines if line.state in ACTING)
    return replace(site, lines=tuple(lines), taken=taken)


def _may_count(line: Line) -> bool:
    """Whether a line is worth keeping: it goes, people decided it, or later pages may show that it is template."""
    few_days = line.seen.first is not None and line.seen.days < STAYS_DAYS
    return line.state is not State.CANDIDATE or not (line.headline or few_days)
