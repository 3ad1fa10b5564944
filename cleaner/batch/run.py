"""A run from its beginning, or from where it stopped, to its summary."""

from __future__ import annotations

import contextlib
import shutil
import signal
import threading
import tomllib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cleaner.batch.assemble import assemble, read_rows
from cleaner.batch.config import differences, print_config, rule_copies, settings_of
from cleaner.batch.job import Job, RunFolder, output_and_address
from cleaner.batch.journal import Gap, Journal, Ledger, read_journal
from cleaner.batch.output import put, writing
from cleaner.batch.plan import Totals, keep_stdin, read_plan, write_plan
from cleaner.batch.resume import check_input, drop_damaged, drop_guesses, forgive
from cleaner.batch.send import check_address, send
from cleaner.batch.summary import Summary
from cleaner.batch.supervise import Supervisor, Tally
from cleaner.errors import CleanerError, OutputError, StoppedError, UsageError
from cleaner.io.atomic import sync_disk
from cleaner.io.files import STDIN, is_url
from cleaner.options import Options


@dataclass(frozen=True, slots=True)
class Begin:
    """How a run deals with what its output folder already holds."""

    resume: bool = False
    """Go on with the run that is there; begin one if there is none."""
    retry_failed: bool = False
    """Go on, and try the documents once more that failed."""
    restart: bool = False
    """Forget the run that is there."""


@dataclass(slots=True)
class Watcher:
    """Who hears how far a run is."""

    on_start: Callable[[Totals, Tally], None] | None = None
    """Hears how much there is, and how much of it is done already."""
    on_progress: Callable[[Tally], None] | None = None
    say: Callable[[str], None] = field(default=lambda _: None)
    """What people should know that is no error."""


def run_batch(
    input: str | Path,
    output: str | Path,
    options: Options | None = None,
    *,
    workers: int = 1,
    begin: Begin | None = None,
    watcher: Watcher | None = None,
    run_folder: Path | None = None,
    **more: Any,
) -> Summary:
    """Clean every document of ``input`` into ``output``; ``more`` are the other fields of :class:`Job`.

    An output that is an address needs a folder of this machine for the run. See :func:`run` for what it raises.
    """
    folder, address = output_and_address(output, run_folder)
    job = Job(str(input), folder, options or Options(), address=address, **more)
    return run(job, workers, begin or Begin(), watcher or Watcher())


def run(job: Job, workers: int, begin: Begin, watcher: Watcher) -> Summary:
    """Do a job with so many worker processes.

    What fails in a document goes into the manifest, never up. Raises :class:`cleaner.errors.UsageError` if the folders
    cannot serve, or hold a run that this is not; :class:`cleaner.errors.OutputError` if the output cannot be written;
    and :class:`cleaner.errors.StoppedError` on SIGINT and SIGTERM. After the last two the run can go on.
    """
    check_input_and_output(job)
    settings = settings_of(job, workers)
    try:
        with _Stopping() as stopping:
            return _run(job, workers, settings, begin, watcher, stopping)
    except _ToldToStop:
        raise StoppedError("stopped") from None


def _run(
    job: Job, workers: int, settings: dict[str, Any], begin: Begin, watcher: Watcher, stopping: _Stopping
) -> Summary:
    with _locked(job):
        totals = None
        earlier = read_journal(job.folder.journal)
        if not _goes_on(job, earlier, settings, begin):
            totals = _plan_anew(job)
        elif _nothing_to_do(earlier, begin):
            watcher.say("the run was complete already")
            return Summary.of(read_rows(job.folder.manifest))
        with Journal(job.folder.journal) as journal, _told_how_to_go_on():
            ledger = _take_up(job, journal, settings, begin, watcher, totals)
            with Supervisor(job, journal, workers, _done(ledger), watcher.on_progress) as supervisor:
                stopping.supervisor = supervisor
                supervisor.run(_gaps(job, ledger))
                stopping.supervisor = None
                supervisor.check_signal()  # it may have come when the last of the work was done
            ledger = read_journal(job.folder.journal)
            summary = assemble(job, ledger)
            send(job, journal, ledger)
            # Texts were not brought to the disk one by one, and without the journal nobody looks at them again.
            with writing(job.output):
                sync_disk(job.output)
            journal.add(complete={})
            if not summary.failed:
                job.folder.journal.unlink()
        return summary


