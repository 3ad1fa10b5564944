"""Intervals and weights: against published figures, edge cases, and samples of populations that are known."""

import random

import pytest

from cleaner.intervals import wilson
from cleaner.review.items import Stratum
from cleaner.review.precision import estimate, rows_of
from cleaner.review.strata import in_order
from tests.reviewing import document, draw_of, item, verdict


def test_equal_weights_change_nothing():
    cases = [True] * 9 + [False]
    for weight in (1.0, 7.5):
        found = estimate([(weight, so) for so in cases])
        assert (found.share, found.low, found.high) == pytest.approx((0.9, *wilson(0.9, 10)))


def test_unequal_weights_widen_the_interval():
    even = estimate([(1.0, True)] * 9 + [(1.0, False)])
    uneven = estimate([(1.0, True)] * 8 + [(10.0, True), (10 / 9 * 2, False)])
    assert uneven.high - uneven.low > even.high - even.low
    assert estimate([]) is None


def rows(said, sizes=None, kind="removal", name=lambda stratum: stratum.category):
    of = document()
    items = [
        item(of, "Advertisement", kind, category, band=band, name=f"i{number}", mark=(number + 1) / 100)
        for number, (category, band, _) in enumerate(said)
    ]
    verdicts = {
        one.id: verdict(one, answer) for one, (_, _, answer) in zip(items, said, strict=True) if answer is not None
    }
    return {row.name: row for row in rows_of(draw_of([of], items, sizes), verdicts, kind, name)}


def test_right_wrong_and_category_by_category():
    answers = ("right", "wrong", "category", None)
    found = rows([*(("ui", "strong", answer) for answer in answers), ("share", "weak", "skip")])
    assert found["ui"].counts == {"right": 1, "wrong": 1, "category": 1}
    assert (found["ui"].drawn, found["ui"].population) == (4, 4)
    assert found["ui"].right.share == pytest.approx(2 / 3)
    assert found["ui"].named.share == pytest.approx(1 / 3)
    assert found["share"].right is None
    assert found["share"].counts == {"skip": 1}


def test_other_bounds_are_right_unless_text_of_the_article_was_taken():
    of = document()
    whole = item(of, "The Ferry (Photo: EPA)", category="photo-credit", name="a")
    start = of.text.index("(Photo")
    for begin, right in ((whole.start, 1.0), (start, 0.0)):
        said = {"a": verdict(whole, "extend", start=begin, end=whole.end)}
        (row,) = rows_of(draw_of([of], [whole]), said, "removal", lambda _: "all")
        assert row.right.share == right


def test_spared_claims_are_right_where_the_text_had_to_stay():
    found = rows([("ui", "weak", "right"), ("ui", "weak", "wrong"), ("ui", "weak", "extend")], kind="spared")
    assert found["ui"].right.share == pytest.approx(1 / 3)


def test_shares_speak_of_the_run_and_not_of_the_sample():
    """A large stratum that is always right, a small one that is always wrong: the share is that of the population."""
    sizes = {("removal", "ui", "ui.en.label", "strong"): 9_900, ("removal", "ui", "ui.en.label", "weak"): 100}
    sizes = {Stratum(*name): size for name, size in sizes.items()}
    shares = []
    for seed in range(60):
        ordered = in_order({stratum: range(60) for stratum in sizes}, sizes, seed)[:44]
        of = document()
        items = [
            item(of, "Advertisement", category="ui", band=stratum.band, mark=mark, name=f"{seed}-{number}")
            for number, (mark, stratum, _) in enumerate(ordered)
        ]
        verdicts = {one.id: verdict(one, "right" if one.stratum.band == "strong" else "wrong") for one in items}
        (row,) = rows_of(draw_of([of], items, sizes), verdicts, "removal", lambda _: "all")
        shares.append(row.right.share)
    assert sum(shares) / len(shares) == pytest.approx(0.99, abs=0.004)


def test_intervals_hold_the_truth_as_often_as_they_say():
    """Populations of strata with their own shares: the interval of a stratified sample holds the true one."""
    chance = random.Random(5)
    held = 0
    for trial in range(120):
        sizes = {Stratum("removal", "ui", f"r{n}", "strong"): chance.choice([20, 100, 600]) for n in range(12)}
        precise = {stratum: chance.choice([0.8, 0.9, 0.97]) for stratum in sizes}
        truth = {s: [chance.random() < precise[s] for _ in range(size)] for s, size in sizes.items()}
        true_share = sum(map(sum, truth.values())) / sum(sizes.values())
        ordered = in_order({s: chance.sample(range(size), size) for s, size in sizes.items()}, sizes, trial)[:150]
        of = document()
        items = [
            item(of, "Advertisement", category="ui", rule=stratum.rule, mark=mark, name=f"{number}")
            for number, (mark, stratum, _) in enumerate(ordered)
        ]
        verdicts = {
            one.id: verdict(one, "right" if truth[stratum][which] else "wrong")
            for one, (_, stratum, which) in zip(items, ordered, strict=True)
        }
        (row,) = rows_of(draw_of([of], items, sizes), verdicts, "removal", lambda _: "all")
        held += row.right.low <= true_share <= row.right.high
    assert held / 120 >= 0.9, held
