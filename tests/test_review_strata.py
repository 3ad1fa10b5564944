"""The sample: every stratum has its chance, a larger one holds the smaller, and a run is read as it is."""

import shutil
from collections import Counter

import pytest

from cleaner.errors import UsageError
from cleaner.review.items import Stratum
from cleaner.review.strata import Wanted, draw_sample, in_order, weight
from cleaner.runs import open_run

SIZES = {Stratum("removal", "ui", f"big{n}", "strong"): 10_000 for n in range(3)}
SIZES |= {Stratum("removal", "ui", f"small{n}", "strong"): 4 for n in range(3)}


def drawn(seed, size):
    return in_order({stratum: range(min(size, n)) for stratum, n in SIZES.items()}, SIZES, seed)[:size]


def test_small_strata_are_not_forgotten_and_large_ones_have_more():
    counts = Counter(stratum.rule for _, stratum, _ in drawn(3, 150))
    assert all(counts[f"small{n}"] in (0, 1, 2) for n in range(3))
    assert all(40 <= counts[f"big{n}"] <= 56 for n in range(3))


def test_every_beginning_of_a_sample_is_one():
    large = drawn(1, 200)
    assert drawn(1, 80) == large[:80]
    assert drawn(2, 80) != large[:80]
    assert max(mark for mark, _, _ in large[:80]) <= min(mark for mark, _, _ in large[80:])


def test_strata_have_as_many_items_on_the_mean_as_their_weights_say():
    """The weights of the items of a stratum add up to its size: else the estimates would lean to one side."""
    added = Counter()
    for seed in range(600):
        items = drawn(seed, 60)
        mark = max(mark for mark, _, _ in items)
        for _, stratum, _ in items:
            added[stratum.rule[:3]] += weight(SIZES[stratum], mark) / 600
    assert added["big"] == pytest.approx(30_000, rel=0.03)
    assert added["sma"] == pytest.approx(12, rel=0.1)


def test_every_fourth_item_is_a_spared_claim():
    sizes = {Stratum(kind, "ui", "ui.en.label", "weak"): 50 for kind in ("removal", "spared")}
    kinds = [stratum.kind for _, stratum, _ in in_order({s: range(50) for s in sizes}, sizes, 1)]
    assert kinds[:8] == ["removal", "removal", "removal", "spared"] * 2
    assert Counter(kinds) == {"removal": 50, "spared": 50}


def test_a_run_is_sampled_as_it_is(reviewed_run):
    run = open_run(reviewed_run)
    found = draw_sample(run, Wanted(60))
    assert len(found.items) == 60
    assert len({item.id for item in found.items}) == 60
    assert not found.gone
    counted = Counter()
    for document in run.documents():
        counted["removal"] += sum(bool(claim["text"].strip()) for claim in document.record["removals"])
        spared = {(c["start"], c["end"], c["category"], c["rule"], c["strength"]) for c in document.record["spared"]}
        counted["spared"] += len(spared)
    in_strata = Counter()
    for stratum, size in found.sizes.items():
        in_strata[stratum.kind] += size
    assert in_strata == counted
    texts = {document.number: text for document, text in run.originals(run.documents())}
    assert {document.text for document in found.documents.values()} <= set(texts.values())
    for item in found.items:
        document = found.documents[item.document]
        claims = document.removals if item.stratum.kind == "removal" else document.spared
        assert any((c["start"], c["end"], c["rule"]) == (*item.span, item.stratum.rule) for c in claims)


def test_the_same_seed_gives_the_same_sample_and_a_larger_one_goes_on(reviewed_run):
    run = open_run(reviewed_run)
    small, large, other = (draw_sample(run, Wanted(size, seed)) for size, seed in ((20, 1), (50, 1), (20, 2)))
    assert draw_sample(run, Wanted(20)) == small
    assert large.items[:20] == small.items
    assert [item.id for item in other.items] != [item.id for item in small.items]


def test_only_a_category_or_a_rule(reviewed_run):
    run = open_run(reviewed_run)
    found = draw_sample(run, Wanted(50, categories=("related",)))
    assert {item.stratum.category for item in found.items} == {"related"}
    rule = found.items[0].stratum.rule
    assert {item.stratum.rule for item in draw_sample(run, Wanted(50, rules=(rule,))).items} == {rule}


def test_what_the_run_does_not_have_is_said(reviewed_run):
    run = open_run(reviewed_run)
    with pytest.raises(UsageError, match=r"'advertisement.en.labels'.*advertisement.en.label"):
        draw_sample(run, Wanted(rules=("advertisement.en.labels",)))
    with pytest.raises(UsageError, match="category table"):
        draw_sample(run, Wanted(categories=("table",)))


def test_documents_that_cannot_be_had_back_are_named_and_left_out(reviewed_run, tmp_path):
    copy = tmp_path / "run"
    shutil.copytree(reviewed_run, copy)
    (copy / "plays.txt").write_text("changed since")
    found = draw_sample(open_run(copy), Wanted(100))
    assert [why.split(":")[0] for why in found.gone] == ["plays.txt"]
    assert "plays.txt" not in {document.id for document in found.documents.values()}
    for path in copy.glob("*.txt"):
        path.unlink()
    for path in copy.glob("*.jsonl"):
        path.unlink()
    with pytest.raises(UsageError, match="nothing of the sample can be shown"):
        draw_sample(open_run(copy), Wanted(100))
