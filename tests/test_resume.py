"""Going on with a run: by content and configuration, never by half; status, configuration file, numbers."""

import gzip
import json
import os
import pkgutil
import re
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pyarrow
import pyarrow.parquet
import pytest

from cleaner.batch import RECORD_FOLDER, Begin, run, run_batch, supervise
from cleaner.batch.config import differences, print_config, read_config, settings_of
from cleaner.batch.job import Job, Limits, RunFolder, Writing
from cleaner.batch.journal import Journal, read_journal
from cleaner.batch.run import Watcher
from cleaner.batch.status import read_status
from cleaner.cli import _NOT_IN_CONFIG
from cleaner.cli import cli as cli_group
from cleaner.errors import StoppedError, UsageError
from cleaner.options import Options
from tests.conftest import ROOT
from tests.test_batch import DOCUMENT, tree
from tests.test_faults import make_folder, outcome, rows, start, texts
from tests.test_io_warc import http, record
from tests.warm import run_cleaner as cli

STEP = "tests.faults:clean"
RESUME = Begin(resume=True)


@pytest.fixture
def corpus(tmp_path):
    make_folder(tmp_path / "in", texts())
    return tmp_path / "in"


def stop_early(corpus, out, **more):
    """A run that is stopped once something is committed."""

    def stop(tally):
        if tally.documents and any(read_journal(RunFolder(out / RECORD_FOLDER).journal).of(0)):
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(StoppedError):
        run_batch(corpus, out, step=STEP, watcher=Watcher(on_progress=stop), **more)


def test_what_is_done_stands_and_the_rest_is_done(corpus, tmp_path):
    out = tmp_path / "out"
    stop_early(corpus, out)
    parts = {p: p.stat().st_mtime_ns for p in (out / RECORD_FOLDER / "work").glob("*/*.manifest")}
    with pytest.raises(UsageError, match="not complete: go on with --resume"):
        run_batch(corpus, out, step=STEP)
    started = []
    run_batch(corpus, out, step=STEP, workers=2, begin=RESUME, watcher=Watcher(on_start=lambda *a: started.append(a)))
    totals, done = started[0]
    assert parts
    assert 0 < done.documents < totals.documents == len(texts())
    run_batch(corpus, tmp_path / "undisturbed", step=STEP)
    assert tree(out) == tree(tmp_path / "undisturbed")


def test_a_run_goes_on_with_the_same_options_only(corpus, tmp_path):
    out = tmp_path / "out"
    stop_early(corpus, out)
    mine = tmp_path / "mine.toml"
    mine.write_text(
        '[[rule]]\nid = "own"\nwhy = "a test"\naction = "remove"\ncategory = "other"\nphrases = ["harbour"]\nhits = ["harbour"]\n'
    )
    for changed, words in (
        ({"options": Options(preset="careful")}, "preset was 'balanced' and is 'careful'"),
        ({"language": "de"}, "language was not set and is 'de'"),
        ({"title": False}, "title was True and is False"),
    ):
        with pytest.raises(UsageError, match=words):
            run_batch(corpus, out, step=STEP, begin=RESUME, **changed)
    run_batch(corpus, out, step=STEP, begin=RESUME, workers=2, limits=Limits(30, 512))


@pytest.mark.parametrize("complete", [False, True])
def test_other_rules_or_weights_are_another_run(corpus, tmp_path, complete):
    out = tmp_path / "out"
    run_batch(corpus, out, step=STEP) if complete else stop_early(corpus, out)
    path = out / RECORD_FOLDER / "run.toml"
    path.write_text(path.read_text().replace('rules = "', 'rules = "0'))
    with pytest.raises(UsageError, match=r"the package's rules was .*--restart"):
        run_batch(corpus, out, step=STEP, begin=RESUME)


