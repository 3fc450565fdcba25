import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.metrics import bootstrap_regression
from course_lib.metrics.bootstrap.resampling import CHUNK, Resampling
from course_lib.metrics.bootstrap.sums import percentile_interval, replicated_sums


def drawn_units(units, n_replicates, seed):
    """Which units each replicate draws, (R, units): each chunk of replicates has a stream of its own."""
    streams = [np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(k,))) for k in range(n_replicates)]
    return [streams[replicate // CHUNK].integers(units, size=units) for replicate in range(n_replicates)]


@settings(deadline=None, max_examples=30)
@given(st.integers(2, 12), st.integers(1, 2 * CHUNK + 3), st.integers(0, 99))
def test_each_replicate_is_the_sum_of_the_rows_that_it_drew(n, n_replicates, seed):
    rows = np.random.default_rng(seed).normal(size=(3, n))
    sums = replicated_sums(rows, Resampling.of(n, None, n_replicates, seed))
    expected = np.stack([rows[:, draw].sum(axis=1) for draw in drawn_units(n, n_replicates, seed)], axis=1)
    np.testing.assert_allclose(sums, expected, atol=1e-9)


def test_groups_are_drawn_whole_however_their_samples_are_mixed():
    groups, rows = np.array(["b", "a", "b", "c", "a", "b"]), np.arange(12.0).reshape(2, 6)
    found = replicated_sums(rows, Resampling.of(6, groups, n_replicates=100, seed=3))
    whole = np.stack([rows[:, groups == name].sum(axis=1) for name in "bac"], axis=1)  # by first appearance
    expected = np.stack([whole[:, draw].sum(axis=1) for draw in drawn_units(3, 100, seed=3)], axis=1)
    np.testing.assert_allclose(found, expected)


def test_the_mean_from_sums_is_that_of_the_bootstrap_of_errors():
    truth, told = np.random.default_rng(0).normal(size=(2, 40))
    n, total = replicated_sums(np.stack([np.ones(40), np.abs(told - truth)]), Resampling.of(40, None, 200, seed=5))
    errors = bootstrap_regression(truth, told, n_replicates=200, seed=5)
    np.testing.assert_allclose(total / n, errors.replicates[:, errors.names.index("MAE")])
    low, high = percentile_interval(total / n, 0.9)
    assert (low, high) == pytest.approx(errors.interval(0.9)[errors.names.index("MAE")])


def test_nothing_that_came_is_changed():
    rows = np.arange(6.0).reshape(1, 6)
    replicated_sums(rows, Resampling.of(6, [0, 0, 1, 1, 2, 2], 10, 0))
    np.testing.assert_array_equal(rows, np.arange(6.0).reshape(1, 6))


def test_an_interval_takes_what_is_known_and_one_value_is_both_its_ends():
    assert percentile_interval(np.array([np.nan, 3.0]), 0.95) == (3.0, 3.0)
    assert percentile_interval(np.array([4.0] * 5), 0.95) == (4.0, 4.0)


@pytest.mark.parametrize("replicates", [[np.nan, np.nan], []])
def test_an_interval_of_nothing_asks_for_more_replicates(replicates):
    with pytest.raises(ValueError, match=f"n_replicates: got {len(replicates)}, of which none holds what"):
        percentile_interval(np.array(replicates), 0.95)
