"""Every nasty input that we know of, through ``cleaner batch`` at once: each comes to what its index asks for.

The generator lies beside the repository, not in it; where it is missing, this is skipped.
"""

import gzip
import json
import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tests.test_batch import alone
from tests.test_faults import rows

GENERATOR = ROOT.parent / "shared" / "torture" / "make_torture.py"

pytestmark = pytest.mark.skipif(not GENERATOR.exists(), reason="needs ../shared/torture")

KNOWN_FAILURES: dict[str, str] = {}
"""Strict: one that comes out right must leave the list."""


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """The inputs, the output of a run over them, and its manifest by file."""
    root = tmp_path_factory.mktemp("torture")
    subprocess.run([sys.executable, GENERATOR, root / "in"], check=True, stdout=subprocess.DEVNULL)
    done = alone("batch", root / "in", root / "out", "--workers", 2, "--max-memory", 1024)
    assert done.returncode == 1, done.stderr
    assert b"Traceback" not in done.stderr
    assert {path.name for path in root.iterdir()} == {"in", "out"}
    told = {}
    for row in rows(root / "out"):
        told.setdefault(row.get("file", row["id"]), []).append(row)
    return root / "in", root / "out", told


def texts(out, told):
    """The cleaned texts of one file of the input."""
    name = next((row["output"] for row in told if row["status"] == "ok"), None)
    if name is None:
        return []
    data = (out / name).read_bytes()
    if name.endswith(".txt"):
        return [data.decode("utf-8", "surrogateescape")]
    data = gzip.decompress(data) if name.endswith(".gz") else data
    return [json.loads(line)["text"] for line in data.split(b"\n") if line]


def problem(case, told, found, keep):
    """What is wrong with the outcome of a case."""
    failed = [row for row in told if row["status"] == "failed"]
    if "good_rows" in case and (len(found), len(failed)) != (case["good_rows"], case["bad_rows"]):
        return f"{len(found)} rows read and {len(failed)} not"
    if not told and case["bytes"] > 20:  # an archive of nothing says nothing
        return "nobody tells what became of it"
    if any(junk in text for text in found for junk in case.get("drop", ())):
        return "junk came out"
    if case["expect"] == "error" and not failed:
        return "it passed for whole"
    if case["expect"] == "ok" and failed:
        return failed[0]["error"]
    if case["expect"] == "ok" and told and not found:
        return "it was passed over"
    wanted = [*case.get("keep", keep), *case.get("recover", ())] if case["expect"] == "ok" else []
    lost = [word for word in wanted for text in found if word not in text]
    return f"lost {', '.join(lost)}" if lost else None


def test_every_case_comes_to_what_its_index_asks_for(run):
    root, out, told = run
    index = json.loads((root / "index.json").read_text(encoding="utf-8"))
    problems = {}
    for case in index["inputs"]:
        rows_of = told.get(case["path"], [])
        found = problem(case, rows_of, texts(out, rows_of), index["markers"]["keep"])
        if found:
            problems[case["name"]] = found
    assert {name: why for name, why in problems.items() if name not in KNOWN_FAILURES} == {}
    assert sorted(problems) == sorted(KNOWN_FAILURES)


def test_what_stands_before_damage_is_kept(run):
    told = run[2]
    cleaned = {name: sum(row["status"] == "ok" for row in rows_of) for name, rows_of in told.items()}
    assert cleaned["packed/402_bad_crc.jsonl.gz"] == cleaned["packed/404_trailing_garbage.jsonl.gz"] == 50
    assert cleaned["packed/401_truncated.jsonl.gz"] == cleaned["packed/435_truncated.warc.gz"] == 1
    assert cleaned["packed/403_two_members.jsonl.gz"] == 100


def test_every_file_of_the_tree_is_cleaned_or_named(run):
    root, out, told = run
    tree = root / "tree"
    seen = 0
    for folder, folders, names in os.walk(tree):
        for name in [*names, *(each for each in folders if (tree / folder / each).is_symlink())]:
            path = tree / folder / name
            (row,) = told[path.relative_to(root).as_posix()]
            inside = path.is_file() and path.resolve().is_relative_to(tree) and name.lower().endswith(".html")
            assert row["status"] == ("ok" if inside else "failed" if name == "already.json" else "passed over"), row
            if inside and path.stat().st_size:
                assert "quokkaalpha" in (out / row["output"]).read_text(encoding="utf-8")
            seen += 1
    assert seen == sum(name.startswith("tree/") for name in told)


def test_files_that_are_not_read_are_named(run):
    passed = {name: row["records"] for name, (row, *_) in run[2].items() if row["status"] == "passed over"}
    assert passed["packed/411_bomb_twice.html.gz.gz"] == {"unknown suffix": 1}
    assert passed["tree/sub/loop_to_parent"] == {"a link to a folder": 1}
