"""Every format in, every format out: rows keep their fields, their order and their place."""

import gzip
import io
import json
import subprocess
import sys
from datetime import datetime

import pyarrow
import pyarrow.parquet
import pytest

from cleaner.batch import RECORD_FOLDER, run_batch
from cleaner.batch import split as splitting
from cleaner.batch.job import Job, Reading, Writing
from cleaner.batch.plan import Task, write_plan
from cleaner.batch.plan import read_plan as planned
from cleaner.batch.sources import Meter, read_task
from cleaner.errors import UsageError
from cleaner.io.files import InputFile
from cleaner.io.jsonl import read_jsonl
from cleaner.io.records import Keys
from tests.test_batch import DOCUMENT, PAGE, STORY, cli, tree
from tests.test_faults import make_warc, outcome, rows

STEP = "tests.faults:clean"


def lines(data):
    return [json.loads(line) for line in data.splitlines()]


@pytest.fixture
def corpus(tmp_path):
    """A folder with a bit of everything, some of it broken."""
    root = tmp_path / "in"
    (root / "deep").mkdir(parents=True)
    (root / "a.txt").write_text(DOCUMENT)
    (root / "deep" / "b.html.gz").write_bytes(gzip.compress(PAGE.encode()))
    records = [
        {"id": 7, "text": DOCUMENT, "url": "https://www.example.org/7", "score": 0.5, "tags": ["a"]},
        {"html": PAGE, "title": "Mine", "more": {"deep": None}},
        {"no": "text"},
        {"text": ""},
    ]
    body = "".join(json.dumps(record) + "\n" for record in records)
    (root / "deep" / "c.jsonl").write_text(body + "{broken\n")
    (root / "d.jsonl.gz").write_bytes(gzip.compress(body.encode() * 3)[:-12])
    table = pyarrow.table({"n": [1, 2], "content": [DOCUMENT, STORY], "at": [datetime(2024, 5, 14)] * 2})
    pyarrow.parquet.write_table(table, root / "e.parquet")
    make_warc(tmp_path / "warc", [STORY, STORY.replace("bridge", "tunnel")])
    (tmp_path / "warc" / "a.warc.gz").rename(root / "f.warc.gz")
    return root


def test_a_folder_with_everything(corpus, tmp_path):
    out = tmp_path / "out"
    summary = run_batch(corpus, out, workers=2)
    names = {name for name in tree(out) if not name.startswith(RECORD_FOLDER)}
    assert names == {"a.txt", "deep/b.txt", "deep/c.jsonl", "d.jsonl.gz", "e.parquet", "f.jsonl"}
    story, page, empty = lines((out / "deep" / "c.jsonl").read_bytes())
    assert list(story)[:5] == ["id", "text", "url", "score", "tags"]
    assert "Advertisement" not in story["text"]
    assert story["title"] == "Council votes to rebuild bridge"
    assert (page["title"], page["more"], "html" in page) == ("Mine", {"deep": None}, False)
    assert STORY in page["text"]
    assert empty["text"] == ""
    failed = {(row["file"], row["number"]): row["error"] for row in rows(out) if row["status"] == "failed"}
    assert [place for place in failed if place[0] == "deep/c.jsonl"] == [("deep/c.jsonl", 2), ("deep/c.jsonl", 4)]
    assert any("rest of the file" in why for (file, _), why in failed.items() if file == "d.jsonl.gz")
    table = pyarrow.parquet.read_table(out / "e.parquet")
    assert table.schema.field("at").type == pyarrow.timestamp("us")
    assert table.column_names == ["n", "content", "at", "title", "byline", "published", "language"]
    assert STORY in table["content"][0].as_py()
    pages = lines((out / "f.jsonl").read_bytes())
    assert [page["url"] for page in pages] == ["https://example.org/0", "https://example.org/1"]
    assert summary.sites["example.org"].documents == 6
    assert summary.documents == len(rows(out)) == summary.failed + summary.all.documents
    assert len({(row.get("file"), row.get("number"), row["id"]) for row in rows(out)}) == summary.documents


@pytest.mark.parametrize(
    ("writing", "names"),
    [
        (Writing(format="jsonl", part_size=1), ["part-00000.jsonl"]),
        (Writing(format="jsonl", part_size=1, pack="zst"), ["part-00000.jsonl.zst"]),
        (
            Writing(format="parquet"),
            ["d.parquet", "deep/c.parquet", "documents-00000.parquet", "e.parquet", "f.parquet"],
        ),
        (Writing(pack="gz"), ["a.txt", "d.jsonl.gz", "deep/b.txt", "deep/c.jsonl.gz", "e.parquet", "f.jsonl.gz"]),
    ],
    ids=str,
)
def test_other_formats_out(corpus, tmp_path, writing, names):
    for workers in (1, 2):
        run_batch(corpus, tmp_path / str(workers), workers=workers, writing=writing, step=STEP)
    assert outcome(tmp_path / "1") == outcome(tmp_path / "2")
    assert sorted(name for name in tree(tmp_path / "1") if not name.startswith(RECORD_FOLDER)) == names


