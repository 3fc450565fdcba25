import numpy as np
import pytest
from scipy.stats import linregress
from scipy.stats import t as student_t

from course_lib.brain_age.ages import Line
from course_lib.brain_age.predictors import simulate_predictor
from course_lib.brain_age.slope import bias_slope


def people(n, seed, skill=0.8):
    """Ages of n people, uniform from 45 to 80, and what a predictor of known skill tells them."""
    age = np.random.default_rng(seed).uniform(45, 80, n)
    return age, simulate_predictor(age, skill, seed=seed + 1000)


def test_the_slope_of_the_gap_and_its_interval_are_scipys():
    age, predicted = people(80, 25)
    found, oracle = bias_slope(age, predicted, level=0.9), linregress(age, predicted - age)
    assert (found.slope, found.intercept, found.n) == pytest.approx((oracle.slope, oracle.intercept, 80))
    half = student_t.ppf(0.95, 78) * oracle.stderr
    assert (found.low, found.high) == pytest.approx((oracle.slope - half, oracle.slope + half))
    assert found.biased


def test_a_constant_predictor_has_slope_minus_one():
    found = bias_slope([50, 60, 70], [60, 60, 60])
    assert (found.slope, found.low, found.high, found.intercept) == pytest.approx((-1, -1, -1, 60))


def test_the_t_interval_of_the_slope_holds_the_truth_about_as_often_as_it_says():
    found = [bias_slope(*people(40, seed, skill=0.7), level=0.9) for seed in range(600)]
    assert np.mean([one.low <= -0.3 <= one.high for one in found]) == pytest.approx(0.9, abs=0.04)


def test_people_scanned_four_times_are_no_more_evidence_than_once():
    age, predicted = people(60, 26)
    once = bias_slope(age, predicted)
    copies = {"age": np.repeat(age, 4), "predicted": np.repeat(predicted, 4)}
    naive, honest = bias_slope(**copies), bias_slope(**copies, groups=np.repeat(np.arange(60), 4))
    assert honest.slope == pytest.approx(once.slope)
    assert naive.high - naive.low < 0.55 * (once.high - once.low)
    assert honest.high - honest.low == pytest.approx(once.high - once.low, rel=0.25)


def test_the_bootstrap_of_the_slope_is_that_of_a_plain_loop():
    age, predicted = people(30, 27)
    found = bias_slope(age, predicted, groups=np.arange(30), n_replicates=2000)
    rng = np.random.default_rng(0)
    draws = rng.integers(30, size=(2000, 30))
    slopes = [linregress(age[draw], (predicted - age)[draw]).slope for draw in draws]
    np.testing.assert_allclose([found.low, found.high], np.quantile(slopes, [0.025, 0.975]), atol=0.02)


def test_the_slope_needs_three_people_of_two_ages_and_groups_that_fit():
    with pytest.raises(ValueError, match="age: got 2 people of 2 different ages"):
        bias_slope([50, 60, np.nan], [50, 60, 70])
    with pytest.raises(ValueError, match="age: got 3 people of 1 different ages"):
        bias_slope([50, 50, 50], [50, 60, 70])
    with pytest.raises(ValueError, match=r"groups: got shape \(2,\), allowed is \(3,\)"):
        bias_slope([50, 60, 70], [50, 60, 70], groups=[1, 2])
    with pytest.raises(ValueError, match="level: got 95"):
        bias_slope([50, 60, 70], [50, 60, 70], level=95)


def test_unknown_pairs_leave_their_groups_behind():
    age, predicted = people(30, 28)
    known = bias_slope(age, predicted, groups=np.arange(30))
    more = bias_slope(np.append(age, np.nan), np.append(predicted, 1), groups=np.arange(31))
    assert (more.low, more.high) == (known.low, known.high)


def test_a_line_is_exact_far_from_zero():
    x = 1e6 + np.arange(5.0)
    line = Line.through(x, 3 * x + 1)
    assert line.slope == 3 and line.at(x[-1:]) == pytest.approx(3 * x[-1] + 1, rel=1e-15)
