"""How often rules and categories are right, by the verdicts, and how sure one may be of it.

The sample takes more from small strata than their size would give them, so verdicts are weighted by the inverse of
their chance to be drawn (Hájek's ratio estimator: Särndal, Swensson and Wretman, 1992, *Model Assisted Survey
Sampling*). The interval is Wilson's score interval (Wilson, 1927, "Probable inference, the law of
succession, and statistical inference", JASA 22), which holds for few verdicts and for shares near 0 and 1, where the
usual one does not (Brown, Cai and DasGupta, 2001, "Interval estimation for a binomial proportion", Statistical Science
16). For weighted verdicts it takes Kish's effective number of them (Kish, 1965, *Survey Sampling*); such
intervals do well for shares from surveys (Franco, Little, Louis and Slud, 2019, "Comparative study of confidence
intervals for proportions in complex sample surveys", Journal of Survey Statistics and Methodology 7).

The interval speaks of what the rule does on more documents of this sort, so it does not shrink to nothing when all
removals of a rule in the run are judged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from cleaner.intervals import wilson
from cleaner.review.items import CATEGORY, RIGHT, SKIP, SPARED, Item, Stratum, Verdict, loses_content
from cleaner.review.strata import Draw, weight


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share and its interval, both 0 to 1."""

    share: float
    low: float
    high: float


def estimate(weighted: Sequence[tuple[float, bool]]) -> Estimate | None:
    """The share of cases that are so, each with its weight; ``None`` where there are no cases.

    >>> estimate([(1.0, True), (1.0, True), (2.0, False)]).share
    0.5
    """
    total = sum(weight for weight, _ in weighted)
    if not total:
        return None
    share = min(1.0, sum(weight for weight, so in weighted if so) / total)
    effective = total * total / sum(weight * weight for weight, _ in weighted)
    return Estimate(share, *wilson(share, effective))


@dataclass(frozen=True, slots=True)
class Row:
    """What the verdicts say of one rule, one category, or all together."""

    name: str
    population: int
    """Removals, or spared claims, of the run."""
    drawn: int
    """How many of them are in the sample."""
    counts: dict[str, int]
    """Verdict → how many."""
    right: Estimate | None
    """Of removals: nothing of the article is in them. Of spared claims: the text had to stay."""
    named: Estimate | None
    """Of removals: nothing of the article is in them, and the category is right."""


Named = Callable[[Stratum], str]


def rows_of(draw: Draw, verdicts: Mapping[str, Verdict], kind: str, name: Named) -> list[Row]:
    """What the verdicts (by their items' ids) say of the removals, or the spared claims, in groups of one name.

    Groups with the most removals come first.
    """
    groups: dict[str, list[Item]] = {}
    population: Counter[str] = Counter()
    for stratum, size in draw.sizes.items():
        if stratum.kind == kind:
            population[name(stratum)] += size
    for item in draw.items:
        if item.stratum.kind == kind:
            groups.setdefault(name(item.stratum), []).append(item)
    judged = [item.mark for items in groups.values() for item in items if _is_judged(verdicts.get(item.id))]
    mark = max(judged, default=1.0)
    rows = [_row(group, population[group], groups[group], draw, verdicts, mark) for group in groups]
    return sorted(rows, key=lambda row: (-row.population, row.name))


def _is_judged(verdict: Verdict | None) -> bool:
    return verdict is not None and verdict.verdict != SKIP


def _row(
    name: str, population: int, items: Sequence[Item], draw: Draw, verdicts: Mapping[str, Verdict], mark: float
) -> Row:
    judged = [(item, verdicts[item.id]) for item in items if _is_judged(verdicts.get(item.id))]
    weights = [weight(draw.sizes[item.stratum], mark) for item, _ in judged]
    right = [_is_right(item, verdict) for item, verdict in judged]
    named = [so and verdict.verdict != CATEGORY for so, (_, verdict) in zip(right, judged, strict=True)]
    counts = Counter(verdicts[item.id].verdict for item in items if item.id in verdicts)
    shares = (estimate(list(zip(weights, so, strict=True))) for so in (right, named))
    return Row(name, population, len(items), dict(counts), *shares)


def _is_right(item: Item, verdict: Verdict) -> bool:
    return verdict.verdict == RIGHT if item.stratum.kind == SPARED else not loses_content(item, verdict)