@pytest.mark.parametrize(
    ("columns", "keys", "found"),
    [
        ({"text": ["aText"], "html": ["<p>x"]}, Keys(text="text"), {"text": "Text", "html": "<p>x", "language": "en"}),
        ({"text": ["aText"], "html": [""]}, Keys(), {"text": "Text", "language": "en"}),
        ({"text": ["aText"], "language": pyarrow.nulls(1)}, Keys(), {"text": "Text", "language": "en"}),
        ({"html": ["aPage"], "content": pyarrow.nulls(1)}, Keys(), {"content": "Page", "language": "en"}),
        ({"html": ["aPage"], "content": [3]}, Keys(), {"content": 3, "text": "Page", "language": "en"}),
        (
            {"html": ["aPage"], "content": pyarrow.nulls(1, pyarrow.int8()), "language": pyarrow.nulls(1, "int8")},
            Keys(),
            {"content": None, "text": "Page", "language": None},
        ),
    ],
    ids=str,
)
def test_columns_that_have_no_place_for_what_is_found(tmp_path, columns, keys, found):
    pyarrow.parquet.write_table(pyarrow.table(columns), tmp_path / "a.parquet")
    run_batch(tmp_path / "a.parquet", tmp_path / "out", reading=Reading(keys=keys), step=STEP)
    (row,) = pyarrow.parquet.read_table(tmp_path / "out" / "a.parquet").to_pylist()
    assert row == found | dict.fromkeys(["title", "byline", "published"])


def test_rows_in_parts_keep_their_order(tmp_path):
    root = tmp_path / "in"
    root.mkdir()
    for name in ("a", "b"):
        body = (json.dumps({"id": f"{name}{n}", "text": "x" * 20_000}) + "\n" for n in range(60))
        (root / f"{name}.jsonl").write_text("".join(body))
    out = tmp_path / "out"
    out.mkdir()
    (out / "part-00007.jsonl").write_text("of an earlier run")
    run_batch(root, out, workers=2, writing=Writing(part_size=1), step=STEP)
    parts = sorted(out.glob("part-*"))
    assert [part.name for part in parts] == ["part-00000.jsonl", "part-00001.jsonl", "part-00002.jsonl"]
    ids = [row["id"] for part in parts for row in lines(part.read_bytes())]
    assert ids == [row["id"] for row in rows(out)] == [f"{name}{n}" for name in "ab" for n in range(60)]


def test_records_as_texts_have_numbers_for_names(tmp_path):
    source = tmp_path / "a.jsonl"
    source.write_text("".join(json.dumps({"id": "../../evil", "text": f"Text {n}.\n"}) + "\n" for n in range(3)))
    out = tmp_path / "out"
    run_batch(source, out, writing=Writing(format="text"), step=STEP)
    names = [name for name in tree(out) if not name.startswith(RECORD_FOLDER)]
    assert names == ["a.jsonl/0000000.txt", "a.jsonl/0000001.txt", "a.jsonl/0000002.txt"]
    assert (out / names[2]).read_text() == "ext 2.\n"
    assert rows(out)[2]["output"] == names[2]


def test_attributes_of_dolma(corpus, tmp_path):
    out = tmp_path / "out"
    run_batch(corpus, out, writing=Writing(attributes=True))
    folder = out / RECORD_FOLDER / "attributes"
    single = lines((folder / "documents.jsonl").read_bytes())
    assert [row["id"] for row in single] == ["a.txt", "deep/b.html.gz"]
    start, end, score = single[0]["attributes"]["cleaner__advertisement"][0]
    assert (DOCUMENT[start:end].strip(), score) == ("Advertisement", 1.0)
    assert lines((folder / "deep" / "c.jsonl.jsonl").read_bytes())[0]["id"] == "7"


@pytest.mark.parametrize("name", ["-", "@list", "file"])
def test_other_inputs(tmp_path, name):
    body = json.dumps({"body": DOCUMENT}) + "\n"
    (tmp_path / "news.jsonl").write_text(body)
    (tmp_path / "list").write_text(f"{tmp_path / 'news.jsonl'}\n{tmp_path / 'gone.txt'}\n")
    given = {"-": "-", "@list": f"@{tmp_path / 'list'}", "file": str(tmp_path / "news.jsonl")}[name]
    command = [sys.executable, "-m", "cleaner", "batch", given, tmp_path / "out", "--text-key", "body"]
    done = subprocess.run(command, input=body.encode(), capture_output=True, check=False)
    assert done.returncode == (1 if name == "@list" else 0), done.stderr
    out = tmp_path / "out" / ("stdin.jsonl" if name == "-" else "news.jsonl")
    assert "Advertisement" not in lines(out.read_bytes())[0]["body"]


