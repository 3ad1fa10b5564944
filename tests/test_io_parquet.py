"""Parquet: groups of rows are read one by one, a damaged one costs itself; every value that JSON has comes back."""

import gzip
import hashlib
import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.errors import InputError, UsageError
from cleaner.io.arrow import cleaned_schema
from cleaner.io.columns import COLUMNS
from cleaner.io.fields import cleaned_row
from cleaner.io.files import find_inputs, read_entries
from cleaner.io.parquet import ParquetWriter, read_parquet, schema_of
from cleaner.io.parts import PartWriter, row_writer
from cleaner.io.records import Keys, Record, Unreadable
from cleaner.io.rows import json_line
from cleaner.io.writers import encode
from tests.conftest import fill_disk

pa = pytest.importorskip("pyarrow", reason="needs the extra parquet")
pq = pytest.importorskip("pyarrow.parquet", reason="needs the extra parquet")

ROWS = [{"id": str(n), "text": f"Zürich {n} " * 9, "n": n, "list": [n], "none": None} for n in range(300)]


def packed(rows=ROWS, schema=None, **options):
    out = io.BytesIO()
    options = {"row_group_size": 100, "write_page_checksum": True} | options
    pq.write_table(pa.Table.from_pylist(rows, schema), out, **options)
    return out.getvalue()


def entries(data, keys=None, **options):
    return list(read_parquet(io.BytesIO(data), "a.parquet", keys or Keys(), **options))


def write(path, rows, **options):
    with ParquetWriter(path, **options) as writer:
        for row in rows:
            writer.write(row)


def read(path):
    (file,) = find_inputs(str(path))
    return [dict(entry.fields) if isinstance(entry, Record) else entry.why for entry in read_entries(file)]


def listed(folder):
    return sorted(path.name for path in folder.iterdir())


def test_good_rows():
    found = entries(packed())
    assert [dict(entry.fields) for entry in found] == ROWS
    assert [(entry.number, entry.id) for entry in found] == [(n, str(n)) for n in range(300)]


def test_columns_of_all_kinds():
    schema = pa.schema(
        [
            ("html", pa.binary()),
            ("text", pa.large_string()),
            ("when", pa.timestamp("ns", "UTC")),
            ("kind", pa.dictionary(pa.int32(), pa.string())),
            ("map", pa.map_(pa.string(), pa.int64())),
        ]
    )
    row = {"html": b"<p>caf\xe9", "text": "t", "when": 1709164800123456789, "kind": "k", "map": [("a", 1)]}
    found = entries(packed([row, row | {"html": None}], schema))
    assert [(entry.kind, entry.raw) for entry in found] == [("html", b"<p>caf\xe9"), ("text", "t")]
    assert found[0].fields["when"] == datetime(2024, 2, 29, 0, 0, 0, 123456, UTC)
    assert found[0].fields["map"] == [("a", 1)]
    assert json.loads(json_line(found[1].fields))["when"] == "2024-02-29T00:00:00.123456+00:00"


def test_a_text_that_is_no_utf_8_keeps_its_bytes():
    offsets, letters = pa.py_buffer(b"\0\0\0\0\1\0\0\0\5\0\0\0\6\0\0\0"), pa.py_buffer(b"acaf\xe9c")
    out = io.BytesIO()
    pq.write_table(pa.table({"text": pa.StringArray.from_buffers(3, offsets, letters), "n": [1, 2, 3]}), out)
    assert [entry.raw for entry in entries(out.getvalue())] == ["a", "caf\udce9", "c"]
    assert encode(entries(out.getvalue())[1].raw) == b"caf\xe9"


def test_nanoseconds_inside():
    schema = pa.schema(
        [("text", pa.string()), ("x", pa.struct([("t", pa.list_(pa.timestamp("ns")))])), ("d", pa.duration("ns"))]
    )
    (entry,) = entries(packed([{"text": "a", "x": {"t": [1709164800123456789]}, "d": 1500}], schema))
    assert entry.fields["x"] == {"t": [datetime(2024, 2, 29, 0, 0, 0, 123456)]}
    assert entry.fields["d"] == timedelta(microseconds=1)