def test_an_input_that_has_changed(corpus, tmp_path):
    out = tmp_path / "out"
    stop_early(corpus, out)
    first = corpus / "0" / "0000.txt"
    before = first.read_bytes()
    first.write_text("Another text.\n")
    with pytest.raises(UsageError, match=r"one of 0/0000\.txt to .* has changed"):
        run_batch(corpus, out, step=STEP, begin=RESUME)
    first.write_bytes(before)
    new = corpus / "1" / "new.txt"
    new.write_text(DOCUMENT)
    with pytest.raises(UsageError, match=r"1/new\.txt is new"):
        run_batch(corpus, out, step=STEP, begin=RESUME)
    new.rename(new.with_suffix(".notes"))  # what is not read may come and go
    shutil.copytree(corpus, tmp_path / "moved")
    run_batch(tmp_path / "moved", out, step=STEP, begin=RESUME)


def stop(*_):
    raise StoppedError("stopped")


def stop_at_once(source, out, **more):
    """A run that is stopped when it has planned."""

    with pytest.raises(StoppedError):
        run_batch(source, out, step=STEP, watcher=Watcher(on_start=stop), **more)


@pytest.mark.parametrize("how", ["file", "list", "folder as a list"])
def test_an_input_that_lies_elsewhere_now(tmp_path, monkeypatch, how):
    (tmp_path / "here").mkdir()
    for name in ("a.jsonl", "b.txt", "gone.txt"):
        (tmp_path / "here" / name).write_text(
            '{"text": "_One."}\n{"text": "_Two."}\n' if name == "a.jsonl" else "_Text"
        )
    given = {"file": ["a.jsonl"], "list": ["b.txt", "gone.txt", "a.jsonl"], "folder as a list": ["a.jsonl", "b.txt"]}[
        how
    ]
    (tmp_path / "list").write_text("".join(f"{name}\n" for name in given))
    monkeypatch.chdir(tmp_path / "here")
    if how == "folder as a list":
        (tmp_path / "here" / "gone.txt").unlink()
    stop_at_once({"file": "a.jsonl", "list": "@../list", "folder as a list": "."}[how], tmp_path / "out")
    (tmp_path / "here").rename(tmp_path / "there")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there" / "gone.txt").unlink(missing_ok=True)
    (tmp_path / "list").write_text("".join(f"there/{name}\n" for name in given))
    source = tmp_path / "there" / "a.jsonl" if how == "file" else "@list"
    summary = run_batch(source, tmp_path / "out", step=STEP, begin=RESUME)
    assert summary.failed == ("gone.txt" in given)
    assert (tmp_path / "out" / "a.jsonl").read_text().count("One.") == 1
    run_batch(source, tmp_path / "undisturbed", step=STEP)
    assert outcome(tmp_path / "out") == outcome(tmp_path / "undisturbed")


def test_an_output_that_lies_elsewhere_now_with_what_came_through_standard_input(tmp_path):
    command = [sys.executable, "-m", "tests.faults", "-"]
    body = "".join(json.dumps({"text": f"_{n}"}) + "\n" for n in range(30)) + json.dumps({"text": "HANG"}) + "\n"
    out = tmp_path / "out"
    with subprocess.Popen([*command, out, "--workers", "1"], cwd=ROOT, stdin=subprocess.PIPE) as process:
        process.stdin.write(body.encode())
        process.stdin.close()
        while not any(read_journal(RunFolder(out / RECORD_FOLDER).journal).of(0)):
            assert process.poll() is None
            time.sleep(0.01)
        process.kill()
    out.rename(tmp_path / "moved")
    again = [*command, tmp_path / "moved", "--resume", "--seconds", "1"]
    done = subprocess.run(again, cwd=ROOT, stdin=subprocess.DEVNULL, check=False)
    assert done.returncode == 1
    assert [row["status"] for row in rows(tmp_path / "moved")] == ["ok"] * 30 + ["failed"]


def test_an_input_that_lies_in_the_output_now_is_not_overwritten(tmp_path):
    source, out = tmp_path / "a.jsonl", tmp_path / "out"
    source.write_text('{"text": "_One."}\n')
    stop_at_once(source, out)
    source.rename(out / "a.jsonl")
    with pytest.raises(UsageError, match=r"a\.jsonl lies in the output folder now"):
        run_batch(out / "a.jsonl", out, step=STEP, begin=RESUME)
    assert (out / "a.jsonl").read_text() == '{"text": "_One."}\n'
    # One that lay there from the beginning is refused, as it was.
    stop_at_once(out / "a.jsonl", out, begin=Begin(restart=True))
    assert run_batch(out / "a.jsonl", out, step=STEP, begin=RESUME).failed == 1


