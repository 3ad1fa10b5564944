"""Every format in, every format out: rows keep their fields, their order and their place."""

import gzip
import hashlib
import itertools
import json
import random
import zipfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

from cleaner.batch import RECORD_FOLDER, run_batch, supervise
from cleaner.batch.job import Job, Reading, Writing
from cleaner.batch.journal import Journal
from cleaner.batch.plan import Task, write_plan
from cleaner.batch.plan import read_plan as planned
from cleaner.batch.sources import Reader, digest_of
from cleaner.batch.status import read_status
from cleaner.errors import UsageError
from cleaner.io.files import find_inputs
from cleaner.io.records import Keys, Record, Unreadable
from tests.test_batch import DOCUMENT, PAGE, STORY, tree
from tests.test_faults import make_warc, outcome, rows
from tests.test_io_warc import http, record
from tests.warm import run_cleaner as cli

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
        (
            {"text": ["aText"], "language": pyarrow.nulls(1, pyarrow.list_(pyarrow.string()))},
            Keys(),
            {"text": "Text", "language": None},
        ),
    ],
    ids=[
        "html",
        "html that is empty",
        "language",
        "text",
        "text of another type",
        "language of another type",
        "language as a list",
    ],
)
def test_columns_that_have_no_place_for_what_is_found(tmp_path, columns, keys, found):
    pyarrow.parquet.write_table(pyarrow.table(columns), tmp_path / "a.parquet")
    run_batch(tmp_path / "a.parquet", tmp_path / "out", reading=Reading(keys=keys), step=STEP)
    (row,) = pyarrow.parquet.read_table(tmp_path / "out" / "a.parquet").to_pylist()
    assert row == found | dict.fromkeys(["title", "byline", "published"])


def test_records_that_are_no_documents_are_counted(tmp_path):
    root = tmp_path / "in"
    root.mkdir()
    for name, pages in (("a.warc.gz", 40), ("b.warc.gz", 0), ("c.warc.gz", 1)):
        requests = (record(b"GET / HTTP/1.1\r\n\r\n", n, "request") for n in range(50))
        pictures = (record(http(b"\x89PNG", media="image/png"), n) for n in range(3))
        stories = (record(http(PAGE.encode()), n) for n in range(pages))
        (root / name).write_bytes(b"".join(map(gzip.compress, itertools.chain(requests, pictures, stories))))
    done = cli("batch", root, tmp_path / "out", "--workers", 1)
    assert done.returncode == 0
    assert b"159 passed over: 150 request, 9 no page" in done.stderr
    passed = [row for row in rows(tmp_path / "out") if row["status"] == "passed over"]
    assert passed == [
        {"id": f"{name}.warc.gz", "status": "passed over", "records": {"no page": 3, "request": 50}} for name in "abc"
    ]
    assert len(rows(tmp_path / "out")) == len(passed) + 41
    assert read_status(tmp_path / "out").as_dict()["passed_over"] == {"no page": 9, "request": 150}
    assert read_status(tmp_path / "out").summary.documents == 41


def test_texts_and_pages_in_an_archive(tmp_path):
    path = tmp_path / "news.zip"
    members = {"../a.txt": DOCUMENT, "b/": "", "b/c.html": PAGE, "d.csv": "1,2", "bad.txt": "bad", "a.txt": STORY}
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    path.write_bytes(path.read_bytes().replace(b"bad.txtbad", b"bad.txtBAD"))
    out = tmp_path / "1"
    done = cli("batch", path, out, "--workers", 1)
    assert done.returncode == 1
    assert b"2 passed over: 1 a folder, 1 no text or page" in done.stderr
    assert {name.partition("/")[0] for name in tree(tmp_path)} == {"news.zip", "1"}
    found = lines((out / "news.jsonl").read_bytes())
    assert [row["id"] for row in found] == ["news.zip/../a.txt", "news.zip/b/c.html", "news.zip/a.txt"]
    assert "Advertisement" not in found[0]["text"]
    *_, failed, _, passed = rows(out)
    assert (failed["id"], failed["number"], failed["cause"]) == ("news.zip/bad.txt", 4, "unreadable")
    assert "CRC" in failed["error"]
    assert passed == {"id": "news.zip", "status": "passed over", "records": {"a folder": 1, "no text or page": 1}}
    run_batch(path, tmp_path / "2", workers=2, writing=Writing(format="text"))
    assert [name for name in tree(tmp_path / "2") if not name.startswith(RECORD_FOLDER)] == [
        f"news.zip/000000{n}.txt" for n in (0, 2, 5)
    ]


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
    done = cli("batch", given, tmp_path / "out", "--text-key", "body", input=body.encode())
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


