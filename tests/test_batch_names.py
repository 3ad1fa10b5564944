"""Names of outputs: no run ends on one when all is cleaned, and nothing of the input is ever written over."""

import json
import sys

import pyarrow
import pyarrow.parquet
import pytest

from cleaner.batch import RECORD_FOLDER, run_batch
from cleaner.batch.job import Job, Writing
from cleaner.batch.plan import read_plan, write_plan
from cleaner.errors import UsageError
from tests.test_batch import tree
from tests.test_batch_formats import lines
from tests.test_faults import outcome, rows

STEP = "tests.faults:clean"
JSONL = Writing(format="jsonl")


def put(root, *names):
    """Files that each say what they are called."""
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"This is {name}." if name.endswith((".txt", ".html")) else json.dumps({"text": f"_{name}"}))


def list_of(root, *names):
    path = root.parent / "list"
    path.write_text("".join(f"{root / name}\n" for name in names))
    return f"@{path}"


def failed(out):
    return {row["id"].partition("#")[0]: row["error"] for row in rows(out) if row["status"] == "failed"}


def output(out):
    """Names and texts of the output."""
    files = {name: data.decode() for name, data in tree(out).items() if not name.startswith(RECORD_FOLDER)}
    return {
        name: [row["text"] for row in lines(data)] if name.endswith(".jsonl") else data for name, data in files.items()
    }


@pytest.mark.parametrize("how", ["file", "list", "text", "address", "link to it"])
def test_input_that_a_link_leads_to_is_not_overwritten(tmp_path, how):
    real, linked = tmp_path / "real", tmp_path / "linked"
    put(real, "a.jsonl", "b.txt")
    linked.symlink_to(real)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "a.jsonl").symlink_to(real / "a.jsonl")
    source = {
        "file": linked / "a.jsonl",
        "list": list_of(linked, "a.jsonl", "b.txt"),
        "text": linked / "b.txt",
        "address": f"file://{linked}/a.jsonl",
        "link to it": tmp_path / "other" / "a.jsonl",
    }[how]
    before = output(real)
    summary = run_batch(source, real, step=STEP)
    assert summary.failed == summary.documents > 0
    assert all("could be overwritten" in why for why in failed(real).values())
    assert output(real) == before


def test_input_that_a_link_leads_to_is_not_overwritten_at_an_address(tmp_path):
    pytest.importorskip("fsspec", reason="needs the extra remote")
    put(tmp_path / "real", "a.jsonl", "b.txt")
    (tmp_path / "linked").symlink_to(tmp_path / "real")
    before = output(tmp_path / "real")
    for source, place in (("real", "linked"), ("linked", "real")):
        where = {"output": f"file://{tmp_path / place}", "run_folder": tmp_path / "run", "step": STEP}
        with pytest.raises(UsageError, match="lies in the other"):
            run_batch(tmp_path / source, **where)
        assert run_batch(list_of(tmp_path / source, "a.jsonl", "b.txt"), **where).failed == 2
        assert output(tmp_path / "real").items() >= before.items()


def test_rows_of_a_file_do_not_stand_where_parts_go(tmp_path):
    root, out = tmp_path / "in", tmp_path / "out"
    put(root, "documents-00000.jsonl", "documents-00001.jsonl", "documents-00002.jsonl/c.jsonl", "note.txt", "x.jsonl")
    assert run_batch(root, out, step=STEP, writing=JSONL).failed == 3
    assert all("where the rows of texts and pages go" in why for why in failed(out).values())
    assert output(out) == {"documents-00000.jsonl": ["his is note.txt."], "x.jsonl": ["x.jsonl"]}
    # Where there are none, the names are free; what is passed over is no text.
    (root / "note.txt").rename(root / "note.png")
    assert run_batch(root, tmp_path / "none", step=STEP, writing=JSONL).failed == 0
    names = ["documents-00000.jsonl", "documents-00001.jsonl", "documents-00002.jsonl/c.jsonl", "x.jsonl"]
    assert output(tmp_path / "none") == {name: [name] for name in names}
    (root / "note.png").rename(root / "note.txt")
    run_batch(list_of(root, "x.jsonl", "note.txt", names[1]), tmp_path / "listed", step=STEP, writing=JSONL)
    assert list(failed(tmp_path / "listed")) == [names[1]]
    assert run_batch(root, tmp_path / "lines", step=STEP).failed == 0
    assert output(tmp_path / "lines").keys() == {*names, "note.txt", "x.jsonl"}


def test_a_folder_where_parts_go(tmp_path):
    put(tmp_path / "in", "a.txt")
    put(tmp_path / "out", "documents-00001.jsonl/left.txt")
    with pytest.raises(UsageError, match=r"documents-00001\.jsonl is a folder, .* move it away"):
        run_batch(tmp_path / "in", tmp_path / "out", step=STEP, writing=JSONL)
    assert run_batch(tmp_path / "in", tmp_path / "out", step=STEP).failed == 0


def test_what_an_earlier_run_left_in_the_way_costs_one_file(tmp_path):
    root, out = tmp_path / "in", tmp_path / "out"
    put(root, "a.jsonl", "b.jsonl", "c.txt", "d.jsonl/e.jsonl")
    run_batch(root / "a.jsonl", out, step=STEP, writing=Writing(format="text"))
    put(out, "d.jsonl")
    before = output(out)
    assert before["a.jsonl/0000000.txt"] == "a.jsonl"
    assert run_batch(root, out, step=STEP).failed == 2
    assert failed(out) == {
        "a.jsonl": "its output a.jsonl is there already, as a folder: move that away",
        "d.jsonl/e.jsonl": "its output d.jsonl/e.jsonl would lie in d.jsonl, a file: move that away",
    }
    assert output(out) == before | {"b.jsonl": ["b.jsonl"], "c.txt": "his is c.txt."}


