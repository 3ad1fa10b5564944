"""What an input is: folders, files, lists, standard input, addresses; and what the bytes say against the name."""

import errno
import gzip
import hashlib
import io
import os
import sys
from pathlib import Path

import pytest

from cleaner.errors import UsageError
from cleaner.io.arrow import REST
from cleaner.io.compress import BOMB_RATIO
from cleaner.io.files import (
    FORMAT_OF,
    PACKED,
    READERS,
    InputFile,
    LeftOut,
    find_inputs,
    format_of,
    open_stream,
    read_entries,
    stem_of,
)
from cleaner.io.records import HTML_KEYS, TEXT_KEYS, Record, Unreadable
from cleaner.io.streams import RECORD_LIMIT
from tests.conftest import ROOT


def inputs(source, **options):
    """What is read, or cannot be."""
    return [entry for entry in find_inputs(str(source), **options) if not isinstance(entry, LeftOut)]


def names(source, **options):
    found = inputs(source, **options)
    return [(entry.name, entry.format) if isinstance(entry, InputFile) else (entry.id, "unreadable") for entry in found]


def left_out(source):
    return {entry.name: entry.reason for entry in find_inputs(str(source)) if isinstance(entry, LeftOut)}


def put(root, *paths):
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(b"x")


def raws(file, **options):
    return [entry.raw if isinstance(entry, Record) else entry.why for entry in read_entries(file, **options)]


def test_a_folder(tmp_path):
    pytest.importorskip("zstandard", reason="needs the extra zst")
    put(
        tmp_path,
        "b.txt",
        "a.html.gz",
        "sub/c.JSONL.zst",
        "sub/d.ndjson",
        "e.json",
        "no.md",
        "no.gz",
        "x.txt.gz.gz",
        ".h.txt",
    )
    (tmp_path / "folder.txt").mkdir()
    assert names(tmp_path) == [
        (".h.txt", "text"),
        ("a.html.gz", "html"),
        ("b.txt", "text"),
        ("e.json", "json"),
        ("sub/c.JSONL.zst", "jsonl"),
        ("sub/d.ndjson", "jsonl"),
    ]  # fmt: skip
    assert left_out(tmp_path) == dict.fromkeys(["no.gz", "no.md", "x.txt.gz.gz"], "unknown suffix")


def test_links_and_pipes(tmp_path):
    root, other = tmp_path / "in", tmp_path / "other"
    put(root, "sub/a.txt")
    put(other, "out.txt")
    (root / "out.txt").symlink_to(other / "out.txt")
    (root / "inside.txt").symlink_to(root / "sub/a.txt")
    (root / "loop").symlink_to(root)
    (root / "dangling.txt").symlink_to(root / "nothing.txt")
    (root / "circle.txt").symlink_to(root / "circle.txt")
    os.mkfifo(root / "pipe.txt")
    assert names(root) == [("inside.txt", "text"), ("sub/a.txt", "text")]
    assert left_out(root) == {
        "out.txt": "a link out of the folder",
        "loop": "a link to a folder",
        "dangling.txt": "a link to nothing",
        "circle.txt": "a link to nothing",
        "pipe.txt": "no regular file",
    }


def test_names_that_are_no_utf_8(tmp_path):
    (tmp_path / os.fsdecode(b"caf\xe9.txt")).write_bytes(b"x")
    (file,) = find_inputs(str(tmp_path))
    assert raws(file) == [b"x"]


def test_a_folder_without_permission_is_told(tmp_path, monkeypatch):
    put(tmp_path, "a.txt", "sub/b.txt")

    def scandir(path):
        if Path(path).name == "sub":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
        return real(path)

    real = os.scandir
    monkeypatch.setattr(os, "scandir", scandir)
    assert names(tmp_path) == [("a.txt", "text"), ("sub", "unreadable")]


def test_one_file(tmp_path):
    put(tmp_path, "a.txt.gz", "b.unknown")
    assert names(tmp_path / "a.txt.gz") == [("a.txt.gz", "text")]
    assert names(tmp_path / "b.unknown") == [("b.unknown", "auto")]
    assert names(tmp_path / "b.unknown", format="jsonl") == [("b.unknown", "jsonl")]
    with pytest.raises(UsageError, match="there is no file or folder"):
        names(tmp_path / "nothing")
    with pytest.raises(UsageError, match="must be one of"):
        names(tmp_path, format="pdf")


def test_what_can_be_read_only_once_or_by_one_process_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe.jsonl")
    put(tmp_path, "a.txt")
    with (tmp_path / "a.txt").open("rb") as file:
        for path in (
            tmp_path / "pipe.jsonl",
            "/dev/null",
            f"/dev/fd/{file.fileno()}",
            f"/proc/self/fd/{file.fileno()}",
        ):
            with pytest.raises(UsageError, match="use - for standard input"):
                list(find_inputs(path))
        (tmp_path / "list").write_text(f"/dev/fd/{file.fileno()}\n{tmp_path / 'pipe.jsonl'}\n{tmp_path / 'a.txt'}\n")
        assert [type(entry) for entry in find_inputs(f"@{tmp_path / 'list'}")] == [Unreadable, Unreadable, InputFile]


