"""spaCy itself: what is marked, what is left out, where it stood, and that documents can be packed."""

import json

import pytest

from cleaner import Options, clean
from cleaner.audit import restore_record
from cleaner.engines import Keys, Step
from cleaner.engines.step import AUDIT, ERROR
from cleaner.errors import UsageError
from tests.conftest import FIXTURES
from tests.test_batch import PAGE, STORY

pytestmark = pytest.mark.filterwarnings("ignore")
spacy = pytest.importorskip("spacy", reason="needs the extra spacy")
engine = pytest.importorskip("cleaner.engines.spacy")

TEXT = (FIXTURES / "demo" / "bridge.txt").read_text(encoding="utf-8")


@pytest.fixture
def nlp():
    made = spacy.blank("en")
    made.add_pipe("news_cleaner")
    return made


def test_the_component_marks_and_changes_nothing(nlp):
    doc = nlp(TEXT)
    assert doc.text == TEXT
    removals = clean(TEXT, kind="text").removals
    for span, removal in zip(doc.spans["news_cleaner"], removals, strict=True):
        assert (span.label_, span.id_) == (removal.category, removal.rule)
        # The space before a token belongs to the token before.
        assert (span.end_char, span.text) == (removal.end, removal.text.removeprefix(" "))
    assert doc._.cleaner.pop(AUDIT)["removals"] == [r.as_dict() | {"score": r.score} for r in removals]
    assert doc._.cleaner == Step()({"text": TEXT})


def test_a_token_that_goes_in_part_is_in_no_span(nlp):
    nlp.tokenizer = lambda text: spacy.tokens.Doc(nlp.vocab, text.split(" "))
    paragraph = " ".join(STORY.replace("bridge", thing) for thing in ("pier", "tunnel", "station"))
    doc = nlp(f"{STORY}\n\n{paragraph} (photo credit: City of Northport)\n\n{STORY.replace('bridge', 'wall')}\n")
    (removal,) = doc._.cleaner[AUDIT]["removals"]
    assert removal["text"] == " (photo credit: City of Northport)"
    assert [span.text for span in doc.spans["news_cleaner"]] == ["(photo credit: City of"]


def test_options_and_their_errors():
    nlp = spacy.blank("en")
    nlp.add_pipe("news_cleaner", config={"options": {"actions": {"advertisement": "keep"}}, "language": "de"})
    doc = nlp(TEXT)
    assert "advertisement" not in {span.label_ for span in doc.spans["news_cleaner"]}
    assert doc._.cleaner["language"] == "de"
    with pytest.raises(UsageError, match="did you mean 'careful'"):
        nlp.add_pipe("news_cleaner", "other", config={"options": {"preset": "carefull"}})


def test_pipelines_and_documents_can_be_packed(nlp, tmp_path):
    nlp.to_disk(tmp_path / "nlp")
    (doc,) = spacy.load(tmp_path / "nlp").pipe([TEXT], n_process=2)
    packed = spacy.tokens.DocBin(store_user_data=True, docs=[doc]).to_bytes()
    (back,) = spacy.tokens.DocBin().from_bytes(packed).get_docs(nlp.vocab)
    assert json.dumps(back._.cleaner) == json.dumps(nlp(TEXT)._.cleaner)
    assert len(back.spans["news_cleaner"]) == len(nlp(TEXT).spans["news_cleaner"]) > 9


@pytest.mark.parametrize("path", sorted((FIXTURES / "pages").glob("*/*/source.*"))[::9], ids=lambda p: p.parent.name)
def test_documents_of_the_story_alone(path):
    raw = path.read_text(encoding="utf-8", errors="replace")
    row = {"id": 7, "html" if path.suffix == ".html" else "text": raw, "url": "https://e.example/1"}
    doc = engine.make_doc(spacy.blank("xx"), row)
    assert doc.text == Step()(row)["text"]
    before = restore_record(doc.text, doc._.cleaner[AUDIT])
    for token in doc:
        start = engine.original_offset(doc, token.idx)
        end = engine.original_offset(doc, token.idx + len(token) - 1) + 1
        assert before[start] == token.text[0]
        assert before[end - 1] == token.text[-1]
        assert end - start >= len(token)


def test_records_by_other_names_and_bad_ones():
    nlp = spacy.blank("xx")
    step = Step(Options("careful"), keys=Keys(text="body"))
    assert engine.make_doc(nlp, {"body": TEXT}, step)._.cleaner[AUDIT]["options"]["preset"] == "careful"
    assert engine.make_doc(nlp, TEXT).text == clean(TEXT, kind="text").text
    bad = engine.make_doc(nlp, {"body": None, "n": 1}, step)
    assert (bad.text, bad._.cleaner["n"]) == ("", 1)
    assert "holds null" in bad._.cleaner[ERROR]
    assert engine.original_offset(bad, 3) == 3


def test_a_text_that_fails_is_there_as_it_was(monkeypatch):
    monkeypatch.setattr("cleaner.engines.step.RECORD_LIMIT", 10)
    doc = engine.make_doc(spacy.blank("xx"), {"text": TEXT, "html": PAGE[:0]})
    assert doc.text == TEXT
    assert "larger than" in doc._.cleaner[ERROR]


def test_a_text_that_spacy_does_not_take_costs_one_document():
    nlp = spacy.blank("xx")
    nlp.max_length = 40
    bad, good = nlp.pipe(engine.make_doc(nlp, {"text": text, "n": 1}) for text in (STORY, "A story."))
    assert (bad.text, good.text) == ("", "A story.")
    length = len(Step()({"text": STORY})["text"])
    why = f"its text has {length} code points, more than nlp.max_length, 40: raise that"
    assert bad._.cleaner == {"text": STORY, "n": 1, ERROR: why}
