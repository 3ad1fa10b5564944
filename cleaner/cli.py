"""The command line: parses, calls one library function, prints. Data to stdout, everything else to stderr."""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Callable, Iterator
from enum import IntEnum
from pathlib import Path
from typing import Any, TypeVar

import click

from cleaner.batch.job import OUTPUT_FORMATS, PACKINGS
from cleaner.errors import AuditError, CleanerError, StoppedError, UsageError
from cleaner.io.atomic import write_atomically
from cleaner.io.files import READERS
from cleaner.io.readers import kind_by_name, read_bytes
from cleaner.io.records import HTML_KEYS, KEY_NAMES, TEXT_KEYS, Keys
from cleaner.io.writers import FORMATS, encode, header_of, render
from cleaner.model import Category
from cleaner.options import EXTRACTORS, PRESETS, Options
from cleaner.pages import KINDS
from cleaner.rules import Rule, load_rules
from cleaner.rules.match import package_matcher
from cleaner.rules.prove import prove
from cleaner.rules.user import open_rule_file, prove_user_rules, read_user_rules
from cleaner.text import meant

Command = TypeVar("Command", bound=Callable[..., Any])


class Exit(IntEnum):
    """What the exit status says."""

    CLEAN = 0
    SOME_FAILED = 1
    WRONG_USE = 2
    INTERRUPTED = 130


class _Commands(click.Group):
    """Commands whose reader may leave (``| head``); click itself would call that a failure."""

    def invoke(self, context: click.Context) -> Any:
        """Run a command."""
        try:
            return super().invoke(context)
        except BrokenPipeError:
            _quiet_pipe()
            return context.exit(Exit.CLEAN)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="news-cleaner", prog_name="cleaner")
def cli() -> None:
    """Clean scraped news text, and say why for every character that goes."""


_categories = click.Choice([category.value for category in Category])


def _code_only(_: click.Context, __: click.Parameter, language: str | None) -> str | None:
    """Refuse what no code of two letters is: no function word would be known of such a language."""
    if language is not None and not re.fullmatch("[A-Za-z]{2}", language):
        raise click.BadParameter(f"{language!r} is no ISO 639-1 code: give two letters, such as 'en'")
    return language and language.lower()


def _cleaning_options(command: Command) -> Command:
    """The options that all cleaning commands share."""
    for option in reversed(
        (
            click.option(
                "--preset",
                type=click.Choice(PRESETS),
                default="balanced",
                show_default=True,
                help="How sure a claim must be to act.",
            ),
            click.option(
                "--keep",
                type=_categories,
                metavar="CATEGORY",
                multiple=True,
                help="Leave this category in the text. Repeatable.",
            ),
            click.option(
                "--drop",
                type=_categories,
                metavar="CATEGORY",
                multiple=True,
                help="Take this category out of the text. Repeatable.",
            ),
            click.option(
                "--budget",
                type=click.FloatRange(0, 1),
                default=0.5,
                show_default=True,
                help="Share of a document that uncertain claims may take.",
            ),
            click.option(
                "--extractor",
                type=click.Choice(EXTRACTORS),
                default="learned",
                show_default=True,
                help="Who finds a page's main content.",
            ),
            click.option(
                "--language", metavar="CODE", callback=_code_only, help="ISO 639-1 code; found out unless given."
            ),
            click.option(
                "--rules",
                metavar="FILE",
                type=click.Path(),
                multiple=True,
                help="A file of your own rules: what always goes, what must stay. Repeatable.",
            ),
            click.option(
                "--templates",
                metavar="FILE",
                type=click.Path(),
                help="What each site repeats, as 'cleaner learn' has found it.",
            ),
            click.option(
                "--site-configs",
                metavar="FOLDER",
                type=click.Path(),
                help="Where each site's story stands: rule files of full-text-RSS, such as example.com.txt.",
            ),
        )
    ):
        command = option(command)
    return command