def test_a_damaged_group_costs_itself():
    data = packed()
    middle = pq.ParquetFile(io.BytesIO(data)).metadata.row_group(1).column(1).dictionary_page_offset + 200
    found = entries(data[:middle] + bytes([data[middle] ^ 0x55]) + data[middle + 1 :])
    assert [entry.number for entry in found] == [*range(101), *range(200, 300)]
    assert isinstance(found[100], Unreadable)
    assert "rows 100 to 199 of the file cannot be read" in found[100].why


@pytest.mark.parametrize("rows", [[], ROWS[:40]])
def test_a_cut_file_is_told(rows):
    data = packed(rows, pa.schema([("text", pa.string())]))
    for cut in range(0, len(data), 97):
        (only,) = entries(data[:cut])
        assert "no Parquet file" in only.why
    assert len(entries(data)) == len(rows)


def test_any_wrong_byte():
    data = packed()
    for at in range(0, len(data), 97):
        found = entries(data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1 :])
        assert all(isinstance(entry, Record | Unreadable) for entry in found)


@settings(max_examples=50)
@given(st.binary(max_size=200))
def test_no_bytes_break_it(data):
    entries(b"PAR1" + data + b"PAR1")


def test_rows_and_groups_above_the_limit():
    rows = [{"text": "a" * 50}, {"text": "b" * 5000}, {"text": "c" * 50}, {"text": "d" * 50}, {"text": "e" * 50}]
    found = entries(packed(rows), limit=2000)
    assert [isinstance(entry, Record) for entry in found] == [True, False, True, True, True]
    assert "larger than 0.002 MB" in found[1].why
    bomb = packed([{"text": "a" * 50_000_000}], compression="zstd", use_dictionary=False)
    assert len(bomb) < 10_000
    (only,) = entries(bomb, limit=1_000_000)
    assert "unpack to 50 MB" in only.why


def test_a_stream_without_seek(tmp_path):
    (tmp_path / "a.parquet.gz").write_bytes(gzip.compress(packed()))
    assert read(tmp_path / "a.parquet.gz") == ROWS
    (tmp_path / "a.parquet.gz").write_bytes(gzip.compress(packed())[:-50])
    (why,) = read(tmp_path / "a.parquet.gz")
    assert "cut off" in why


def test_a_name_that_lies(tmp_path):
    (tmp_path / "a.jsonl").write_bytes(packed())
    (tmp_path / "b.parquet").write_bytes(b'{"text": "a"}\n')
    (tmp_path / "c.parquet").write_bytes(b"neither")
    assert read(tmp_path / "a.jsonl") == ROWS
    assert read(tmp_path / "b.parquet") == [{"text": "a"}]
    assert "no Parquet file" in read(tmp_path / "c.parquet")[0]


# ---- writing


def test_what_is_written_is_read(tmp_path):
    write(tmp_path / "a.parquet", ROWS, group_bytes=5000)
    assert read(tmp_path / "a.parquet") == ROWS
    assert pq.ParquetFile(tmp_path / "a.parquet").num_row_groups > 2
    assert listed(tmp_path) == ["a.parquet"]


def test_the_same_rows_give_the_same_bytes(tmp_path):
    for name in "ab":
        write(tmp_path / name, ROWS, group_bytes=5000)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_what_has_no_column_is_kept(tmp_path):
    rows = [
        {"text": "a", "mixed": 1, "n": 1},
        {"text": "b", "mixed": "one", "n": 2},
        {"text": "c", "new": {"x": [1]}, "n": "three"},
        {"text": "d", "mixed": {"deep": []}, "n": 10**30},
    ]
    write(tmp_path / "a.parquet", rows, group_bytes=20)
    nothing = dict.fromkeys(("text", "mixed", "n"))
    assert read(tmp_path / "a.parquet") == [nothing | row for row in rows]
    table = pq.read_table(tmp_path / "a.parquet")
    assert table.column("n").type == pa.int64()
    assert table.column("mixed").to_pylist()[:2] == ["1", '"one"']
    assert json.loads(table.column("_rest").to_pylist()[2]) == {"new": {"x": [1]}, "n": "three"}


