"""A run read back: every document in its order, with its record, and as it was before cleaning."""

import gzip
import json
import shutil

import pytest

from cleaner.batch import RECORD_FOLDER, run_batch
from cleaner.batch.job import Reading, Writing
from cleaner.errors import AuditError, CleanerError, UsageError
from cleaner.io.records import Keys
from cleaner.runs import open_run
from tests.reports import PASSED, make_inputs_with_what_is_no_document
from tests.reports import text_of as story

STORY = "The council voted on Tuesday night to rebuild the old harbour bridge, which had been closed for a year."


def text_of(n):
    return (
        f"Share\n\n{STORY.replace('Tuesday', f'day {n}')}\n\nAdvertisement\n\n{STORY.replace('bridge', f'pier {n}')}\n"
    )


def page_of(n):
    return f"<html><body><nav><a href=/>Home</a></nav><article><h1>Bridge {n}</h1><p>{text_of(n)}</p></article></body>"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """Files of every kind, and documents that fail between them."""
    root = tmp_path_factory.mktemp("corpus") / "in"
    (root / "more").mkdir(parents=True)
    for n in range(3):
        (root / f"{n}.txt").write_text(text_of(n))
        (root / "more" / f"{n}.html").write_text(page_of(n))
    rows = [json.dumps({"id": f"row {n}", "text": text_of(n)}) for n in range(10, 16)]
    rows[2] = '{"id": "bad"}'
    (root / "rows.jsonl").write_text("\n".join(rows) + "\n")
    with gzip.open(root / "pages.jsonl.gz", "wt") as file:
        file.writelines(json.dumps({"html": page_of(n), "content": None}) + "\n" for n in range(20, 24))
    return root


@pytest.fixture(scope="module")
def done(corpus):
    """A run over them."""
    run_batch(corpus, corpus.parent / "done")
    return corpus.parent / "done"


@pytest.fixture
def out(done, tmp_path):
    """A copy of the run, to be damaged."""
    return shutil.copytree(done, tmp_path / "out")


def originals(output):
    run = open_run(output)
    return {document.key: text for document, text in run.originals(run.documents())}


WRITINGS = {
    "as the input is": Writing(),
    "texts": Writing(format="text"),
    "packed lines": Writing(format="jsonl", pack="zst"),
    "lines with pages": Writing(format="jsonl", keep_html=True),
    "parts": Writing(format="jsonl", part_size=1),
    "Parquet": Writing(format="parquet"),
}


@pytest.mark.parametrize("name", WRITINGS)
def test_every_document_comes_back_from_every_kind_of_output(name, corpus, tmp_path):
    pytest.importorskip("zstandard")
    pytest.importorskip("pyarrow")
    run_batch(corpus, tmp_path / "out", writing=WRITINGS[name])
    found = originals(tmp_path / "out")
    assert len(found) == 15
    for n in range(3):
        assert found[f"{n}.txt", None] == text_of(n)
        assert f"Bridge {n}" in found[f"more/{n}.html", None]
    for n in (10, 11, 13, 14, 15):
        assert found["rows.jsonl", n - 10] == text_of(n)
    for n in range(20, 24):
        assert f"pier {n}" in found["pages.jsonl.gz", n - 20]


def test_many_parts_are_read_in_their_order(tmp_path):
    long = [text_of(n) + STORY * 2000 for n in range(12)]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in long))
    run_batch(tmp_path / "in.jsonl", tmp_path / "out", writing=Writing(part_size=1, pack="none"))
    assert len(list((tmp_path / "out").glob("part-*"))) > 1
    assert list(originals(tmp_path / "out").values()) == long


def test_fields_with_other_names(tmp_path):
    rows = [{"text": "no", "body": text_of(n)} for n in range(3)]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    run_batch(tmp_path / "in.jsonl", tmp_path / "out", reading=Reading(keys=Keys(text="body")))
    assert list(originals(tmp_path / "out").values()) == [text_of(n) for n in range(3)]


def test_documents_have_rows_and_records_in_the_order_of_the_input(done):
    documents = list(open_run(done).documents())
    assert [document.number for document in documents] == list(range(16))
    failed = [document for document in documents if document.record is None]
    assert [document.row["id"] for document in failed] == ["bad"]
    assert all(document.record["id"] == document.row["id"] for document in documents if document.record)
    some = list(open_run(done).documents({2, 5}))
    assert some == [documents[2], documents[5]]


