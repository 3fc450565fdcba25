import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats
from sklearn.calibration import calibration_curve
from sklearn.exceptions import UndefinedMetricWarning
from sklearn.metrics import brier_score_loss

from course_lib.metrics.brier import brier_decomposition, brier_score
from course_lib.metrics.calibration import (
    calibration_in_the_large,
    expected_calibration_error,
    reliability_curve,
)

EVERY = [
    reliability_curve,
    brier_score,
    brier_decomposition,
    calibration_in_the_large,
    expected_calibration_error,
]


def scored(scores):
    """Outcomes and probabilities of equal length."""
    lists = st.lists(st.tuples(st.integers(0, 1), scores), min_size=1, max_size=60)
    return lists.map(lambda rows: tuple(np.array(rows, float).T))


tied = scored(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.9, 1.0]))
free = scored(st.floats(0, 1))


def calibrated(n, seed):
    rng = np.random.default_rng(seed)
    p = rng.beta(1, 3, n)
    return (rng.random(n) < p).astype(float), p


@settings(max_examples=60, deadline=None)
@given(tied | free)
def test_brier_score_is_scikit_learns(sample):
    y, p = sample
    assert brier_score(y, p) == pytest.approx(brier_score_loss(y, p), abs=1e-14)


@settings(max_examples=60, deadline=None)
@given(tied | free, st.integers(1, 80))
def test_the_four_terms_add_up_to_the_brier_score(sample, n_bins):
    y, p = sample
    assert abs(brier_decomposition(y, p, n_bins=n_bins).brier - np.mean((p - y) ** 2)) < 1e-12


@settings(max_examples=60, deadline=None)
@given(tied)
def test_with_a_bin_per_distinct_score_the_decomposition_is_murphys(sample):
    y, p = sample
    groups = [(np.mean(p == value), value, y[p == value].mean()) for value in set(p)]
    parts = brier_decomposition(y, p, n_bins=len(y))
    assert parts.reliability == pytest.approx(sum(share * (value - seen) ** 2 for share, value, seen in groups))
    assert parts.resolution == pytest.approx(sum(share * (seen - y.mean()) ** 2 for share, _, seen in groups))
    assert parts.uncertainty == pytest.approx(np.var(y))
    assert parts.within == pytest.approx(0, abs=1e-15)


def test_the_fourth_term_is_the_variance_less_twice_the_covariance_within_bins():
    y, p = calibrated(200, seed=1)
    order = np.argsort(p)
    blocks = [(np.cov(p[part], y[part], ddof=0), len(part)) for part in np.split(order, 5)]
    expected = sum(size * (cov[0, 0] - 2 * cov[0, 1]) for cov, size in blocks) / 200
    assert brier_decomposition(y, p, n_bins=5).within == pytest.approx(expected, abs=1e-14)


def test_telling_everybody_the_prevalence_scores_the_uncertainty():
    parts = brier_decomposition([0, 0, 0, 1], [0.25] * 4)
    assert (parts.reliability, parts.resolution, parts.within) == (0, 0, 0)
    assert parts.brier == parts.uncertainty == 0.25 * 0.75


def test_without_ties_bins_are_scikit_learns_quantile_bins():
    y, p = calibrated(500, seed=2)
    observed, predicted = calibration_curve(y, p, n_bins=10, strategy="quantile")
    curve = reliability_curve(y, p)
    assert (curve["n"] == 50).all()
    np.testing.assert_allclose(curve["predicted"], predicted)
    np.testing.assert_allclose(curve["observed"], observed)