def test_a_schema_is_kept(tmp_path):
    schema = pa.schema([("id", pa.string()), ("html", pa.binary()), ("n", pa.int8()), ("text", pa.string())])
    rows = [{"id": "a", "html": b"<p>x", "n": 1, "text": None}, {"id": "b", "html": None, "n": None, "text": "y"}]
    (tmp_path / "in.parquet").write_bytes(packed(rows, schema))
    with (tmp_path / "in.parquet").open("rb") as stream:
        out = cleaned_schema(schema_of(stream), Keys())
    assert out == schema.remove(1)
    cleaned = [cleaned_row(entry, "new") for entry in entries(packed(rows, schema))]
    write(tmp_path / "out.parquet", cleaned, schema=out)
    assert pq.read_table(tmp_path / "out.parquet").schema == out
    assert read(tmp_path / "out.parquet") == [{"id": "a", "n": 1, "text": "new"}, {"id": "b", "n": None, "text": "new"}]
    with pytest.raises(UsageError, match="no place for 'more'"):
        write(tmp_path / "b.parquet", [{"more": 1}], schema=out)
    with pytest.raises(UsageError, match="no place for 'n'"):
        write(tmp_path / "b.parquet", [{"n": 1000}], schema=out)
    assert listed(tmp_path) == ["in.parquet", "out.parquet"]


@pytest.mark.parametrize(
    ("names", "keys", "keep", "found"),
    [
        (["html", "n"], Keys(), False, ["n", "text"]),
        (["html", "n"], Keys(), True, ["html", "n", "text"]),
        (["content", "raw_html"], Keys(), False, ["content"]),
        (["page", "html"], Keys(html="page", text="body"), False, ["html", "body"]),
    ],
)
def test_schemas_of_cleaned_rows(names, keys, keep, found):
    data = packed([dict.fromkeys(names, "x")])
    assert cleaned_schema(schema_of(io.BytesIO(data)), keys, keep_html=keep).names == found
    for entry in entries(data, keys):
        assert set(cleaned_row(entry, "new", keys, keep_html=keep)) <= {*found}


def test_no_schema_can_be_had_of_what_is_no_parquet():
    with pytest.raises(InputError, match="no Parquet file"):
        schema_of(io.BytesIO(b"neither"))


def test_lone_surrogates_are_replaced(tmp_path):
    write(tmp_path / "a.parquet", [{"text": "a\ud800b", "list": ["\udfff"], "map": {"x": "\ud800"}}])
    assert read(tmp_path / "a.parquet") == [{"text": "a\ufffdb", "list": ["\ufffd"], "map": {"x": "\ud800"}}]


def test_odd_names_of_fields(tmp_path):
    row = {"text": "a", "": 1, "_rest": {"x": 1}, "a.b": 2, "\ud800": 3}
    write(tmp_path / "a.parquet", [row])
    assert read(tmp_path / "a.parquet") == [row]


def test_no_rows(tmp_path):
    write(tmp_path / "a.parquet", [])
    assert read(tmp_path / "a.parquet") == []


@pytest.mark.parametrize("room", [0, 100, 2000, 5000])
def test_a_full_disk_is_told_and_leaves_nothing(tmp_path, room, monkeypatch):
    fill_disk(monkeypatch, room)
    with pytest.raises(UsageError, match="cannot be written: No space left"):
        write(tmp_path / "a.parquet", ROWS, group_bytes=5000)
    assert listed(tmp_path) == []


def test_an_error_on_the_way_leaves_nothing(tmp_path):
    with pytest.raises(ValueError, match="on the way"), ParquetWriter(tmp_path / "a.parquet", group_bytes=1) as writer:
        writer.write(ROWS[0])
        raise ValueError("on the way")
    assert listed(tmp_path) == []


text = st.text(st.characters(codec="utf-8"), max_size=20)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False) | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=80, deadline=None)
@given(
    rows=st.lists(st.fixed_dictionaries({"text": text, "a": values}, optional={"b": values, "c": text}), max_size=6),
    size=st.integers(1, 100),
)
def test_round_trip(tmp_path_factory, rows, size):
    path = tmp_path_factory.mktemp("round") / "a.parquet"
    write(path, rows, group_bytes=size)
    names = {key for row in rows for key in row}
    for got, put in zip(read(path), rows, strict=True):
        assert {key: got.get(key) for key in names} == {key: put.get(key) for key in names}