def test_the_types_of_parquet_need_no_input_at_the_end(tmp_path, monkeypatch):
    root, out = tmp_path / "in", tmp_path / "out"
    root.mkdir()
    columns = {"text": ["_One.", "_Two."], "n": pyarrow.array([1, 2], "int32"), "deep": [{"a": 1}, {"a": 2}]}
    pyarrow.parquet.write_table(pyarrow.table(columns), root / "a.parquet")
    (root / "b.parquet.gz").write_bytes(gzip.compress((root / "a.parquet").read_bytes()))
    run_batch(root, tmp_path / "undisturbed", step=STEP)
    with monkeypatch.context() as patch, pytest.raises(StoppedError):
        patch.setattr(run, "assemble", stop)
        run_batch(root, out, step=STEP)
    shutil.rmtree(root)
    root.mkdir()
    run_batch(root, out, step=STEP, begin=RESUME)
    for name in ("a", "b"):
        assert pyarrow.parquet.read_schema(out / f"{name}.parquet").field("n").type == pyarrow.int32()
    assert outcome(out) == outcome(tmp_path / "undisturbed")


def test_texts_with_lone_surrogates_are_not_done_again(tmp_path, monkeypatch):
    said = []
    odd = [f"_{text}" for text in ("\udc80", "\ud83d", "\udc80\ud83d", "good")]
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in odd))
    (tmp_path / "in" / "b.txt").write_bytes(b"_\x00\xff\x80\x81\x01")
    with monkeypatch.context() as patch, pytest.raises(StoppedError):
        patch.setattr(run, "assemble", stop)
        run_batch(tmp_path / "in", tmp_path / "out", step=STEP, writing=Writing(format="text"))
    (tmp_path / "out" / "b.txt").write_bytes(b"damaged")
    more = {"writing": Writing(format="text"), "begin": RESUME, "watcher": Watcher(say=said.append)}
    run_batch(tmp_path / "in", tmp_path / "out", step=STEP, **more)
    assert said == ["1 documents are done again: what was written of them is damaged or gone"]


@pytest.mark.parametrize("good", [True, False], ids=["all done", "one failed"])
def test_all_is_on_the_disk_before_a_run_is_complete(corpus, tmp_path, monkeypatch, good):
    seen = []

    def sync_disk(folder):
        ledger = read_journal(RunFolder(folder / RECORD_FOLDER).journal)
        seen.append((bool(ledger.run), ledger.complete, len(list(folder.glob("*/*.txt")))))
        sync(folder)

    if not good:
        (corpus / "1" / "0070.txt").write_text("CRASH")
    sync = run.sync_disk
    monkeypatch.setattr(run, "sync_disk", sync_disk)
    run_batch(corpus, tmp_path / "out", step=STEP)
    assert seen == [(True, False, len(texts()) - (not good))]


@pytest.mark.parametrize("with_failures", [False, True])
def test_an_input_that_cannot_serve_leaves_the_earlier_run(tmp_path, with_failures):
    root, out, wrong = tmp_path / "in", tmp_path / "out", tmp_path / "wrong"
    make_folder(root, ["_One.", "_Two."])
    (root / "a.jsonl").write_text("no JSON\n" if with_failures else '{"text": "_Three."}\n')
    writing = Writing(attributes=True)
    run_batch(root, out, step=STEP, writing=writing)
    before = outcome(out)
    wrong.mkdir()
    with pytest.raises(UsageError, match="holds no documents"):
        run_batch(wrong, out, step=STEP, writing=writing)
    assert outcome(out) == before
    assert run_batch(root, out, step=STEP, writing=writing, begin=Begin(retry_failed=True)).failed == with_failures
    assert outcome(out) == before
    # A run that takes its place leaves nothing of it among the records.
    run_batch(root, out, step=STEP)
    assert not (out / RECORD_FOLDER / "attributes").exists()