def test_records_are_found_by_documents_of_another_run(done):
    documents = list(open_run(done).documents())
    with open_run(done).records() as records:
        assert len(records) == 16
        assert [records.get(document) for document in reversed(documents)] == [d.record for d in reversed(documents)]
        assert all(document.key in records for document in documents)
        assert ("elsewhere.txt", None) not in records


def test_what_was_changed_since_is_told_and_the_rest_comes_back(out):
    (out / "0.txt").write_text("someone was here")
    (out / "1.txt").unlink()
    lines = (out / "rows.jsonl").read_text().splitlines(keepends=True)
    (out / "rows.jsonl").write_text("".join(lines[:-1]))
    (out / "pages.jsonl.gz").write_bytes(b"\x1f\x8bnonsense")
    found = originals(out)
    lost = {key for key, text in found.items() if isinstance(text, CleanerError)}
    assert lost == {("0.txt", None), ("1.txt", None), ("rows.jsonl", 5), *(("pages.jsonl.gz", n) for n in range(4))}
    assert "changed after cleaning" in str(found["0.txt", None])


@pytest.mark.parametrize("name", ["../../secret.txt", "/etc/passwd"])
def test_nothing_outside_the_output_is_read(out, name):
    manifest = out / RECORD_FOLDER / "manifest.jsonl"
    manifest.write_text(manifest.read_text().replace('"output": "0.txt"', f'"output": "{name}"'))
    assert "outside" in str(originals(out)["0.txt", None])


def test_a_folder_without_a_run_is_named(tmp_path):
    with pytest.raises(UsageError, match="holds no run"):
        open_run(tmp_path)


def test_a_run_that_is_not_complete_is_not_opened(out):
    (out / RECORD_FOLDER / "summary.json").unlink()
    with pytest.raises(UsageError, match="--resume"):
        open_run(out)


@pytest.mark.parametrize("name", ["audit.jsonl", "manifest.jsonl"])
def test_a_run_that_lacks_a_file_is_not_opened(out, name):
    (out / RECORD_FOLDER / name).unlink()
    with pytest.raises(UsageError, match=f"lacks {name}"):
        open_run(out)


@pytest.mark.parametrize("name", ["summary.json", "run.toml"])
def test_a_run_with_a_damaged_file_is_not_opened(out, name):
    (out / RECORD_FOLDER / name).write_text("{half")
    with pytest.raises(UsageError, match=f"{name} cannot be read"):
        open_run(out)


def test_files_that_do_not_belong_together_are_refused(out):
    audit = out / RECORD_FOLDER / "audit.jsonl"
    lines = audit.read_text().splitlines(keepends=True)
    for damaged in (lines[1:], [lines[0], "{\n", *lines[2:]], [lines[1], lines[0], *lines[2:]]):
        audit.write_text("".join(damaged))
        with pytest.raises(AuditError, match="does not fit the manifest"):
            list(open_run(out).documents())


def test_a_run_may_be_moved(out, done):
    assert originals(out) == originals(done)


@pytest.mark.parametrize("writing", [Writing(), Writing(format="jsonl", part_size=1), Writing(format="text")], ids=str)
def test_what_was_passed_over_is_no_document(writing, tmp_path):
    pytest.importorskip("fastwarc", reason="needs the extra warc")
    pytest.importorskip("zstandard", reason="needs the extra zst")
    make_inputs_with_what_is_no_document(tmp_path / "in")
    run_batch(tmp_path / "in", tmp_path / "out", writing=writing)
    run = open_run(tmp_path / "out")
    assert run.summary["passed_over"] == PASSED
    documents = list(run.documents())
    assert [document.number for document in documents] == list(range(6)) == list(range(run.summary["documents"]))
    assert all(document.record["id"] == document.row["id"] for document in documents)
    found = originals(tmp_path / "out")
    assert found["a.txt", None] == story(0)
    assert found["e.zip", 1] == story(5)
    assert ["Port 0" in found["c.warc.gz", 1], "Port 2" in found["c.warc.gz", 7]] == [True, True]
    with run.records() as records:
        assert [records.get(document) for document in documents] == [document.record for document in documents]
        assert len(records) == 6
        assert ("b.jpg", None) not in records
