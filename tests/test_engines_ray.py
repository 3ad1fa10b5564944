"""Ray Data itself: what its tasks give is what ``clean_batch`` gives."""

import pyarrow as pa
import pytest

from cleaner.engines.arrow import clean_batch
from cleaner.engines.ray import clean_dataset
from tests.engines import ROWS, STEP

pytestmark = pytest.mark.filterwarnings("ignore")
ray = pytest.importorskip("ray", reason="needs the extra ray")
ray_data = pytest.importorskip("ray.data", reason="needs the extra ray")


@pytest.fixture(scope="module")
def data():
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, object_store_memory=100_000_000)
    yield ray_data
    ray.shutdown()


def test_datasets(data):
    table = pa.Table.from_pylist(ROWS)
    dataset = data.from_arrow([table.slice(0, 2), table.slice(2, 2)])
    cleaned = clean_dataset(dataset, STEP, batch_size=1)
    expected = clean_batch(table, STEP)
    assert cleaned.schema().names == expected.column_names
    rows = sorted(cleaned.take_all(), key=lambda row: row["id"] or "z")
    assert rows == expected.to_pylist()


def test_a_dataset_without_documents_stops_the_job(data):
    with pytest.raises(Exception, match="no column with documents"):
        clean_dataset(data.range(3)).take_all()
