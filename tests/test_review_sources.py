"""The input of a run, found again: the very record that a document was read from, whatever lies around it."""

import pytest

from cleaner.batch import run_batch
from cleaner.review.sources import source_of
from cleaner.review.strata import Wanted, draw_sample
from cleaner.runs import open_run
from tests.reports import make_inputs_with_what_is_no_document, text_of, warc_record


@pytest.fixture
def run(tmp_path):
    pytest.importorskip("fastwarc", reason="needs the extra warc")
    make_inputs_with_what_is_no_document(tmp_path / "in")
    run_batch(tmp_path / "in", tmp_path / "out")
    return open_run(tmp_path / "out")


def sources(run):
    found = draw_sample(run, Wanted(10_000)).documents.values()
    return {(document.file or document.id, document.number): source_of(document, run.settings) for document in found}


def test_sources_between_what_is_no_document(run):
    found = sources(run)
    assert found.keys() == {("a.txt", None), ("d.txt", None), ("e.zip", 1), *(("c.warc.gz", n) for n in (1, 4, 7))}
    assert found["a.txt", None] == text_of(0).encode()
    assert found["e.zip", 1] == text_of(5).encode()
    for n in range(3):
        assert f"Port {n} ".encode() in found["c.warc.gz", 3 * n + 1]


def test_a_page_that_changed_has_none_and_a_text_needs_no_input(run, tmp_path):
    (tmp_path / "in" / "c.warc.gz").write_bytes(b"".join(warc_record(n, "response") for n in (2, 3, 4)))
    (tmp_path / "in" / "a.txt").unlink()
    found = sources(run)
    assert [found["c.warc.gz", number] for number in (1, 4, 7)] == [None, None, None]
    assert found["a.txt", None] == text_of(0).encode()