def test_intervals_are_wilsons():
    y, p = calibrated(300, seed=3)
    curve = reliability_curve(y, p, n_bins=7, level=0.9)
    for row in curve.itertuples():
        expected = stats.binomtest(round(row.observed * row.n), int(row.n)).proportion_ci(0.9, method="wilson")
        assert (row.low, row.high) == pytest.approx((expected.low, expected.high), abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(tied | free, st.integers(1, 80))
def test_bins_hold_everybody_once_and_never_part_equal_scores(sample, n_bins):
    y, p = sample
    curve = reliability_curve(y, p, n_bins=n_bins)
    assert 1 <= len(curve) <= n_bins
    assert curve["n"].sum() == len(y)
    ordered, ends = np.sort(p), np.cumsum(curve["n"])
    assert all(ordered[end - 1] < ordered[end] for end in ends[:-1])
    np.testing.assert_allclose(curve["predicted"], [part.mean() for part in np.split(ordered, ends[:-1])], atol=1e-12)


@settings(max_examples=60, deadline=None)
@given(arrays(float, st.integers(1, 60), elements=st.floats(0, 1), unique=True), st.integers(1, 80))
def test_without_ties_bins_differ_by_at_most_one_sample(p, n_bins):
    n = reliability_curve(np.zeros(len(p)), p, n_bins=n_bins)["n"]
    assert len(n) == min(n_bins, len(p))
    assert n.max() - n.min() <= 1


def test_heavy_ties_leave_fewer_bins():
    curve = reliability_curve([0] * 97 + [1] * 3, [0.0] * 97 + [0.5, 0.7, 0.9], n_bins=10)
    assert curve["n"].tolist() == [97, 3]


def test_a_calibrated_prediction_lies_in_its_intervals_about_as_often_as_they_say():
    curves = [reliability_curve(*calibrated(2000, seed=seed)) for seed in range(60)]
    inside = np.mean([curve["predicted"].between(curve["low"], curve["high"]).mean() for curve in curves])
    assert inside == pytest.approx(0.95, abs=0.025)


def test_calibration_in_the_large_is_the_one_sample_t_interval_of_the_differences():
    y, p = calibrated(80, seed=4)
    answer = calibration_in_the_large(y, p, level=0.9)
    expected = stats.ttest_1samp(p - y, 0).confidence_interval(0.9)
    assert (answer.predicted, answer.observed) == pytest.approx((p.mean(), y.mean()))
    assert (answer.low, answer.difference, answer.high) == pytest.approx((expected.low, np.mean(p - y), expected.high))


@pytest.mark.parametrize("y", [[0, 0, 0], [1, 1, 1], [1]])
def test_one_class_says_how_far_off_but_not_how_surely(y):
    with pytest.warns(UndefinedMetricWarning, match=f"every known label is {y[0]}"):
        answer = calibration_in_the_large(y, [0.25] * len(y))
    assert answer.difference == pytest.approx(0.25 - y[0])
    assert np.isnan([answer.low, answer.high]).all()


def test_expected_calibration_error_by_hand():
    y, p = [0, 1, 0, 1, 1, 1], [0.1, 0.2, 0.3, 0.6, 0.7, 0.8]
    assert expected_calibration_error(y, p, n_bins=2).value == pytest.approx(0.5 * abs(1 / 3 - 0.2) + 0.5 * 0.3)


@settings(max_examples=60, deadline=None)
@given(tied | free, st.integers(1, 80))
def test_expected_calibration_error_is_the_reliability_curves_mean_gap(sample, n_bins):
    curve = reliability_curve(*sample, n_bins=n_bins)
    gap = np.average((curve["observed"] - curve["predicted"]).abs(), weights=curve["n"])
    assert expected_calibration_error(*sample, n_bins=n_bins).value == pytest.approx(gap, abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(tied, st.floats(0, 1), st.integers(1, 30))
def test_the_baseline_is_the_error_of_telling_everybody_the_prevalence(sample, told, n_bins):
    y, p = sample
    everybody = expected_calibration_error(y, np.full(len(y), told), n_bins=n_bins).value
    assert expected_calibration_error(y, p, n_bins=n_bins, prevalence=told).baseline == pytest.approx(everybody)
    assert expected_calibration_error(y, p, n_bins=n_bins).baseline == 0


def test_for_a_rare_finding_scores_that_know_nothing_have_a_small_error_too():
    rng = np.random.default_rng(5)
    y, p = (rng.random(20_000) < 0.002).astype(float), rng.uniform(0, 0.004, 20_000)
    assert expected_calibration_error(y, p).value < 0.002
    assert brier_decomposition(y, p).resolution < 1e-5


@pytest.mark.parametrize("metric", EVERY)
def test_logits_said_to_be_logits_answer_as_their_probabilities(metric):
    y, p = calibrated(100, seed=6)
    seen, expected = metric(y, np.log(p / (1 - p)), logits=True), metric(y, p)
    if isinstance(seen, pd.DataFrame):
        pd.testing.assert_frame_equal(seen, expected)
    else:
        np.testing.assert_allclose(numbers(seen), numbers(expected), atol=1e-12)


@pytest.mark.parametrize("metric", EVERY)
def test_logits_are_never_guessed(metric):
    with pytest.raises(ValueError, match="say logits=True"):
        metric([0, 1], [-1.5, 2.0])


@pytest.mark.parametrize("metric", EVERY)
def test_samples_of_unknown_truth_are_ignored(metric):
    y, p = calibrated(50, seed=7)
    holes = np.insert(y, [0, 20], np.nan), np.insert(p, [0, 20], [np.nan, 0.5])
    np.testing.assert_array_equal(numbers(metric(*holes)), numbers(metric(y, p)))


@pytest.mark.parametrize("metric", EVERY)
def test_uncertain_labels_need_a_policy(metric):
    y, p = [0, 1, -1, 1], [0.1, 0.6, 0.7, 0.8]
    with pytest.raises(ValueError, match="uncertain="):
        metric(y, p)
    np.testing.assert_array_equal(numbers(metric(y, p, uncertain="ones")), numbers(metric([0, 1, 1, 1], p)))


@pytest.mark.parametrize("metric", EVERY)
def test_several_labels_go_label_by_label(metric):
    with pytest.raises(ValueError, match=r"y_true: got shape \(2, 2\), allowed is \(N,\): go label by label"):
        metric(np.eye(2), np.eye(2))


@pytest.mark.parametrize("metric", EVERY[1:])
@pytest.mark.parametrize("y", [[], [np.nan, np.nan]])
def test_without_a_known_label_everything_is_undefined(metric, y):
    with pytest.warns(UndefinedMetricWarning, match="no label is known"):
        assert np.isnan(numbers(metric(y, [0.5] * len(y)))).all()


def test_without_a_known_label_there_is_no_bin():
    curve = reliability_curve([], [])
    assert curve.empty
    assert list(curve) == ["n", "predicted", "observed", "low", "high"]


def test_one_sample_is_one_bin():
    curve = reliability_curve([1], [0.3])
    assert curve[["n", "predicted", "observed"]].to_numpy().tolist() == [[1, 0.3, 1]]
    assert expected_calibration_error([1], [0.3]).value == pytest.approx(0.7)


@pytest.mark.parametrize("metric", [reliability_curve, brier_decomposition, expected_calibration_error])
@pytest.mark.parametrize("n_bins", [0, 2.5, "ten"])
def test_the_number_of_bins_is_a_whole_number(metric, n_bins):
    with pytest.raises(ValueError, match="n_bins: got"):
        metric([0, 1], [0.2, 0.8], n_bins=n_bins)


@pytest.mark.parametrize("metric", [reliability_curve, brier_decomposition, expected_calibration_error])
def test_the_number_of_bins_is_said_by_name(metric):
    with pytest.raises(TypeError, match="positional"):
        metric([0, 1], [0.2, 0.8], 5)


def test_levels_and_prevalences_are_checked():
    with pytest.raises(ValueError, match="level: got 95"):
        reliability_curve([0, 1], [0.2, 0.8], level=95)
    with pytest.raises(ValueError, match="level: got 0"):
        calibration_in_the_large([0, 1], [0.2, 0.8], level=0)
    for prevalence in (10, "a", np.nan):
        with pytest.raises(ValueError, match=f"prevalence: got {prevalence!r}, allowed is a number from 0 to 1"):
            expected_calibration_error([0, 1], [0.2, 0.8], prevalence=prevalence)


@settings(max_examples=30, deadline=None)
@given(free)
def test_inputs_stay_as_they_were(sample):
    y, p = sample
    assume(len(set(y)) == 2)
    before = y.copy(), p.copy()
    for metric in EVERY:
        metric(y, p)
    np.testing.assert_array_equal((y, p), before)


def numbers(answer):
    """All numbers of a metric's answer."""
    if isinstance(answer, pd.DataFrame):
        return answer.to_numpy()
    return np.array(list(vars(answer).values()) if hasattr(answer, "__dict__") else answer, float)
