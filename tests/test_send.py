"""Output to an address: what is there is what a run into a folder gives, each file whole, whatever stopped it."""

import gzip
import json
import shutil
import signal

import pytest

from cleaner.batch import RECORD_FOLDER, Begin, run_batch
from cleaner.batch.job import Writing
from cleaner.errors import OutputError, StoppedError, UsageError
from tests.test_batch import DOCUMENT
from tests.test_faults import outcome
from tests.test_io_warc import http, record
from tests.warm import run_cleaner as cli

fsspec = pytest.importorskip("fsspec", reason="needs the extra remote")
from fsspec.implementations.memory import MemoryFileSystem  # noqa: E402

STEP = "tests.faults:clean"


@pytest.fixture
def corpus(tmp_path):
    root = tmp_path / "in"
    (root / "deep [1]").mkdir(parents=True)
    for name in ("star*.txt", "staring.txt", "deep [1]/ä ?.html", "deep [1]/b.txt"):
        (root / name).write_text(DOCUMENT)
    (root / "c.jsonl.gz").write_bytes(gzip.compress((json.dumps({"text": DOCUMENT}) + "\n").encode() * 2))
    (root / "d.jsonl").write_text("no JSON\n")
    (root / "e.warc").write_bytes(record(http(b"<p>x")))
    return root


@pytest.fixture
def memory():
    system = fsspec.filesystem("memory")
    yield system
    system.rm("/bucket", recursive=True) if system.exists("/bucket") else None


def stored(system, root="/bucket/out"):
    """All files of an address, but for the configuration, which names the folders."""
    found = {path.removeprefix(f"{root}/"): system.cat_file(path) for path in system.find(root)}
    assert found.pop(f"{RECORD_FOLDER}/run.toml")
    return found


@pytest.mark.parametrize(
    "writing",
    [
        Writing(),
        Writing(attributes=True, pack="gz"),
        Writing(format="text"),
        Writing(format="jsonl"),
        Writing(format="jsonl", part_size=1),
    ],
    ids=str,
)
def test_an_address_holds_what_a_folder_would(corpus, tmp_path, memory, writing):
    run_batch(corpus, tmp_path / "out", step=STEP, writing=writing)
    # What an earlier run left in the folder is not of this one.
    (tmp_path / "run").mkdir()
    for name in ("mine.txt", "part-00009.jsonl", "documents-00009.jsonl"):
        (tmp_path / "run" / name).write_text("of somebody else")
    run_batch(corpus, "memory://bucket/out", run_folder=tmp_path / "run", step=STEP, writing=writing, workers=2)
    assert stored(memory) == outcome(tmp_path / "out")


def test_a_folder_as_an_address(corpus, tmp_path):
    address = f"file://{tmp_path}/there/out"
    done = cli("batch", corpus, address, "--run-folder", tmp_path / "run", "--workers", 1)
    assert done.returncode == 1, done.stderr  # d.jsonl is no JSON
    assert str(tmp_path / "run" / RECORD_FOLDER) in done.stderr.decode()
    sent = outcome(tmp_path / "there/out")
    assert sent == outcome(tmp_path / "run")
    printed = tmp_path / "there/out" / RECORD_FOLDER / "run.toml"
    shutil.rmtree(tmp_path / "run")
    assert cli("batch", "--config", printed).returncode == 1
    assert outcome(tmp_path / "there/out") == sent == outcome(tmp_path / "run")


def test_an_address_that_fails_on_the_way(corpus, tmp_path, memory, monkeypatch):
    run_batch(corpus, tmp_path / "out", step=STEP)
    puts, room = [], 3

    def put_file(system, source, target, **more):
        if len(puts) == room:
            system.pipe_file(target, b"half")
            raise ConnectionError("the line is dead")
        puts.append(source)
        return real(system, source, target, **more)

    real = MemoryFileSystem.put_file
    monkeypatch.setattr(MemoryFileSystem, "put_file", put_file)
    where = {"output": "memory://bucket/out", "run_folder": tmp_path / "run", "step": STEP}
    with pytest.raises(OutputError, match=r"memory://bucket/out: .* cannot be written: .*dead.*--resume"):
        run_batch(corpus, **where)
    assert not memory.exists(f"/bucket/out/{RECORD_FOLDER}/summary.json")
    finished = {path for path in memory.find("/bucket/out") if not path.endswith(".part")}
    assert len(finished) == 3
    room = 99
    run_batch(corpus, **where, begin=Begin(resume=True))
    assert len(set(puts)) == len(puts)
    assert stored(memory) == outcome(tmp_path / "out")
    before = len(puts)
    run_batch(corpus, **where, begin=Begin(resume=True))
    assert len(puts) == before  # it is complete


