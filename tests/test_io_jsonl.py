"""JSON lines: a bad line costs itself only, and what breaks off keeps what stands before."""

import gzip
import io
import json
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.io.fields import cleaned_row
from cleaner.io.jsonl import read_json, read_jsonl
from cleaner.io.records import Keys, Record, Unreadable
from cleaner.io.rows import json_line


def entries(data, keys=None, read=read_jsonl, **options):
    return list(read(io.BytesIO(data), "a.jsonl", keys or Keys(), **options))


def outcome(entry):
    return entry.raw if isinstance(entry, Record) else entry.why


def test_a_good_line():
    line = json.dumps({"id": "x", "text": "Hello", "url": "https://news.example/", "language": "en", "n": [1]})
    assert entries(line.encode()) == [
        Record(0, "x", "Hello", "text", "https://news.example/", "en", json.loads(line)),
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b'{"text": ', "not JSON: Expecting value"),
        (b"not json", "not JSON"),
        (b"[1, 2]", "not a JSON object"),
        (b"null", "not a JSON object"),
        (b'"text"', "not a JSON object"),
        (b"{}", "no fields"),
        (b'{"id": "y"}', "none of its fields 'id'"),
        (b'{"text": null}', "'text' holds null"),
        (b'{"text": 17}', "'text' holds a number"),
        (b'{"text": true}', "'text' holds a truth value"),
        (b'{"text": ["a"]}', "'text' holds a list"),
        (b'{"text": {"a": 1}}', "'text' holds an object"),
        (b'{"text": "caf\xe9"}', "not UTF-8 at byte 13"),
        (b'{"text": "a", "n": ' + b"9" * 5000 + b"}", "too many digits"),
        (b'{"text": "a", "n": ' + b"[" * 50_000 + b"]" * 50_000 + b"}", "nested too deeply"),
        (b'{"text": "a\0b"}', "Invalid control character"),
        (b'{"text": "' + b"a" * 1_000_000 + b'"}', "larger than 0.5 MB"),
    ],
)
def test_a_bad_line_costs_itself_only(line, said):
    good = b'{"id": "good", "text": "a"}\n'
    found = entries(good + line + b"\n\n" + good + line, limit=500_000)
    assert [outcome(entry) for entry in found][::2] == ["a", "a"]
    assert [entry.number for entry in found] == [0, 1, 2, 3]
    for bad in found[1::2]:
        assert isinstance(bad, Unreadable)
        assert said in bad.why
    assert found[1].id in ("a.jsonl#1", "y")


@pytest.mark.parametrize(
    ("data", "texts"),
    [
        (b"\xef\xbb\xbf" + b'{"text": "a"}\r\n\r\n{"text": "b"}\r\n \t\r\n', ["a", "b"]),
        ('{"text": "a\u2028b\x85c"}\n'.encode(), ["a\u2028b\x85c"]),
        (b'{"text": "a \\ud800 b"}', ["a \ud800 b"]),
        (b'{"text": "a", "n": NaN, "m": -Infinity}', ["a"]),
        (b'{"text": "one", "text": "two"}', ["two"]),
        (b'{"text": ""}', [""]),
        (b'{"content": "a"}\n{"raw_content": "b"}\n{"maintext": "c"}', ["a", "b", "c"]),
        (b"", []),
        (b"\n\n", []),
        (b"\xef\xbb\xbf", []),
        (b'{"text": "no line break at the end"}', ["no line break at the end"]),
    ],
)
def test_odd_but_right(data, texts):
    assert [outcome(entry) for entry in entries(data)] == texts
    assert [outcome(entry) for entry in read_jsonl(Slow(data), "a", Keys())] == texts


class Slow(io.BytesIO):
    """Gives one byte at a time, as pipes may."""

    def read1(self, size=-1):
        return super().read1(min(1, abs(size)))


def test_utf_16_is_named():
    (only,) = entries('{"text": "a"}\n{"text": "b"}\n'.encode("utf-16"))
    assert "UTF-16" in only.why


def test_text_and_page_are_told_apart():
    lines = [
        {"text": "a"},
        {"html": "<p>b"},
        {"html": "<p>b", "text": "b"},
        {"html": None, "text": "c"},
        {"html": "", "content": "d"},
        {"html": ""},
    ]
    data = b"".join(map(json_line, lines))
    kinds = [(entry.kind, entry.raw) for entry in entries(data)]
    assert kinds == [("text", "a"), ("html", "<p>b"), ("html", "<p>b"), ("text", "c"), ("text", "d"), ("html", "")]
    named = [(entry.kind, entry.raw) for entry in entries(data, Keys(text="text")) if isinstance(entry, Record)]
    assert named == [("text", "a"), ("html", "<p>b"), ("text", "b"), ("text", "c"), ("html", ""), ("html", "")]


def test_named_keys():
    keys = Keys(text="body", url="link", id="key", language="lang")
    data = b'{"body": "a", "link": "u", "key": 7, "lang": "de", "text": "no", "id": "no"}\n{"text": "b"}'
    first, second = entries(data, keys)
    assert (first.raw, first.url, first.id, first.language) == ("a", "u", "7", "de")
    assert "no field 'body'; its fields are 'text'" in second.why