def _options(
    preset: str,
    keep: tuple[str, ...],
    drop: tuple[str, ...],
    budget: float,
    extractor: str,
    rules: tuple[str, ...],
    templates: str | None = None,
    site_configs: str | None = None,
    links: bool = False,
) -> Options:
    both = set(keep) & set(drop)
    if both:
        raise UsageError(f"--keep and --drop both name {', '.join(sorted(both))}")
    actions = dict.fromkeys(keep, "keep") | dict.fromkeys(drop, "drop")
    return Options(preset, actions, budget, extractor, links, rules, templates, site_configs)


@cli.command()
@click.argument("file", default="-", metavar="[FILE|-]")
@click.option(
    "--format", "format_", type=click.Choice(FORMATS), default="text", show_default=True, help="What to print."
)
@click.option("--kind", type=click.Choice(KINDS), default="auto", show_default=True, help="What the input is.")
@click.option("--url", help="The document's address: helps to know the headline, and tells the site.")
@click.option("--site", metavar="NAME", help="The document's site, for --templates; else its address tells.")
@click.option("--audit", type=click.Path(path_type=Path), help="Write the audit record to this file (JSON lines).")
@click.option("--title/--no-title", default=True, help="Print the title above the text.")
@click.option("--links", is_flag=True, help="Keep a page's links, for --format markdown.")
@_cleaning_options
def clean(
    file: str,
    format_: str,
    kind: str,
    url: str | None,
    site: str | None,
    audit: Path | None,
    title: bool,
    language: str | None,
    **chosen: Any,
) -> None:
    """Clean one document and print it."""
    from cleaner.audit import Source, audit_record, to_json  # noqa: PLC0415  (--help must not wait for the rules)
    from cleaner.pages import read_page  # noqa: PLC0415
    from cleaner.pipeline import clean_page  # noqa: PLC0415

    options = _options(**chosen)
    page = read_page(read_bytes(file), _kind_of(file, kind), url, None if file == "-" else Path(file).name, site)
    result = clean_page(page, options, language)
    if audit is not None:
        source = Source(page.id, page.encoding, header_of(result) if title and format_ == "text" else "")
        write_atomically(audit, (to_json(audit_record(result, options, source)) + "\n").encode("utf-8"))
    _print_bytes(encode(render(result, format_, title)))


def _read_config(context: click.Context, _: click.Parameter, path: Path | None) -> None:
    """Take the options of a file as defaults: what stands on the command line goes before it."""
    if path is not None:
        from cleaner.batch.config import read_config  # noqa: PLC0415

        known = [option.name for option in context.command.params if option.name not in (None, *_NOT_IN_CONFIG)]
        context.default_map = read_config(path, [name for name in known if name])


# What a file of options does not say: they are about one call.
_NOT_IN_CONFIG = ("config", "resume", "retry_failed", "restart", "help")


def _keys(command: Command) -> Command:
    """The options that say which fields of a record hold what."""
    for what, usual in (
        ("site", "taken from the address"),
        ("language", "language"),
        ("id", "id"),
        ("url", "url"),
        ("html", " or ".join(HTML_KEYS)),
        ("text", ", ".join(TEXT_KEYS)),
    ):
        command = click.option(f"--{what}-key", metavar="NAME", help=f"Field with the {what}; usually {usual}.")(
            command
        )
    return command


