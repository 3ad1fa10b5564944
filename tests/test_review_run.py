"""The command: going on, other samples, and use that cannot work."""

import shutil
import subprocess
import sys

import pytest
from click.testing import CliRunner

from cleaner.cli import cli
from cleaner.errors import UsageError
from cleaner.review.run import Asked, export, open_review
from cleaner.review.strata import Wanted
from tests.conftest import ROOT


def said(run, store=None, sample=None):
    heard = []
    return Asked(run, store, sample), heard


def judge(review, number, verdict="right"):
    review.give({"item": review.item(number)["id"], "verdict": verdict})


@pytest.fixture
def copy(reviewed_run, tmp_path):
    shutil.copytree(reviewed_run, tmp_path / "out")
    return tmp_path / "out"


def test_the_file_lies_beside_the_run(copy):
    asked, heard = said(copy)
    with open_review(asked, heard.append) as review:
        judge(review, 0)
    assert asked.file == copy.parent / "out.review.jsonl"
    assert asked.file.exists()
    assert "removals and spared claims" in heard[1]


def test_the_same_command_goes_on(copy):
    asked, heard = said(copy, sample=Wanted(30, 7))
    with open_review(asked, heard.append) as review:
        first = review.item(0)
        judge(review, 0)
    again, heard = said(copy)
    with open_review(again, heard.append) as review:
        assert heard == []
        assert review.progress() == {"of": 30, "judged": 1, "skipped": 0, "next": 1, "can_undo": True}
        assert review.item(0)["id"] == first["id"]


def test_a_larger_sample_keeps_the_verdicts(copy):
    for size, judged in ((10, 0), (40, 3)):
        with open_review(said(copy, sample=Wanted(size))[0], lambda _: None) as review:
            assert (review.progress()["of"], review.progress()["judged"]) == (size, judged)
            for number in range(3):
                judge(review, number, "wrong")


def test_it_goes_on_without_the_run(copy):
    asked, _ = said(copy)
    with open_review(asked, lambda _: None) as review:
        number = next(n for n in range(200) if review.item(n)["kind"] == "removal")
        judge(review, number, "wrong")
    shutil.rmtree(copy)
    with open_review(asked, lambda _: None) as review:
        assert review.progress()["judged"] == 1
    heard = []
    export(asked, {"rules": copy.parent / "r.toml", "labels": copy.parent / "l.tsv"}, heard.append)
    assert "rule" in heard[0]
    with pytest.raises(UsageError, match="holds no run"), open_review(said(copy, sample=Wanted(5))[0], heard.append):
        pass


def test_a_run_that_was_done_anew_with_another_outcome_is_another_run(copy):
    asked, _ = said(copy)
    with open_review(asked, lambda _: None):
        pass
    summary = copy / "_cleaner" / "summary.json"
    summary.write_text(summary.read_text().replace('"documents": ', '"documents":  '))
    with pytest.raises(UsageError, match="another run"), open_review(asked, lambda _: None):
        pass


def test_documents_with_the_same_id_are_told_apart(reviewed_run, tmp_path):
    with open_review(Asked(reviewed_run, tmp_path / "r.jsonl"), lambda _: None) as review:
        items = [review.item(number) for number in range(review.progress()["of"])]
    assert len({item["id"] for item in items}) == len(items)
    assert {item["document"]["title"] for item in items if item["document"]["id"] == "plays"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "name the output folder"),
        (["nowhere"], "holds no run"),
        (["--try", "RUN"], "--try needs no run"),
        (["--try", "--export-rules", "x.toml"], "--try needs no run"),
        (["RUN", "--export-rules", "x.toml"], "there is no review"),
        (["RUN", "--rule", "share.en.lable"], "did you mean 'share.en.label'"),
        (["RUN", "--category", "table"], "category table"),
        (["RUN", "--store", "fixtures/demo/bridge.txt"], "is no review"),
    ],
)
def test_what_cannot_work_is_said(copy, arguments, words):
    arguments = [str(copy) if argument == "RUN" else argument for argument in arguments]
    done = subprocess.run(
        [sys.executable, "-m", "cleaner", "review", *arguments, "--no-browser"],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_numbers_out_of_range_are_refused():
    for arguments in (["--sample", "0"], ["--port", "70000"], ["--seed", "x"], ["--category", "advert"]):
        assert CliRunner().invoke(cli, ["review", "out", *arguments]).exit_code == 2
