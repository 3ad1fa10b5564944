"""Hugging Face ``datasets`` itself: every kind of dataset, its features, its cache."""

import pyarrow as pa
import pytest

from cleaner.engines import Step
from cleaner.engines import datasets as module
from cleaner.engines.arrow import clean_batch
from cleaner.engines.datasets import clean_dataset
from cleaner.engines.step import ERROR
from cleaner.errors import UsageError
from tests.engines import ROWS, STEP

pytestmark = pytest.mark.filterwarnings("ignore")
datasets = pytest.importorskip("datasets", reason="needs the extra datasets")

TABLE = pa.Table.from_pylist(ROWS)


@pytest.fixture
def dataset(tmp_path):
    """On the disk, as nothing else has a cache."""
    path = tmp_path / "a.parquet"
    pa.parquet.write_table(TABLE, path)
    made = datasets.Dataset.from_parquet(str(path), cache_dir=str(tmp_path / "cache"))
    return made.cast_column("n", datasets.Value("int32"))


@pytest.mark.parametrize("processes", [None, 2])
def test_datasets(dataset, processes):
    cleaned = clean_dataset(dataset, STEP, num_proc=processes)
    expected = clean_batch(dataset.with_format("arrow")[:], STEP)
    assert cleaned.column_names == expected.column_names
    assert cleaned.to_list() == expected.to_pylist()
    assert cleaned[1]["id"] == "b"


def test_streams_and_splits(dataset):
    expected = clean_dataset(dataset, STEP).to_list()
    stream = dataset.to_iterable_dataset()
    assert list(clean_dataset(stream, STEP)) == expected
    splits = clean_dataset(datasets.DatasetDict({"train": dataset, "test": dataset}), STEP)
    assert isinstance(splits, datasets.DatasetDict)
    assert splits["test"].to_list() == expected


def test_a_stream_that_does_not_know_its_features():
    stream = datasets.IterableDataset.from_generator(lambda: iter(ROWS[:1] * 2))
    assert stream.features is None
    assert (
        list(clean_dataset(stream, STEP))
        == [{k: v for k, v in STEP(ROWS[0]).items() if k != "html"} | {ERROR: None}] * 2
    )


def test_features_stay(dataset):
    labelled = dataset.add_column("label", [0, 1, 1, 0]).cast_column("label", datasets.ClassLabel(names=["no", "yes"]))
    cleaned = clean_dataset(labelled)
    assert cleaned.features["label"].names == ["no", "yes"]
    assert cleaned.features["n"] == datasets.Value("int32")
    assert "html" not in cleaned.features


def test_the_cache_knows_what_decides_the_output(dataset, monkeypatch):
    def made():
        return {file["filename"] for file in clean_dataset(dataset, STEP).cache_files}

    once = made()
    assert made() == once
    assert {file["filename"] for file in clean_dataset(dataset, Step()).cache_files} != once
    monkeypatch.setattr(module, "made_with", lambda: {"version": "99"})
    assert made() != once


def test_a_dataset_without_documents_is_refused():
    with pytest.raises(UsageError, match="no column with documents"):
        clean_dataset(datasets.Dataset.from_dict({"n": [1]}))
