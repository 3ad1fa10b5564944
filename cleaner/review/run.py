"""From the command line to a review: which file, which sample, which exports; then the server, until it is ended."""

from __future__ import annotations

import webbrowser
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from cleaner.errors import UsageError
from cleaner.review.exports import Exports, Targets
from cleaner.review.review import Review, said_of_fixtures, said_of_rules
from cleaner.review.server import Server
from cleaner.review.store import Store, read_store
from cleaner.review.strata import Draw, Wanted, draw_sample
from cleaner.runs import Run, open_run

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line says of a review."""

    output: Path
    """The output folder of the run."""
    store: Path | None = None
    """The file of the review; ``None`` for the one beside the output folder."""
    sample: Wanted | None = None
    """``None`` to go on with the sample that the file has, or to begin with the usual one."""

    @property
    def file(self) -> Path:
        """The file of the review. It lies beside the run, which may be done anew or deleted; verdicts may not."""
        output = self.output.resolve()
        return self.store or output.with_name(f"{output.name}.review.jsonl")


@contextmanager
def open_review(asked: Asked, say: Say) -> Iterator[Review]:
    """A review, begun or gone on with; ``say`` tells what takes time or went wrong.

    Raises :class:`cleaner.errors.UsageError` if there is nothing to review.
    """
    run = _run_of(asked)
    with Store(asked.file, _digest(run) if run else None) as store:
        draw = store.state.draw
        if draw is None or asked.sample not in (None, draw.wanted):
            draw = _draw(run or open_run(asked.output), asked.sample or Wanted(), say)
            store.draw(draw)
        for why in draw.gone[:3]:
            say(f"cannot be shown: {why}")
        settings = run.settings if run else {}
        exports = Exports(store.state, Targets.beside(asked.file), settings, asked.output.resolve().name)
        yield Review(asked.output.resolve().name, store, draw, exports)


def _run_of(asked: Asked) -> Run | None:
    """The run; ``None`` where it is gone and the review can do without."""
    try:
        return open_run(asked.output)
    except UsageError:
        if asked.sample is None and read_store(asked.file).draw is not None:
            return None
        raise


def _draw(run: Run, wanted: Wanted, say: Say) -> Draw:
    say("drawing the sample …")
    draw = draw_sample(run, wanted)
    population = sum(draw.sizes.values())
    say(f"{len(draw.items)} of {population:,} removals and spared claims, from {len(draw.documents)} documents")
    return draw


def _digest(run: Run) -> str:
    """What tells a run from another one in the same folder; reading all of a large one would take too long."""
    sizes = [path.stat().st_size for path in (run.folder.audit, run.folder.manifest)]
    return sha256(run.folder.summary.read_bytes() + repr(sizes).encode()).hexdigest()


def export(asked: Asked, targets: Mapping[str, Path], say: Say) -> None:
    """Write what the verdicts say: ``rules``, ``fixtures`` and ``labels``, as far as they are named.

    Raises :class:`cleaner.errors.UsageError` if there are no verdicts, or a file cannot be written.
    """
    if read_store(asked.file).draw is None:
        raise UsageError(f"there is no review in {asked.file} yet: begin with 'cleaner review {asked.output}'")
    run = _run_of(replace(asked, sample=None))
    with Store(asked.file) as store:
        settings = run.settings if run else {}
        chosen = replace(Targets.beside(asked.file), **targets)
        exports = Exports(store.state, chosen, settings, asked.output.resolve().name)
        if "rules" in targets:
            say(f"{said_of_rules(*exports.rules())}: {chosen.rules}")
        if "fixtures" in targets:
            say(f"{said_of_fixtures(list(exports.fixtures()))}: {chosen.fixtures}")
        if "labels" in targets:
            say(f"{exports.labels()} labelled lines written: {chosen.labels}")


def serve(review: Review | None, say: Say, *, port: int = 0, browser: bool = True) -> None:
    """Answer the browser until Ctrl-C, then say how far the review is; without one, texts can be tried.

    ``port`` 0 is any that is free; ``browser`` opens one. Raises :class:`cleaner.errors.UsageError` if the port is
    taken.
    """
    with Server(review, port) as server:
        say(f"open {server.address}")
        with suppress(KeyboardInterrupt):
            say("end with Ctrl-C" + ("; every verdict is kept as it is given" if review else ""))
            if browser:
                webbrowser.open(server.address)
            server.serve_forever()
    if review is not None:
        progress: dict[str, Any] = review.progress()
        say(f"{progress['judged']} of {progress['of']} judged; the same command goes on")