def test_names_that_collide_and_inputs_among_the_outputs(tmp_path):
    root = tmp_path / "in"
    root.mkdir()
    for name in ("a.json", "a.jsonl"):
        (root / name).write_text('{"text": "One."}\n')
    run_batch(root, tmp_path / "out", step=STEP)
    first, second = rows(tmp_path / "out")
    assert first["status"] == "ok"
    assert lines((tmp_path / "out" / "a.jsonl").read_bytes())[0]["text"] == "ne."
    assert second["error"] == "its output a.jsonl is already that of a.json"
    (root / "b.html").write_text("<p>One.")
    (root / "b.txt").mkdir()
    (root / "b.txt" / "c.txt").write_text("Two.")
    (root / ("x" * 250 + ".html")).write_text("<p>Three.")
    (root / ("y" * 251 + ".txt")).write_text("Four.")
    for workers in (1, 2):
        run_batch(root, tmp_path / str(workers), workers=workers, step=STEP)
        failed = {row["id"]: row["error"] for row in rows(tmp_path / str(workers)) if row["status"] == "failed"}
        assert failed["b.txt/c.txt"] == "its output b.txt/c.txt is already that of b.html"
    assert outcome(tmp_path / "1") == outcome(tmp_path / "2")
    names = ("a.json", "b.txt/c.txt", "a.jsonl")
    (tmp_path / "list").write_text("".join(f"{root / name}\n" for name in names))
    assert run_batch(f"@{tmp_path / 'list'}", tmp_path / "listed", step=STEP).failed == 1
    before = (root / "a.jsonl").read_bytes()
    assert run_batch(root / "a.jsonl", root, step=STEP).failed == 1
    assert (root / "a.jsonl").read_bytes() == before


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\n \t\n\n"])
@pytest.mark.parametrize("last", [b"", b'{"text": "last"}', b"{"])
def test_a_file_in_pieces_is_the_file(tmp_path, monkeypatch, end, last):
    data = end.join(json.dumps({"text": f"Text {n} " + "x" * (n % 40)}).encode() for n in range(200)) + end + last
    path = tmp_path / "a.jsonl"
    path.write_bytes(data)
    whole = list(read_jsonl(io.BytesIO(data), "a.jsonl", Keys()))
    for size in (1, 50, 777, 5000):
        monkeypatch.setattr(splitting, "PIECE_BYTES", size)
        pieces = list(splitting.pieces_of_lines(path))
        assert (pieces[0].start, pieces[-1].stop) == (0, len(data))
        file = InputFile("a.jsonl", str(path), "jsonl", len(data))
        job = Job(str(path), tmp_path / "out")
        found = [
            entry
            for piece in pieces
            for entry in read_task(job, Task(0, (file,), len(data), {}, piece), 0, (), Meter())
        ]
        assert found == whole


def test_packed_files_are_not_cut(tmp_path, monkeypatch):
    monkeypatch.setattr(splitting, "PIECE_BYTES", 10)
    path = tmp_path / "a.jsonl"
    path.write_bytes(gzip.compress(b'{"text": "a"}\n' * 1000))
    assert list(splitting.pieces_of_lines(path)) == []
    assert list(splitting.pieces_of_lines(tmp_path / "gone.jsonl")) == []


def test_the_plan_comes_back(corpus, tmp_path):
    job = Job(str(corpus), tmp_path / "out")
    job.folder.work.mkdir(parents=True)
    totals = write_plan(job)
    tasks = list(planned(job))
    assert totals.tasks == len(tasks) == 6
    assert totals.documents is None
    assert [file.name for task in tasks for file in task.files] == [
        "a.txt", "d.jsonl.gz", "e.parquet", "f.warc.gz", "deep/b.html.gz", "deep/c.jsonl",
    ]  # fmt: skip


def test_a_record_above_the_limit(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "' + "x" * 5000 + '"}\n{"text": "Short."}\n')
    summary = run_batch(path, tmp_path / "out", reading=Reading(record_limit=1000), step=STEP)
    assert (summary.documents, summary.failed) == (2, 1)
    assert "limit for one record" in rows(tmp_path / "out")[0]["error"]


def test_options_that_do_not_go_together(tmp_path):
    with pytest.raises(UsageError, match="part-size is for rows"):
        Writing(format="text", part_size=3)
    done = cli("batch", tmp_path, tmp_path / "x", "--output-format", "csv")
    assert done.returncode == 2