def broken_jsonl(path):
    """Good lines, blank ones, bad ones, and packed data that are cut off."""
    lines = [json.dumps({"text": f"Text {n}. " + "x" * (n % 40)}).encode() for n in range(100)]
    lines[30:30], lines[60] = [b"", b" \t", b"\r"], b"{broken"
    path.write_bytes(gzip.compress(b"\r\n".join(lines))[:-30])


def broken_parquet(path):
    """Groups of other sizes than slices have, and one of them damaged."""
    texts = [hashlib.sha256(b"%d" % n).hexdigest() * 20 for n in range(420)]
    pyarrow.parquet.write_table(pyarrow.table({"text": texts}), path, row_group_size=130, write_page_checksum=True)
    column = pyarrow.parquet.ParquetFile(path).metadata.row_group(1).column(0)
    data = bytearray(path.read_bytes())
    data[column.data_page_offset + column.total_compressed_size // 2] ^= 255
    path.write_bytes(data)


def broken_warc(path):
    """Pages between requests, pictures and bytes that are no record."""
    parts = []
    for n in range(40):
        parts += [record(b"GET / HTTP/1.1\r\n\r\n", n, "request"), record(http(b"<p>page %d" % n), n)]
        parts += [record(http(b"\x89PNG", media="image/png"), n)] * (n % 3)
    parts[50] = b"nonsense\r\n\r\n"
    path.write_bytes(b"".join(gzip.compress(part) for part in parts)[:-30])


def broken_zip(path):
    """Texts, folders and pictures, and a text that is damaged."""
    with zipfile.ZipFile(path, "w") as archive:
        for n in range(60):
            archive.writestr(f"{n}.txt", f"Text {n}. " * 9)
            archive.writestr(f"{n}.png" if n % 3 else f"{n}/", b"")
    data = bytearray(path.read_bytes())
    data[data.index(b"Text 40")] ^= 255
    path.write_bytes(data)


LARGE = {"a.jsonl.gz": broken_jsonl, "a.parquet": broken_parquet, "a.warc.gz": broken_warc, "a.zip": broken_zip}


@pytest.fixture(params=LARGE)
def large(request, tmp_path):
    path = tmp_path / request.param
    LARGE[request.param](path)
    return path


def task_of(path, size=None):
    (found,) = find_inputs(str(path))
    return Task(0, (replace(found, size=size or found.size),), found.size)


def stretches(dice):
    """Cuts of a file that end beyond its end."""
    cuts = [0]
    while cuts[-1] < 1100:
        cuts.append(cuts[-1] + dice.choice([1, 2, 7, 16, 100, 300]))
    return itertools.pairwise(cuts)


def test_readers_that_share_a_file_read_all_of_it(large, tmp_path):
    task, job = task_of(large), Job(str(large), tmp_path / "out")
    alone = Reader(job)
    whole = list(alone.documents(task, 0))
    assert alone.ended
    assert {type(entry) for _, entry in whole} >= {Record, Unreadable}
    assert [index for index, _ in whole] == [entry.number for _, entry in whole]
    for seed in range(20):
        dice = random.Random(seed)
        readers, found, ended = [Reader(job) for _ in range(3)], [], []
        for start, stop in stretches(dice):
            reader = dice.choice(readers)
            found += list(reader.documents(task, start, stop))
            ended.append(reader.ended)
        assert found == whole, seed
        assert ended == sorted(ended), seed
        assert ended[-1], seed


def test_a_reader_that_must_go_back_begins_anew(large, tmp_path):
    task, reader = task_of(large), Reader(Job(str(large), tmp_path / "out"))
    late = list(reader.documents(task, 20, 40))
    assert reader.behind > 20
    assert [*reader.documents(task, 0, 20), *late] == list(Reader(Job(str(large), tmp_path)).documents(task, 0, 40))


def test_what_is_passed_over_is_no_hang_and_is_not_counted(tmp_path):
    path, passed = tmp_path / "a.jsonl", []
    path.write_text("".join(json.dumps({"text": "x" * 9000}) + "\n" for _ in range(1000)))
    reader = Reader(Job(str(path), tmp_path / "out"), lambda: passed.append(1))
    assert [index for index, _ in reader.documents(task_of(path), 900)] == list(range(900, 1000))
    assert len(passed) > 20
    assert reader.size < path.stat().st_size / 5


def test_a_record_that_killed_a_reader_ends_the_file(large, tmp_path):
    task, reader = task_of(large), Reader(Job(str(large), tmp_path / "out"))
    found = list(reader.documents(task, 16, 300, unread={33}))
    assert [index for index, _ in found][-2:] == [32, 33]
    assert "cannot be read" in found[-1][1].why
    assert reader.ended
    assert reader.behind == 33


def test_a_file_that_went_away_or_has_changed(large, tmp_path):
    job = Job(str(large), tmp_path / "out")
    ((index, entry),) = Reader(job).documents(task_of(large, size=77), 50, 70)
    assert (index, entry.number) == (50, 50)
    assert f"it had 77 bytes and has {large.stat().st_size}" in entry.why
    task = task_of(large)
    large.unlink()
    ((_, entry),) = Reader(job).documents(task, 50, 70)
    assert entry.why == "it cannot be opened: No such file or directory"


def test_files_are_read_once_and_hashed_on_the_way(tmp_path, monkeypatch):
    packed = gzip.compress(DOCUMENT.encode() * 900)
    names = {"a.txt": b"text", "b.html": b"", "c.txt.gz": packed, "d.txt.gz": packed[:99], "e.html": b"x" * 3_000_000}
    for name, data in names.items():
        (tmp_path / name).write_bytes(data)
    files = tuple(find_inputs(str(tmp_path)))
    task = Task(0, (*files, replace(files[0], path=str(tmp_path / "other"))), 0, {len(files): "a name that is taken"})
    opened, reader = [], Reader(Job(str(tmp_path), tmp_path / "out", reading=Reading(record_limit=1_000_000)))
    real_open = Path.open
    monkeypatch.setattr(
        Path, "open", lambda path, *args, **more: (opened.append(path), real_open(path, *args, **more))[1]
    )
    found = [entry for _, entry in reader.documents(task, 0)]
    assert [path.name for path in opened] == list(names)
    assert [type(entry) for entry in found] == [Record, Record, Record, Unreadable, Unreadable, Unreadable]
    assert reader.digest(task, 0, 2) == digest_of(task, 0, 2) != digest_of(task, 1, 3)
    assert reader.digest(task, 2, 6) == digest_of(task, 2, 6)
    (tmp_path / "b.html").unlink()
    list(reader.documents(task, 0, 2))
    assert (reader.digest(task, 0, 2), digest_of(task, 0, 2)) == ("", None)


def test_records_that_were_taken_for_one_document_are_not_lost_silently(tmp_path):
    for name, text in (("one", "A text."), ("none", ""), ("records", '{"text": "One."}\n{"text": "Two."}\n')):
        (tmp_path / name).write_text(text)
    files = tuple(
        replace(next(find_inputs(str(tmp_path / name))), format="auto") for name in ("one", "none", "records")
    )
    one, none, records = (entry for _, entry in Reader(Job("", tmp_path / "out")).documents(Task(0, files, 0), 0))
    assert (one.raw, none.raw) == (b"A text.", b"")
    assert "it holds records" in records.why


@pytest.mark.parametrize("first", [1, 16])
def test_workers_that_share_a_file_give_the_same_bytes(large, tmp_path, monkeypatch, first):
    run_batch(large, tmp_path / "alone", step=STEP)
    monkeypatch.setattr(supervise, "SHARED_BYTES", 0)
    monkeypatch.setattr(supervise, "FIRST_SLICE", first)
    monkeypatch.setattr(supervise, "SLICE", 32)
    segments = []
    monkeypatch.setattr(Journal, "add", lambda self, **line: (segments.append(line), real(self, **line)))
    for workers in (1, 3):
        segments.clear()
        run_batch(large, tmp_path / str(workers), step=STEP, workers=workers)
        assert outcome(tmp_path / str(workers)) == outcome(tmp_path / "alone")
        assert sum("segment" in line for line in segments) > 3


real = Journal.add


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


def test_what_a_record_says_of_its_language_is_read_as_a_code(tmp_path):
    said = ["en-US", "EN_gb", "eng", "English", "xx", "deu", 5, "", None]
    path = tmp_path / "a.jsonl"
    path.write_text("".join(json.dumps({"text": DOCUMENT, "language": each}) + "\n" for each in said))
    summary = run_batch(path, tmp_path / "out")
    assert [row["language"] for row in rows(tmp_path / "out")] == ["en"] * 5 + ["de"] + ["en"] * 3
    assert set(summary.languages) == {"en", "de"}
    # What was read stays as it was.
    assert [row["language"] for row in lines((tmp_path / "out" / "a.jsonl").read_bytes())] == [*said[:-1], "en"]
