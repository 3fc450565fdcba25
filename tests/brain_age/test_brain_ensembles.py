"""Several patches' ages become one: means, regressions, selection, and folds."""

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import LeaveOneOut, cross_val_predict

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


def influence(predictions, age, **options):
    """Whose age moves whose answer: bool (N, N), row i for a change of the age of row i."""
    plain = cross_fit(predictions, age, **options)
    return np.array(
        [cross_fit(predictions, np.where(row, age + 30, age), **options) != plain for row in np.eye(len(age))]
    )


def test_as_many_folds_as_people_are_scikit_learns_leave_one_out(told):
    predictions, age = (values[:40] for values in told)
    expected = cross_val_predict(LinearRegression(), predictions, age, cv=LeaveOneOut())
    np.testing.assert_allclose(cross_fit(predictions, age, folds=40, seed=3), expected, rtol=1e-9)


def test_the_mean_is_the_same_in_every_fold(told):
    predictions, age = told
    np.testing.assert_allclose(cross_fit(predictions, age, "mean", folds=4), predictions.mean(axis=1))


@pytest.mark.parametrize("n_selected", [None, 3])
def test_answers_are_fitted_on_everybody_outside_the_fold_and_on_nobody_inside(told, n_selected):
    predictions, age = (values[:42] for values in told)
    options = {"n_selected": n_selected, "folds": 4, "seed": 7}
    got, moved = cross_fit(predictions, age, **options), influence(predictions, age, **options)
    assert np.array_equal(moved, moved.T) and not moved.diagonal().any()
    folds = {tuple(np.flatnonzero(~row)) for row in moved}  # who is not moved by a person is in one fold with it
    assert len(folds) == 4 and sorted(np.concatenate([*folds])) == list(range(42))
    assert {len(fold) for fold in folds} == {10, 11}
    for inside in map(list, folds):
        others = np.setdiff1d(np.arange(42), inside)
        members = None if n_selected is None else select_patches(predictions[others], age[others], n_selected)
        expected = combine(predictions[others], age[others], predictions[inside], "linear", members)
        np.testing.assert_allclose(got[inside], expected)


def test_a_persons_own_age_never_reaches_any_of_its_scans():
    rng = np.random.default_rng(0)
    person = rng.permutation(np.repeat(np.arange(30), 4))
    age = rng.uniform(45, 80, 30)[person]
    predictions = age[:, None] + rng.normal(0, 5, (120, 3))
    moved = influence(predictions, age, groups=[f"sub-{number}" for number in person], folds=5, seed=2)
    same = person[:, None] == person
    assert not moved[same].any() and moved[~same].mean() > 0.7
    folds = {tuple(np.unique(person[~row])) for row in moved}
    assert sorted(map(len, folds)) == [6] * 5  # people, not scans
    alone = influence(predictions, age, folds=5, seed=2)
    assert alone[same].any()  # without groups they are told apart, and know each other


def test_people_with_one_scan_each_need_no_groups(told):
    predictions, age = told
    names = np.array([f"sub-{number:03}" for number in range(len(age))])
    assert np.array_equal(cross_fit(predictions, age, seed=1), cross_fit(predictions, age, seed=1, groups=names))


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
        (lambda p, a: cross_fit(p[:9], a[:9]), "predictions: got 9 rows, of which 7 are outside .* 9 weights need"),
        (lambda p, a: cross_fit(p, a, n_selected=9), "n_selected: got 9, there are 8"),
        (lambda p, a: cross_fit(p, a, n_selected=0), "n_selected: got 0"),
        (lambda p, a: cross_fit(p, a, "median"), "method: got 'median'"),
        (lambda p, a: cross_fit(p, a, groups=a[:-1]), r"groups: got shape \(179,\), allowed is \(180,\)"),
        (lambda p, a: cross_fit(p, a, groups=[None, *range(179)]), "groups: 1 rows have none"),
        (lambda p, a: cross_fit(p, a, groups=np.arange(180) % 4), "folds: got 5 for 4 people"),
    ],
)
def test_what_cannot_be_combined_is_named(told, call, said):
    with pytest.raises(ValueError, match=said):
        call(*told)
