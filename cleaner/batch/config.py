"""Every option of a run in one TOML file: read from ``--config``, and printed in full into the run's folder.

A run may go on only with what decides its output unchanged: the version, rules and weights, and all options but those
that say how fast it goes and what it may cost.
"""

from __future__ import annotations

import platform
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from cleaner.audit import digest
from cleaner.batch.job import Job
from cleaner.errors import UsageError
from cleaner.io.records import KEY_NAMES
from cleaner.text import not_known
from cleaner.toml import toml_value

MADE_WITH = "made_with"
"""Table of a printed configuration that tells what made the run. It is no option, and reading passes over it."""

# What may differ when a run goes on: where things lie, how many work, what a document may cost.
_FREE = ("input", "output", "run_folder", "workers", "max_seconds", "max_memory")
_NO_MATTER = ("python",)
# Files of the user's lie somewhere; what counts is what is in them.
_COPIES = ("rules", "templates", "site_configs")
# What is in files, as people call it.
_TOLD = {
    "rules": "the package's rules",
    "weights": "the weights",
    "learned": "the file of templates",
    "configs": "the folder of site configurations",
}

_PACKAGE = Path(__file__).parent.parent


def read_config(path: Path, known: Collection[str]) -> dict[str, Any]:
    """The options of a file, by their names on the command line with ``_`` for ``-``.

    Raises :class:`cleaner.errors.UsageError` if it cannot be read or names an option that there is not.
    """
    try:
        options = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"the configuration {path} cannot be read: {error.strerror or error}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"the configuration {path} is not TOML: {error}") from error
    options.pop(MADE_WITH, None)
    options = {name.replace("-", "_"): value for name, value in options.items()}
    for name in options:
        if name not in known:
            raise UsageError(f"{path}: " + not_known("option", name, sorted(known)))
    return options


def settings_of(job: Job, workers: int) -> dict[str, Any]:
    """Every option of a run, as :func:`read_config` would read it, and the table of what made it."""
    options = job.options
    return {
        "input": job.input,
        "output": job.address or str(job.output),
        "run_folder": str(job.output) if job.address else None,
        "workers": workers,
        "max_seconds": job.limits.seconds,
        "max_memory": job.limits.memory,
        "format": job.reading.format,
        **{f"{what}_key": getattr(job.reading.keys, what) for what in KEY_NAMES},
        "output_format": job.writing.format,
        "pack": job.writing.pack,
        "part_size": job.writing.part_size,
        "keep_html": job.writing.keep_html,
        "attributes": job.writing.attributes,
        "title": job.title,
        "preset": options.preset,
        "keep": sorted(category for category, action in options.actions.items() if action == "keep"),
        "drop": sorted(category for category, action in options.actions.items() if action == "drop"),
        "budget": options.budget,
        "extractor": options.extractor,
        "language": job.language,
        "rules": [str(path) for path in rule_copies(job)],
        "templates": None if options.template_file is None else str(options.template_file.path),
        "site_configs": None if options.config_folder is None else str(options.config_folder.folder),
        MADE_WITH: _made_with(job),
    }


@cache
def made_with() -> Mapping[str, str]:
    """What of the package decides the output: its version, and digests of its rules and weights.

    Asked once a process, which loads rules and weights once, too.
    """
    try:
        release = version("news-cleaner")
    except PackageNotFoundError:
        release = "unknown"
    return {
        "version": release,
        "rules": digest_of_files((_PACKAGE / "rules").rglob("*.toml")),
        "weights": digest_of_files((_PACKAGE / "weights").glob("*.npz")),
    }


def _made_with(job: Job) -> dict[str, Any]:
    templates, configs = job.options.template_file, job.options.config_folder
    return {
        **made_with(),
        "own_rules": [digest(file.text) for file in job.options.rule_files],
        **({} if templates is None else {"learned": templates.digest}),
        **({} if configs is None else {"configs": configs.digest}),
        "links": job.options.links,
        "record_limit": job.reading.record_limit,
        "step": job.step,
        "python": platform.python_version(),
    }


def rule_copies(job: Job) -> Iterator[Path]:
    """Where the run keeps copies of the user's own rules: a folder each, because two may have the same name."""
    for number, file in enumerate(job.options.rule_files, 1):
        yield job.folder.rules / str(number) / file.name


def digest_of_files(paths: Iterable[Path]) -> str:
    """SHA-256 over files and their names, in hexadecimal."""
    whole = sha256()
    for path in sorted(paths):
        whole.update(f"{path.parent.name}/{path.name}\n".encode() + sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def print_config(settings: Mapping[str, Any]) -> str:
    """The settings as TOML, one option a line; an option that is not set is a comment."""
    lines = ["# Every option of this run. It can be given to `cleaner batch --config`."]
    lines += [_line(name, value) for name, value in settings.items() if name != MADE_WITH]
    lines += ["", "# What made the run; no options.", f"[{MADE_WITH}]"]
    lines += [_line(name, value) for name, value in settings[MADE_WITH].items()]
    return "\n".join(lines) + "\n"


def _line(name: str, value: Any) -> str:
    return f"# {name} is not set" if value is None else f"{name} = {toml_value(value)}"


def differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """What decides the output and is not what it was, for people."""
    before, now = _deciding(before), _deciding(now)
    return [
        f"{name.replace('_', '-')} was {_shown(before.get(name))} and is {_shown(now.get(name))}"
        for name in sorted({*before, *now})
        if before.get(name) != now.get(name)
    ]


def _deciding(settings: Mapping[str, Any]) -> dict[str, Any]:
    made_with = settings.get(MADE_WITH, {})
    options = {name: value for name, value in settings.items() if name not in (*_FREE, MADE_WITH, *_COPIES)}
    return options | {_TOLD.get(name, name): value for name, value in made_with.items() if name not in _NO_MATTER}


def _shown(value: Any) -> str:
    if value is None or value == []:
        return "not set"
    shown = str(value)
    return f"{shown[:12]}…" if len(shown) == 64 else repr(value) if isinstance(value, str) else shown