def check_input_and_output(job: Job) -> None:
    """Raise :class:`cleaner.errors.UsageError` if the two cannot serve."""
    _check_output(job.output)
    check_address(job)
    if job.input == STDIN or job.input.startswith("@") or is_url(job.input):
        return
    path = Path(job.input)
    if not path.exists():
        raise UsageError(f"there is no folder {path}, and no file of that name")
    if path.is_dir():
        check_folders(path, job.output)


def check_folders(input: Path, output: Path) -> None:
    """Raise :class:`cleaner.errors.UsageError` if cleaning would write into what it reads."""
    here, there = input.resolve(), output.resolve()
    if here == there:
        raise UsageError("the output folder is the input folder: the originals would be overwritten; name another one")
    if there.is_relative_to(here) or here.is_relative_to(there):
        raise UsageError(f"one of {input} and {output} lies inside the other; name folders apart from each other")
    _check_output(output)


def _check_output(output: Path) -> None:
    if output.exists() and not output.is_dir():
        raise UsageError(f"{output} is a file; the output must be a folder")


def _goes_on(job: Job, ledger: Ledger, settings: dict[str, Any], begin: Begin) -> bool:
    """Whether the folder holds a run that is to go on, or is complete; else the run begins anew."""
    unfinished = bool(ledger.run) and not ledger.complete
    if unfinished and not (begin.resume or begin.retry_failed or begin.restart):
        raise UsageError(
            f"{job.output} holds a run that is not complete: go on with --resume, or start over with --restart"
        )
    asked = (begin.resume or begin.retry_failed) and not begin.restart
    if not asked or not (unfinished or job.folder.summary.exists()):
        return False
    _check_settings(job, settings)
    return True


def _nothing_to_do(ledger: Ledger, begin: Begin) -> bool:
    """Whether a run that could go on is complete."""
    return (ledger.complete or not ledger.run) and not (begin.retry_failed and ledger.run)