@pytest.mark.parametrize(
    ("values", "type"),
    [
        (["a", None], pa.string()),
        ([1, 2**62, None], pa.int64()),
        ([1, 2.5], pa.float64()),
        ([True, None], pa.bool_()),
        ([["a"], [], None, [None]], pa.list_(pa.string())),
        ([datetime(2024, 2, 29, tzinfo=UTC)], pa.timestamp("us", "UTC")),
        ([b"\xff"], pa.binary()),
        ([None], pa.string()),
        # as JSON
        ([1, "a"], pa.string()),
        ([True, 1], pa.string()),
        ([2**60, 2.5], pa.string()),
        ([{"a": 1}], pa.string()),
        ([[]], pa.string()),
        ([[["a"]]], pa.string()),
        ([[[], "a"], ["b"]], pa.string()),
        ([10**30], pa.string()),
    ],
)
def test_types_of_columns(tmp_path, values, type):
    rows = [{"text": "x", "value": value} for value in values]
    write(tmp_path / "a.parquet", rows)
    assert pq.read_table(tmp_path / "a.parquet").schema.field("value").type == type
    assert [row["value"] for row in read(tmp_path / "a.parquet")] == values


def test_nested_deeper_than_the_stack(tmp_path):
    deep = []
    for _ in range(600):
        deep = [deep]
    rows = [{"text": "a", "x": deep}, {"text": "b", "x": [deep], "z": deep}]
    write(tmp_path / "a.parquet", rows, group_bytes=1)
    table = pq.read_table(tmp_path / "a.parquet")
    assert table.column("x").to_pylist()[0] == "[" * 601 + "]" * 601
    assert table.column("_rest").to_pylist()[1] == '{"z": ' + "[" * 601 + "]" * 601 + "}"


def test_what_is_in_lists_and_objects_counts_for_a_group(tmp_path):
    rows = [{"text": "a", "links": [f"https://example.org/{n}/{m}" for m in range(50)]} for n in range(100)]
    rows += [
        {"text": "a", "links": {"deep": [{f"https://example.org/{n}/{m}": None for m in range(50)}]}} for n in (1, 2)
    ]
    write(tmp_path / "a.parquet", rows, group_bytes=1000)
    assert pq.ParquetFile(tmp_path / "a.parquet").num_row_groups == len(rows)


def test_keys_of_their_own_have_no_columns(tmp_path):
    rows = [{f"key {n}-{m}": m for m in range(100)} | {"text": f"{n}", "late": n} for n in range(20)]
    write(tmp_path / "a.parquet", rows)
    names = pq.read_schema(tmp_path / "a.parquet").names
    assert len(names) == COLUMNS + 1
    assert {"text", "late", "_rest"} <= {*names}
    assert names[:2] == ["key 0-0", "key 0-1"]
    assert [{k: v for k, v in row.items() if v is not None} for row in read(tmp_path / "a.parquet")] == rows


# ---- parts


@pytest.mark.parametrize("suffix", [".jsonl", ".jsonl.gz", ".jsonl.zst", ".parquet"])
def test_parts(tmp_path, suffix):
    rows = [
        row | {"text": "".join(hashlib.sha256(b"%d" % (97 * n + m)).hexdigest() for m in range(97))}
        for n, row in enumerate(ROWS)
    ]
    with PartWriter(tmp_path, suffix, part_bytes=300_000) as writer:
        for row in rows:
            writer.write(row)
    assert listed(tmp_path) == [f"part-{n:05}{suffix}" for n in range(len(writer.parts))]
    assert len(writer.parts) > 1
    assert [row for part in writer.parts for row in read(part)] == rows


def test_a_part_that_is_given_up(tmp_path):
    with pytest.raises(ValueError, match="on the way"), PartWriter(tmp_path, ".jsonl", part_bytes=100) as writer:
        for row in ROWS[:3]:
            writer.write(row)
        raise ValueError("on the way")
    assert listed(tmp_path) == ["part-00000.jsonl", "part-00001.jsonl"]


def test_a_suffix_that_is_none(tmp_path):
    with pytest.raises(UsageError, match=r"\.jsonl\.gz, "):
        row_writer(tmp_path / "a.csv")
