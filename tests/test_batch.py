"""A folder in, the same tree out; one bad document stops nobody; any number of workers gives the same bytes."""

import gc
import json
import os
import re
import subprocess
import sys
import tracemalloc

import pytest

import cleaner
from cleaner.batch import CHUNK, RECORD_FOLDER, run_batch, supervise
from cleaner.errors import UsageError
from tests.warm import run_cleaner as cli

STORY = "The council voted on Tuesday night to rebuild the old harbour bridge, which had been closed for a year."
DOCUMENT = f"Council votes to rebuild bridge\n\nBy Jane Doe\n\n{STORY}\n\nAdvertisement\n\n{STORY.replace('bridge', 'tunnel')}\n"
PAGE = f"<html><head><title>Bridge</title></head><body><nav><a href=/>Home</a></nav><article><h1>Council votes to rebuild bridge</h1><p>{STORY}</p><p>{STORY.replace('bridge', 'tunnel')}</p></article></body></html>"


@pytest.fixture
def corpus(tmp_path):
    root = tmp_path / "in"
    for n in range(2 * CHUNK + 3):
        path = root / f"{n % 3}" / f"{n:03}.{'html' if n % 7 == 0 else 'txt'}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes((PAGE if n % 7 == 0 else DOCUMENT.replace("Tuesday", f"day {n}")).encode())
    (root / "binary.txt").write_bytes(bytes(range(256)) * 8)
    (root / "empty.txt").write_bytes(b"")
    (root / "picture.png").write_bytes(b"no document")
    return root


def tree(folder):
    """All files but the run's configuration, which names the folders and the number of workers."""
    files = [p for p in sorted(folder.rglob("*")) if p.is_file() and p.name != "run.toml"]
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in files}


def alone(*arguments):
    """``cleaner`` and its workers as they start on a user's machine."""
    return subprocess.run([sys.executable, "-m", "cleaner", *map(str, arguments)], capture_output=True, check=False)


def test_the_same_tree_with_its_record(corpus, tmp_path):
    done = alone("batch", corpus, tmp_path / "out", "--workers", "1")
    assert done.returncode == 0, done.stderr
    assert b"advertisement" in done.stderr
    out = tree(tmp_path / "out")
    names = {name for name in out if not name.startswith(RECORD_FOLDER)}
    assert names == {
        p.relative_to(corpus).with_suffix(".txt").as_posix() for p in corpus.rglob("*.*") if p.suffix != ".png"
    }
    manifest = [json.loads(line) for line in out[f"{RECORD_FOLDER}/manifest.jsonl"].splitlines()]
    assert [row["id"] for row in manifest] == sorted(
        (row["id"] for row in manifest), key=lambda i: [row["id"] for row in manifest].index(i)
    )
    assert {row["id"]: row for row in manifest if row["status"] != "ok"} == {
        "picture.png": {"id": "picture.png", "status": "passed over", "records": {"unknown suffix": 1}}
    }
    assert next(row for row in manifest if row["id"] == "empty.txt")["flags"] == ["empty"]
    summary = json.loads(out[f"{RECORD_FOLDER}/summary.json"])
    assert summary["documents"] == len(manifest) - 1
    assert summary["passed_over"] == {"unknown suffix": 1}
    assert summary["categories"]["advertisement"]["removals"] > CHUNK


def test_any_number_of_workers_gives_the_same_bytes(corpus, tmp_path, monkeypatch):
    for workers, start in ((1, "forkserver"), (2, "spawn"), (3, "forkserver")):
        monkeypatch.setattr(supervise, "START", start)
        run_batch(corpus, tmp_path / f"out{workers}", workers=workers)
    assert tree(tmp_path / "out1") == tree(tmp_path / "out2") == tree(tmp_path / "out3")


def test_a_run_can_be_restored(corpus, tmp_path):
    out = tmp_path / "out"
    run_batch(corpus, out)
    done = cli("restore", out, out / RECORD_FOLDER / "audit.jsonl", "--output", tmp_path / "back")
    assert done.returncode == 0, done.stderr
    back = tree(tmp_path / "back")
    for name, raw in tree(corpus).items():
        if name.endswith(".txt"):
            assert back[name] == raw, name


