"""Intervals against published figures, and at the edges."""

import pytest

from cleaner.intervals import wilson


@pytest.mark.parametrize(
    ("right", "number", "low", "high"),
    # Newcombe (1998), "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17, table I.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_is_as_published(right, number, low, high):
    assert wilson(right / number, number) == pytest.approx((low, high), abs=5e-5)


def test_wilson_at_the_edges():
    assert wilson(1.0, 0) == (0.0, 1.0)
    low, high = wilson(1.0, 10)
    assert (low, high) == pytest.approx((0.7225, 1.0), abs=5e-5)
    assert wilson(0.0, 10)[0] == 0.0
