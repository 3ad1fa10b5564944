"""Output is whole or not there, stays in its folder, and has the same bytes every time."""

import errno
import gzip
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cleaner.errors import UsageError
from cleaner.io.atomic import AtomicFile, place_below, write_atomically
from cleaner.io.files import find_inputs, read_entries
from cleaner.io.rows import JsonlWriter, attribute_row, json_line
from tests.conftest import fill_disk

ROWS = [{"id": str(n), "text": f"Zürich {n}", "n": n} for n in range(500)]
SUFFIXES = [".jsonl", ".jsonl.gz", ".jsonl.zst"]


def write(path, rows=ROWS):
    with JsonlWriter(path) as writer:
        for row in rows:
            writer.write(row)


def read(path):
    (file,) = find_inputs(str(path))
    return [dict(entry.fields) for entry in read_entries(file)]


def listed(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture(autouse=True)
def _extras(request):
    if "zst" in request.node.name:
        pytest.importorskip("zstandard", reason="needs the extra zst")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_what_is_written_is_read(tmp_path, suffix):
    path = tmp_path / "sub" / f"a{suffix}"
    write(path)
    assert read(path) == ROWS
    assert listed(path.parent) == [path.name]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_same_rows_give_the_same_bytes(tmp_path, suffix, monkeypatch):
    write(tmp_path / f"a{suffix}")
    monkeypatch.setattr("time.time", lambda: 0.0)
    write(tmp_path / f"b{suffix}")
    assert (tmp_path / f"a{suffix}").read_bytes() == (tmp_path / f"b{suffix}").read_bytes()


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_an_error_on_the_way_leaves_nothing(tmp_path, suffix):
    path = tmp_path / f"a{suffix}"
    path.write_bytes(b"what was there before")
    with pytest.raises(ValueError, match="on the way"), JsonlWriter(path) as writer:
        writer.write(ROWS[0])
        raise ValueError("on the way")
    assert path.read_bytes() == b"what was there before"
    assert listed(tmp_path) == [path.name]


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("room", [0, 20, 300])
def test_a_full_disk_is_told_and_leaves_nothing(tmp_path, suffix, room, monkeypatch):
    fill_disk(monkeypatch, room)
    path = tmp_path / f"a{suffix}"
    with pytest.raises(UsageError, match=rf"{path} cannot be written: No space left"):
        write(path)
    assert listed(tmp_path) == []


def test_a_full_disk_at_the_last_moment(tmp_path, monkeypatch):
    def fail(_):
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(UsageError, match="cannot be written: Input/output error"):
        write(tmp_path / "a.jsonl")
    assert listed(tmp_path) == []


def refuse(*_):
    raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


def test_a_folder_that_is_read_only(tmp_path, monkeypatch):
    tmp_path.chmod(0o500)
    if os.geteuid() == 0:  # root may write everywhere
        monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(UsageError, match="Permission denied"):
        write(tmp_path / "a.jsonl")


def test_a_folder_that_is_a_file(tmp_path):
    (tmp_path / "a").write_bytes(b"")
    with pytest.raises(UsageError, match=r"a/b\.jsonl cannot be written"):
        write(tmp_path / "a" / "b.jsonl")
    with pytest.raises(UsageError, match="too long"):
        write(tmp_path / ("x" * 300 + ".jsonl"))


def test_a_file_that_is_not_committed_never_was(tmp_path):
    file = AtomicFile(tmp_path / "a")
    file.write(b"x")
    assert listed(tmp_path) == [f".a.{os.getpid()}.part"]
    file.close()
    assert listed(tmp_path) == []
    assert file.write(b"what a packer flushes late") == 26
    assert listed(tmp_path) == []
    with AtomicFile(tmp_path / "b") as file:
        file.write(b"x")
        file.commit()
        with pytest.raises(ValueError, match="finished"):
            file.write(b"x")
    assert listed(tmp_path) == ["b"]


@pytest.mark.parametrize("name", ["x" * 255, "é" * 127, "a\nb", os.fsdecode(b"caf\xe9")])
def test_long_and_odd_names(tmp_path, name):
    file = AtomicFile(tmp_path / name)
    assert [path.parent for path in tmp_path.rglob(".*.part")] == [tmp_path]
    file.write(b"x")
    file.commit()
    assert listed(tmp_path) == [name]
    assert list(tmp_path.rglob(".*.part")) == []


def test_a_link_is_replaced_and_not_followed(tmp_path):
    (tmp_path / "target").write_bytes(b"precious")
    (tmp_path / "a").symlink_to(tmp_path / "target")
    write_atomically(tmp_path / "a", b"new")
    assert (tmp_path / "target").read_bytes() == b"precious"
    assert (tmp_path / "a").read_bytes() == b"new"
    (tmp_path / f".b.{os.getpid()}.part").symlink_to(tmp_path / "target")
    write_atomically(tmp_path / "b", b"new")
    assert (tmp_path / "target").read_bytes() == b"precious"


@pytest.mark.parametrize("name", ["../a", "a/../../b", "/etc/passwd", "..", ".", "", "a\0b", "out/x", "sub/../out/x"])
def test_no_name_leaves_the_folder(tmp_path, name):
    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "other").mkdir()
    (root / "out").symlink_to(tmp_path / "other")
    with pytest.raises(UsageError, match="outside the output folder"):
        write_atomically(place_below(root, name), b"x")
    assert listed(tmp_path / "other") == []


def test_odd_names_stay_in_the_folder(tmp_path):
    for name in ("a\\..\\b.txt", "~root", "-rf", "$(x)", "a:b", " ", "…", "a//b", "./c"):
        path = place_below(tmp_path, name)
        write_atomically(path, b"x", sync=False)
        assert path.resolve().is_relative_to(tmp_path)
        assert path.read_bytes() == b"x"


def test_lines_of_json():
    assert json_line({"a": "\u2028", "b": float("nan")}) == '{"a": "\u2028", "b": NaN}\n'.encode()
    assert json.loads(json_line({"a": "\ud800"})) == {"a": "\ud800"}
    row = {"when": datetime(2024, 2, 29, tzinfo=UTC), "raw": b"\xff", "other": {1j: None}.keys()}
    assert json.loads(json_line(row)) == {
        "when": "2024-02-29T00:00:00+00:00", "raw": "/w==", "other": "dict_keys([1j])",
    }  # fmt: skip


def test_attributes_of_dolma():
    spans = [("share", 0, 5, 1.0), ("byline", 9, 12, 0.8), ("share", 20, 21, 0.6)]
    assert attribute_row("a", spans) == {
        "id": "a",
        "attributes": {"cleaner__byline": [[9, 12, 0.8]], "cleaner__share": [[0, 5, 1.0], [20, 21, 0.6]]},
    }


def test_gzip_holds_no_name_and_no_time(tmp_path):
    write(tmp_path / "a.jsonl.gz")
    head = (tmp_path / "a.jsonl.gz").read_bytes()[:10]
    assert head[3] == 0
    assert head[4:8] == b"\0\0\0\0"
    assert gzip.decompress((tmp_path / "a.jsonl.gz").read_bytes()).count(b"\n") == len(ROWS)
