"""ZIP archives: texts and pages come out, names lead nowhere, what explodes or is damaged costs no more than itself."""

import gzip
import io
import tracemalloc
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.io.files import InputFile, find_inputs, read_entries
from cleaner.io.records import Bookmark, Keys, Passed, Record, Unreadable
from cleaner.io.zip import read_zip
from tests.test_io_warc import PAGE


def zipped(*members, method=zipfile.ZIP_DEFLATED):
    """An archive of names and data; a number before them is the mode of the file."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", method) as archive:
        for *mode, name, data in members:
            member = zipfile.ZipInfo(name)
            member.compress_type, member.external_attr = method, (mode or [0o100644])[0] << 16
            archive.writestr(member, data)
    return held.getvalue()


def entries(data, **options):
    kinds = {"txt": "text", "html": "html", "jsonl": "jsonl"}
    return list(
        read_zip(
            io.BytesIO(data), "a.zip", Keys(), format_of=lambda name: kinds.get(name.rpartition(".")[2]), **options
        )
    )


def outcomes(data, **options):
    return [
        entry.raw if isinstance(entry, Record) else entry.why if isinstance(entry, Unreadable) else entry.reason
        for entry in entries(data, **options)
    ]


def test_members_are_documents(tmp_path):
    path = tmp_path / "a.zip"
    path.write_bytes(
        zipped(("b/", b""), ("b/c.html", PAGE), ("a.txt", b"x"), ("d.TXT.gz", gzip.compress(b"y")), ("e.jsonl", b"{}"))
    )
    (file,) = find_inputs(str(tmp_path))
    assert list(read_entries(file)) == [
        Passed(0, "a folder"),
        Record(1, "a.zip/b/c.html", PAGE, "html"),
        Record(2, "a.zip/a.txt", b"x", "text"),
        Record(3, "a.zip/d.TXT.gz", b"y", "text"),
        Passed(4, "no text or page"),
    ]
    path.rename(tmp_path / "a.jsonl.gz")
    path = tmp_path / "a.jsonl.gz"
    assert len(list(read_entries(InputFile("a.jsonl.gz", str(path), "jsonl")))) == 5
    path.write_bytes(gzip.compress(path.read_bytes()))
    assert len(list(read_entries(InputFile("a.jsonl.gz", str(path), "jsonl")))) == 5


def test_a_bookmark():
    data = zipped(*((f"{n}.txt", b"%d" % n) for n in range(9)))
    assert entries(data, bookmark=Bookmark(4)) == entries(data)[4:]


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_damaged_member_costs_itself(method):
    data = bytearray(zipped(("a.txt", b"one"), ("b.html", PAGE), ("c.txt", b"three"), method=method))
    at = data.index(b"b.html") + 500
    data[at] ^= 255
    first, why, third = outcomes(bytes(data))
    assert (first, third) == (b"one", b"three")
    assert "cannot be read" in why


def test_links_names_and_passwords():
    data = zipped((0o120777, "link.txt", b"/etc/passwd"), ("../../evil.txt", b"x"), ("/abs/evil.txt", b"y"))
    assert outcomes(data) == ["a link", b"x", b"y"]
    locked = bytearray(zipped(("a.txt", b"secret")))
    for magic, flags in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        locked[locked.index(magic) + flags] |= 1
    assert "password" in outcomes(bytes(locked))[0]


def test_bombs():
    data = zipped(*((f"{n}.txt", b"a" * 20_000_000) for n in range(5)))
    tracemalloc.start()
    found = outcomes(data, limit=1_000_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found[:3] == ["larger than 1 MB, the limit for one record"] * 3
    assert found[3].startswith("the rest of the file cannot be read: it unpacks to more than 200 times its size")
    assert len(found) == 4
    assert peak < 8_000_000
    assert entries(data, limit=1_000_000, bookmark=Bookmark(3)) == entries(data, limit=1_000_000)[3:]


@given(st.binary(max_size=300))
def test_no_bytes_break_it(data):
    for broken in (data, zipped(("a.txt", b"x")) + data, data + zipped(("a.txt", b"x"))):
        assert all(isinstance(entry, Record | Unreadable) for entry in entries(broken))


def test_cut_off_anywhere():
    data = zipped(("a.txt", b"one"), ("b.html", PAGE))
    for cut in range(len(data)):
        (entry,) = entries(data[:cut])
        assert "no ZIP archive that can be read" in entry.why
