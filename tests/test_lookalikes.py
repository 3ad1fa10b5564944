"""Look-alikes: article text that is worded like boilerplate, in short documents with a little real residue.

``lines`` of a document are article text unless ``drop`` lists them; ``keep`` names the hard ones. What is lost or left
today is listed with its ``why`` under ``known_lost`` and ``known_left``; both lists are strict.
"""

import tomllib

import pytest

import cleaner
from cleaner.model import Category
from tests.conftest import FIXTURES

FILES = sorted((FIXTURES / "lookalikes").glob("*.toml"))
DOCUMENTS = {path.stem: tomllib.loads(path.read_text(encoding="utf-8"))["document"] for path in FILES}
CASES = [
    pytest.param(document, id=f"{language}-{number}")
    for language, documents in DOCUMENTS.items()
    for number, document in enumerate(documents, start=1)
]
NEEDED = {"about", "lines", "keep"}
ALLOWED = NEEDED | {"drop", "known_lost", "known_left"}


def known(document, name):
    """The numbers of the lines that are known to go wrong; each says why."""
    assert all(fault["why"] for fault in document.get(name, ()))
    return {fault["line"] for fault in document.get(name, ())}


def taken(document):
    """By line, how many of its characters are removed, and the rules that asked for it."""
    result = cleaner.clean("\n".join(document["lines"]), kind="text")
    at = 0
    for line in document["lines"]:
        over = [r for r in result.removals if r.start < at + len(line) and r.end > at]
        yield sum(min(r.end, at + len(line)) - max(r.start, at) for r in over), [r.rule for r in over]
        at += len(line) + 1


@pytest.mark.parametrize("document", CASES)
def test_document(document):
    drop = {index for index, _ in document.get("drop", ())}
    lost, left = {}, set()
    for index, (line, (gone, rules)) in enumerate(zip(document["lines"], taken(document), strict=True)):
        if index in drop and gone < len(line):
            left.add(index)
        elif index not in drop and gone:
            lost[index] = (line, rules)
    wrong = {index: why for index, why in lost.items() if index not in known(document, "known_lost")}
    assert not wrong, f"lost {wrong}"
    assert left <= known(document, "known_left"), f"left {[document['lines'][index] for index in sorted(left)]}"
    mended = (known(document, "known_lost") - set(lost)) | (known(document, "known_left") - left)
    assert not mended, f"no longer wrong, take it off the list: {[document['lines'][index] for index in mended]}"


@pytest.mark.parametrize("document", CASES)
def test_document_is_well_formed(document):
    assert set(document) <= ALLOWED
    assert set(document) >= NEEDED
    lines, keep, drop = document["lines"], document["keep"], [index for index, _ in document.get("drop", ())]
    assert 8 <= len(lines) <= 25
    assert all(line.strip() for line in lines)
    assert keep == sorted(set(keep))
    assert drop == sorted(set(drop))
    assert not set(keep) & set(drop)
    assert set(keep) | set(drop) <= set(range(len(lines)))
    assert {category for _, category in document.get("drop", ())} <= set(Category)
    assert known(document, "known_left") <= set(drop)
    assert not known(document, "known_lost") & set(drop)


def test_there_are_hard_lines_enough():
    hard = [line for case in CASES for line in (case.values[0]["lines"][index] for index in case.values[0]["keep"])]
    assert len(set(hard)) >= 800
    assert sum(bool(documents) for documents in DOCUMENTS.values()) >= 15
    assert all(sum(len(d["keep"]) for d in documents) >= 12 for documents in DOCUMENTS.values())
    known_lost = sum(len(case.values[0].get("known_lost", ())) for case in CASES)
    assert known_lost <= len(hard) / 100


def test_doing_nothing_does_not_pass():
    assert sum(bool(case.values[0].get("drop")) for case in CASES) >= len(CASES) / 2
