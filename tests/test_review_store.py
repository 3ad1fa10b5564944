"""The file of a review: nothing that was given is lost, and nothing that is no review is touched."""

import json
import os
import signal
import subprocess
import sys

import pytest

from cleaner.errors import OutputError, UsageError
from cleaner.review.store import Store, read_store
from tests.conftest import ROOT
from tests.reviewing import document, draw_of, item, verdict


def sample():
    of = document()
    return draw_of([of], [item(of, "Advertisement"), item(of, "Share", category="share")])


def test_what_was_given_is_there_again(tmp_path):
    path, draw = tmp_path / "r.jsonl", sample()
    first, second = draw.items
    with Store(path, "run") as store:
        store.draw(draw)
        store.give(verdict(first, "right"))
        store.give(verdict(second, "category", category="ui"))
        store.give(verdict(first, "wrong"))
    state = read_store(path)
    assert state.draw == draw
    assert state.verdicts() == {
        first.id: verdict(first, "wrong"),
        second.id: verdict(second, "category", category="ui"),
    }
    assert [said.verdict for said in state.history] == ["right", "category", "wrong"]


def test_undo_takes_back_one_after_the_other_also_after_a_restart(tmp_path):
    path, draw = tmp_path / "r.jsonl", sample()
    first, second = draw.items
    with Store(path, "run") as store:
        store.draw(draw)
        for one, said in ((first, "right"), (second, "right"), (first, "wrong")):
            store.give(verdict(one, said))
    with Store(path, "run") as store:
        assert store.undo() == verdict(first, "wrong")
        assert store.state.verdicts()[first.id].verdict == "right"
        assert store.undo() == verdict(second, "right")
    with Store(path, "run") as store:
        assert set(store.state.verdicts()) == {first.id}
        assert store.undo() == verdict(first, "right")
        assert store.undo() is None


@pytest.mark.parametrize("lost", [1, 5, 30])
def test_a_line_that_was_cut_off_is_dropped_and_the_next_one_is_whole(tmp_path, lost):
    path, draw = tmp_path / "r.jsonl", sample()
    first, second = draw.items
    with Store(path, "run") as store:
        store.draw(draw)
        store.give(verdict(first, "right"))
        store.give(verdict(second, "right"))
    path.write_bytes(path.read_bytes()[:-lost])
    with Store(path, "run") as store:
        assert set(store.state.verdicts()) == {first.id}
        store.give(verdict(second, "wrong"))
    assert read_store(path).verdicts()[second.id].verdict == "wrong"


def test_a_kill_loses_nothing_that_was_given(tmp_path):
    path, draw = tmp_path / "r.jsonl", sample()
    code = (
        "import sys; from pathlib import Path; from cleaner.review.store import Store;"
        "from tests.reviewing import verdict; from tests.test_review_store import sample\n"
        "draw = sample()\n"
        "with Store(Path(sys.argv[1]), 'run') as store:\n"
        "    store.draw(draw)\n"
        "    while True:\n"
        "        store.give(verdict(draw.items[0], 'right')); print('given', flush=True)\n"
    )
    worker = subprocess.Popen(
        [sys.executable, "-c", code, path], stdout=subprocess.PIPE, text=True, cwd=ROOT, start_new_session=True
    )
    said = [worker.stdout.readline() for _ in range(20)]
    os.killpg(worker.pid, signal.SIGKILL)
    said += worker.stdout.read().splitlines()
    worker.wait()
    worker.stdout.close()
    given = sum(line.strip() == "given" for line in said)
    assert given >= 20
    assert len(read_store(path).history) >= given
    with Store(path, "run") as store:
        assert store.state.draw == draw


def test_a_full_disk_is_said_and_spoils_nothing(tmp_path, monkeypatch):
    path, draw = tmp_path / "r.jsonl", sample()
    first, second = draw.items
    with Store(path, "run") as store:
        store.draw(draw)
        real = os.write
        monkeypatch.setattr(os, "write", lambda handle, data: real(handle, data[:7]) and _full())
        with pytest.raises(OutputError, match="cannot be written"):
            store.give(verdict(first, "right"))
        monkeypatch.setattr(os, "write", real)
        assert store.state.verdicts() == {}
        store.give(verdict(second, "right"))
    assert set(read_store(path).verdicts()) == {second.id}


def _full():
    raise OSError(28, "No space left on device")


def test_a_second_review_of_one_file_is_refused(tmp_path):
    path = tmp_path / "r.jsonl"
    with Store(path, "run"), pytest.raises(UsageError, match="open in another review"), Store(path, "run"):
        pass
    with Store(path, "run"):
        pass


def test_the_file_of_another_run_is_refused(tmp_path):
    path = tmp_path / "r.jsonl"
    with Store(path, "one"):
        pass
    with pytest.raises(UsageError, match="another run"), Store(path, "two"):
        pass


@pytest.mark.parametrize(
    "content",
    [
        "Notes of mine, without a line break",
        "Notes of mine\n",
        "[]\n",
        '{"verdict": {"item": "a", "verdict": "right"}}\n',
        '{"review": {"schema": "cleaner-review/9", "run": "x"}}\n',
        '{"review": {"schema": "cleaner-review/1", "run": "x"}}\nnonsense\n{"undo": {"item": "a"}}\n',
        '{"review": {"schema": "cleaner-review/1", "run": "x"}}\n{"undo": {"item": "a"}}\n',
    ],
)
def test_a_file_that_is_no_review_is_left_alone(tmp_path, content):
    path = tmp_path / "notes.jsonl"
    path.write_text(content)
    with pytest.raises(UsageError, match=str(path)), Store(path, "run"):
        pass
    assert path.read_text() == content


def test_letters_of_all_kinds_come_back(tmp_path):
    of = document("Zürich\U0001f4a1 \ud800 \x00 新聞\n\nAdvertisement\n")
    draw = draw_of([of], [item(of, "Advertisement")])
    with Store(tmp_path / "r.jsonl", "run") as store:
        store.draw(draw)
    assert read_store(tmp_path / "r.jsonl").documents["d1"].text == of.text


def test_lines_are_json_that_others_can_read(tmp_path):
    path, draw = tmp_path / "r.jsonl", sample()
    with Store(path, "run") as store:
        store.draw(draw)
        store.give(verdict(draw.items[0], "right", time="2026-11-26T08:00:00+00:00"))
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [next(iter(line)) for line in lines] == ["review", "draw", "verdict"]
    assert lines[2] == {"verdict": {"item": draw.items[0].id, "verdict": "right", "time": "2026-11-26T08:00:00+00:00"}}
