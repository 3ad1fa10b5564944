"""The report's numbers are those of the run, its samples are what stands in the record, and it fits into a page."""

import hashlib
import json
import re
from base64 import b64encode
from html import unescape
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.batch import RECORD_FOLDER, run_batch
from cleaner.errors import UsageError
from cleaner.options import Options
from cleaner.report import content, write_report
from cleaner.report.changes import stretches
from cleaner.report.marks import GAINED, LOST, TAKEN, marks_of
from cleaner.report.tallies import BINS, spread
from cleaner.runs import open_run
from tests.conftest import ROOT
from tests.reports import (
    EVIL,
    PASSED,
    data_of,
    documents_of,
    make_inputs_with_what_is_no_document,
    make_runs,
    rows,
)
from tests.warm import run_cleaner

PAGE = ROOT / "cleaner" / "report" / "page"


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    make_runs(folder)
    return folder


def report_of(run, target, **options):
    size = write_report(run, target, **options)
    assert size == target.stat().st_size
    return target.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(runs):
    return report_of(runs / "thorough", runs / "thorough.html")


@pytest.fixture(scope="module")
def compared(runs):
    return report_of(runs / "thorough", runs / "compared.html", compare=runs / "careful")


def records(run):
    return [document.record for document in open_run(run).documents() if document.record]


def test_the_numbers_are_those_of_the_summary(page, runs):
    summary = json.loads((runs / "thorough" / RECORD_FOLDER / "summary.json").read_text())
    numbers = data_of(page, "numbers")
    for name in ("documents", "failed", "causes", "read", "removed", "share", "flags"):
        assert numbers["summary"][name] == summary[name]
    assert {name: [d, r, c] for name, d, r, c in numbers["categories"]} == {
        name: [each["documents"], each["removals"], each["characters"]] for name, each in summary["categories"].items()
    }
    for what in ("languages", "sites"):
        assert {name: read for name, _, read, *_ in numbers[what]} == {
            name: share["read"] for name, share in summary[what].items()
        }


def test_rules_lengths_and_places_add_up(page, runs):
    numbers = data_of(page, "numbers")
    summary = numbers["summary"]
    removals = [removal for record in records(runs / "thorough") for removal in record["removals"]]
    spared = [claim for record in records(runs / "thorough") for claim in record["spared"]]
    assert sum(kind[2] for kind in numbers["kinds"]) == len(removals) == summary["removals"]
    assert sum(kind[3] for kind in numbers["kinds"]) == summary["removed"]
    assert sum(kind[5] for kind in numbers["kinds"]) == len(spared) == summary["spared"] > 0
    assert sum(part[3] for part in numbers["lengths"]) == summary["removed"]
    assert sum(numbers["shares"]) == summary["documents"] - summary["failed"]
    for category, _, _, characters in numbers["categories"]:
        assert sum(numbers["positions"][category]) == pytest.approx(characters, abs=BINS)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n - 1), st.integers(1, n), st.just(n))))
def test_a_span_is_spread_over_its_place(span):
    start, end, read = min(span[0], span[1] - 1), span[1], span[2]
    bins = [0.0] * BINS
    spread(bins, start, end, read)
    assert sum(bins) == pytest.approx(end - start)
    assert max(bins) <= read / BINS + 1e-9


def test_every_rule_and_every_refused_claim_has_a_sample(page, runs):
    kinds = data_of(page, "numbers")["kinds"]
    samples = data_of(page, "samples")
    shown = {(*kinds[sample["kind"]][:2], sample["state"]) for sample in samples}
    for record in records(runs / "thorough"):
        assert {(r["category"], r["rule"], "taken") for r in record["removals"]} <= shown
        assert {(c["category"], c["rule"], "spared") for c in record["spared"]} <= shown


def test_samples_are_spans_of_documents_in_the_page(page):
    numbers, shown = data_of(page, "numbers"), documents_of(page)
    for sample in data_of(page, "samples"):
        _, data = shown[sample["document"]]
        assert data["spans"][sample["span"]] == [sample["kind"], sample["state"], sample["reason"], sample["sure"]]
        text = "".join(piece for piece, spans in data["pieces"] if sample["span"] in spans)
        assert text == sample["around"][1]
        assert numbers["kinds"][sample["kind"]][0] in {category for category, *_ in numbers["categories"]} or sample[
            "state"
        ] in ("spared", "lost")