def test_a_stop_while_it_plans_does_not_lead_back_to_the_earlier_run(tmp_path, monkeypatch):
    make_folder(tmp_path / "in", ["_One."])
    monkeypatch.setattr(run, "write_plan", stop)
    with pytest.raises(StoppedError, match="stopped; go on with --resume"):
        run_batch(tmp_path / "in", tmp_path / "out", step=STEP)
    monkeypatch.undo()
    run_batch(tmp_path / "in", tmp_path / "out", step=STEP)
    monkeypatch.setattr(run, "write_plan", stop)
    with pytest.raises(StoppedError, match="stopped; give the same command again"):
        run_batch(tmp_path / "in", tmp_path / "out", step=STEP)


def test_workers_that_cannot_begin_are_no_failure_of_documents(corpus, tmp_path):
    with pytest.raises(UsageError, match=r"end before they can begin .*go on with --resume"):
        run_batch(corpus, tmp_path / "out", step="tests.nothing:at_all")
    assert not (tmp_path / "out" / RECORD_FOLDER / "manifest.jsonl").exists()


def test_no_limit_of_time(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("_One.")
    stop_at_once(tmp_path / "in", tmp_path / "out", limits=Limits(float("inf")))
    assert run_batch(tmp_path / "in", tmp_path / "out", step=STEP, begin=RESUME).failed == 0


@pytest.fixture
def mixed(tmp_path):
    """Rows in a Parquet file and in JSON lines, and a file without a suffix in a list."""
    folder = tmp_path / "mixed"
    folder.mkdir()
    pyarrow.parquet.write_table(pyarrow.table({"n": pyarrow.array([1], "int8"), "text": ["a"]}), folder / "a.parquet")
    (folder / "b.jsonl").write_text('{"text": "b", "x": [1]}\n')
    (folder / "c").write_text("c\n")
    (folder / "list").write_text("".join(f"{folder / name}\n" for name in ("a.parquet", "b.jsonl", "c")))
    return f"@{folder / 'list'}"


@pytest.mark.parametrize(
    "place",
    [
        "cleaner.batch.plan.sniffed",
        "cleaner.batch.plan.schema_of",
        "cleaner.batch.assemble.read_rows",
        "cleaner.io.columns.Columns.table",
        "pyarrow.array",
    ],
)
def test_a_signal_stops_the_run_wherever_it_is(mixed, tmp_path, monkeypatch, place):
    # Some places take every error for a fault of the file that they look at.
    writing = Writing(format="parquet")
    assert run_batch(mixed, tmp_path / "undisturbed", step=STEP, writing=writing).failed == 0
    module, name = place.rsplit(".", 1)
    owner = pkgutil.resolve_name(module)
    real = getattr(owner, name)

    def stop(*args, **more):
        signal.raise_signal(signal.SIGTERM)
        return real(*args, **more)

    with monkeypatch.context() as patch, pytest.raises(StoppedError, match=r"--resume|^stopped$"):
        patch.setattr(owner, name, stop)
        run_batch(mixed, tmp_path / "out", step=STEP, writing=writing)
    run_batch(mixed, tmp_path / "out", step=STEP, writing=writing, begin=RESUME)
    assert outcome(tmp_path / "out") == outcome(tmp_path / "undisturbed")


def test_a_signal_while_the_last_workers_are_let_go(corpus, tmp_path, monkeypatch):
    dismiss = supervise._Worker.dismiss

    def stop(worker):
        signal.raise_signal(signal.SIGINT)
        dismiss(worker)

    with monkeypatch.context() as patch, pytest.raises(StoppedError, match=f"after {len(texts())} .*--resume"):
        patch.setattr(supervise._Worker, "dismiss", stop)
        run_batch(corpus, tmp_path / "out", step=STEP)
    assert run_batch(corpus, tmp_path / "out", step=STEP, begin=RESUME).documents == len(texts())


def test_input_that_vanishes_has_failed(corpus, tmp_path):
    out = tmp_path / "out"
    stop_early(corpus, out)
    for path in (corpus / "0" / "0000.txt", corpus / "2" / "0149.txt"):
        path.unlink()
    summary = run_batch(corpus, out, step=STEP, begin=RESUME)
    assert [row for row in rows(out) if row["status"] == "failed"] == [
        {
            "id": "2/0149.txt",
            "status": "failed",
            "cause": "unreadable",
            "error": "it cannot be opened: No such file or directory",
        }
    ]
    assert summary.causes == {"unreadable": 1}


def test_what_was_damaged_is_done_again(corpus, tmp_path):
    out, said = tmp_path / "out", []
    stop_early(corpus, out)
    (out / "0" / "0003.txt").write_text("half a te")
    work = out / RECORD_FOLDER / "work"
    with (work / "journal.jsonl").open("ab") as journal:
        journal.write(b'{"segment": {"task": 0, "fir')
    run_batch(corpus, out, step=STEP, begin=RESUME, watcher=Watcher(say=said.append))
    assert "done again" in said[0]
    run_batch(corpus, tmp_path / "undisturbed", step=STEP)
    assert tree(out) == tree(tmp_path / "undisturbed")


def test_failed_documents_are_tried_again(corpus, tmp_path):
    out, bad = tmp_path / "out", corpus / "1" / "0070.txt"
    good = bad.read_bytes()
    bad.write_text("HANG")
    summary = run_batch(corpus, out, step=STEP, limits=Limits(0.5))
    assert summary.causes == {"timeout": 1}
    assert run_batch(corpus, out, step=STEP, begin=RESUME).failed == 1  # complete: nothing to do
    with pytest.raises(UsageError, match="has changed"):
        bad.write_bytes(good)
        run_batch(corpus, out, step=STEP, begin=Begin(retry_failed=True))
    bad.write_text("HANG")
    assert run_batch(corpus, out, step=STEP, limits=Limits(0.5), begin=Begin(retry_failed=True)).failed == 1
    assert run_batch(corpus, tmp_path / "undisturbed", step=STEP, limits=Limits(0.5)).failed == 1
    assert outcome(out) == outcome(tmp_path / "undisturbed")
    (corpus / "2" / "0002.txt").unlink()
    assert run_batch(corpus, out, step=STEP, limits=Limits(0.5), begin=Begin(restart=True)).failed == 1


def test_a_crash_by_chance_is_no_fault_of_the_document(corpus, tmp_path):
    # The worker dies on it once: it looks for a file, and is the only one that finds it.
    chance = tmp_path / "chance"
    chance.write_text("")
    (corpus / "1" / "0070.txt").write_text(f"CHANCE {chance}\n")
    summary = run_batch(corpus, tmp_path / "out", step=STEP)
    assert not chance.exists()
    assert summary.failed == 0


@pytest.mark.parametrize(("word", "cause"), [("DEADLY", "crashed"), ("ENDLESS", "timeout")])
def test_a_reader_that_dies_loses_the_same_for_any_number_of_workers(tmp_path, monkeypatch, word, cause):
    monkeypatch.setattr(supervise, "SHARED_BYTES", 0)
    monkeypatch.setattr(supervise, "FIRST_SLICE", 4)
    monkeypatch.setattr(supervise, "SLICE", 8)
    path, while_there = tmp_path / "a.jsonl", tmp_path / "deadly"
    while_there.touch()
    said = texts({70: f"{word} {while_there}\n"})
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in said))
    for workers in (1, 3):
        out = tmp_path / str(workers)
        summary = run_batch(path, out, step=STEP, workers=workers, limits=Limits(1.5))
        assert (summary.documents, dict(summary.causes)) == (71, {cause: 1})
        assert [row["number"] for row in rows(out)] == list(range(71))
    assert outcome(tmp_path / "1") == outcome(tmp_path / "3")
    while_there.unlink()
    for workers in (1, 3):
        run_batch(path, tmp_path / str(workers), step=STEP, workers=2, begin=Begin(retry_failed=True))
    assert len(rows(tmp_path / "1")) == len(said)
    assert outcome(tmp_path / "1") == outcome(tmp_path / "3")


