"""Labelled blocks: each case is a short document whose lines say what they are ("" stays)."""

import tomllib

import pytest

import cleaner
from cleaner.detectors import DETECTORS
from cleaner.toml import toml_value
from tests.conftest import FIXTURES, ROOT

CASES = [
    pytest.param(case, id=f"{path.stem}: {case['name']}")
    for path in sorted((FIXTURES / "blocks").glob("*.toml"))
    for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]
]


@pytest.mark.parametrize("case", CASES)
def test_case(case, tmp_path):
    lines = [text for text, _ in case["blocks"]]
    clean = cleaner.Cleaner(templates=templates(case["repeats"], tmp_path) if "repeats" in case else None)
    result = clean("\n".join(lines), kind="text", url=case.get("url"), language=case.get("language"))
    got, at = [], 0
    for line in lines:
        over = [r for r in result.removals if r.start < at + len(line) and r.end > at]
        got.append(str(over[0].category) if over else "")
        at += len(line) + 1
    assert got == [label for _, label in case["blocks"]], [(r.rule, r.text) for r in result.removals]
    for name, value in case.get("fields", {}).items():
        assert getattr(result, name) == value
    assert set(case.get("flags", ())) <= result.flags
    assert case.get("keeps", "") in result.text


def templates(lines, folder):
    """A file that says what example.com repeats."""
    path = folder / "sites.toml"
    path.write_text(f'[[site]]\nname = "example.com"\nline = {toml_value(lines)}\n', encoding="utf-8")
    return path


def test_every_structure_has_cases_and_says_when_it_fires():
    have = {path.stem for path in (FIXTURES / "blocks").glob("*.toml")}
    modules = {d.__name__.removeprefix("find_") for d in DETECTORS} - {"wording", "outside"}
    assert modules - have == set(), "a structural detector without labelled blocks"
    for name in modules:
        source = (ROOT / "cleaner" / "detectors" / f"{name}.py").read_text(encoding="utf-8")
        assert "Fires on:" in source
        assert "Not on:" in source


def test_the_detectors_and_their_order():
    assert [d.__name__ for d in DETECTORS] == [
        "find_wording", "find_blank", "find_rows", "find_appeals", "find_captions", "find_headline", "find_bylines", "find_bios",
        "find_related", "find_threads", "find_signed", "find_repeats", "find_foreign", "find_template", "find_zones", "find_scored",
    ]  # fmt: skip