@pytest.mark.parametrize("id", [None, True, [1], {"a": 1}, ""])
def test_what_is_no_id(id):
    assert entries(json_line({"id": id, "text": "a"}))[0].id == "a.jsonl#0"


def test_a_cut_file_keeps_the_lines_before():
    data = b"".join(json_line({"id": str(n), "text": f"text {n} " * 9}) for n in range(30))
    whole = entries(data)
    for cut in range(1, len(data), 97):
        found = entries(data[:cut])
        lines = data[:cut].count(b"\n")
        assert found[:lines] == whole[:lines]
        assert len(found) <= lines + 1
    packed = gzip.compress(data)
    for cut in range(1, len(packed), 97):
        found = entries_of_broken(packed[:cut])
        assert found[:-1] == whole[: len(found) - 1]
        assert "rest of the file" in found[-1].why
        assert found[-1].number == len(found) - 1


def entries_of_broken(packed):
    return list(read_jsonl(gzip.GzipFile(fileobj=io.BytesIO(packed)), "a.jsonl", Keys()))


def test_a_stream_that_fails_is_told_once():
    class Failing(io.BytesIO):
        def read1(self, size=-1):
            data = super().read1(size)
            if not data:
                raise RuntimeError("the network is down")
            return data

    data = b'{"text": "a"}\n{"text": "b"}'
    assert [outcome(entry) for entry in read_jsonl(Failing(data), "a", Keys())] == [
        "a",
        "b",
        "the rest of the file cannot be read: RuntimeError: the network is down",
    ]
    assert [outcome(e) for e in read_jsonl(Failing(data + b'\n{"te'), "a", Keys())][2:] == [
        "the rest of the file cannot be read: RuntimeError: the network is down"
    ]


class Endless(io.RawIOBase):
    """One line of many bytes that nobody holds."""

    def __init__(self, size):
        self.left = size

    def read(self, size=-1):
        size = min(size, self.left)
        self.left -= size
        return b"x" * size


def test_a_huge_line_is_not_held():
    tracemalloc.start()
    (only,) = read_jsonl(Endless(300_000_000), "a", Keys(), limit=5_000_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "larger than 5 MB" in only.why
    assert peak < 12_000_000


# ---- .json


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b'{\n  "text": "a"\n}', [("a.jsonl", "a")]),
        (b'\xef\xbb\xbf [{"text": "a"},\n {"id": "x", "text": "b"}]\n', [("a.jsonl#0", "a"), ("x", "b")]),
        (b"[]", []),
        (b"", []),
        (b'{"text": "a"}\n{"text": "b"}\n', [("a.jsonl#0", "a"), ("a.jsonl#1", "b")]),
    ],
)
def test_json_files(data, found):
    assert [(entry.id, outcome(entry)) for entry in entries(data, read=read_json)] == found


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"17", ["not a JSON object"]),
        (b"nonsense\nand more", ["not JSON"]),
        (b'{"text": "caf\xe9"}', ["not UTF-8 at byte 13"]),
        (b'{\n"text": "a"', ["not JSON"]),
        (b'[{"text": "a"}, 7, {"text": "b"}', ["a", "not a JSON object", "b", "rest of the file"]),
        (b'[{"text": "a"} {"text": "b"}]', ["a", "rest of the file"]),
        (b'[{"text": "a"}, {"te', ["a", "rest of the file"]),
        (b'{"text": "' + b"a" * 2000 + b'",\n"b": 1}', ["larger than"]),
    ],
)
def test_bad_json_files(data, said):
    found = entries(data, read=read_json, limit=1000)
    assert len(found) == len(said)
    assert all(part in outcome(entry) for part, entry in zip(said, found, strict=True))


# ---- rows


def test_the_cleaned_text_goes_back_where_it_was():
    data = b'{"a": 1, "content": "old", "id": "x", "z": null}'
    (record,) = entries(data)
    assert list(cleaned_row(record, "new").items()) == [("a", 1), ("content", "new"), ("id", "x"), ("z", None)]


def test_the_page_leaves_for_its_text():
    (record,) = entries(b'{"a": 1, "html": "<p>x", "text": "old", "z": 2}')
    assert list(cleaned_row(record, "new").items()) == [("a", 1), ("text", "new"), ("z", 2)]
    kept = cleaned_row(record, "new", keep_html=True)
    assert kept == {"a": 1, "html": "<p>x", "text": "new", "z": 2}
    assert cleaned_row(record, "new", Keys(html="html", text="body")) == {"a": 1, "body": "new", "text": "old", "z": 2}


def test_a_record_without_fields_gets_the_usual_ones():
    record = Record(0, "a.html", b"<p>x", "html", url="https://news.example/")
    assert cleaned_row(record, "x") == {"id": "a.html", "url": "https://news.example/", "text": "x"}


text = st.text(st.characters(), max_size=30)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**18), 10**18) | st.floats(allow_nan=False) | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(st.fixed_dictionaries({"text": text}, optional={"id": text, "meta": values, "html": st.none()})))
def test_round_trip(rows):
    found = entries(b"".join(map(json_line, rows)))
    assert [dict(entry.fields) for entry in found] == rows
    assert [cleaned_row(entry, entry.raw) for entry in found] == rows


@given(st.binary(max_size=400))
def test_no_bytes_break_it(data):
    entries(data)
    entries(data, read=read_json)