def test_what_a_reader_that_died_left_beyond_the_end_does_not_count_later(tmp_path):
    path, out, while_there = tmp_path / "a.jsonl", tmp_path / "out", tmp_path / "deadly"
    while_there.touch()
    said = texts({70: f"DEADLY {while_there}\n"})
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in said))
    run_batch(path, out, step=STEP)
    place = RunFolder(out / RECORD_FOLDER).journal
    # One that passed over that record for a later slice has died of it, too, and its segment was there first.
    end = read_journal(place).of(0)[-1]
    with Journal(place) as journal:
        journal.add(segment=replace(end, first=end.stop + 5, stop=end.stop + 6))
    while_there.unlink()
    assert run_batch(path, out, step=STEP, begin=Begin(retry_failed=True)).failed == 0
    assert len(rows(out)) == len(said)


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="halts processes")
def test_a_pause_is_no_fault_of_the_documents(corpus, tmp_path):
    # As Ctrl-Z does it: all processes are halted for longer than a document may take.
    out = tmp_path / "out"
    process = start(corpus, out, "--workers", 2, "--seconds", 1.5)
    while not list((out / RECORD_FOLDER / "work").glob("*/*.manifest")):
        assert process.poll() is None
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGSTOP)
    time.sleep(3)
    os.killpg(process.pid, signal.SIGCONT)
    said = process.communicate(timeout=60)[1]
    assert process.returncode == 0, said


