import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.stats import contingency

from course_lib.metrics.counts import ConfusionCounts
from course_lib.metrics.intervals import log_interval, sum_interval, wilson_interval
from course_lib.metrics.quantities import QUANTITIES

levels = st.floats(0.5, 0.999)
full_cells = st.lists(st.integers(1, 60), min_size=4, max_size=4)
INTERVALS = [name for name, quantity in QUANTITIES.items() if quantity.bounds]
WITHOUT = ["mcc", "mcc_from_roots", "fowlkes_mallows"]


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), levels)
def test_wilsons_interval_equals_scipys(trial, level):
    expected = stats.binomtest(*trial).proportion_ci(level, method="wilson")
    assert wilson_interval(*trial, level) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_wilsons_interval_of_arrays_is_that_of_each():
    low, high = wilson_interval([[0], [3]], [10, 5])
    assert low.shape == high.shape == (2, 2)
    assert (low[1, 1], high[1, 1]) == wilson_interval(3, 5)


def test_wilsons_interval_ends_exactly_at_zero_and_one_but_has_a_length_there():
    low, high = wilson_interval([0, 10], 10)
    assert (low[0], high[1]) == (0, 1) and high[0] > 0.2 and low[1] < 0.8


def test_no_trial_leaves_the_proportion_unknown():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.isnan(wilson_interval(0, 0)).all()


@pytest.mark.parametrize(
    ("k", "n", "message"),
    [(-1, 5, "k: got -1"), (1, -5, "n: got -5"), (6, 5, "k: got 6 of n = 5"), (np.nan, 5, "k: got nan")],
)
def test_what_is_no_proportion_is_refused(k, n, message):
    with pytest.raises(ValueError, match=message):
        wilson_interval(k, n)


@pytest.mark.parametrize("level", [0, 1, 95, "wide", np.nan])
def test_a_level_lies_between_zero_and_one(level):
    for interval in (wilson_interval, log_interval):
        with pytest.raises(ValueError, match="level: got"):
            interval(1, 2, level)
    with pytest.raises(ValueError, match="level: got"):
        ConfusionCounts(1, 2, 3, 4).interval("accuracy", level)


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
    ],
)
def test_informedness_has_newcombes_published_intervals_of_a_difference(first, second, low, high):
    (tp, positives), (fp, negatives) = first, second
    counts = ConfusionCounts(tp, positives - tp, fp, negatives - fp)
    assert counts.interval("informedness") == pytest.approx((low, high), abs=6e-5)
    assert counts.interval("BA") == pytest.approx(((low + 1) / 2, (high + 1) / 2), abs=6e-5)


def test_markedness_is_the_informedness_of_truth_and_decision_exchanged():
    counts, exchanged = ConfusionCounts(30, 5, 12, 70), ConfusionCounts(30, 12, 5, 70)
    assert counts.interval("markedness") == pytest.approx(exchanged.interval("informedness"))


@settings(max_examples=60, deadline=None)
@given(full_cells, levels)
def test_likelihood_ratios_have_scipys_interval_of_a_relative_risk(cells, level):
    tp, fn, fp, tn = cells
    counts = ConfusionCounts(*cells)
    plus = contingency.relative_risk(tp, tp + fn, fp, fp + tn).confidence_interval(level)
    minus = contingency.relative_risk(fn, tp + fn, tn, fp + tn).confidence_interval(level)
    assert counts.interval("LR+", level) == pytest.approx(tuple(plus))
    assert counts.interval("LR-", level) == pytest.approx(tuple(minus))


@settings(max_examples=60, deadline=None)
@given(full_cells, levels)
def test_the_odds_ratio_has_scipys_sample_interval(cells, level):
    expected = contingency.odds_ratio(np.reshape(cells, (2, 2)), kind="sample").confidence_interval(level)
    assert ConfusionCounts(*cells).interval("DOR", level) == pytest.approx(tuple(expected))


@pytest.mark.parametrize(
    ("cells", "quantity", "reason"),
    [
        ((0, 9, 5, 5), "LR+", "no interval: there are no true positives (TP = 0)"),
        ((9, 0, 5, 5), "LR−", "no interval: there are no false negatives (FN = 0)"),
        ((9, 2, 5, 0), "DOR", "no interval: there are no true negatives (TN = 0)"),
        ((0, 9, 0, 5), "LR−", "no interval: nothing was predicted positive (TP + FP = 0)"),
    ],
)
def test_a_ratio_with_an_empty_cell_has_a_value_but_no_interval_and_the_table_says_why(cells, quantity, reason):
    counts = ConfusionCounts(*cells)
    assert not np.isnan(counts[quantity])
    assert np.isnan(counts.interval(quantity)).all()
    assert counts.table().set_index("abbreviation").loc[quantity, "reason"] == reason


def test_f1_lies_in_the_mapped_interval_of_the_threat_score():
    counts = ConfusionCounts(20, 8, 5, 60)
    low, high = stats.binomtest(20, 33).proportion_ci(method="wilson")
    assert counts.interval("F1") == pytest.approx((2 / (1 + 1 / low), 2 / (1 + 1 / high)))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 20), min_size=4, max_size=4))
def test_an_interval_holds_its_estimate_and_widens_with_the_level(cells):
    counts = ConfusionCounts(*cells)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for name in INTERVALS:
            (low, high), (lower, higher) = counts.interval(name, 0.8), counts.interval(name, 0.99)
            if np.isnan(counts[name]):
                assert np.isnan([low, high, lower, higher]).all()
            elif not np.isnan(low):
                assert lower - 1e-12 <= low - 1e-12 <= counts[name] <= high + 1e-12 <= higher + 1e-12


@pytest.mark.parametrize("name", INTERVALS)
def test_intervals_of_arrays_are_those_of_each_matrix(name):
    cells = np.random.default_rng(5).integers(0, 4, (4, 2, 30))
    together = ConfusionCounts(*cells).interval(name)
    assert together.shape == (2, 30, 2)
    alone = [ConfusionCounts(*numbers).interval(name) for numbers in cells.reshape(4, -1).T]
    np.testing.assert_allclose(together.reshape(-1, 2), alone, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("name", WITHOUT)
def test_what_has_no_closed_form_points_to_the_bootstrap(name):
    with pytest.raises(ValueError, match="no interval in closed form; resample it with bootstrap_quantity"):
        ConfusionCounts(1, 2, 3, 4).interval(name)


def test_a_count_has_no_interval():
    with pytest.raises(ValueError, match="a count has no interval"):
        ConfusionCounts(1, 2, 3, 4).interval("positives")


def test_intervals_of_proportions_cover_as_often_as_they_say():
    positives, rate = 40, 0.85
    tp = np.arange(positives + 1)
    low, high = np.moveaxis(ConfusionCounts(tp, positives - tp, 1, 1).interval("sensitivity"), -1, 0)
    covered = stats.binom.pmf(tp, positives, rate)[(low <= rate) & (rate <= high)].sum()
    assert 0.93 < covered < 0.975


def test_the_sum_of_two_unknown_proportions_is_unknown():
    assert np.isnan(sum_interval((0, 0), (1, 2))).all()


def test_a_ratio_that_nothing_is_known_about_has_no_bound_and_no_infinite_one():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.isnan(log_interval([2, 0, np.nan, 2], [np.inf, 1, 1, 1e9])).all()