@cli.command()
@click.argument("input")
@click.argument("output")
@click.option(
    "--config",
    metavar="FILE",
    type=click.Path(path_type=Path),
    is_eager=True,
    expose_value=False,
    callback=_read_config,
    help="Options from this TOML file; those of the command line go before them.",
)
@click.option(
    "--run-folder",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Folder of this machine for the run, where OUTPUT is an address.",
)
@click.option("--resume", is_flag=True, help="Go on with a run that was stopped; begin it if there is none.")
@click.option("--retry-failed", is_flag=True, help="Go on, and try the documents again that failed.")
@click.option("--restart", is_flag=True, help="Forget the run that the output folder holds.")
@click.option(
    "--workers", type=click.IntRange(min=1), default=os.cpu_count() or 1, show_default="all cores", help="Processes."
)
@click.option(
    "--max-seconds",
    type=click.FloatRange(min=0, min_open=True),
    default=60.0,
    show_default=True,
    help="Time that a document may take; one that takes longer is stopped and has failed.",
)
@click.option(
    "--max-memory",
    type=click.IntRange(min=64),
    default=2048,
    show_default=True,
    metavar="MB",
    help="Memory that a document may take; one that takes more is stopped and has failed.",
)
@click.option("--format", type=click.Choice(sorted(READERS)), help="What every file is; else by its suffix.")
@_keys
@click.option("--output-format", type=click.Choice(OUTPUT_FORMATS), help="What to write; else what the input is.")
@click.option("--pack", type=click.Choice(PACKINGS), help="How to pack JSON lines; else as the input is.")
@click.option(
    "--part-size", type=click.IntRange(min=1), metavar="MB", help="Write rows into parts of this size, packed."
)
@click.option("--keep-html", is_flag=True, help="Leave the page in the row, beside its text.")
@click.option("--attributes", is_flag=True, help="Write the removals as Dolma's attributes, too.")
@click.option("--title/--no-title", default=True, help="Write the title above the text.")
@_cleaning_options
def batch(
    input: str,
    output: str,
    run_folder: Path | None,
    resume: bool,
    retry_failed: bool,
    restart: bool,
    workers: int,
    max_seconds: float,
    max_memory: int,
    format: str | None,
    output_format: str | None,
    pack: str | None,
    part_size: int | None,
    keep_html: bool,
    attributes: bool,
    title: bool,
    language: str | None,
    **chosen: Any,
) -> None:
    """Clean many documents into a folder.

    INPUT is a folder, a file, @FILE (a list of files, one a line), - (standard input) or an address such as s3://….
    Texts and pages are a file each; JSON lines, Parquet, WARC and ZIP archives hold many. OUTPUT, a folder or an
    address, has the same tree, and in the folder _cleaner the audit trail, a manifest and a summary. A run that was
    stopped, whatever stopped it, goes on with --resume.
    """
    from cleaner.batch.drift import drift_of  # noqa: PLC0415
    from cleaner.batch.job import Job, Limits, Reading, Writing, output_and_address  # noqa: PLC0415
    from cleaner.batch.run import Begin, Watcher, run  # noqa: PLC0415
    from cleaner.terminal import Progress, print_drift, print_summary  # noqa: PLC0415

    if restart and (resume or retry_failed):
        raise UsageError("--restart forgets the run that --resume and --retry-failed go on with: give one of them")
    keys = Keys(**{what: chosen.pop(f"{what}_key") for what in KEY_NAMES})
    folder, address = output_and_address(output, run_folder)
    job = Job(
        input,
        folder,
        _options(**chosen),
        title,
        language,
        Limits(max_seconds, max_memory),
        Reading(format, keys),
        Writing(output_format, pack, part_size, keep_html, attributes),
        address,
    )
    with Progress() as progress:
        watcher = Watcher(progress.start, progress.step, progress.say)
        summary = run(job, workers, Begin(resume, retry_failed, restart), watcher)
    print_summary(summary, folder)
    if job.options.template_file is not None:
        print_drift(drift_of(summary, job.options.template_file))
    sys.exit(Exit.SOME_FAILED if summary.failed else Exit.CLEAN)


