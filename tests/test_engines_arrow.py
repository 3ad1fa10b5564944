"""Records and tables are cleaned as ``batch`` cleans them, and no document stops a job."""

import json
import pickle
import subprocess
import sys
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from cleaner import Options
from cleaner.batch import RECORD_FOLDER, run_batch
from cleaner.batch.job import Reading, Writing
from cleaner.engines import Keys, Step
from cleaner.engines import step as module
from cleaner.engines.arrow import clean_batch, clean_schema
from cleaner.engines.step import AUDIT, ERROR
from cleaner.errors import UsageError
from cleaner.io.rows import json_line
from tests.conftest import FIXTURES, ROOT
from tests.engines import ROWS, STEP, WHY
from tests.test_batch import DOCUMENT, PAGE, STORY
from tests.test_user_rules import rule

TABLE = pa.Table.from_pylist(ROWS)


def fixtures():
    for number, path in enumerate(sorted((FIXTURES / "pages" / "en").glob("*/source.*"))[::4]):
        key = "html" if path.suffix == ".html" else "text"
        yield {"id": str(number), "n": number, key: path.read_text(encoding="utf-8", errors="replace")}


def test_tables_are_what_batch_makes_of_parquet(tmp_path):
    schema = pa.schema([("id", "string"), ("n", "int64"), ("html", "string"), ("text", "string")])
    table = pa.Table.from_pylist([*fixtures(), {"id": "bad"}], schema)
    pq.write_table(table, tmp_path / "a.parquet")
    run_batch(tmp_path / "a.parquet", tmp_path / "out", workers=1)
    cleaned = clean_batch(table, Step(audit=True))
    assert cleaned[ERROR].to_pylist() == [None] * (len(table) - 1) + [WHY]
    good = cleaned.filter(pc.is_null(cleaned[ERROR]))
    assert good.drop_columns([ERROR, AUDIT]).equals(pq.read_table(tmp_path / "out" / "a.parquet"))
    audit = (tmp_path / "out" / RECORD_FOLDER / "audit.jsonl").read_text(encoding="utf-8")
    assert "".join(f"{line}\n" for line in good[AUDIT].to_pylist()) == audit


@pytest.mark.parametrize("keep_html", [False, True])
def test_records_are_what_batch_makes_of_json_lines(tmp_path, keep_html):
    rows = list(fixtures())
    (tmp_path / "a.jsonl").write_bytes(b"".join(map(json_line, rows)))
    options = Options("careful", {"caption": "keep"})
    writing = Writing(keep_html=keep_html)
    run_batch(tmp_path / "a.jsonl", tmp_path / "out", options, workers=1, language="en", writing=writing)
    step = Step(options, "en", keep_html=keep_html)
    assert b"".join(json_line(step(row)) for row in rows) == (tmp_path / "out" / "a.jsonl").read_bytes()


def test_fields_by_other_names(tmp_path):
    keys = Keys(text="body", url="link", id="uid", language="lang")
    row = {"uid": 7, "link": "https://e.example/1", "lang": "de", "body": DOCUMENT, "text": 3, "html": "no page"}
    (tmp_path / "a.jsonl").write_bytes(json_line(row))
    run_batch(tmp_path / "a.jsonl", tmp_path / "out", reading=Reading(keys=keys), workers=1)
    assert json_line(Step(keys=keys)(row)) == (tmp_path / "out" / "a.jsonl").read_bytes()
    record = json.loads(Step(keys=keys, audit=True)(row)[AUDIT])
    assert (record["id"], record["language"], record["fields"]["url"]) == ("7", "de", "https://e.example/1")


def test_a_step_travels(tmp_path):
    (tmp_path / "mine.toml").write_text(rule("my.bridge", "had been closed"))
    there = Step(Options(rules=tmp_path / "mine.toml"), audit=True)
    (tmp_path / "mine.toml").unlink()
    back = pickle.loads(pickle.dumps(there))  # noqa: S301
    assert back == there
    assert "my.bridge" in back({"text": "It had been closed.\n"})[AUDIT]


def test_rows_and_columns():
    cleaned = clean_batch(TABLE, STEP)
    assert cleaned.column_names == [
        *("id", "url", "text", "tags", "n", "title", "byline", "published", "language", ERROR, AUDIT)
    ]
    rows = cleaned.to_pylist()
    for row, before in zip(rows, ROWS, strict=True):
        assert {name: row[name] for name in ("id", "url", "tags", "n")}.items() <= before.items()
        assert row == dict.fromkeys(row) | {name: v for name, v in STEP(before).items() if name != "html"}
    assert [row[ERROR] for row in rows] == [None, None, WHY, None]
    assert [json.loads(row[AUDIT])["id"] for row in rows if row[AUDIT]] == ["a", "b", None]
    assert [row["language"] for row in rows] == ["de", "de", None, "de"]


@pytest.mark.parametrize(
    "table",
    [TABLE, TABLE.to_batches()[0], pa.concat_tables([TABLE.slice(n, 1) for n in range(4)]), TABLE.slice(0, 0)],
    ids=["table", "batch", "chunks", "empty"],
)
def test_all_kinds_of_tables(table):
    cleaned = clean_batch(table, STEP)
    assert cleaned.schema == clean_schema(table.schema, STEP)
    assert cleaned.equals(clean_batch(TABLE, STEP).slice(0, table.num_rows))


def test_more_rows_than_are_held_at_once():
    table = pa.table({"text": [f"{STORY} {n}" for n in range(150)], "n": range(150)})
    cleaned = clean_batch(table)
    assert cleaned["n"].to_pylist() == list(range(150))
    assert cleaned["text"].equals(table["text"])