def test_a_list(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    put(tmp_path, "in/a.txt", "in/sub/b.html")
    list_ = tmp_path / "list.txt"
    list_.write_bytes(
        b"in/a.txt\r\n\n%s\nin/./a.txt\nin/../in/gone.txt\nin/sub\n" % os.fsencode(tmp_path / "in/sub/b.html")
    )
    found = list(find_inputs(f"@{list_}"))
    assert [getattr(entry, "name", None) or entry.id for entry in found] == ["a.txt", "sub/b.html", "gone.txt", "sub"]
    assert isinstance(found[0], InputFile)
    assert [entry.why for entry in found[2:]] == ["it cannot be opened: No such file or directory", "it is no file"]
    with pytest.raises(UsageError, match="the list"):
        list(find_inputs("@nothing.txt"))


def test_standard_input(monkeypatch):
    class Stdin:
        buffer = io.BytesIO(gzip.compress(b'{"text": "a"}\n{"text": "b"}\n'))

    monkeypatch.setattr(sys, "stdin", Stdin)
    (file,) = find_inputs("-")
    assert [(entry.id, entry.raw) for entry in read_entries(file)] == [("stdin#0", "a"), ("stdin#1", "b")]


def test_addresses(tmp_path):
    fsspec = pytest.importorskip("fsspec", reason="needs the extra remote")
    put(tmp_path, "in/a.txt", "in/sub/b.html", "in/c.md")
    assert names(f"file://{tmp_path}/in") == [("a.txt", "text"), ("sub/b.html", "html")]
    memory = fsspec.filesystem("memory")
    memory.pipe({"/corpus/x/a.jsonl.gz": gzip.compress(b'{"text": "a"}'), "/corpus/b.txt": b"b", "/corpus/c.png": b""})
    found = inputs("memory://corpus")
    assert left_out("memory://corpus") == {"c.png": "unknown suffix"}
    assert [(file.name, file.format) for file in found] == [("b.txt", "text"), ("x/a.jsonl.gz", "jsonl")]
    assert [raws(file) for file in found] == [[b"b"], ["a"]]
    assert names("memory://corpus/b.txt") == [("b.txt", "text")]
    with pytest.raises(UsageError, match="there is no file"):
        names("memory://nothing")
    with pytest.raises(UsageError, match="nonsense"):
        names("nonsense://x")
    memory.rm("/corpus", recursive=True)
    assert [entry.why for entry in read_entries(found[0])] == ["it cannot be opened: FileNotFoundError: /corpus/b.txt"]


def test_a_list_of_addresses(tmp_path):
    fsspec = pytest.importorskip("fsspec", reason="needs the extra remote")
    fsspec.filesystem("memory").pipe({"/c/x/a.txt": b"a", "/c/y/a.txt": b"b"})
    (tmp_path / "list").write_text("memory://c/x/a.txt\nmemory://c/y/a.txt\n")
    found = list(find_inputs(f"@{tmp_path / 'list'}"))
    assert [file.name for file in found] == ["x/a.txt", "y/a.txt"]
    assert [raws(file) for file in found] == [[b"a"], [b"b"]]


@pytest.mark.parametrize(
    ("source", "module", "said"),
    [("s3://bucket/x", "fsspec", r"news-cleaner\[remote\]"), ("a.jsonl.zst", "zstandard", r"news-cleaner\[zst\]")],
)
def test_a_missing_extra_is_named(tmp_path, monkeypatch, source, module, said):
    monkeypatch.chdir(tmp_path)
    put(tmp_path, "a.jsonl.zst")
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(UsageError, match=said):
        list(find_inputs(source))


@pytest.mark.parametrize(
    ("name", "data", "found"),
    [
        ("a.txt.gz", b"plain", [b"plain"]),
        ("a.txt", gzip.compress(b"packed", mtime=0), [b"packed"]),
        ("a.txt", b'{"text": "a text is a text"}', [b'{"text": "a text is a text"}']),
        ("a.html.zst", gzip.compress(b"<p>x", mtime=0), [b"<p>x"]),
        ("a.jsonl.gz", b"", []),
        ("a.txt", b"", [b""]),
        ("a.unknown", b' {"text": "a"}\n', ["a"]),
        ("a.unknown", b"some text", [b"some text"]),
        ("a.txt.gz", gzip.compress(b"half a text " * 50, mtime=0)[:-9], ["it cannot be read: the gzip data end too early: the file is cut off"]),
    ],
)  # fmt: skip
def test_names_that_lie(tmp_path, name, data, found):
    if name.endswith(".zst"):
        pytest.importorskip("zstandard", reason="needs the extra zst")
    (tmp_path / name).write_bytes(data)
    (file,) = find_inputs(str(tmp_path / name))
    assert raws(file) == found


def test_a_file_that_went_away(tmp_path):
    put(tmp_path, "a.txt")
    (file,) = find_inputs(str(tmp_path))
    Path(file.path).unlink()
    assert list(read_entries(file)) == [Unreadable(0, "a.txt", "it cannot be opened: No such file or directory")]
    Path(file.path).mkdir()
    assert "directory" in raws(file)[0]


def test_a_file_above_the_limit(tmp_path):
    (tmp_path / "a.html").write_bytes(b"x" * 1001)
    (file,) = find_inputs(str(tmp_path))
    assert raws(file, limit=1000) == ["larger than 0.001 MB, the limit for one record"]
    assert raws(file, limit=1001) == [b"x" * 1001]


@pytest.mark.parametrize("suffix", ["", ".gz", ".zst"])
@pytest.mark.parametrize("name", ["a.txt", "a.html", "a.jsonl", "a.json"])
def test_cut_off_anywhere(tmp_path, name, suffix):
    pack = {"": bytes, ".gz": gzip.compress, ".zst": None}[suffix]
    if pack is None:
        pack = pytest.importorskip("zstandard", reason="needs the extra zst").compress
    lines = [b'{"id": "%d", "text": "%s"}' % (n, hashlib.sha256(b"%d" % n).hexdigest().encode()) for n in range(90)]
    data = pack(b"[" + b",\n".join(lines) + b"]" if name == "a.json" else b"\n".join(lines) + b"\n")
    path = tmp_path / (name + suffix)
    path.write_bytes(data)
    (file,) = find_inputs(str(path))
    whole = list(read_entries(file))
    assert all(isinstance(entry, Record) for entry in whole)
    for cut in range(len(pack(b"")), len(data), 97):
        path.write_bytes(data[:cut])
        found = list(read_entries(file))
        if suffix and name in ("a.txt", "a.html"):
            assert isinstance(found.pop(), Unreadable)  # half a document is none
            assert found == []
        elif name in ("a.txt", "a.html"):
            assert [entry.raw for entry in found] == [data[:cut]]  # nothing tells that more was there
        else:
            kept = [entry for entry in found if isinstance(entry, Record)]
            assert kept == whole[: len(kept)]
            assert len(found) - len(kept) <= 1
            assert suffix or len(kept) >= data[:cut].count(b"\n")


def test_a_fault_of_a_reader_costs_its_file_only(tmp_path, monkeypatch):
    def faulty(stream, name, keys, *, limit, bookmark):  # noqa: ARG001
        yield Record(0, "a", "text", "text")
        raise ZeroDivisionError("a fault")

    monkeypatch.setitem(READERS, "text", faulty)
    put(tmp_path, "a.txt")
    (file,) = find_inputs(str(tmp_path))
    assert raws(file) == ["text", "the rest of the file cannot be read: unexpected ZeroDivisionError: a fault"]


@pytest.mark.parametrize("protocol", ["", "memory://"])
@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("a.txt", b"x"),
        ("a.html.gz", gzip.compress(b"x" * 99, mtime=0)[:20]),
        ("a.jsonl", b'{"text": "a"}\n'),
        ("a.json", b"["),
        ("a.parquet", b"PAR1"),
        ("a.warc", b"WARC/1.0\r\n"),
        ("a.unknown", b"x"),
    ],
)
def test_want_of_memory_is_no_fault_of_the_file(monkeypatch, protocol, name, head):
    """It says nothing of the file, so it is no damage: the process must end, wherever the file lies."""

    class Exhausted(io.RawIOBase):
        given = False

        def readable(self):
            return True

        def readinto(self, buffer):
            if self.given:
                raise MemoryError
            self.given, buffer[: len(head)] = True, head
            return len(head)

    monkeypatch.setattr("cleaner.io.files._opened", lambda _: Exhausted())
    with pytest.raises(MemoryError):
        list(read_entries(InputFile(name, protocol + name, format_of(name) or "auto")))


def test_streams_are_closed(tmp_path):
    for data in (b"x", gzip.compress(b"x")):
        (tmp_path / "a.txt").write_bytes(data)
        (file,) = find_inputs(str(tmp_path))
        with open_stream(file) as stream:
            assert stream.read() == b"x"


def test_suffixes():
    assert [format_of(name) for name in ("a.txt", "a.b/c", "a.TXT.GZ", ".gz", "gz", "a.txt.gz.gz", "")] == [
        "text", None, "text", None, None, None, None,
    ]  # fmt: skip
    assert [stem_of(name) for name in ("d.x/a.txt", "a", ".txt", "a.tar.gz")] == ["d.x/a", "a", ".txt", "a.tar"]


def test_every_suffix_key_and_limit_is_documented():
    page = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
    for word in (*FORMAT_OF, *PACKED, *TEXT_KEYS, *HTML_KEYS, REST):
        assert f"`{word}`" in page
    assert f"{RECORD_LIMIT / 1e6:g} MB" in page
    assert f"{BOMB_RATIO} times" in page