@cli.command()
@click.argument("input")
@click.option(
    "--output",
    "-o",
    required=True,
    type=click.Path(path_type=Path),
    help="File to write: .toml for people, .parquet for many sites.",
)
@click.option("--update", type=click.Path(path_type=Path), help="Add to what this file has learned already.")
@click.option("--format", type=click.Choice(sorted(READERS)), help="What every file is; else by its suffix.")
@_keys
@click.option("--date-key", metavar="NAME", help="Field with the day; usually date or published, else by the address.")
@click.option(
    "--workers", type=click.IntRange(min=1), default=os.cpu_count() or 1, show_default="all cores", help="Processes."
)
@click.option(
    "--max-memory",
    type=click.IntRange(min=256),
    default=2048,
    show_default=True,
    metavar="MB",
    help="Memory for counting; what does not fit goes to the disk.",
)
@click.option("--scratch", type=click.Path(path_type=Path), help="Folder for temporary files; else that of the output.")
@click.option(
    "--max-age",
    type=click.IntRange(min=1),
    default=400,
    show_default=True,
    metavar="DAYS",
    help="With --update: forget lines that a site has not shown for so long.",
)
def learn(
    input: str,
    output: Path,
    update: Path | None,
    format: str | None,
    date_key: str | None,
    workers: int,
    max_memory: int,
    scratch: Path | None,
    max_age: int,
    **chosen: Any,
) -> None:
    """Learn what each site repeats on its pages, for --templates.

    INPUT is a corpus as for batch, with the pages' addresses. Lines that a site repeats are kept if they are its
    template and not its news. The file can be looked at and changed: 'cleaner templates'.
    """
    from cleaner.batch.job import Reading  # noqa: PLC0415
    from cleaner.learn.job import Learning, Watcher  # noqa: PLC0415
    from cleaner.learn.run import learn  # noqa: PLC0415
    from cleaner.terminal import Progress, print_learned  # noqa: PLC0415

    keys = Keys(**{what: chosen.pop(f"{what}_key") for what in KEY_NAMES})
    what = Learning(input, output, update, Reading(format, keys), date_key, workers, max_memory, scratch, max_age)
    with Progress("reading") as progress:
        learned = learn(what, Watcher(progress.start, progress.step, progress.say))
    print_learned(learned, output)
    sys.exit(Exit.SOME_FAILED if learned.failed else Exit.CLEAN)


@cli.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def status(run: Path, as_json: bool) -> None:
    """Show how a run is doing, or what it did, by its output folder."""
    import json  # noqa: PLC0415

    from cleaner.batch.status import read_status  # noqa: PLC0415
    from cleaner.terminal import print_status  # noqa: PLC0415

    found = read_status(run)
    if as_json:
        click.echo(json.dumps(found.as_dict(), indent=2))
    else:
        print_status(found)


@cli.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path),
    default=Path("report.html"),
    show_default=True,
    help="Write the page to this file.",
)
@click.option(
    "--compare",
    metavar="OTHER",
    type=click.Path(path_type=Path),
    help="Show what changed since this other run over the same input.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Another number shows other samples.")
def report(run: Path, output: Path, compare: Path | None, seed: int) -> None:
    """Show what a run took out, as a page that opens in a browser.

    RUN is the output folder of batch. The page is one file that needs nothing else: numbers, charts, samples of what
    each rule took, and whole documents side by side.
    """
    from cleaner.report import write_report  # noqa: PLC0415
    from cleaner.terminal import Counting  # noqa: PLC0415

    with Counting("reading") as counting:
        size = write_report(run, output, compare=compare, seed=seed, watch=counting.step)
    click.echo(f"{output}: {size / 1e6:.1f} MB; open it in a browser", err=True)


@cli.command()
@click.argument("file", default="-", metavar="[FILE|-]")
@click.option("--kind", type=click.Choice(KINDS), default="auto", show_default=True, help="What the input is.")
@click.option("--url", help="The document's address: helps to know the headline, and tells the site.")
@click.option("--site", metavar="NAME", help="The document's site, for --templates; else its address tells.")
@_cleaning_options
def explain(file: str, kind: str, url: str | None, site: str | None, language: str | None, **chosen: Any) -> None:
    """Show every block with its label, rule and reason."""
    from cleaner.pages import read_page  # noqa: PLC0415
    from cleaner.pipeline import clean_page  # noqa: PLC0415
    from cleaner.terminal import print_explanation  # noqa: PLC0415

    page = read_page(read_bytes(file), _kind_of(file, kind), url, site=site)
    print_explanation(clean_page(page, _options(**chosen), language))