def test_after_a_pause_the_time_of_a_document_begins_anew(tmp_path, monkeypatch):
    now, stopped = 100.0, []
    monkeypatch.setattr(supervise.time, "monotonic", lambda: now)
    supervisor = supervise.Supervisor(Job("in", tmp_path, limits=Limits(60)), None, 1, supervise.Tally(), None)
    monkeypatch.setattr(supervisor, "_stop", lambda worker, *_: stopped.append((now, worker.desk.seconds)))
    desk = SimpleNamespace(seconds=0.0)
    supervisor._workers = [SimpleNamespace(desk=desk, ready=False)]

    def look(until):
        nonlocal now
        while now < until:
            now, desk.seconds = now + 0.5, desk.seconds + 0.5
            supervisor._watch()

    look(150)
    now, desk.seconds = now + 1000, desk.seconds + 1000
    look(1210)
    assert stopped == []
    look(1211)
    assert stopped


def test_one_run_at_a_time(corpus, tmp_path):
    (corpus / "1" / "0070.txt").write_text("HANG")
    out = tmp_path / "out"
    command = [sys.executable, "-m", "tests.faults", corpus, out]
    process = subprocess.Popen(command)
    journal = out / RECORD_FOLDER / "work" / "journal.jsonl"
    while not (journal.exists() and read_journal(journal).run):
        time.sleep(0.01)
    with pytest.raises(UsageError, match="another run"):
        run_batch(corpus, out, step=STEP, begin=RESUME)
    while not read_status(out).summary.documents:
        time.sleep(0.01)
    shown = cli("status", out)
    process.kill()
    process.wait()
    assert shown.stdout.startswith(b"running: ")
    assert f" of {len(texts())} documents, ".encode() in shown.stdout
    assert read_status(out).state == "stopped"


