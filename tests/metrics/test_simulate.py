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
    ],
)
def test_what_cannot_be_simulated_is_said(arguments, message):
    with pytest.raises(ValueError, match=message):
        simulate_predictions(*arguments)


def test_the_iccs_and_the_names_are_checked():
    with pytest.raises(ValueError, match=r"label_icc: got 1.5, allowed is a number from 0 to 1"):
        simulate_predictions([1], 0.5, 0.8, label_icc=1.5)
    with pytest.raises(ValueError, match="names: got 2 names for 1 findings"):
        simulate_predictions([1], 0.5, 0.8, ["a", "b"])
