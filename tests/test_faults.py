"""Whatever happens to a run, it goes on afterwards to the very bytes of a run that nothing happened to.

Some 50 kills at random moments are part of the suite; ``pytest --many-kills`` makes 50 for every format.
"""

import gzip
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from datetime import datetime
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

from cleaner.batch import RECORD_FOLDER
from cleaner.batch.job import RunFolder
from tests.conftest import ROOT
from tests.test_batch import tree

DOCUMENTS = 150


def make_folder(root, texts):
    for n, text in enumerate(texts):
        path = root / f"{n % 3}" / f"{n:04}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def make_jsonl(root, texts):
    """One file that is larger than a piece, and one that is packed."""
    root.mkdir()
    rows = [json.dumps({"id": n, "text": text, "kept": [n]}) + "\n" for n, text in enumerate(texts)]
    (root / "a.jsonl").write_text("".join(rows[:100]))
    (root / "b.jsonl.gz").write_bytes(gzip.compress("".join(rows[100:]).encode()))


def make_parquet(root, texts):
    root.mkdir()
    table = pyarrow.table({"text": texts, "at": [datetime(2024, 5, 14, 18, n % 60) for n, _ in enumerate(texts)]})
    pyarrow.parquet.write_table(table.slice(0, 90), root / "a.parquet", row_group_size=20)
    pyarrow.parquet.write_table(table.slice(90), root / "b.parquet")


def make_warc(root, texts):
    root.mkdir()
    with gzip.open(root / "a.warc.gz", "wb") as file:
        for n, text in enumerate(texts):
            body = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + f"<p>{text}</p>".encode()
            head = (
                f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:test:{n}>\r\n"
                f"WARC-Target-URI: https://example.org/{n}\r\nContent-Type: application/http; msgtype=response\r\n"
                f"Content-Length: {len(body)}\r\n\r\n"
            )
            file.write(head.encode() + body + b"\r\n\r\n")


def make_zip(root, texts):
    root.mkdir()
    with zipfile.ZipFile(root / "a.zip", "w") as archive:
        for n, text in enumerate(texts):
            archive.writestr(f"{n % 3}/{n:04}.txt", text)
            archive.writestr(f"{n % 3}/{n:04}.png", "no document")


FORMATS = {"folder": make_folder, "jsonl": make_jsonl, "parquet": make_parquet, "warc": make_warc, "zip": make_zip}


def texts(bad=None):
    bad = bad or {}
    return [bad.get(n, f"Document {n} tells of the harbour bridge.\n" * (n % 7)) for n in range(DOCUMENTS)]


def start(*arguments):
    # A group of its own, so that a test can kill all of it.
    command = [sys.executable, "-m", "tests.faults", *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True, start_new_session=True)


def finish(*arguments):
    """Exit status and what was said."""
    process = start(*arguments)
    try:
        said = process.communicate(timeout=60)[1]
    finally:
        process.kill()
    assert "Traceback" not in said, said
    return process.returncode, said


def rows(out):
    return [json.loads(line) for line in (out / RECORD_FOLDER / "manifest.jsonl").read_text().splitlines()]


def outcome(out):
    """All that a run gives; what it keeps to try failed documents again is no part of that."""
    kept = RunFolder(out / RECORD_FOLDER).work
    return {name: data for name, data in tree(out).items() if kept not in (out / name).parents}


@pytest.fixture(params=FORMATS)
def corpus(request, tmp_path):
    FORMATS[request.param](tmp_path / "in", texts())
    return tmp_path / "in"


@pytest.fixture
def expected(corpus, tmp_path):
    assert finish(corpus, tmp_path / "undisturbed", "--workers", 1)[0] == 0
    return outcome(tmp_path / "undisturbed")


def children(pid):
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def strike(process, dice):
    """Kill the run, one of its workers, or all at once."""
    whom = dice.choice(["parent", "worker", "worker", "all"])
    workers = children(process.pid)
    if whom == "worker" and workers:
        os.kill(dice.choice(workers), signal.SIGKILL)
    elif whom == "all":
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()


