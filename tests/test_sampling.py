"""Samples do not depend on the order of what they are taken from, and give everyone the same chance."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from cleaner.sampling import Sample, draw


def sample_of(names, size, seed=0):
    sample = Sample(size)
    for name in names:
        sample.add(draw(seed, name), name)
    return list(sample)


@given(st.sets(st.integers(0, 1000), max_size=60), st.integers(1, 10), st.randoms(use_true_random=False))
def test_the_order_does_not_matter(names, size, random):
    shuffled = list(names)
    random.shuffle(shuffled)
    assert sample_of(shuffled, size) == sample_of(sorted(names), size)
    assert len(sample_of(shuffled, size)) == min(size, len(names))


def test_everyone_has_the_same_chance():
    counts = Counter(name for seed in range(3000) for name in sample_of(range(10), 2, seed))
    # 600 of each are expected, with a standard deviation of 22.
    assert all(500 < counts[name] < 700 for name in range(10))


def test_another_seed_draws_others():
    assert sample_of(range(1000), 10, 1) != sample_of(range(1000), 10, 2)


def test_samples_of_streams_that_share_items_share_them():
    # Keys go with the item: what is in the sample of all is in the sample of every part that holds it.
    of_all = set(sample_of(range(1000), 20))
    assert of_all & set(range(0, 1000, 2)) <= set(sample_of(range(0, 1000, 2), 20))


def test_seen_counts_all():
    sample = Sample(1)
    for name in range(5):
        sample.add(draw(0, name), name)
    assert (sample.seen, len(sample)) == (5, 1)


def test_names_of_any_kind_have_keys():
    assert len({draw(0, name) for name in ("a", "\ud800", 1, ("a", 1), "")}) == 5
    assert draw(-3, "a") != draw(3, "a")