def test_documents_are_as_they_were_and_as_they_are(page, runs):
    texts = {row["id"]: row["text"] for row in rows()}
    cleaned = {record["id"]: record["clean_sha256"] for record in records(runs / "thorough")}
    shown = documents_of(page)
    assert len(shown) == len(texts)
    for about, data in shown:
        assert "".join(piece for piece, _ in data["pieces"]) == texts[about["name"]]
        gone = {n for n, (_, state, *_) in enumerate(data["spans"]) if state == TAKEN}
        kept = "".join(piece for piece, spans in data["pieces"] if not gone & set(spans))
        assert hashlib.sha256(kept.encode()).hexdigest() == cleaned[about["name"]]


def test_failures_are_named(page):
    failures = data_of(page, "numbers")["failures"]
    assert [row["cause"] for row in failures] == ["unreadable", "unreadable"]
    assert failures[0]["id"] == EVIL


def test_the_same_run_gives_the_same_page_and_another_seed_another(page, runs):
    assert report_of(runs / "thorough", runs / "again.html") == page
    assert report_of(runs / "thorough", runs / "other.html", seed=1) != page


def test_what_does_not_fit_is_left_out(runs, monkeypatch):
    monkeypatch.setattr(content, "DOCUMENTS_BYTES", 1)
    monkeypatch.setattr("cleaner.report.bundles._BUNDLE", 4000)
    page = report_of(runs / "thorough", runs / "small.html")
    shown = documents_of(page)
    assert 0 < len(shown) < 10
    assert {sample["document"] for sample in data_of(page, "samples")} <= set(range(len(shown)))
    monkeypatch.setattr(content, "SAMPLES_BYTES", 2000)
    assert 0 < len(data_of(report_of(runs / "thorough", runs / "small.html"), "samples")) < 10


def test_long_documents_are_cut(runs, monkeypatch):
    monkeypatch.setattr(content, "LONGEST", 300)
    texts = {row["id"]: row["text"] for row in rows()}
    for about, data in documents_of(report_of(runs / "thorough", runs / "cut.html")):
        assert "".join(piece for piece, _ in data["pieces"]) == texts[about["name"]][:300]
        assert data["left_out"] == max(0, len(texts[about["name"]]) - 300)


def test_documents_that_are_gone_are_told(tmp_path):
    (tmp_path / "in").mkdir()
    for name in ("a", "b"):
        (tmp_path / "in" / f"{name}.txt").write_text(next(rows())["text"])
    run_batch(tmp_path / "in", tmp_path / "out")
    (tmp_path / "out" / "a.txt").unlink()
    page = report_of(tmp_path / "out", tmp_path / "r.html")
    missing = [data["missing"] for _, data in documents_of(page) if "missing" in data]
    assert len(missing) == data_of(page, "numbers")["missing"] == 1
    assert "a.txt" in missing[0]


def test_rules_say_why_they_are_there_the_users_own_too(tmp_path):
    rule = """
[[rule]]
id = "other.en.mine"
why = "Our ferry timetable prints it"
category = "other"
phrases = ["mind the gap between ship and pier"]
hits = ["Mind the gap between ship and pier"]
misses = ["The gap between ship and pier was wide"]
"""
    (tmp_path / "mine.toml").write_text(rule)
    (tmp_path / "a.txt").write_text(next(rows())["text"] + "\nMind the gap between ship and pier\n")
    run_batch(tmp_path / "a.txt", tmp_path / "out", Options(rules=[tmp_path / "mine.toml"]))
    why = {kind[1]: kind[6] for kind in data_of(report_of(tmp_path / "out", tmp_path / "r.html"), "numbers")["kinds"]}
    assert why["other.en.mine"] == "Our ferry timetable prints it"
    assert why["advertisement.en.label"]


def test_an_empty_run_has_a_report(tmp_path):
    (tmp_path / "none.jsonl").write_text("")
    run_batch(tmp_path / "none.jsonl", tmp_path / "out")
    assert data_of(report_of(tmp_path / "out", tmp_path / "r.html"), "numbers")["summary"]["documents"] == 0


# What changed


def test_what_was_passed_over_is_counted_and_is_no_document(tmp_path):
    pytest.importorskip("fastwarc", reason="needs the extra warc")
    make_inputs_with_what_is_no_document(tmp_path / "in")
    run_batch(tmp_path / "in", tmp_path / "out")
    numbers = data_of(report_of(tmp_path / "out", tmp_path / "a.html", compare=tmp_path / "out"), "numbers")
    assert numbers["summary"]["passed_over"] == PASSED
    assert numbers["summary"]["documents"] == sum(numbers["shares"]) == len(numbers["documents"]) == 6
    assert (numbers["failures"], numbers["missing"]) == ([], 0)
    changes = numbers["changes"]
    assert [changes[name] for name in ("both", "new", "gone", "changed")] == [6, 0, 0, 0]


