import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn import metrics as oracle
from sklearn.exceptions import UndefinedMetricWarning

from course_lib.metrics.regression import mean_absolute_error, r2_score, root_mean_squared_error

EVERY = [mean_absolute_error, root_mean_squared_error, r2_score]
ages = st.integers(-100_000, 100_000)
pairs = st.lists(st.tuples(ages, ages), min_size=2, max_size=40).map(lambda rows: np.array(rows).T / 100)


@settings(max_examples=60, deadline=None)
@given(pairs)
def test_errors_are_scikit_learns(pair):
    y, f = pair
    assert mean_absolute_error(y, f) == pytest.approx(oracle.mean_absolute_error(y, f))
    assert root_mean_squared_error(y, f) == pytest.approx(oracle.root_mean_squared_error(y, f))


@settings(max_examples=60, deadline=None)
@given(pairs)
def test_r2_is_scikit_learns(pair):
    y, f = pair
    assume(np.ptp(y) > 0)
    assert r2_score(y, f) == pytest.approx(oracle.r2_score(y, f))


@settings(max_examples=60, deadline=None)
@given(pairs)
def test_rmse_is_never_below_mae(pair):
    assert root_mean_squared_error(*pair) >= mean_absolute_error(*pair) * (1 - 1e-12)


def test_telling_everybody_the_mean_has_an_r2_of_zero_and_an_rmse_of_the_standard_deviation():
    y = np.array([50.0, 60, 70, 100])
    told = np.full(4, y.mean())
    assert r2_score(y, told) == 0
    assert root_mean_squared_error(y, told) == pytest.approx(y.std())


def test_the_same_errors_have_a_lower_r2_where_ages_scatter_less():
    y, error = np.linspace(-1, 1, 21), np.tile([1.0, -1.0, 0.0], 7)
    wide, narrow = 70 + 20 * y, 70 + 5 * y
    assert root_mean_squared_error(wide, wide + error) == pytest.approx(root_mean_squared_error(narrow, narrow + error))
    assert r2_score(narrow, narrow + error) < r2_score(wide, wide + error)


@pytest.mark.parametrize("metric", EVERY)
def test_pairs_with_an_unknown_value_are_ignored(metric):
    y, f = [60, np.nan, 70, 80, 90], [61, 65, np.nan, 84, 80]
    assert metric(y, f) == metric([60, 80, 90], [61, 84, 80])


@pytest.mark.parametrize("metric", EVERY)
@pytest.mark.parametrize(("y", "f"), [([], []), ([np.nan, 1], [1, np.nan])])
def test_without_a_known_pair_everything_is_undefined(metric, y, f):
    with pytest.warns(UndefinedMetricWarning, match="no pair of values is known"):
        assert np.isnan(metric(y, f))


@pytest.mark.parametrize("y", [[0.1] * 7, [70]])
def test_r2_of_equal_true_values_is_undefined_even_if_the_prediction_is_perfect(y):
    with pytest.warns(UndefinedMetricWarning, match="R² is undefined .*all true values are equal"):
        assert np.isnan(r2_score(y, y))
    assert mean_absolute_error(y, y) == root_mean_squared_error(y, y) == 0


@pytest.mark.parametrize("metric", EVERY)
@pytest.mark.parametrize(
    ("y", "f", "match"),
    [
        ([1, 2], [1], r"y_pred: shape \(1,\) does not match y_true's \(2,\)"),
        (np.eye(2), np.eye(2), r"y_true: got shape \(2, 2\), allowed is \(N,\)"),
        (1.0, 1.0, r"y_true: got shape \(\), allowed is \(N,\)"),
        ([1, np.inf], [1, 2], "y_true: got infinity"),
        ([1, 2], [1, -np.inf], "y_pred: got infinity"),
        (["old", "young"], [1, 2], "y_true: got list that is no array of numbers"),
    ],
)
def test_what_cannot_be_compared_is_refused(metric, y, f, match):
    with pytest.raises(ValueError, match=match):
        metric(y, f)