def test_what_changes_is_sent_again(corpus, tmp_path, memory):
    where = {"output": "memory://bucket/out", "run_folder": tmp_path / "run", "step": STEP}
    assert run_batch(corpus, **where).failed == 1
    memory.rm("/bucket/out", recursive=True)
    assert run_batch(corpus, **where, begin=Begin(retry_failed=True)).failed == 1
    assert stored(memory) == outcome(tmp_path / "run")


def test_parts_that_an_earlier_run_has_sent_and_this_one_has_not(corpus, tmp_path, memory):
    for name in ("part-00001.jsonl", "documents-00001.jsonl", "part-00002.txt", "deep/part-00003.jsonl"):
        memory.pipe_file(f"/bucket/out/{name}", b"of an earlier run")
    memory.makedirs("/bucket/out/part-00004.jsonl")
    writing = Writing(format="jsonl", part_size=1)
    run_batch(corpus, "memory://bucket/out", run_folder=tmp_path / "run", step=STEP, writing=writing)
    left = stored(memory).keys() - outcome(tmp_path / "run").keys()
    assert left == {"documents-00001.jsonl", "part-00002.txt", "deep/part-00003.jsonl"}
    run_batch(corpus, "memory://bucket/out", run_folder=tmp_path / "run", step=STEP, writing=Writing())
    assert "part-00000.jsonl" in stored(memory)


def test_wrong_use(corpus, tmp_path):
    run = tmp_path / "run"
    with pytest.raises(UsageError, match=r"name a folder of this machine .* --run-folder"):
        run_batch(corpus, "memory://bucket/out")
    with pytest.raises(UsageError, match="is a folder, and serves itself"):
        run_batch(corpus, tmp_path / "out", run_folder=run)
    for address in (f"file://{corpus}", f"file://{corpus}/out", f"file://{tmp_path}"):
        with pytest.raises(UsageError, match="lies in the other"):
            run_batch(corpus, address, run_folder=run)
    with pytest.raises(UsageError, match="lies in the other"):
        run_batch("memory://bucket", "memory://bucket/out", run_folder=run)
    with pytest.raises(UsageError, match="nonsense"):
        run_batch(corpus, "nonsense://out", run_folder=run)
    (tmp_path / "list").write_text(f"{corpus / 'staring.txt'}\n")
    assert run_batch(f"@{tmp_path / 'list'}", f"file://{corpus}", run_folder=run, step=STEP).failed == 1
    assert (corpus / "staring.txt").read_text() == DOCUMENT


def test_a_signal_while_it_sends_stops_the_run_and_it_goes_on(corpus, tmp_path, memory, monkeypatch):
    def stop(*_):
        signal.raise_signal(signal.SIGINT)

    with monkeypatch.context() as patch, pytest.raises(StoppedError, match="--resume"):
        patch.setattr("cleaner.batch.send._send_file", stop)
        run_batch(corpus, "memory://bucket/out", run_folder=tmp_path / "run", step=STEP)
    run_batch(corpus, "memory://bucket/out", run_folder=tmp_path / "run", step=STEP, begin=Begin(resume=True))
    assert stored(memory) == outcome(tmp_path / "run")


def test_a_signal_while_an_address_is_looked_at_stops_the_run(tmp_path, memory, monkeypatch):
    def stop(*_):
        signal.raise_signal(signal.SIGINT)

    memory.pipe("/bucket/in/a.txt", b"a")
    monkeypatch.setattr(MemoryFileSystem, "isfile", stop)
    with pytest.raises(StoppedError):
        run_batch("memory://bucket/in", tmp_path / "out", step=STEP)