PASSING = {
    "nanoseconds": pa.array([1714560000000000001], pa.timestamp("ns", "UTC")),
    "map": pa.array([[("a", 1)]], pa.map_(pa.string(), pa.int64())),
    "struct": pa.array([{"deep": [{"x": None}]}]),
    "decimal": pa.array([Decimal("1.50")]),
    "words": pa.array(["news"]).dictionary_encode(),
    "not utf-8": pa.Array.from_buffers(pa.string(), 1, pa.array([b"a\xff"]).buffers()),
    "vector": pa.array([[0.1, 0.2]], pa.list_(pa.float32(), 2)),
    "nothing": pa.nulls(1),
}


@pytest.mark.parametrize("text", [STORY, None], ids=["good", "bad"])
def test_other_columns_pass_through_as_they_are(text):
    table = pa.table({**PASSING, "text": pa.array([text], pa.string())})
    cleaned = clean_batch(table)
    for name, column in PASSING.items():
        assert cleaned.schema.field(name).type == column.type
        assert cleaned[name].chunk(0).equals(column)


@pytest.mark.parametrize(
    "type",
    [pa.string(), pa.large_string(), pa.string_view(), pa.binary(), pa.dictionary(pa.int32(), pa.string())],
    ids=str,
)
def test_types_of_text(type):
    table = pa.table({"text": pa.array([DOCUMENT, None, STORY], type)})
    cleaned = clean_batch(table)
    assert cleaned.schema.field("text").type == type
    expected = [Step()({"text": text})["text"] for text in (DOCUMENT, None, STORY)]
    assert cleaned["text"].to_pylist() == [text and text.encode() if type == pa.binary() else text for text in expected]


def test_pages_of_bytes_in_the_encoding_that_http_said():
    page = PAGE.replace("Tuesday", "Erdőd").encode("iso-8859-2")
    table = pa.table({"raw_html": [page], "charset": ["iso-8859-2"]})
    assert "Erdőd" in clean_batch(table)["text"][0].as_py()


def test_a_row_that_python_cannot_hold_keeps_its_text():
    late = pa.array([1 << 62], pa.timestamp("s"))
    (row,) = clean_batch(pa.table({"text": [DOCUMENT], "at": late})).drop_columns(["at"]).to_pylist()
    assert row["text"] == DOCUMENT
    assert row[ERROR]


def test_what_a_column_cannot_hold():
    table = pa.table({"html": [PAGE, None], "number": [3, 4], "language": [1, None]})
    good, bad = clean_batch(table.append_column("text", pa.array([None, STORY]))).to_pylist()
    assert (good[ERROR], good["language"], bad["language"]) == (None, 1, None)
    (named, _) = clean_batch(table, Step(keys=Keys(html="html", text="number"))).to_pylist()
    assert named == {"number": 3, "language": 1, ERROR: "the column 'number' cannot hold its cleaned text"} | (
        dict.fromkeys(["title", "byline", "published"])
    )


@pytest.mark.parametrize("error", [MemoryError(), RecursionError("too deep"), ValueError("odd")], ids=repr)
def test_whatever_goes_wrong_costs_one_document(monkeypatch, error):
    def fail(page, options, language):
        if "tunnel" in page.raw:
            raise error
        return clean(page, options, language)

    clean = module.clean_page
    monkeypatch.setattr(module, "clean_page", fail)
    good, bad = clean_batch(pa.table({"text": [STORY, DOCUMENT]})).to_pylist()
    assert good[ERROR] is None
    assert bad["text"] == DOCUMENT
    assert bad[ERROR] == "it takes more memory than there is" or bad[ERROR].startswith("unexpected")
    assert Step()({"id": 1, "text": DOCUMENT}) == {"id": 1, "text": DOCUMENT, ERROR: bad[ERROR]}


def test_documents_that_are_too_large(monkeypatch):
    monkeypatch.setattr(module, "RECORD_LIMIT", 1000)
    assert "larger than 0.001 MB" in clean_batch(pa.table({"text": ["x" * 1001]}))[ERROR][0].as_py()


def test_what_an_earlier_cleaning_told_is_told_anew():
    once = clean_batch(TABLE, STEP)
    again = clean_batch(once, Step())
    assert again.column_names == [name for name in once.column_names if name != ERROR] + [ERROR]
    assert again[ERROR].to_pylist() == [None, None, WHY, None]
    assert again["text"].equals(once["text"])
    assert ERROR not in Step()({"text": STORY, ERROR: "it failed"})


@pytest.mark.parametrize(
    ("missing", "code", "extra"),
    [
        ("pyarrow", "from cleaner.engines.arrow import clean_schema; clean_schema(None)", "parquet"),
        ("datatrove", "import cleaner.engines.datatrove", "datatrove"),
        ("spacy", "import cleaner.engines.spacy", "spacy"),
        ("itemadapter", "from cleaner.engines.scrapy import CleanerPipeline; CleanerPipeline()", "scrapy"),
    ],
)
def test_an_extra_that_is_missing_is_named(missing, code, extra):
    code = f"import sys; sys.modules[{missing!r}] = None\ntry: {code}\nexcept ImportError as error: print(error)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT).stdout
    assert f"needs {missing}, which is missing: pip install 'news-cleaner[{extra}]'" in said


@pytest.mark.parametrize(
    ("table", "why"),
    [
        (pa.table({"body": ["x"], "n": [1]}), "none of its fields 'body', 'n' is known to hold a text"),
        (pa.table([["x"], ["y"]], names=["text", "text"]), "two columns of the table are called 'text'"),
    ],
)
def test_tables_that_cannot_be_cleaned(table, why):
    for refuse in (lambda: clean_batch(table), lambda: clean_schema(table.schema)):
        with pytest.raises(UsageError, match=why):
            refuse()
