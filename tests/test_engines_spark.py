"""Spark itself: its workers give what ``clean_batch`` gives, and learn what ``cleaner learn`` learns."""

import os
import re
import sys

import pytest

from benchmarks.engines import JAVA
from cleaner.engines import Step
from cleaner.engines.arrow import clean_batch
from cleaner.engines.spark import clean_frame, learn_frame
from cleaner.errors import UsageError
from tests.conftest import ROOT
from tests.engines import ROWS, STEP
from tests.learning import Corpus

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.skipif(not JAVA, reason="needs Java")]
sql = pytest.importorskip("pyspark.sql", reason="needs the extra spark")


@pytest.fixture(scope="module")
def spark(tmp_path_factory):
    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = sql.SparkSession.builder.master("local[2]")
    settings = {
        "spark.ui.enabled": "false", "spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1",
        "spark.sql.shuffle.partitions": "2", "spark.sql.warehouse.dir": str(tmp_path_factory.mktemp("warehouse")),
    }  # fmt: skip
    session = builder.config(map=settings).getOrCreate()
    yield session
    session.stop()


def test_frames(spark):
    schema = "id string, url string, html string, text string, tags array<string>, n int"
    frame = spark.createDataFrame(ROWS, schema).repartition(3, "n")
    cleaned = clean_frame(frame, STEP)
    expected = clean_batch(frame.toArrow(), STEP)
    assert cleaned.columns == expected.column_names
    assert cleaned.toArrow().sort_by("n").to_pylist() == expected.sort_by("n").to_pylist()


def test_types_of_sql(spark):
    frame = spark.sql(
        "select 'A story.' as text, map('a', 1) as m, timestamp'2024-05-14 18:42:00' as t, struct(1 as x) as s, "
        "cast(1.5 as decimal(5, 2)) as d, date'2024-05-14' as day, cast(null as void) as title"
    )
    cleaned = clean_frame(frame)
    assert cleaned.dtypes[1:6] == frame.dtypes[1:6]
    assert cleaned.drop("title").first()[:6] == frame.drop("title").first()[:6]


def test_a_frame_without_documents_is_refused_before_anything_runs(spark):
    with pytest.raises(UsageError, match="no column with documents"):
        clean_frame(spark.range(3), Step())


@pytest.fixture
def corpus(tmp_path):
    """Pages of three sites, some without a day; fetched again with other words; copies; what is no document."""
    corpus = Corpus(tmp_path)
    corpus.pages(40)
    corpus.pages(30, site="news.b.example")
    for number in range(0, 40, 3):
        corpus.page(corpus.story(), day=number, url=f"https://www.a.example/{number}")
    corpus.rows += [row | {"url": f"{row['url']}?copy"} for row in corpus.rows[40:60]] + corpus.rows[:5]
    for number in range(25):
        corpus.page([*corpus.story(), "Soma zaidi"], site="c.example", headline=f"Habari {number}")
    corpus.page(corpus.story(), url=None)
    corpus.page([], text=None)
    return corpus


SCHEMA = "url string, text string, date string"


def test_learning_writes_the_bytes_of_cleaner_learn(spark, corpus, tmp_path):
    pytest.importorskip("duckdb", reason="needs the extra learn")
    told = corpus.learn()
    frame = spark.createDataFrame(corpus.rows, SCHEMA).repartition(3)
    output = tmp_path / "spark.parquet"
    assert learn_frame(frame, output) == told
    assert (told.failed, told.nameless, told.sites) == (1, 1, 3)
    assert output.read_bytes() == corpus.output.read_bytes()
    assert not spark.catalog.listTables(), "the tables go that were made on the way"


def test_new_pages_on_an_earlier_file(spark, corpus, tmp_path):
    pytest.importorskip("duckdb", reason="needs the extra learn")
    corpus.learn()
    before = corpus.output.rename(tmp_path / "before.parquet")
    later = Corpus(tmp_path, seed=2)
    for number in range(40):
        later.page(later.story(), day=900 + number)
        for old, new in (("la pwani", "la bandari"), ("Kampuni ya", "Nyumba"), ("Habari", "Leo"), ("Mezani", "Jikoni")):
            later.rows[-1]["text"] = later.rows[-1]["text"].replace(old, new)
    told = later.learn(update=before)
    output = tmp_path / "spark.parquet"
    assert learn_frame(spark.createDataFrame(later.rows, SCHEMA), output, update=before) == told
    assert [drift.site for drift in told.drifts] == ["a.example"], "a site that changed is reported"
    assert output.read_bytes() == later.output.read_bytes()


def test_the_documented_example(spark, corpus, tmp_path, monkeypatch, capsys):
    pytest.importorskip("duckdb", reason="needs the extra learn")
    page = (ROOT / "docs" / "engines.md").read_text(encoding="utf-8")
    code = re.search(r"```python\n# learn_with_spark.py\n(.*?)spark.stop\(\)\n```", page, re.DOTALL)[1]
    assert "learn_with_spark.py\n```" in page, "there is a command that starts it"
    told = corpus.learn()
    learned = corpus.output.rename(tmp_path / "learned.parquet")
    monkeypatch.chdir(tmp_path)
    news = str(tmp_path / "news")  # Java does not follow Python to another folder
    spark.createDataFrame(corpus.rows, SCHEMA).write.parquet(news)
    exec(code.replace("news/parquet", news), {})  # noqa: S102
    assert capsys.readouterr().out == f"{told.lines} template lines of 3 sites; 1 documents could not be read\n"
    assert corpus.output.read_bytes() == learned.read_bytes()


def test_learning_refuses_what_it_cannot_serve_before_anything_runs(spark, tmp_path):
    with pytest.raises(UsageError, match="no column with documents"):
        learn_frame(spark.range(3), tmp_path / "sites.parquet")
    with pytest.raises(UsageError, match=r"there is no file .*none.parquet to update"):
        learn_frame(
            spark.createDataFrame([("x",)], "text string"), tmp_path / "s.toml", update=tmp_path / "none.parquet"
        )
