"""datatrove itself: the step among its documents. That its pipelines run it is shown by ``test_engine_examples``."""

import json

import pytest

from cleaner import Options
from cleaner.engines import Step
from cleaner.engines.step import AUDIT, ERROR
from cleaner.errors import UsageError
from tests.test_batch import DOCUMENT, PAGE, STORY

pytestmark = pytest.mark.filterwarnings("ignore")
data = pytest.importorskip("datatrove.data", reason="needs the extra datatrove")
engine = pytest.importorskip("cleaner.engines.datatrove")


def clean(step, *texts, **metadata):
    return list(step(data.Document(text, f"id-{n}", metadata=dict(metadata)) for n, text in enumerate(texts)))


def test_texts():
    (document,) = clean(engine.CleanDocuments(), DOCUMENT, id="other", text="other", tags=["a"], title=None)
    row = Step()({"text": DOCUMENT})
    assert (document.text, document.id) == (row.pop("text"), "id-0")
    assert document.metadata == row | {"id": "other", "text": "other", "tags": ["a"]}


@pytest.mark.parametrize(("kind", "text"), [("html", PAGE), ("auto", PAGE), ("auto", DOCUMENT), ("text", PAGE)])
def test_kinds(kind, text):
    is_page = kind == "html" or (kind == "auto" and text == PAGE)
    (document,) = clean(engine.CleanDocuments(kind=kind), text)
    assert document.text == Step()({"html" if is_page else "text": text})["text"]


def test_what_the_metadata_say_is_heeded():
    step = Step(Options("careful"), keep_html=True, audit=True)
    (document,) = clean(engine.CleanDocuments(step, "html"), PAGE, url="https://e.example/1", language="de")
    record = json.loads(document.metadata[AUDIT])
    assert (record["id"], record["language"], record["fields"]["url"]) == ("id-0", "de", "https://e.example/1")
    assert record["options"]["preset"] == "careful"
    assert document.metadata["html"] == PAGE


def test_documents_that_fail_pass_on(monkeypatch):
    monkeypatch.setattr("cleaner.engines.step.RECORD_LIMIT", 200)
    step = engine.CleanDocuments()
    bad, good = clean(step, DOCUMENT, STORY, n=1)
    assert bad.text == DOCUMENT
    assert bad.metadata == {"n": 1, ERROR: "larger than 0.0002 MB, the limit for one record"}
    assert good.text == STORY
    assert (step.stats["total"].total, step.stats["failed"].total) == (2, 1)


def test_an_unknown_kind():
    with pytest.raises(UsageError, match="kind must be one of"):
        engine.CleanDocuments(kind="pdf")
