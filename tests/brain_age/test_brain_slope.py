import numpy as np
import pytest
from scipy.stats import linregress
from scipy.stats import t as student_t

from course_lib.brain_age.ages import Line
from course_lib.brain_age.bias import BiasCorrection
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
    with pytest.raises(ValueError, match="age: ages too close to one another"):
        bias_slope([1e-323, 5e-324, 5e-324], [67, 54, 46])
    with pytest.raises(ValueError, match=r"groups: got shape \(2,\), allowed is \(3,\)"):
        bias_slope([50, 60, 70], [50, 60, 70], groups=[1, 2])
    with pytest.raises(ValueError, match="level: got 95"):
        bias_slope([50, 60, 70], [50, 60, 70], level=95)


def test_unknown_pairs_leave_their_groups_behind():
    age, predicted = people(30, 28)
    known = bias_slope(age, predicted, groups=np.arange(30))
    more = bias_slope(np.append(age, np.nan), np.append(predicted, 1), groups=np.arange(31))
    assert (more.low, more.high) == (known.low, known.high)


def test_replicates_that_are_all_of_one_age_ask_for_more():
    with pytest.raises(ValueError, match="n_replicates: got 1, of which none holds what the estimate needs"):
        for seed in range(20):  # of two people, one draw in two repeats one of them
            bias_slope([50, 50, 60, 60], [51, 52, 60, 61], groups=[0, 0, 1, 1], n_replicates=1, seed=seed)


def test_a_line_is_exact_far_from_zero():
    x = 1e6 + np.arange(5.0)
    line = Line.through(x, 3 * x + 1)
    assert line.slope == 3 and line.at(x[-1:]) == pytest.approx(3 * x[-1] + 1, rel=1e-15)


def test_what_a_line_of_others_leaves_is_the_slope_of_their_correction_with_both_uncertainties():
    rng = np.random.default_rng(5)
    ages = [rng.uniform(45, 80, n) for n in (300, 120)]
    told = [62 + 0.8 * (age - 62) + rng.normal(0, 4, len(age)) for age in ages]
    test, validation = (bias_slope(age, each) for age, each in zip(ages, told, strict=True))
    left = test.minus(validation)
    corrected = BiasCorrection().fit(ages[1], told[1]).correct(told[0], ages[0])
    after = bias_slope(ages[0], corrected)
    assert left.slope == pytest.approx(after.slope) and left.n == 300
    assert left.high - left.low > after.high - after.low
    assert left.high - left.low == pytest.approx(np.hypot(test.high - test.low, validation.high - validation.low))
    with pytest.raises(ValueError, match=r"other: its interval is of level 0\.9, this one's of 0\.95"):
        test.minus(bias_slope(ages[1], told[1], level=0.9))


def test_that_interval_covers_nothing_left_as_often_as_it_says():
    rng = np.random.default_rng(6)
    kept = {"both": 0, "naive": 0}
    for _ in range(400):
        ages = [rng.uniform(45, 80, n) for n in (90, 60)]
        told = [62 + 0.8 * (age - 62) + rng.normal(0, 4, len(age)) for age in ages]
        test, validation = (bias_slope(age, each) for age, each in zip(ages, told, strict=True))
        left, naive = test.minus(validation), test.slope - validation.slope
        kept["both"] += left.low <= 0 <= left.high
        kept["naive"] += abs(naive) <= (test.high - test.low) / 2
    assert kept["both"] / 400 == pytest.approx(0.95, abs=0.03)
    assert kept["naive"] / 400 < 0.88
