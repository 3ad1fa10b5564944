"""Spark itself: what its workers give is what ``clean_batch`` gives."""

import os
import sys

import pytest

from benchmarks.engines import JAVA
from cleaner.engines import Step
from cleaner.engines.arrow import clean_batch
from cleaner.engines.spark import clean_frame
from cleaner.errors import UsageError
from tests.engines import ROWS, STEP

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.skipif(not JAVA, reason="needs Java")]
sql = pytest.importorskip("pyspark.sql", reason="needs the extra spark")


@pytest.fixture(scope="module")
def spark():
    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = sql.SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    session = (
        builder.config("spark.driver.bindAddress", "127.0.0.1").config("spark.driver.host", "127.0.0.1").getOrCreate()
    )
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