def covered(removals):
    return {offset: (r["category"], r["rule"]) for r in removals for offset in range(r["start"], r["end"])}


def test_gained_and_lost_are_what_one_run_took_and_the_other_did_not(compared, runs):
    texts = {row["id"]: row["text"] for row in rows()}
    gained, lost, renamed = {}, {}, {}
    before = {record["id"]: covered(record["removals"]) for record in records(runs / "careful")}
    for record in records(runs / "thorough"):
        was, now = before[record["id"]], covered(record["removals"])
        for offset in was.keys() | now.keys():
            kinds = was.get(offset), now.get(offset)
            if kinds[0] == kinds[1] or texts[record["id"]][offset].isspace():
                continue
            table = renamed if all(kinds) else gained if kinds[1] else lost
            key = kinds if all(kinds) else kinds[1] or kinds[0]
            table[key] = table.get(key, 0) + 1
    numbers = data_of(compared, "numbers")
    changes, kinds = numbers["changes"], [tuple(kind[:2]) for kind in numbers["kinds"]]
    told = {kinds[kind]: (g, lo) for kind, _, g, _, _, lo, _ in changes["kinds"]}
    assert gained
    assert lost
    # The report counts the blanks inside a stretch, too.
    for table, place in ((gained, 0), (lost, 1)):
        assert {kind for kind, sizes in told.items() if sizes[place]} == set(table)
        assert all(told[kind][place] >= size for kind, size in table.items())
    assert {((a, b), (c, d)) for a, b, c, d, _ in changes["renamed"]} == set(renamed)


def test_from_the_other_side_gained_is_lost(compared, runs):
    back = data_of(report_of(runs / "careful", runs / "back.html", compare=runs / "thorough"), "numbers")
    there = data_of(compared, "numbers")

    def table(numbers):
        return {tuple(numbers["kinds"][kind][:2]): counts for kind, *counts in numbers["changes"]["kinds"]}

    assert {kind: [*counts[3:], *counts[:3]] for kind, counts in table(back).items()} == table(there)


def test_documents_show_what_each_run_took(compared, runs):
    cleaned = {
        state: {record["id"]: record["clean_sha256"] for record in records(runs / run)}
        for state, run in ((GAINED, "thorough"), (LOST, "careful"))
    }
    for about, data in documents_of(compared):
        for own in (GAINED, LOST):
            gone = {n for n, (_, state, *_) in enumerate(data["spans"]) if state in (TAKEN, own)}
            kept = "".join(piece for piece, spans in data["pieces"] if not gone & set(spans))
            if own == GAINED:
                assert hashlib.sha256(kept.encode()).hexdigest() == cleaned[own][about["name"]]
        assert data["compared"]


def test_samples_of_changes_are_spans_that_changed(compared):
    samples = [sample for sample in data_of(compared, "samples") if sample["state"] in (GAINED, LOST)]
    assert {sample["state"] for sample in samples} == {GAINED, LOST}
    assert all(sample["around"][1].strip() for sample in samples)


def test_a_run_differs_in_nothing_from_itself(runs):
    changes = data_of(report_of(runs / "careful", runs / "same.html", compare=runs / "careful"), "numbers")["changes"]
    assert (changes["changed"], changes["kinds"], changes["renamed"]) == (0, [], [])
    assert changes["both"] == 25


def test_documents_that_one_run_lacks_are_counted(runs, tmp_path):
    lines = (runs / "stories.jsonl").read_text().splitlines(keepends=True)
    (tmp_path / "stories.jsonl").write_text("".join([lines[0].replace("harbour", "river"), "{half\n", *lines[2:5]]))
    run_batch(tmp_path / "stories.jsonl", tmp_path / "few")
    counts = ("both", "new", "gone", "failed_now", "mended", "other_text")
    many = data_of(report_of(runs / "careful", tmp_path / "r.html", compare=tmp_path / "few"), "numbers")["changes"]
    assert [many[name] for name in counts] == [3, 22, 0, 0, 1, 1]
    few = data_of(report_of(tmp_path / "few", tmp_path / "r.html", compare=runs / "careful"), "numbers")["changes"]
    assert [few[name] for name in counts] == [3, 0, 22, 1, 0, 1]


def test_runs_over_different_inputs_are_not_compared(runs, tmp_path):
    (tmp_path / "a.txt").write_text(next(rows())["text"])
    run_batch(tmp_path / "a.txt", tmp_path / "out")
    with pytest.raises(UsageError, match="no document in common"):
        write_report(tmp_path / "out", tmp_path / "r.html", compare=runs / "careful")
    assert not (tmp_path / "r.html").exists()


