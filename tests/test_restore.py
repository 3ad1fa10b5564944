"""What a run wrote is undone: every text, and the text of every row, as it was."""

import gzip
import json
import shutil

import pyarrow
import pyarrow.parquet
import pytest

from cleaner.batch import RECORD_FOLDER, run_batch
from cleaner.batch.job import Reading, Writing
from cleaner.batch.restore import restore_run
from cleaner.errors import AuditError
from cleaner.io.records import Keys
from cleaner.io.writers import encode
from cleaner.runs import open_run
from tests.test_batch import DOCUMENT, PAGE, tree
from tests.test_batch_formats import lines
from tests.warm import run_cleaner as cli

STEP = "tests.faults:clean"
TEXTS = [DOCUMENT, "", "One.\u2028Two.\x85\x1c\n", "x" * 99, DOCUMENT.replace("bridge", "ferry")]


@pytest.fixture
def corpus(tmp_path):
    root = tmp_path / "in"
    (root / "deep").mkdir(parents=True)
    for n, text in enumerate(TEXTS):
        (root / f"{n}.txt").write_text(text, newline="")
    (root / "p.html").write_text(PAGE)
    (root / "z.txt.gz").write_bytes(gzip.compress(DOCUMENT.encode()))
    rows = [{"id": "same", "text": text, "n": [n]} for n, text in enumerate(TEXTS)]
    rows[3:3] = [{"no": "text"}, {"id": "page", "html": PAGE, "url": "https://news.example/"}]
    body = "".join(json.dumps(row) + "\n" for row in rows)
    (root / "deep" / "a.jsonl.gz").write_bytes(gzip.compress(body.encode()))
    table = pyarrow.table({"n": [1, 2, 3, 4, 5], "content": TEXTS, "text": [None] * 5})
    pyarrow.parquet.write_table(table, root / "b.parquet")
    return root


def run(corpus, out, **more):
    summary = run_batch(corpus, out, step=STEP, **more)
    return summary, out / RECORD_FOLDER / "audit.jsonl"


def texts_in(path, key="text"):
    data = path.read_bytes()
    return [row[key] for row in lines(gzip.decompress(data) if path.suffix == ".gz" else data)]


def test_every_text_comes_back(corpus, tmp_path):
    out, back = tmp_path / "out", tmp_path / "back"
    _, audit = run(corpus, out)
    assert restore_run(out, audit, back, print) == 0
    for n, text in enumerate(TEXTS):
        assert (back / f"{n}.txt").read_bytes().decode() == text
    assert (back / "z.txt").read_text() == DOCUMENT
    assert (back / "p.html").read_text() == PAGE  # the step of this test takes a page for a text
    assert texts_in(back / "deep" / "a.jsonl.gz") == [*TEXTS[:3], PAGE, *TEXTS[3:]]
    row = lines(gzip.decompress((back / "deep" / "a.jsonl.gz").read_bytes()))[3]
    assert (row["id"], row["url"]) == ("page", "https://news.example/")
    table = pyarrow.parquet.read_table(back / "b.parquet")
    assert table["content"].to_pylist() == TEXTS
    assert table.schema == pyarrow.parquet.read_table(out / "b.parquet").schema


@pytest.mark.parametrize(
    "writing", [Writing("jsonl"), Writing("jsonl", part_size=1), Writing("parquet"), Writing("text")], ids=str
)
def test_however_it_was_written(corpus, tmp_path, writing):
    corpus.joinpath("big.jsonl").write_text("".join(json.dumps({"text": f"{n} " * 30_000}) + "\n" for n in range(40)))
    out, back = tmp_path / "out", tmp_path / "back"
    summary, audit = run(corpus, out, writing=writing)
    assert restore_run(out, audit, back, print) == 0
    cleaned = {path.relative_to(out) for path in out.rglob("*") if path.is_file() and RECORD_FOLDER not in path.parts}
    restored = {path.relative_to(back) for path in back.rglob("*") if path.is_file()}
    assert len(restored) == len(cleaned)
    if writing.format == "jsonl":
        texts = [text for path in back.rglob("*.jsonl*") for text in texts_in(path)]
        assert len(texts) == summary.documents - summary.failed
        assert {*TEXTS, PAGE, "39 " * 30_000} <= set(texts)
        assert writing.part_size is None or len(restored) > 1


def test_a_file_of_rows_alone(corpus, tmp_path):
    out = tmp_path / "out"
    _, audit = run(corpus, out)
    cleaned, back = out / "deep" / "a.jsonl.gz", tmp_path / "back.jsonl"
    done = cli("restore", cleaned, audit, "-o", back)
    assert done.returncode == 0, done.stderr
    assert texts_in(back) == [*TEXTS[:3], PAGE, *TEXTS[3:]]
    assert cli("restore", cleaned, audit).returncode == 2
    shutil.copy(cleaned, tmp_path / "copy.jsonl.gz")
    refused = cli("restore", tmp_path / "copy.jsonl.gz", audit, "-o", back)
    assert refused.returncode == 1
    assert b"is no file of the run in" in refused.stderr


