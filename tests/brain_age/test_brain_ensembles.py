"""Several patches' ages become one: means, regressions, selection, and folds."""

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import LeaveOneGroupOut, cross_val_predict

from course_lib.brain_age.ensembles import combine, cross_fit, select_patches


@pytest.fixture(scope="module")
def told():
    rng = np.random.default_rng(4)
    age = rng.uniform(45, 80, 180)
    noise = np.linspace(2, 9, 8)
    return age[:, None] * 0.8 + 12 + rng.normal(0, 1, (180, 8)) * noise, age


def test_linear_is_scikit_learns_least_squares(told):
    predictions, age = told
    fitted = LinearRegression().fit(predictions[:100][:, [1, 4]], age[:100])
    got = combine(predictions[:100], age[:100], predictions[100:], "linear", [1, 4])
    np.testing.assert_allclose(got, fitted.predict(predictions[100:][:, [1, 4]]), rtol=1e-9)


def test_the_mean_uses_no_age(told):
    predictions, age = told
    got = combine(predictions, np.zeros_like(age), predictions, "mean", [0, 2])
    np.testing.assert_allclose(got, predictions[:, [0, 2]].mean(axis=1))


def test_selection_takes_the_lowest_errors_and_the_first_of_equals(told):
    predictions, age = told
    error = np.abs(predictions - age[:, None]).mean(axis=0)
    assert select_patches(predictions, age, 3).tolist() == sorted(range(8), key=lambda p: error[p])[:3]
    assert select_patches([[61, 61.0], [71, 71]], [60, 70], 2).tolist() == [0, 1]


@pytest.mark.parametrize("method", ["mean", "linear"])
def test_cross_fitting_is_leave_one_fold_out(told, method):
    predictions, age = told
    fold = np.random.default_rng(7).permutation(len(age)) % 4
    got = cross_fit(predictions, age, method, folds=4, seed=7)
    if method == "mean":
        np.testing.assert_allclose(got, predictions.mean(axis=1))
    else:
        expected = cross_val_predict(LinearRegression(), predictions, age, groups=fold, cv=LeaveOneGroupOut())
        np.testing.assert_allclose(got, expected, rtol=1e-9)


def test_a_persons_own_age_never_reaches_its_out_of_fold_prediction(told):
    predictions, age = told
    changed = age.copy()
    changed[17] += 30
    first, second = (cross_fit(predictions, a, n_selected=3, seed=1) for a in (age, changed))
    fold = np.random.default_rng(1).permutation(len(age)) % 5
    same = fold == fold[17]
    np.testing.assert_array_equal(first[same], second[same])
    assert not np.array_equal(first[~same], second[~same])


def test_selecting_inside_the_folds_finds_no_skill_in_noise():
    rng = np.random.default_rng(0)
    age, noise = rng.uniform(45, 80, 60), rng.uniform(45, 80, (60, 400))
    inside = cross_fit(noise, age, "linear", n_selected=10)
    outside = cross_fit(noise[:, select_patches(noise, age, 10)], age, "linear")
    constant = np.abs(age - age.mean()).mean()
    assert np.abs(inside - age).mean() > 0.97 * constant  # nothing to be found
    assert np.abs(outside - age).mean() < np.abs(inside - age).mean()  # and yet it would look better


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda p, a: combine(p, a[:-1], p), "validation_age: got shape"),
        (lambda p, a: combine(p, a, p[:, :3]), r"test: got shape \(180, 3\), allowed is \(N, 8\)"),
        (lambda p, a: combine(p, a, p, "median"), "method: got 'median'"),
        (lambda p, a: combine(p, a, p, members=[0, 0]), "members: got"),
        (lambda p, a: combine(p, a, p, members=[8]), "members: got"),
        (lambda p, a: combine(p, a, p, members=[]), "members: got"),
        (lambda p, a: combine(p[:5], a[:5], p), "9 weights need at least as many"),
        (lambda p, a: combine(np.where(p > 80, np.nan, p), a, p), "validation: got values that are not finite"),
        (lambda p, a: combine(p[:, 0], a, p), r"validation: got shape \(180,\)"),
        (lambda p, a: select_patches(p, a, 9), "n: got 9, there are 8"),
        (lambda p, a: cross_fit(p, a, folds=1), "folds: got 1"),
        (lambda p, a: cross_fit(p[:3], a[:3], folds=5), "folds: got 5 for 3 people"),
    ],
)
def test_what_cannot_be_combined_is_named(told, call, said):
    with pytest.raises(ValueError, match=said):
        call(*told)