def _check_settings(job: Job, settings: dict[str, Any]) -> None:
    try:
        before = tomllib.loads(job.folder.configuration.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{job.folder.configuration} cannot be read: start over with --restart") from error
    changed = differences(before, {name: value for name, value in settings.items() if value is not None})
    if changed:
        raise UsageError(
            f"{job.output} holds a run with other options: {'; '.join(changed)}. Give the same ones, name another "
            "folder, or start over with --restart"
        )


def _plan_anew(job: Job) -> Totals:
    """Plan a run, and only then clear away an earlier one: it is there still if the input cannot serve."""
    earlier = job.folder.summary.exists() or job.folder.journal.exists()
    with _told_how_to_go_on("give the same command again" if earlier else "go on with --resume"):
        if job.input == STDIN:
            keep_stdin(job)
        return write_plan(job, lambda: _clear(job))


def _take_up(
    job: Job, journal: Journal, settings: dict[str, Any], begin: Begin, watcher: Watcher, totals: Totals | None
) -> Ledger:
    """The ledger of a new run with these ``totals``, or of one that goes on, without what must be done again."""
    ledger = read_journal(job.folder.journal)
    if totals is not None:
        _write_settings(job, settings)
        run = {"tasks": totals.tasks, "documents": totals.documents, "size": totals.size}
        journal.add(run=run)
        ledger.add({"run": run})
    else:
        check_input(job, ledger)
        job.folder.summary.unlink(missing_ok=True)
        drop_guesses(journal, ledger)
        if count := drop_damaged(job, journal, ledger):
            watcher.say(f"{count} documents are done again: what was written of them is damaged or gone")
        if begin.retry_failed:
            watcher.say(f"{forgive(journal, ledger)} failed documents are tried again")
    shutil.rmtree(job.folder.temporary, ignore_errors=True)
    with writing(job.folder.temporary):
        job.folder.temporary.mkdir()
    if watcher.on_start:
        watcher.on_start(Totals(**ledger.run), _done(ledger))
    return ledger


def _write_settings(job: Job, settings: dict[str, Any]) -> None:
    with writing(job.folder.root):
        for path, file in zip(rule_copies(job), job.options.rule_files, strict=True):
            path.parent.mkdir(parents=True, exist_ok=True)
            put(path, file.text.encode())
        put(job.folder.configuration, print_config(settings).encode())


def _gaps(job: Job, ledger: Ledger) -> Iterator[Gap]:
    for task in read_plan(job):
        yield from ledger.gaps(task)


def _done(ledger: Ledger) -> Tally:
    segments = list(ledger.everything())
    return Tally(sum(s.count for s in segments), sum(s.failed for s in segments), sum(s.size for s in segments))


def _clear(job: Job) -> None:
    """Take away what an earlier run says of itself; its cleaned texts are overwritten one by one."""
    folder = job.folder
    with writing(folder.root):
        _forget(folder, but=(folder.lock, folder.next_plan, *([folder.stdin] if job.input == STDIN else [])))
        for path in (folder.summary, folder.manifest, folder.audit):
            path.unlink(missing_ok=True)
        for whole in (folder.rules, folder.attributes):
            shutil.rmtree(whole, ignore_errors=True)


def _forget(folder: RunFolder, but: Collection[Path] = ()) -> None:
    """Remove the work folder, the journal first: without it, nothing else in there means anything."""
    folder.journal.unlink(missing_ok=True)
    for path in list(folder.work.iterdir()):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        elif path not in but:
            path.unlink(missing_ok=True)
    if not but:
        with contextlib.suppress(OSError):
            folder.work.rmdir()
            folder.root.rmdir()  # if nothing else is in it


@contextlib.contextmanager
def _told_how_to_go_on(how: str = "go on with --resume") -> Iterator[None]:
    try:
        yield
    except OutputError as error:
        raise OutputError(f"{error}. Make room, or let it be written, and {how}") from error
    except OSError as error:
        raise OutputError(f"the system refuses: {error}. {how.capitalize()} when it does not any more") from error
    except StoppedError as error:
        raise StoppedError(f"{error}; {how}") from error
    except _ToldToStop:
        raise StoppedError(f"stopped; {how}") from None
    except UsageError:
        raise
    except CleanerError as error:  # of the supervisor, that it cannot work: no document has failed
        raise UsageError(f"{error}. When that is mended, {how}") from error


@contextlib.contextmanager
def _locked(job: Job) -> Iterator[None]:
    """One run at a time in a folder. The lock goes with the process, however that ends."""
    with writing(f"the output folder {job.output}"):
        job.folder.work.mkdir(parents=True, exist_ok=True)
        file = job.folder.lock.open("a")
    with file:
        if not take_lock(file.fileno()):
            raise UsageError(f"another run is writing into {job.output}")
        try:
            yield
        finally:
            journal = job.folder.journal
            if not journal.exists() or not journal.stat().st_size:  # it is done, or could not begin
                _forget(job.folder)


def take_lock(handle: int) -> bool:
    """Lock an open file for this process; ``False`` if another process has it. Without effect on Windows."""
    try:
        import fcntl  # noqa: PLC0415  (not on every system)
    except ImportError:
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks
        return True
    return True


class _ToldToStop(BaseException):
    """A signal came. It may come anywhere, so it must pass where every ``Exception`` is taken for a fault of a file."""


class _Stopping:
    """SIGINT and SIGTERM end the run: at once while it looks at files, between two steps while workers are busy."""

    def __init__(self) -> None:
        self.supervisor: Supervisor | None = None
        self._before: dict[int, Any] = {}

    def __enter__(self) -> _Stopping:
        # Only the main thread may set handlers; elsewhere it is up to the caller to stop the run.
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                self._before[number] = signal.signal(number, self._stop)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _stop(self, number: int, _: object) -> None:
        if self.supervisor is None:
            raise _ToldToStop
        self.supervisor.stop_signal = number