def test_failures_are_named_and_stop_nobody(corpus, tmp_path):
    (corpus / "0" / "000.txt").write_text(DOCUMENT)  # beside 000.html: both would be 000.txt
    locked = corpus / "locked.txt"
    locked.symlink_to(corpus / "nowhere")
    done = cli("batch", corpus, tmp_path / "out")
    assert done.returncode == 1
    rows = [json.loads(line) for line in (tmp_path / "out" / RECORD_FOLDER / "manifest.jsonl").read_text().splitlines()]
    failed = {row["id"]: row["error"] for row in rows if row["status"] == "failed"}
    assert failed == {"0/000.txt": "its output 0/000.txt is already that of 0/000.html"}
    assert b"manifest.jsonl" in done.stderr


def test_what_is_passed_over_is_named_and_is_no_failure(corpus, tmp_path):
    (tmp_path / "secret.txt").write_text(DOCUMENT)
    (corpus / "link.txt").symlink_to(tmp_path / "secret.txt")
    (corpus / "gone.html").symlink_to(tmp_path / "nowhere")
    (corpus / "loop").symlink_to(corpus)
    os.mkfifo(corpus / "pipe.txt")
    out = tmp_path / "out"
    done = cli("batch", corpus, out)
    assert done.returncode == 0
    passed = {
        "gone.html": "a link to nothing",
        "link.txt": "a link out of the folder",
        "picture.png": "unknown suffix",
        "pipe.txt": "no regular file",
        "loop": "a link to a folder",
    }
    manifest = [json.loads(line) for line in (out / RECORD_FOLDER / "manifest.jsonl").read_text().splitlines()]
    assert [row for row in manifest if row["status"] != "ok"] == [
        {"id": name, "status": "passed over", "records": {reason: 1}} for name, reason in passed.items()
    ]
    assert not any(name.startswith(("link", "loop")) for name in tree(out))
    summary = json.loads((out / RECORD_FOLDER / "summary.json").read_text())
    assert summary["passed_over"] == dict.fromkeys(sorted(passed.values()), 1)
    for said in (done.stderr, cli("status", out).stdout):
        assert re.search(rb"5 passed over: 1 a link to nothing, .*1 a link to a folder", said)


@pytest.mark.parametrize("where", ["same", "inside", "around", "file"])
def test_folders_that_cannot_serve(corpus, tmp_path, where):
    outputs = {"same": corpus, "inside": corpus / "out", "around": tmp_path, "file": tmp_path / "file"}
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match=r"overwritten|inside the other|is a file"):
        run_batch(corpus, outputs[where])
    assert not (corpus / RECORD_FOLDER).exists()


@pytest.mark.parametrize("name", [None, "picture.png"])
def test_an_input_without_documents(tmp_path, name):
    (tmp_path / "in").mkdir()
    if name:
        (tmp_path / "in" / name).write_bytes(b"")
    with pytest.raises(UsageError, match="holds no"):
        run_batch(tmp_path / "in", tmp_path / "out")
    assert not list(tmp_path.glob("out/*"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_an_output_that_cannot_be_written(corpus, tmp_path):
    out = tmp_path / "out"
    out.mkdir(mode=0o500)
    with pytest.raises(UsageError, match="cannot be written"):
        run_batch(corpus, out)


def quokka(number):
    """A name of letters alone: digits are no words of an address."""
    return "quokka" + "".join(chr(ord("a") + int(digit)) for digit in str(number))


def document_of_its_own(kind, number):
    """A document that shares no address, class, meta field or date with any other, and in each line a word with none."""
    name = quokka(number)
    said = [f"{STORY} {name} {name}{line}" for line in range(3)]
    if kind == "text":
        return "\n".join([f"By Jane {name}", f"{number % 28 + 1} May {1990 + number}", *said, f"Share {name}"])
    head = f"<title>{name}</title><meta name='{name}' content='{name}'>"
    return f"<html><head>{head}</head><body class='{name}'><p>{'</p><p>'.join(said)}</p><div>Share {name}</div></body>"


@pytest.mark.parametrize("kind", ["text", "html"])
def test_nothing_is_kept_of_a_document_that_is_done(kind):
    def clean_some(first, stop):
        for n in range(first, stop):
            url = f"https://{quokka(n)}.example/news/{quokka(n)}"
            cleaner.clean(document_of_its_own(kind, n), kind=kind, url=url)
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    clean_some(0, 30)
    tracemalloc.start()
    try:
        before = clean_some(30, 60)  # what may be kept of the last documents is kept by now
        kept = (clean_some(60, 160) - before) / 100
    finally:
        tracemalloc.stop()
    assert kept < 4000, "bytes of a document"