def test_status_of_a_complete_run(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_text(DOCUMENT)
    (folder / "b.html").write_text(
        f'<html><head><link rel=canonical href="https://www.example.org/a"></head><body><article><p>{DOCUMENT}</article></body></html>'
    )
    (folder / "b.txt").write_text("[red]\x1b[31m")
    assert cli("batch", folder, tmp_path / "out").returncode == 1
    shown = cli("status", tmp_path / "out")
    assert shown.returncode == 0
    for words in (b"complete: 3 of 3 documents", b"advertisement", b"example.org", b"b.txt", b"already that of b.html"):
        assert words in shown.stdout, words
    told = json.loads(cli("status", tmp_path / "out", "--json").stdout)
    assert told["languages"]["en"]["documents"] == 2
    assert told["sites"]["example.org"]["documents"] == 1
    assert told["causes"] == {"unreadable": 1}
    assert told["failures"][0]["id"] == "b.txt"
    assert sum(share["read"] for share in told["sites"].values()) == told["read"]
    assert cli("status", folder).returncode == 2


def test_status_tells_what_was_passed_over_so_far(tmp_path, monkeypatch):
    path = tmp_path / "a.warc.gz"
    requests = (record(b"", n, "request") for n in range(8))
    path.write_bytes(gzip.compress(b"".join([record(http(b"<p>x")), *requests, record(http(b"HANG"))])))
    monkeypatch.setattr(supervise, "SHARED_BYTES", 0)
    monkeypatch.setattr(supervise, "FIRST_SLICE", 9)
    stop_early(path, tmp_path / "out")
    assert read_status(tmp_path / "out").summary.passed == {"request": 8}


def test_options_from_a_file(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_text(DOCUMENT)
    config = tmp_path / "run.toml"
    config.write_text(
        f'input = "{folder}"\noutput = "{tmp_path / "out"}"\nkeep = ["advertisement"]\nmax-seconds = 5\nworkers = 1\ntitle = false\n'
    )
    assert cli("batch", "--config", config).returncode == 0
    printed = tmp_path / "out" / RECORD_FOLDER / "run.toml"
    told = tomllib.loads(printed.read_text())
    assert (told["keep"], told["max_seconds"], told["title"]) == (["advertisement"], 5.0, False)
    assert len(told["made_with"]["weights"]) == 64
    assert "Advertisement" in (tmp_path / "out" / "a.txt").read_text()
    # What a run printed makes the same run again; the command line goes before it.
    assert cli("batch", "--config", printed, folder, tmp_path / "again").returncode == 0
    assert tree(tmp_path / "out") == tree(tmp_path / "again")
    refused = cli("batch", "--config", config, "--preset", "careful", "--resume")
    assert refused.returncode == 2
    assert b"preset was 'balanced' and is 'careful'" in refused.stderr


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("presett = 'careful'", "option 'presett' is not known, did you mean 'preset'"),
        ("preset = ", "is not TOML"),
        ("resume = true", "option 'resume' is not known"),
        ("preset = 'wild'", "'wild' is not one of"),
        ("workers = 0", "workers"),
        ("language = 'English'", "'English' is no ISO 639-1 code"),
    ],
)
def test_a_file_of_options_that_is_wrong(tmp_path, text, words):
    config = tmp_path / "run.toml"
    config.write_text(text)
    done = cli("batch", "--config", config, tmp_path / "in", tmp_path / "out")
    assert done.returncode == 2
    assert words in done.stderr.decode()
    assert b"Traceback" not in done.stderr


def test_the_printed_settings_can_be_read(tmp_path):
    job = Job(str(tmp_path / 'a "b"\n'), tmp_path / "ü\x7f", Options(actions={"caption": "keep"}), language="de")
    settings = settings_of(job, 3)
    path = tmp_path / "run.toml"
    path.write_text(print_config(settings), encoding="utf-8")
    read = read_config(path, settings)
    assert read == {name: value for name, value in settings.items() if name != "made_with" and value is not None}
    assert differences(tomllib.loads(path.read_text(encoding="utf-8")), settings) == []


def test_the_documented_file_has_all_options():
    text = (ROOT / "docs" / "batch.md").read_text(encoding="utf-8")
    documented = tomllib.loads(re.search(r"```toml\n(.*?)```", text, re.DOTALL)[1])
    options = {option.name for option in cli_group.commands["batch"].params} - set(_NOT_IN_CONFIG)
    assert set(documented) == options == set(settings_of(Job("in", Path("out")), 1)) - {"made_with"}


def test_a_journal_holds_whole_lines_only(tmp_path):
    path = tmp_path / "journal.jsonl"
    with Journal(path) as journal:
        journal.add(run={"tasks": 1, "documents": 2, "size": 3})
    whole = path.read_bytes()
    for cut in range(len(whole)):
        path.write_bytes(whole + whole[:cut])
        assert read_journal(path).run["tasks"] == 1
        with Journal(path):
            assert path.read_bytes() == whole


def test_nothing_is_written_through_a_link(corpus, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    out = tmp_path / "out"
    out.mkdir()
    (out / "1").symlink_to(outside)
    (out / "0").mkdir()
    (out / "0" / "0000.txt").symlink_to(outside / "victim")
    with pytest.raises(UsageError, match="outside the output folder: a link leads there"):
        run_batch(corpus, out, step=STEP)
    assert list(outside.iterdir()) == []


def test_documents_among_the_records_are_refused(tmp_path):
    folder = tmp_path / "in" / RECORD_FOLDER
    folder.mkdir(parents=True)
    (folder / "a.txt").write_text(DOCUMENT)
    run_batch(tmp_path / "in", tmp_path / "out", step=STEP)
    assert "the run's own records" in rows(tmp_path / "out")[0]["error"]