@cli.command()
@click.argument("clean", type=click.Path(path_type=Path, allow_dash=True))
@click.argument("audit", type=click.Path(path_type=Path))
@click.option(
    "--output", "-o", type=click.Path(path_type=Path), help="File or folder to restore into; stdout for one document."
)
def restore(clean: Path, audit: Path, output: Path | None) -> None:
    """Give the documents back as they were before cleaning.

    CLEAN is a cleaned file with its --audit file, or an output folder of batch, or one of its files of rows, with its
    _cleaner/audit.jsonl. Texts come back byte for byte; a page comes back as the text that its blocks were. Rows get
    the text back that was cleaned.
    """
    from cleaner.batch.restore import holds_rows, read_audit, restore_bytes, restore_run  # noqa: PLC0415
    from cleaner.batch.run import check_folders  # noqa: PLC0415

    if clean.is_dir() or holds_rows(clean):
        if output is None:
            what = (
                "a folder is restored into another folder" if clean.is_dir() else "rows are restored into another file"
            )
            raise UsageError(f"{what}: name it with --output")
        if clean.is_dir():
            check_folders(clean, output)
        failed = restore_run(clean, audit, output, lambda why: click.echo(f"cleaner: {why}", err=True))
        sys.exit(Exit.SOME_FAILED if failed else Exit.CLEAN)
    record = next(read_audit(audit), None)
    if record is None:
        raise AuditError(f"{audit} holds no audit record")
    original = restore_bytes(read_bytes(clean), record)
    if output is None:
        _print_bytes(original)
    else:
        write_atomically(output, original)


@cli.command()
@click.argument("run", required=False, type=click.Path(path_type=Path))
@click.option("--try", "trial", is_flag=True, help="No run: paste a text or page, and see what would go and why.")
@click.option(
    "--sample", type=click.IntRange(min=1), metavar="N", help="How many removals and spared claims to show; 200."
)
@click.option("--seed", type=int, metavar="N", help="Which of them: another seed, another sample; 1.")
@click.option(
    "--category",
    "categories",
    type=_categories,
    metavar="CATEGORY",
    multiple=True,
    help="Only this category. Repeatable.",
)
@click.option("--rule", "rules", metavar="ID", multiple=True, help="Only what this rule claimed. Repeatable.")
@click.option(
    "--store",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where the verdicts are kept; usually RUN.review.jsonl, beside the run.",
)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port to listen on; any that is free.")
@click.option("--no-browser", is_flag=True, help="Do not open a browser: print the address only.")
@click.option(
    "--export-rules",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Add rules that protect what was wrongly removed to this file, and end.",
)
@click.option(
    "--export-fixtures",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write the documents in which the cleaner was wrong as page fixtures, and end.",
)
@click.option(
    "--export-labels",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the lines that have verdicts, with their categories (.jsonl, or .tsv without text), and end.",
)
def review(
    run: Path | None,
    trial: bool,
    sample: int | None,
    seed: int | None,
    categories: tuple[str, ...],
    rules: tuple[str, ...],
    store: Path | None,
    port: int,
    no_browser: bool,
    export_rules: Path | None,
    export_fixtures: Path | None,
    export_labels: Path | None,
) -> None:
    """Judge a sample of what a run removed and spared, in the browser.

    RUN is the output folder of 'cleaner batch'. Keys give verdicts; each is kept at once, and the same command goes on
    where the last one ended. Wrong removals become rules that protect, fixtures and labelled lines.
    """
    from cleaner.review.run import Asked, export, open_review, serve  # noqa: PLC0415
    from cleaner.review.strata import Wanted  # noqa: PLC0415

    exports = {"rules": export_rules, "fixtures": export_fixtures, "labels": export_labels}
    if trial and (run or any(exports.values())):
        raise UsageError("--try needs no run: give one of them")
    if trial:
        serve(None, _say, port=port, browser=not no_browser)
        return
    if run is None:
        raise UsageError("name the output folder of 'cleaner batch', or try a text with --try")
    given = {"size": sample, "seed": seed, "categories": categories, "rules": rules}
    named = {name: value for name, value in given.items() if value not in (None, ())}
    asked = Asked(run, store, Wanted(**named) if named else None)  # type: ignore[arg-type]
    if any(exports.values()):
        export(asked, {what: path for what, path in exports.items() if path}, _say)
        return
    with open_review(asked, _say) as opened:
        serve(opened, _say, port=port, browser=not no_browser)