@pytest.mark.skipif(sys.platform != "linux", reason="finds workers in /proc")
def test_kills_at_random_moments(corpus, expected, tmp_path, request):
    many = request.config.getoption("--many-kills")
    kills = 50 if many else -(-50 // len(FORMATS))
    seed = random.randrange(10**6) if many else 7
    dice, out, struck = random.Random(seed), tmp_path / "out", 0
    process = start(corpus, out, "--resume")
    while struck < kills:
        time.sleep(dice.uniform(0, 0.7))
        if process.poll() is None:
            strike(process, dice)
            struck += 1
            time.sleep(0.01)
        if process.poll() == 0:
            assert outcome(out) == expected, f"seed {seed}"
            shutil.rmtree(out)
        if process.poll() is not None:
            assert process.returncode in (0, -signal.SIGKILL), process.stderr.read()
            process.stderr.close()
            process = start(corpus, out, "--resume", "--workers", dice.choice([1, 2, 3]))
    process.communicate(timeout=60)
    if process.returncode:
        assert finish(corpus, out, "--resume")[0] == 0
    assert outcome(out) == expected, f"seed {seed}"


# While it plans, while it works, while it puts the files together.
FULL = [("folder", 5000), ("folder", 9000), ("folder", 30000), ("jsonl", 9000), ("parquet", 30000), ("warc", 9000)]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("corpus", ["folder", "parquet"], indirect=True)
def test_a_signal_stops_the_run_and_it_goes_on(corpus, expected, tmp_path, number):
    out = tmp_path / "out"
    process = start(corpus, out, "--workers", 1)
    while not list((out / RECORD_FOLDER / "work").glob("*/*.manifest")):
        assert process.poll() is None
        time.sleep(0.01)
    os.killpg(process.pid, number)
    said = process.communicate(timeout=60)[1]
    assert process.returncode == 130, said
    assert "Traceback" not in said
    assert "--resume" in said
    status, said = finish(corpus, out)
    assert status == 2
    assert "not complete" in said
    assert finish(corpus, out, "--resume")[0] == 0
    assert outcome(out) == expected


@pytest.mark.parametrize(("corpus", "largest"), FULL, indirect=["corpus"])
def test_a_full_disk_ends_the_run_and_it_goes_on(corpus, expected, tmp_path, largest):
    out = tmp_path / "out"
    status, said = finish(corpus, out, "--largest-file", largest)
    assert status == 2, said
    assert "cannot be written: File too large" in said
    assert "--resume" in said
    assert finish(corpus, out, "--resume")[0] == 0
    assert outcome(out) == expected


def mounted(*arguments):
    return subprocess.run(["mount", *map(str, arguments)], capture_output=True, check=False).returncode == 0


@pytest.fixture
def disk(tmp_path):
    """A disk of its own, where the system lets us have one."""
    place = tmp_path / "disk"
    place.mkdir()
    if sys.platform != "linux" or not mounted("-t", "tmpfs", "-o", "size=100k", "tmpfs", place):
        pytest.skip("only root may mount a disk")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


@pytest.mark.parametrize("corpus", ["folder", "jsonl"], indirect=True)
def test_a_disk_that_is_full_and_one_that_is_read_only(corpus, expected, disk):
    out = disk / "out"
    status, said = finish(corpus, out)
    assert status == 2
    assert "cannot be written: No space left on device" in said
    assert mounted("-o", "remount,ro", disk)
    status, said = finish(corpus, out, "--resume")
    assert status == 2
    assert "cannot be written: Read-only file system" in said
    assert mounted("-o", "remount,rw,size=50m", disk)
    assert finish(corpus, out, "--resume")[0] == 0
    assert outcome(out) == expected


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
@pytest.mark.parametrize("corpus", ["folder"], indirect=True)
def test_an_output_that_may_not_be_written_any_more(corpus, expected, tmp_path):
    out = tmp_path / "out"
    process = start(corpus, out, "--workers", 1)
    while not list((out / RECORD_FOLDER / "work").glob("*/*.manifest")):
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    folders = [out, *(path for path in out.rglob("*") if path.is_dir())]
    for folder in folders:
        folder.chmod(0o500)
    status, said = finish(corpus, out, "--resume")
    for folder in folders:
        folder.chmod(0o700)
    assert status == 2
    assert "cannot be written" in said
    assert finish(corpus, out, "--resume")[0] == 0
    assert outcome(out) == expected


@pytest.mark.parametrize("corpus", ["folder"], indirect=True)
def test_an_output_path_that_leads_to_a_device(corpus):
    status, said = finish(corpus, "/dev/null/out")
    assert status == 2
    assert "cannot be written" in said


BAD = {3: "CRASH", 20: "HOG", 70: "HANG"}


@pytest.mark.parametrize("make", FORMATS.values(), ids=FORMATS)
def test_bad_documents_cost_nobody_else(make, tmp_path):
    make(tmp_path / "in", texts(BAD))
    make(tmp_path / "good", texts())
    limits = ("--seconds", 3, "--memory", 256)
    assert finish(tmp_path / "in", tmp_path / "out", "--workers", 2, *limits)[0] == 1
    assert finish(tmp_path / "good", tmp_path / "all")[0] == 0
    ours, theirs = rows(tmp_path / "out"), rows(tmp_path / "all")
    assert [row["id"] for row in ours] == [row["id"] for row in theirs]
    failed = {row["id"]: row["cause"] for row in ours if row["status"] == "failed"}
    assert sorted(failed.values()) == ["crashed", "memory", "timeout"]
    assert [row for row in ours if row["id"] not in failed] == [row for row in theirs if row["id"] not in failed]
    if make is make_folder:
        assert finish(tmp_path / "in", tmp_path / "one", "--workers", 1, *limits)[0] == 1
        assert outcome(tmp_path / "one") == outcome(tmp_path / "out")
