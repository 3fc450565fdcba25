import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose
from scipy import stats

from course_lib.metrics.measurement import repeatability, total_error, trueness

REPEATS = arrays(float, st.tuples(st.integers(2, 8), st.integers(2, 5)), elements=st.floats(-100, 100))


@settings(max_examples=50, deadline=None)
@given(REPEATS)
def test_within_subject_sd_is_the_root_of_the_mean_variance_of_a_subject(values):
    pooled = np.sqrt(values.var(1, ddof=1).mean())
    assert repeatability(values).sd == pytest.approx(pooled, rel=1e-9, abs=1e-9)


def test_within_subject_sd_of_two_repeats_is_blands_half_squared_difference():
    first, second = np.random.default_rng(0).normal(size=(2, 30))
    expected = np.sqrt(((first - second) ** 2).sum() / (2 * 30))
    found = repeatability(np.column_stack([first, second]))
    assert found.sd == pytest.approx(expected)
    assert found.coefficient == pytest.approx(1.96 * np.sqrt(2) * expected)


def test_unequal_repeats_give_the_residual_mean_square_of_a_one_way_anova():
    groups = [[1.0, 2.0, 4.0], [5.0, 5.5], [9.0], [7.0, 7.5, 6.0]]
    values = np.full((5, 3), np.nan)
    for row, group in zip(values, groups, strict=False):
        row[: len(group)] = group
    total = np.concatenate(groups)
    between = [len(group) * (np.mean(group) - total.mean()) ** 2 for group in groups]
    residual = ((total - total.mean()) ** 2).sum() - sum(between)
    found = repeatability(values)
    assert found.sd == pytest.approx(np.sqrt(residual / (9 - 4)))
    assert found.degrees == 5
    f_value = (sum(between) / 3) / found.sd**2
    assert f_value == pytest.approx(stats.f_oneway(*groups).statistic)


def test_the_interval_holds_the_true_coefficient_in_about_95_of_100_studies():
    rng, truth = np.random.default_rng(1), 1.96 * np.sqrt(2) * 3
    studies = [repeatability(rng.normal(0, 3, (12, 2)) + rng.normal(50, 20, (12, 1))) for _ in range(1000)]
    assert 930 <= sum(study.low < truth < study.high for study in studies) <= 968


def test_subjects_that_differ_do_not_enter_the_repeatability():
    values = np.random.default_rng(2).normal(size=(20, 3))
    moved = values + 1000 * np.arange(20)[:, None]
    assert repeatability(moved).sd == pytest.approx(repeatability(values).sd)


def test_equal_repeats_have_no_scatter_and_single_ones_leave_it_unknown():
    exact = repeatability([[1, 1], [2, 2]])
    assert (exact.sd, exact.coefficient, exact.low, exact.high) == (0, 0, 0, 0)
    for values in ([[1.0], [2.0]], [[1.0, np.nan], [np.nan, 2.0]], np.empty((0, 2))):
        single = repeatability(values)
        assert np.isnan([single.sd, single.coefficient, single.low, single.high]).all()
        assert single.degrees == 0


def test_trueness_is_a_one_sample_t_test_of_the_subjects_mean_errors():
    rng = np.random.default_rng(3)
    truth, values = rng.normal(size=15), rng.normal(1, 1, (15, 4))
    expected = stats.ttest_1samp(values.mean(1) - truth, 0)
    found = trueness(values, truth)
    assert found.bias == pytest.approx(expected.statistic * stats.sem(values.mean(1) - truth))
    assert (found.low, found.high) == pytest.approx(tuple(expected.confidence_interval(0.95)))


def test_repeating_a_measurement_adds_no_subjects():
    once = np.random.default_rng(4).normal(size=(10, 1))
    often, single = trueness(np.repeat(once, 100, axis=1), 0), trueness(once, 0)
    assert (often.bias, often.low, often.high) == pytest.approx((single.bias, single.low, single.high))


def test_subjects_without_truth_or_measurement_are_left_out():
    values = np.array([[1.0, 3.0], [np.nan, 5.0], [np.nan, np.nan], [7.0, 7.0]])
    found = trueness(values, [1, 4, 0, np.nan])
    assert found.bias == 1
    assert total_error(values, [1, 4, 0, np.nan]).bias == 1


def test_one_subject_has_a_bias_without_an_interval_and_none_has_neither():
    one, none = trueness([[2.0, 4.0]], 1), trueness([[np.nan]], 1)
    assert one.bias == 2 and np.isnan([one.low, one.high]).all()
    assert np.isnan([none.bias, none.low, none.high, float(total_error([[np.nan]], 1))]).all()


@settings(max_examples=50, deadline=None)
@given(REPEATS, st.floats(-10, 10))
def test_squared_error_is_bias_and_spread_and_scatter_together(values, truth):
    error, repeats = total_error(values, truth), values.shape[1]
    assert_allclose(error.rmse**2, ((values - truth) ** 2).mean(), rtol=1e-9, atol=1e-9)
    assert_allclose(error.rmse**2, error.bias**2 + error.between**2 + error.within**2, rtol=1e-9, atol=1e-9)
    assert_allclose(error.within**2, (repeats - 1) / repeats * repeatability(values).sd ** 2, rtol=1e-9, atol=1e-9)
    assert float(error) == error.rmse


def test_the_parts_add_up_where_measurements_are_missing():
    values = np.random.default_rng(5).normal(2, 1, (30, 4))
    values[np.random.default_rng(6).random(values.shape) < 0.3] = np.nan
    error = total_error(values, np.linspace(0, 1, 30))
    assert error.rmse**2 == pytest.approx(error.bias**2 + error.between**2 + error.within**2)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: repeatability([1.0, 2.0]), r"values: got shape \(2,\), allowed is \(subjects, repeats\)"),
        (lambda: repeatability([[1.0, np.inf]]), "values: got infinity"),
        (lambda: repeatability([[1.0, 2.0]], level=95), "level: got 95"),
        (lambda: trueness([[1.0], [2.0]], [1, 2, 3]), r"truth: got shape \(3,\), allowed are one number and \(2,\)"),
        (lambda: trueness([1.0, 2.0], np.inf), "truth: got infinity"),
        (lambda: total_error([["a"]], 1), "values: got list that is no array of numbers"),
    ],
)
def test_what_cannot_be_measured_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_the_measurements_given_are_not_changed():
    values = np.array([[1.0, np.nan], [3.0, 4.0]])
    before = values.copy()
    repeatability(values), trueness(values, 1), total_error(values, 1)
    np.testing.assert_array_equal(values, before)