@cli.group()
def rules() -> None:
    """What the wording rules are, and proof that each works."""


_rule_files = click.option(
    "--rules",
    "files",
    metavar="FILE",
    type=click.Path(),
    multiple=True,
    help="Your own rules in this file instead of the package's. Repeatable.",
)


def _rules_of(files: tuple[str, ...]) -> tuple[Rule, ...]:
    """The rules of the user's files, not proven yet; the package's if there are none."""
    if not files:
        return load_rules()
    return tuple(rule for file in files for rule in read_user_rules(open_rule_file(file)))


@rules.command("list")
@click.option("--category", type=_categories, metavar="CATEGORY", help="Only this category.")
@click.option("--language", metavar="CODE", help="Only this language ('any' for the neutral ones).")
@_rule_files
def rules_list(category: str | None, language: str | None, files: tuple[str, ...]) -> None:
    """List the rules, a line each: id, strength (action, of your own ones), why."""
    from cleaner.terminal import print_rules  # noqa: PLC0415

    print_rules(
        rule
        for rule in _rules_of(files)
        if category in (None, rule.category.value) and language in (None, rule.language)
    )


@rules.command("show")
@click.argument("id")
@_rule_files
def rules_show(id: str, files: tuple[str, ...]) -> None:
    """Show one rule whole."""
    from cleaner.terminal import rule_lines  # noqa: PLC0415

    known = {rule.id: rule for rule in _rules_of(files)}
    if id not in known:
        raise UsageError(f"there is no rule {id!r}" + (meant(id, known) or "; see 'cleaner rules list'"))
    click.echo("\n".join(rule_lines(known[id])))


@rules.command("test")
@click.argument("parts", nargs=-1, metavar="[PART OF AN ID]...")
@_rule_files
def rules_test(parts: tuple[str, ...], files: tuple[str, ...]) -> None:
    """Prove the rules against their own hits and misses."""
    everyone = _rules_of(files)
    chosen = [rule for rule in everyone if not parts or any(part in rule.id for part in parts)]
    if not chosen:
        raise UsageError(f"no rule id holds {' or '.join(map(repr, parts))}; see 'cleaner rules list'")
    faults = list(prove_user_rules(chosen) if files else prove(chosen, against=package_matcher()))
    for fault in faults:
        click.echo(fault)
    examples = sum(len(rule.hits) + len(rule.misses) for rule in chosen)
    click.echo(f"{len(chosen)} rules, {examples} examples, {len(faults)} faults")
    sys.exit(Exit.SOME_FAILED if faults else Exit.CLEAN)


@cli.group()
def templates() -> None:
    """What 'cleaner learn' has found: look at it, change it, compare it."""


_one_site = click.option("--site", metavar="NAME", help="Only this site.")


@templates.command("show")
@click.argument("file", type=click.Path(path_type=Path))
@_one_site
@click.option("--category", type=_categories, help="Only this category.")
@click.option("--all", "everything", is_flag=True, help="Also lines that do not go: refused ones and candidates.")
@click.option("--toml", is_flag=True, help="Print it as a file that can be edited.")
def templates_show(file: Path, site: str | None, category: str | None, everything: bool, toml: bool) -> None:
    """Show the sites of a file, or the lines of one site."""
    from cleaner.templates.files import read_sites  # noqa: PLC0415
    from cleaner.templates.toml_file import print_toml  # noqa: PLC0415
    from cleaner.terminal import print_site_lines, print_sites  # noqa: PLC0415

    found = (each for each in read_sites(file) if site in (None, each.name))
    if toml:
        for piece in print_toml(found):
            click.echo(piece, nl=False)
    elif site is None and category is None:
        print_sites(found)
    else:
        print_site_lines(found, category, everything)


