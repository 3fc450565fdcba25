import numpy as np
import pytest
from scipy.stats import linregress, normaltest, spearmanr

from course_lib.brain_age.bias import BiasCorrection
from course_lib.brain_age.predictors import predictor_noise, simulate_predictor
from course_lib.metrics import mean_absolute_error, r2_score

VARIANCE = 35**2 / 12


def uniform_ages(n, seed):
    return np.random.default_rng(seed).uniform(45, 80, n)


def corrected_with_true_ages(skill, n=20_000, sd=3.0):
    """What one would report by mistake: MAE and R² after a correction that was told the ages of the test people."""
    age, new_age = uniform_ages(n, 1), uniform_ages(n, 2)
    predicted, new_predicted = (simulate_predictor(a, skill, sd=sd, seed=s) for a, s in ((age, 3), (new_age, 4)))
    corrected = BiasCorrection().fit(age, predicted).correct(new_predicted, new_age)
    return mean_absolute_error(new_age, corrected), r2_score(new_age, corrected)


def test_without_skill_it_is_noise_around_the_mean_of_the_ages_it_learned_from():
    told = simulate_predictor(np.full(20_000, 80.0), 0, sd=3, seed=0)
    assert (told.mean(), told.std()) == pytest.approx((62.5, 3), abs=0.05)
    assert normaltest(told).pvalue > 0.001
    age = uniform_ages(20_000, 0)
    assert np.corrcoef(age, simulate_predictor(age, 0, seed=1))[0, 1] == pytest.approx(0, abs=0.02)


def test_with_full_skill_it_tells_the_age():
    age = uniform_ages(50, 0)
    np.testing.assert_array_equal(simulate_predictor(age, 1, seed=0), age)


@pytest.mark.parametrize("skill", [0.0, 0.2, 0.5, 0.8, 0.95])
def test_the_gap_falls_by_one_minus_the_skill_and_scatters_as_the_closed_form_says(skill):
    age = uniform_ages(50_000, 5)
    predicted = simulate_predictor(age, skill, seed=6)
    line = linregress(age, predicted - age)
    assert line.slope == pytest.approx(skill - 1, abs=0.01)
    scatter = predicted - age - line.intercept - line.slope * age
    assert scatter.std() == pytest.approx(predictor_noise(skill), rel=0.02)


@pytest.mark.parametrize("skill", [0.1, 0.5, 0.9])
def test_without_a_guess_the_skill_is_r_squared(skill):
    age = uniform_ages(50_000, 7)
    assert r2_score(age, simulate_predictor(age, skill, sd=0, seed=8)) == pytest.approx(skill, abs=0.01)


def test_regression_dilution_is_what_the_best_line_on_a_noisy_measurement_does():
    rng = np.random.default_rng(9)
    age, skill = uniform_ages(50_000, 10), 0.6
    measured = age + rng.normal(0, np.sqrt(VARIANCE * (1 - skill) / skill), age.size)
    best = linregress(measured, age)
    own = linregress(age, best.intercept + best.slope * measured)
    simulated = linregress(age, simulate_predictor(age, skill, sd=0, seed=11))
    assert simulated.slope == pytest.approx(own.slope, abs=0.01) == pytest.approx(skill, abs=0.01)
    assert simulated.rvalue == pytest.approx(own.rvalue, abs=0.01)


def test_noise_corrected_with_the_true_ages_looks_better_than_the_state_of_the_art():
    mae, r2 = corrected_with_true_ages(0)
    assert mae == pytest.approx(3 * np.sqrt(2 / np.pi), rel=0.02)  # 2.39 years
    assert r2 == pytest.approx(1 - 9 / VARIANCE, abs=0.003)  # .912
    raw = simulate_predictor(uniform_ages(5000, 2), 0, seed=4)
    assert r2_score(uniform_ages(5000, 2), raw) < 0


def test_in_cohorts_of_the_lectures_size_it_comes_to_the_same():
    maes, r2s = zip(*(corrected_small(seed) for seed in range(40)), strict=True)
    assert 2.2 < np.mean(maes) < 2.5 and 0.9 < np.mean(r2s) < 0.92


def corrected_small(seed):
    age, new_age = uniform_ages(200, 100 + seed), uniform_ages(300, 200 + seed)
    noise = (simulate_predictor(a, 0, seed=s) for a, s in ((age, 300 + seed), (new_age, 400 + seed)))
    predicted, new_predicted = noise
    corrected = BiasCorrection().fit(age, predicted).correct(new_predicted, new_age)
    return mean_absolute_error(new_age, corrected), r2_score(new_age, corrected)


def test_a_constant_corrected_with_the_true_ages_is_perfect():
    mae, r2 = corrected_with_true_ages(0, n=300, sd=0)
    assert (mae, r2) == pytest.approx((0, 1), abs=1e-9)


def test_the_flattery_rewards_knowing_nothing_over_knowing_half():
    nothing, half = corrected_with_true_ages(0), corrected_with_true_ages(0.5)
    assert half[0] == pytest.approx(predictor_noise(0.5) * np.sqrt(2 / np.pi), rel=0.03)
    assert half[1] == pytest.approx(1 - predictor_noise(0.5) ** 2 / VARIANCE, abs=0.01)
    assert nothing[0] < half[0] - 1 and nothing[1] > half[1] + 0.15


def test_the_same_seed_tells_the_same_and_another_does_not():
    age = uniform_ages(20, 0)
    first, again, other = (simulate_predictor(age, 0.5, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.allclose(first, other)


@pytest.mark.parametrize("seed", range(5))
def test_ages_drawn_with_the_same_seed_say_nothing_of_the_noise(seed):
    """NumPy makes a normal number's size of the very bits that, less the first three, make a uniform one."""
    bits = np.random.default_rng(seed).uniform(size=40) * 8 % 1
    shared = np.abs(np.random.default_rng(seed).normal(size=40))
    noise = np.abs(simulate_predictor(uniform_ages(40, seed), 0, seed=seed) - 62.5)
    assert spearmanr(bits[:20], shared[:20]).pvalue < 1e-3 < 0.01 < spearmanr(bits[:20], noise[:20]).pvalue


def test_unknown_ages_stay_unknown_and_nobody_gives_nothing():
    assert np.isnan(simulate_predictor([60, np.nan], 0.5, seed=0)).tolist() == [False, True]
    assert simulate_predictor([], 0.5, seed=0).shape == (0,)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"skill": 1.1}, "skill: got 1.1, allowed is a number from 0 to 1"),
        ({"sd": -1}, "sd: got -1, allowed is a number of years"),
        ({"sd": [1, 2]}, "sd: got"),
        ({"sd": np.nan}, "sd: got nan"),
        ({"ages": (80, 45)}, r"ages: got \(80, 45\), allowed are a lower and a higher age"),
        ({"ages": (45,)}, r"ages: got \(45,\)"),
        ({"ages": 45}, "ages: got 45, allowed are a lower and a higher age"),
        ({"ages": None}, "ages: got None"),
        ({"sd": "3"}, "sd: got '3'"),
        ({"seed": -1}, "seed: got -1"),
        ({"age": 60}, r"age: got shape \(\)"),
    ],
)
def test_what_is_not_allowed_is_named(arguments, said):
    with pytest.raises(ValueError, match=said):
        simulate_predictor(**{"age": [60.0], "skill": 0.5, "seed": 0} | arguments)
