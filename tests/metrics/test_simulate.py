"""What is simulated has the properties it was asked for."""

import numpy as np
import pytest
from scipy.stats import norm
from sklearn.metrics import roc_auc_score

from course_lib.metrics.simulate import binormal_quantiles, separation_for, simulate_predictions


def test_prevalence_and_auroc_are_those_asked_for():
    cohort = simulate_predictions(np.full(40_000, 2), [0.5, 0.05], [0.7, 0.9], ["a", "b"], seed=3)
    assert cohort.y_true.mean(axis=0) == pytest.approx([0.5, 0.05], abs=0.01)
    assert roc_auc_score(cohort.y_true, cohort.y_score, average=None) == pytest.approx([0.7, 0.9], abs=0.01)


@pytest.mark.parametrize("icc", [0.0, 0.3, 1.0])
def test_images_of_one_patient_resemble_each_other_as_asked(icc):
    cohort = simulate_predictions(np.full(20_000, 2), 0.3, 0.8, label_icc=icc, score_icc=icc, seed=1)
    noise = cohort.y_score - separation_for(0.8) * cohort.y_true
    first, second = noise.reshape(-1, 2).T
    assert np.corrcoef(first, second)[0, 1] == pytest.approx(icc, abs=0.03)
    same = (cohort.y_true.reshape(-1, 2)[:, 0] == cohort.y_true.reshape(-1, 2)[:, 1]).mean()
    # the orthant probability of two normal variables with this correlation, by quadrature
    grid = norm.ppf((np.arange(20_000) + 0.5) / 20_000)
    spread = np.sqrt(1 - icc) or 1e-9
    alone = norm.sf((norm.ppf(0.7) - np.sqrt(icc) * grid) / spread)
    assert same == pytest.approx((alone**2 + (1 - alone) ** 2).mean(), abs=0.015)


def test_the_same_seed_gives_the_same_cohort_and_another_another():
    first, second, other = (simulate_predictions([3] * 50, 0.2, 0.8, seed=seed).y_score for seed in (1, 1, 2))
    assert np.array_equal(first, second) and not np.array_equal(first, other)


def test_quantile_scores_give_the_auroc_of_the_binormal_model():
    y, score = binormal_quantiles(2_000, 3_000, separation_for(0.83))
    assert roc_auc_score(y, score) == pytest.approx(0.83, abs=1e-3)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1, 0], 0.5, 0.8), "images_per_patient: allowed is a list with one whole number from 1"),
        (([], 0.5, 0.8), "images_per_patient"),
        (([1.5], 0.5, 0.8), "images_per_patient"),
        (([1], 0.0, 0.8), "prevalence: got"),
        (([1], 0.5, 1.0), "auc: got 1.0"),
        (([1], "a", 0.8), "prevalence: got str that is no array of numbers"),
        (([1], 0.5, "a"), "auc: got str that is no array of numbers"),
        (([1], [0.1, 0.2], [0.7, 0.8, 0.9]), r"prevalence, auc: got shapes \(2,\) and \(3,\)"),
        (([1], [[0.1, 0.2]], 0.8), r"prevalence, auc: got shapes \(1, 2\) and \(1,\)"),
    ],
)
def test_what_cannot_be_simulated_is_said(arguments, message):
    with pytest.raises(ValueError, match=message):
        simulate_predictions(*arguments)


@pytest.mark.parametrize("argument", ["n_positive", "n_negative"])
@pytest.mark.parametrize("number", [1.5, -1, "a", True])
def test_there_are_no_parts_of_a_score(argument, number):
    with pytest.raises(ValueError, match=f"{argument}: got {number!r}, allowed is a whole number from 0"):
        binormal_quantiles(**{"n_positive": 2, "n_negative": 2, argument: number}, separation=1)


def test_one_prevalence_may_go_with_many_aurocs_and_the_reverse():
    assert simulate_predictions([1, 1], 0.5, [0.7, 0.8, 0.9]).y_true.shape == (2, 3)
    assert simulate_predictions([1, 1], [0.1, 0.2, 0.3], 0.8).y_true.shape == (2, 3)


@pytest.mark.parametrize("separation", [np.inf, np.nan, "a"])
def test_the_separation_is_a_finite_number(separation):
    with pytest.raises(ValueError, match=f"separation: got {separation!r}, allowed is a finite number"):
        binormal_quantiles(1, 2, separation)


def test_the_seed_the_iccs_and_the_names_are_checked():
    for seed in (-1, 1.5, None):
        with pytest.raises(ValueError, match=f"seed: got {seed!r}, allowed is a whole number from 0"):
            simulate_predictions([1], 0.5, 0.8, seed=seed)
    for icc in (1.5, "a"):
        with pytest.raises(ValueError, match=f"label_icc: got {icc!r}, allowed is a number from 0 to 1"):
            simulate_predictions([1], 0.5, 0.8, label_icc=icc)
    with pytest.raises(ValueError, match="names: got 2 names for 1 findings"):
        simulate_predictions([1], 0.5, 0.8, ["a", "b"])