@templates.command("edit")
@click.argument("file", type=click.Path(path_type=Path))
@_one_site
@click.option("--from", "source", type=click.Path(path_type=Path), help="Take the edited sites from this TOML file.")
def templates_edit(file: Path, site: str | None, source: Path | None) -> None:
    """Change lines in your editor.

    Give a line the state "approved" or "refused", change its category, add lines, or delete them: what is deleted is
    kept as refused, so that it is not learned again. FILE may be Parquet; then name the --site.
    """
    from cleaner.templates.edit import put_back  # noqa: PLC0415
    from cleaner.templates.files import is_toml, open_toml, read_sites  # noqa: PLC0415
    from cleaner.templates.lines import Site  # noqa: PLC0415
    from cleaner.templates.toml_file import print_toml  # noqa: PLC0415

    if source is not None:
        put_back(file, open_toml(source))
        return
    if site is None and not is_toml(file):
        raise UsageError(f"name the site to edit with --site; 'cleaner templates show {file}' lists them")
    before = [each for each in read_sites(file) if site in (None, each.name)] or [Site(site or "example.com")]
    after = _edited("".join(print_toml(before)))
    if after is None:
        _say("nothing was changed")
    else:
        put_back(file, after)


def _edited(text: str) -> Any:
    """The sites as somebody left them in the editor, ``None`` if they were left as they were."""
    from cleaner.templates.toml_file import read_toml  # noqa: PLC0415

    while True:
        after = click.edit(text, extension=".toml")
        if after is None:
            return None
        try:
            return read_toml(after, "what you have written")
        except UsageError as error:
            _say(str(error))
            if not click.confirm("Edit it again?", default=True, err=True):
                return None
            text = after


@templates.command("diff")
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@_one_site
def templates_diff(old: Path, new: Path, site: str | None) -> None:
    """Compare two files: which lines go with the one and not with the other."""
    from cleaner.templates.edit import differences  # noqa: PLC0415
    from cleaner.terminal import print_changes  # noqa: PLC0415

    print_changes((name, found) for name, found in differences(old, new) if site in (None, name))


def _kind_of(file: str, kind: str) -> str:
    """What the name says where the user said nothing."""
    return (kind_by_name(Path(file)) or kind) if kind == "auto" else kind


def _print_bytes(data: bytes) -> None:
    sys.stdout.flush()
    stream = getattr(sys.stdout, "buffer", None)
    if stream is None:
        sys.stdout.write(data.decode("utf-8", "replace"))
    else:
        stream.write(data)
        stream.flush()


def _quiet_pipe() -> None:
    """A reader that left (``| head``) is no error; Python must not complain about it on its way out either."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def main() -> None:
    """Run the command line; errors become a line on stderr and an exit status, never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        status = cli.main(prog_name="cleaner", standalone_mode=False)
        sys.stdout.flush()
        sys.exit(status or Exit.CLEAN)
    except click.exceptions.Abort:
        _say("interrupted")
        sys.exit(Exit.INTERRUPTED)
    except click.ClickException as error:
        error.show()
        sys.exit(Exit.WRONG_USE)
    except BrokenPipeError:
        _quiet_pipe()
        sys.exit(Exit.CLEAN)
    except UsageError as error:
        _say(str(error))
        sys.exit(Exit.WRONG_USE)
    except StoppedError as error:
        _say(str(error))
        sys.exit(Exit.INTERRUPTED)
    except CleanerError as error:
        _say(str(error))
        sys.exit(Exit.SOME_FAILED)
    except KeyboardInterrupt:
        _say("interrupted")
        sys.exit(Exit.INTERRUPTED)


def _say(message: str) -> None:
    click.echo(f"cleaner: {message}", err=True)


def _commands(group: click.Group, prefix: str = "") -> Iterator[str]:
    """Every command's name, for the documentation test."""
    for name, command in sorted(group.commands.items()):
        yield f"{prefix}{name}"
        if isinstance(command, click.Group):
            yield from _commands(command, f"{prefix}{name} ")