def test_names_that_are_too_long_cost_their_own_file(tmp_path):
    root, out = tmp_path / "in", tmp_path / "out"
    long, longer = "x" * 240 + ".jsonl", "y" * 250 + ".json"
    put(root, "a.jsonl", long, longer)
    assert run_batch(root, out, step=STEP).failed == 1
    assert failed(out) == {longer: f"the name of its output {'y' * 250}.jsonl is too long"}
    assert output(out) == {"a.jsonl": ["a.jsonl"], long: [long]}
    for writing in (Writing(attributes=True), Writing(format="text", attributes=True)):
        assert run_batch(root, tmp_path / str(writing), step=STEP, writing=writing).failed == 2
        assert failed(tmp_path / str(writing))[long] == f"the name of its attributes {long}.jsonl is too long"


def test_a_name_that_leads_out_of_the_output_costs_its_own_file(tmp_path):
    root, out = tmp_path / "in", tmp_path / "out"
    put(root, "a/b.jsonl", "c.jsonl")
    (tmp_path / "outside").mkdir()
    out.mkdir()
    (out / "a").symlink_to(tmp_path / "outside")
    assert run_batch(root, out, step=STEP).failed == 1
    assert "outside the output folder" in failed(out)["a/b.jsonl"]
    assert (out / "c.jsonl").exists()


def test_names_that_collide_in_a_list(tmp_path):
    root = tmp_path / "in"
    put(root, "a.jsonl/b.jsonl", "a.ndjson", "c.txt")
    assert run_batch(list_of(root, "a.jsonl/b.jsonl", "a.ndjson", "c.txt"), tmp_path / "out", step=STEP).failed == 1
    assert failed(tmp_path / "out") == {"a.ndjson": "its output a.jsonl is already that of a.jsonl/b.jsonl"}
    assert run_batch(root, tmp_path / "walked", step=STEP).failed == 1
    # One that is gone, or is refused for another reason, has no output.
    put(root, f"{RECORD_FOLDER}/d.html", f"{RECORD_FOLDER}/d.txt")
    source = list_of(root, "gone.jsonl", "c.html", "c.txt", f"{RECORD_FOLDER}/d.html", f"{RECORD_FOLDER}/d.txt")
    run_batch(source, tmp_path / "gone", step=STEP)
    assert output(tmp_path / "gone") == {"c.txt": "his is c.txt."}
    assert not any("already" in why for why in failed(tmp_path / "gone").values())


def test_attributes_that_collide(tmp_path):
    root, out = tmp_path / "in", tmp_path / "out"
    put(root, "a.jsonl", "a.jsonl.jsonl/b.jsonl", "documents.jsonl/c.jsonl", "d.txt")
    run_batch(root, out, step=STEP, writing=Writing(attributes=True))
    assert failed(out) == {
        "a.jsonl.jsonl/b.jsonl": "its attributes a.jsonl.jsonl/b.jsonl.jsonl are in the way of those of a.jsonl",
        "documents.jsonl/c.jsonl": "its attributes documents.jsonl/c.jsonl.jsonl are in the way of those of texts and pages",
    }
    assert output(out) == {"a.jsonl": ["a.jsonl"], "d.txt": "his is d.txt."}


@pytest.mark.parametrize(
    ("writing", "module", "extra"),
    [
        (Writing(pack="zst"), "zstandard", "zst"),
        (Writing(format="jsonl", pack="zst", part_size=1), "zstandard", "zst"),
        (Writing(format="parquet"), "pyarrow", "parquet"),
        (Writing(format="parquet", part_size=1), "pyarrow", "parquet"),
    ],
    ids=str,
)
def test_a_missing_extra_is_told_before_anything_is_cleaned(tmp_path, monkeypatch, writing, module, extra):
    put(tmp_path / "in", "a.jsonl", "b.txt")
    run_batch(tmp_path / "in", tmp_path / "out", step=STEP)
    before = outcome(tmp_path / "out")
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(UsageError, match=rf"news-cleaner\[{extra}\]"):
        run_batch(tmp_path / "in", tmp_path / "out", step="tests.nothing:at_all", writing=writing)
    assert outcome(tmp_path / "out") == before
    assert run_batch(tmp_path / "in" / "b.txt", tmp_path / "texts", step=STEP, writing=Writing(pack="zst")).failed == 0


def test_a_file_that_cannot_be_looked_at_is_not_taken_for_one_document(tmp_path, monkeypatch):
    path = tmp_path / "records"
    path.write_text('{"text": "One."}\n{"text": "Two."}\n')
    job = Job(str(path), tmp_path / "out")
    job.folder.work.mkdir(parents=True)

    def no_more_files(*_, **__):
        raise OSError(24, "Too many open files")

    with monkeypatch.context() as patch:
        patch.setattr("cleaner.io.files._opened", no_more_files)
        write_plan(job)
    (task,) = read_plan(job)
    assert task.refused == {0: "it cannot be opened: Too many open files"}


def test_a_parquet_file_that_cannot_be_read_has_no_output(tmp_path):
    root, out = tmp_path / "in", tmp_path / "out"
    put(root, "lines.parquet")
    pyarrow.parquet.write_table(pyarrow.table({"text": ["_One."]}), root / "a.parquet")
    (root / "b.parquet").write_bytes((root / "a.parquet").read_bytes()[:-9])
    run_batch(root, out, step=STEP)
    assert "no Parquet file that can be read" in failed(out)["b.parquet"]
    texts = {path.name: pyarrow.parquet.read_table(path)["text"].to_pylist() for path in out.glob("*.parquet")}
    assert texts == {"a.parquet": ["One."], "lines.parquet": ["lines.parquet"]}
