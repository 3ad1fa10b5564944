"""Page fixtures: truth by hand (``case.toml``), snapshots by command (``pytest --update-fixtures``).

The command checks truth and invariants first and writes nothing if they fail: nobody approves a loss by reflex.
"""

import json
import tomllib
from dataclasses import asdict
from pathlib import Path

import pytest

import cleaner
from cleaner.audit import Source, audit_record, to_json
from cleaner.model import Category
from cleaner.pages import read_page
from tests.conftest import FIXTURES
from tests.invariants import check_invariants


def pages_in(root):
    return sorted(path for path in root.glob("*/*") if path.is_dir())


PAGES = pages_in(FIXTURES / "pages")
CASE_KEYS = {
    "about",
    "origin",
    "licence",
    "kind",
    "url",
    "language",
    "untouched",
    "keep",
    "drop",
    "flags",
    "fields",
    "known_failures",
}


def load(folder):
    case_file = folder / "case.toml"
    assert case_file.exists(), f"{folder} has no case.toml: say what must stay and what must go"
    case = tomllib.loads(case_file.read_text(encoding="utf-8"))
    assert set(case) <= CASE_KEYS, f"{case_file}: unknown keys {set(case) - CASE_KEYS}"
    assert case["origin"]
    assert case["licence"]
    sources = sorted(folder.glob("source.*"))
    assert len(sources) == 1, f"{folder} needs exactly one source file"
    return case, sources[0]


def run(folder, options=None):
    case, source = load(folder)
    page = read_page(source.read_bytes(), case.get("kind", "auto"), case.get("url"), folder.name)
    result = cleaner.clean(
        page.raw, kind=page.kind, url=case.get("url"), language=case.get("language"), options=options
    )
    return case, page, result


def check_truth(case, result):
    """Truth, less what ``known_failures`` names with its reason; a failure that is mended must leave that list."""
    text = result.text
    known = {failure["text"] for failure in case.get("known_failures", ())}
    lines = {line.strip() for line in text.splitlines()}
    mended = [t for t in known if (t in lines or t in text) == any(t == keep for keep in case.get("keep", ()))]
    assert not mended, f"no longer a failure, take it off known_failures: {mended}"
    lost = [part for part in case.get("keep", ()) if part not in text and part not in known]
    assert not lost, f"lost {lost}: " + str(
        [(r.rule, r.text[:60]) for r in result.removals if any(r.text.strip() in x or x in r.text for x in lost)]
    )
    left = [
        d["text"]
        for d in case.get("drop", ())
        if d["text"] not in known and (d["text"] in lines if d.get("line") else d["text"] in text)
    ]
    assert not left, f"left {left}"
    for drop in case.get("drop", ()):
        wanted, named = names_of(drop, result)
        # On a page much is named by a scorer: test_pages_are_named asks how often it is right.
        right = result.document.kind == "html" or not named or named & wanted
        assert right, f"{drop['text']!r} is {drop['category']}, not {sorted(named)}"
    if case.get("untouched"):
        assert text == result.document.text, [(r.rule, r.text) for r in result.removals]
    assert set(case.get("flags", ())) <= result.flags
    for name, value in case.get("fields", {}).items():
        got = getattr(result, name)
        assert got is not None and (got.startswith(value) if name == "published" else got == value), (
            f"{name}: {got!r}, not {value!r}"
        )


def names_of(drop, result):
    """The categories that a text may be removed under, and those that it was removed under."""
    wanted = {drop["category"], *drop.get("also", ())}
    assert wanted <= {category.value for category in Category}
    whole = {r.category.value for r in result.removals if r.text.strip() == drop["text"]}
    return wanted, whole or {r.category.value for r in result.removals if drop["text"] in r.text}


def pytest_generate_tests(metafunc):
    """The project's fixtures, or those of the folder that ``--pages`` names: a review writes such folders."""
    if "folder" in metafunc.fixturenames:
        named = metafunc.config.getoption("--pages")
        pages = pages_in(Path(named)) if named else PAGES
        metafunc.parametrize("folder", pages, ids=lambda path: f"{path.parent.name}-{path.name}")


def test_page(folder, update_fixtures, pytestconfig):
    options = cleaner.Options(rules=pytestconfig.getoption("--rules") or ())
    case, page, result = run(folder, options)
    check_truth(case, result)
    check_invariants(result, options)
    records = "".join(
        to_json(removal) + "\n"
        for removal in audit_record(result, cleaner.Options(), Source(folder.name, page.encoding))["removals"]
    )
    for name, now in (("expected.txt", result.text), ("expected.audit.jsonl", records)):
        snapshot = folder / name
        if update_fixtures:
            snapshot.write_bytes(now.encode("utf-8"))
        assert snapshot.exists(), f"no {name} yet: run pytest --update-fixtures -k '{folder.name}' and read the diff"
        assert snapshot.read_bytes().decode("utf-8") == now, f"{name} changed: if it is better, --update-fixtures"


@pytest.mark.parametrize("preset", ["careful", "thorough"])
def test_pages_with_the_other_presets(preset):
    options = cleaner.Options(preset=preset)
    for folder in PAGES:
        case, source = load(folder)
        kind = case.get("kind", "auto")
        result = cleaner.clean(source.read_bytes(), kind=kind, url=case.get("url"), options=options)
        check_invariants(result, options)


def test_pages_are_named():
    right: list[bool] = []
    for folder in PAGES:
        if load(folder)[0].get("kind") == "html":
            case, _, result = run(folder)
            named = [names_of(drop, result) for drop in case.get("drop", ())]
            right += [bool(found & wanted) for wanted, found in named if found]
    assert len(right) > 1_000
    assert sum(right) / len(right) >= 0.78


def test_there_are_pages_enough():
    cases = {folder: load(folder)[0] for folder in PAGES}
    assert len(cases) >= 60
    assert len({folder.parent.name for folder in cases}) >= 12
    assert sum(bool(case.get("untouched")) for case in cases.values()) >= 15
    assert sum(case.get("kind") == "html" for case in cases.values()) >= 10
    covered = {drop["category"] for case in cases.values() for drop in case.get("drop", ())}
    kept = {"standfirst", "dateline", "crosshead", "correction", "table", "list"}
    assert {category.value for category in Category} - covered - kept - {"other"} == set()


def test_an_update_that_breaks_truth_is_refused():
    result = cleaner.clean("Advertisement\n\nThe bridge is open again, the city said on Monday.\n")
    with pytest.raises(AssertionError, match="lost"):
        check_truth({"keep": ["Advertisement"]}, result)
    with pytest.raises(AssertionError, match="left"):
        check_truth({"drop": [{"text": "bridge", "category": "ui"}]}, result)
    assert json.loads(to_json(asdict(result.removals[0])))["category"] == "advertisement"