def test_a_part_alone_is_refused(corpus, tmp_path):
    out = tmp_path / "out"
    _, audit = run(corpus, out, writing=Writing("jsonl", part_size=1))
    with pytest.raises(AuditError, match="all together, as a folder"):
        restore_run(out / "part-00000.jsonl", audit, tmp_path / "back.jsonl", print)


def test_rows_and_their_audit_without_a_manifest(tmp_path):
    source = tmp_path / "a.jsonl"
    source.write_text("".join(json.dumps({"body": text, "text": "other"}) + "\n" for text in TEXTS))
    _, audit = run(source, tmp_path / "out", reading=Reading(keys=Keys(text="body")))
    (audit.parent / "manifest.jsonl").unlink()
    assert restore_run(tmp_path / "out" / "a.jsonl", audit, tmp_path / "back.jsonl", print) == 0
    assert texts_in(tmp_path / "back.jsonl", "body") == TEXTS


def test_what_was_changed_is_named_and_left_as_it_is(corpus, tmp_path):
    out, said = tmp_path / "out", []
    _, audit = run(corpus, out)
    path = out / "deep" / "a.jsonl.gz"
    rows = lines(gzip.decompress(path.read_bytes()))
    rows[1]["text"], rows[4] = "mine", {"id": "same"}
    path.write_bytes(gzip.compress("".join(json.dumps(row) + "\n" for row in rows).encode()))
    (out / "0.txt").write_text("mine")
    assert restore_run(out, audit, tmp_path / "back", said.append) == 3
    assert sum("was changed after cleaning" in why for why in said) == 2
    assert any("'id' is known to hold a text" in why for why in said)
    assert texts_in(tmp_path / "back" / "deep" / "a.jsonl.gz") == [TEXTS[0], "mine", TEXTS[2], PAGE, TEXTS[4]]


@pytest.mark.parametrize(
    "change", ["fewer rows", "more rows", "another manifest", "no manifest rows", "broken manifest"]
)
def test_what_does_not_belong_together(corpus, tmp_path, change):
    out, said = tmp_path / "out", []
    _, audit = run(corpus, out)
    path, manifest = out / "deep" / "a.jsonl.gz", audit.with_name("manifest.jsonl")
    data, told = gzip.decompress(path.read_bytes()), manifest.read_bytes()
    if change == "fewer rows":
        path.write_bytes(gzip.compress(data[: data.index(b"\n") + 1]))
        assert restore_run(out, audit, tmp_path / "back", said.append) == len(TEXTS)
        assert "fewer rows than records" in said[0]
        return
    if change == "more rows":
        path.write_bytes(gzip.compress(data * 2))
    changed = {
        "another manifest": told.replace(b'"id": "1.txt"', b'"id": "7.txt"'),
        "no manifest rows": b"",
        "broken manifest": b"{\n",
    }
    manifest.write_bytes(changed.get(change, told))
    with pytest.raises(AuditError, match=r"not of the same run|more rows than records|cannot be read"):
        restore_run(out, audit, tmp_path / "back", said.append)
    assert not (tmp_path / "back" / "deep" / "a.jsonl.gz").exists()
    assert not [name for name in tree(tmp_path / "back") if name.endswith(".part")]


def test_nothing_is_restored_outside(corpus, tmp_path):
    out, said = tmp_path / "out", []
    _, audit = run(corpus, out)
    manifest = audit.with_name("manifest.jsonl")
    manifest.write_bytes(manifest.read_bytes().replace(b'"output": "0.txt"', b'"output": "../0.txt"'))
    assert restore_run(out, audit, tmp_path / "back", said.append) == 1
    assert "outside the output folder" in said[0]


def test_lone_surrogates_come_back(tmp_path):
    said = [
        "_Half a \ud83d smile.",
        "_A byte \udc80.",
        "_Both: \udc80 \ud83d.",
        "_\udced\udca0\udcbd",
        "_Whole \U0001f600.",
    ]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in said))
    out, back = tmp_path / "out", tmp_path / "back"
    _, audit = run(tmp_path / "a.jsonl", out, writing=Writing("text"))
    assert restore_run(out, audit, back, print) == 0
    restored = [path.read_bytes() for path in sorted((back / "a.jsonl").iterdir())]
    assert restored == [encode(text) for text in said]
    found = open_run(out)
    assert [text for _, text in found.originals(found.documents())] == said
    (out / "a.jsonl" / "0000000.txt").write_bytes(b"\xff")
    assert restore_run(out, audit, back, said.append) == 1
    assert "changed after cleaning" in said[-1]