def removals_from(edges, name):
    edges = sorted(set(edges))
    return [
        {"start": a, "end": b, "text": "x" * (b - a), "category": "share", "rule": name, "reason": "", "score": 1.0}
        for a, b in zip(edges[::2], edges[1::2], strict=False)
    ]


EDGES = st.lists(st.integers(0, 30), max_size=10)


@given(EDGES, EDGES)
def test_stretches_cover_what_either_run_took(now, before):
    now, before = removals_from(now, "now"), removals_from(before, "before")
    found = {}
    for stretch in stretches(now, before):
        for offset in range(stretch.start, stretch.end):
            assert offset not in found
            found[offset] = stretch.now is not None, stretch.before is not None
    both = {**covered(now), **covered(before)}
    assert found == {offset: (offset in covered(now), offset in covered(before)) for offset in both}


@given(EDGES, EDGES)
def test_marks_are_the_removals_of_both_runs(now, before):
    now, before = removals_from(now, "now"), removals_from(before, "before")
    marks = marks_of({"removals": now, "spared": []}, {"removals": before})
    states = {offset: mark.state for mark in marks for offset in range(mark.start, mark.end)}
    assert {offset for offset, state in states.items() if state != LOST} == set(covered(now))
    assert {offset for offset, state in states.items() if state != GAINED} == set(covered(before))
    assert all(one.end <= other.start for one, other in pairwise(marks))


# The file


def test_the_page_names_nothing_outside_itself(page):
    markup = re.sub(r"<(script|style)[^>]*>.*?</\1>", "", page, flags=re.DOTALL)
    assert not re.search(r"\b(src|srcset|action|data|poster)\s*=", markup)
    assert set(re.findall(r'href="([^"]*)"', markup)) == {"#main"}
    assert "<link" not in markup
    assert not re.search(r"url\(|@import", "".join(re.findall(r"<style>(.*?)</style>", page, re.DOTALL)))


def test_the_policy_names_the_scripts_and_styles_of_the_page(page):
    policy = unescape(re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)[1])
    assert page.index("Content-Security-Policy") < page.index("<style")
    for element in ("script", "style"):
        sources = re.findall(rf"<{element}>(.*?)</{element}>", page, re.DOTALL)
        allowed = re.search(rf"{element}-src ([^;]*)", policy)[1].split()
        hashes = [f"'sha256-{_base64(source)}'" for source in sources]
        assert hashes == allowed
    assert policy.startswith("default-src 'none'")


def _base64(source):
    return b64encode(hashlib.sha256(source.encode()).digest()).decode()


def test_hostile_documents_end_nothing(page):
    assert EVIL not in page
    assert "<img" not in page
    assert data_of(page, "numbers")["failures"][0]["id"] == EVIL
    # One element for each script of the page, the two of data, and a bundle.
    assert page.count("<script") == len(re.findall(r"<script(?: [^>]*)?>.*?</script>", page, re.DOTALL))


def test_the_chart_library_is_the_one_that_its_readme_names():
    readme = (PAGE / "vendor" / "README.md").read_text()
    digest, name = re.search(r"([0-9a-f]{64})  (\S+)", readme).groups()
    assert hashlib.sha256((PAGE / "vendor" / name).read_bytes()).hexdigest() == digest
    version = re.search(r"Chart\.js ([\d.]+\d)", readme)[1]
    assert f"Chart.js v{version}" in (PAGE / "vendor" / name).read_text()


@pytest.mark.parametrize("script", sorted(path.name for path in PAGE.glob("*.js")))
def test_scripts_write_no_markup(script):
    source = (PAGE / script).read_text()
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", source)


# The command


def command(*arguments):
    return run_cleaner("report", *arguments, text=True)


def test_the_command_writes_the_page(runs, tmp_path, page):
    done = command(runs / "thorough", "-o", tmp_path / "deep" / "r.html")
    assert (done.returncode, done.stdout) == (0, "")
    assert "open it in a browser" in done.stderr
    assert "\x1b" not in done.stderr
    assert (tmp_path / "deep" / "r.html").read_text() == page


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nowhere"], "holds no run"),
        (["thorough", "--compare", "nowhere"], "holds no run"),
        (["thorough", "-o", "stories.jsonl/r.html"], "cannot be written"),
        (["thorough", "--seed", "x"], "is not a valid integer"),
    ],
)
def test_wrong_use_is_told(runs, arguments, says):
    done = run_cleaner("report", *arguments, text=True, cwd=runs)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr
