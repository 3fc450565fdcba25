"""Lines and planes through accuracies, against SciPy's and NumPy's, and the number that their intervals stand on."""

import numpy as np
import pytest
from scipy import stats

from course_lib.intrinsic_dimension.generalization import generalization_fit

rng = np.random.default_rng(0)
DIMENSION = np.array([4.0, 6, 11, 13, 14, 14, 20])
ACCURACY = 0.95 - 0.02 * DIMENSION + rng.normal(0, 0.05, 7)
SIZES = np.array([500, 750, 1000, 2000])
OWN = rng.normal(0.06, 0.02, (7, 1))
TABLE = ACCURACY[:, None] + OWN * np.log(SIZES) + rng.normal(0, 0.01, (7, 4))


def test_a_line_is_that_of_scipy_with_its_interval():
    found, peer = generalization_fit(ACCURACY, DIMENSION), stats.linregress(DIMENSION, ACCURACY)
    assert (found.slope, found.intercept) == pytest.approx((peer.slope, peer.intercept))
    assert found.r2 == pytest.approx(peer.rvalue**2)
    half = stats.t.ppf(0.975, 5) * peer.stderr
    assert found.interval == pytest.approx((peer.slope - half, peer.slope + half))
    assert (found.n, found.n_points) == (7, 7) and np.isnan(found.size_slope)


def test_a_plane_is_that_of_least_squares():
    design = np.column_stack([np.repeat(DIMENSION, 4), np.tile(np.log(SIZES), 7), np.ones(28)])
    coefficients, residual, *_ = np.linalg.lstsq(design, TABLE.ravel(), rcond=None)
    found = generalization_fit(TABLE, DIMENSION, SIZES)
    assert (found.slope, found.size_slope, found.intercept) == pytest.approx(tuple(coefficients))
    assert found.r2 == pytest.approx(1 - residual[0] / ((TABLE - TABLE.mean()) ** 2).sum())
    np.testing.assert_allclose(found.predict(design[:, 0], np.tile(SIZES, 7)), design @ coefficients)


def test_a_plane_stands_on_as_many_data_sets_as_a_line():
    found, line = generalization_fit(TABLE, DIMENSION, SIZES), generalization_fit(TABLE.mean(axis=1), DIMENSION)
    assert (found.n, found.n_points) == (7, 28)
    assert found.interval == pytest.approx(line.interval)
    own = [stats.linregress(np.log(SIZES), row).slope for row in TABLE]
    assert found.size_interval == pytest.approx(stats.t.interval(0.95, 6, np.mean(own), stats.sem(own)))


def test_measuring_every_data_set_twice_tells_nothing_new_of_dimension():
    once = generalization_fit(ACCURACY, DIMENSION)
    many = generalization_fit(np.tile(ACCURACY[:, None], 20), DIMENSION, np.arange(1, 21))
    assert many.interval == pytest.approx(once.interval)


def test_the_interval_holds_the_slope_as_often_as_it_says():
    held = 0
    for seed in range(400):
        noise = np.random.default_rng(seed)
        own = noise.normal(0, 0.05, (7, 1))  # what is peculiar to a data set, at every size
        table = 0.9 - 0.02 * DIMENSION[:, None] + 0.05 * np.log(SIZES) + own + noise.normal(0, 0.01, (7, 4))
        low, high = generalization_fit(table, DIMENSION, SIZES, level=0.9).interval
        held += low < -0.02 < high
    assert 0.86 < held / 400 < 0.94


def test_equal_accuracies_have_no_r2():
    found = generalization_fit([0.5, 0.5, 0.5], [1, 2, 3])
    assert np.isnan(found.r2) and found.slope == 0


def test_a_line_needs_no_size_and_a_plane_does():
    with pytest.raises(ValueError, match=r"n: got 500, but this is a line"):
        generalization_fit(ACCURACY, DIMENSION).predict(5, 500)
    with pytest.raises(ValueError, match=r"n: got None, but this is a plane"):
        generalization_fit(TABLE, DIMENSION, SIZES).predict(5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([0.9, 0.8], [4, 6]), r"dimension: got shape \(2,\), allowed is \(S,\) of three data sets or more"),
        ((TABLE, DIMENSION), r"accuracy: shape \(7, 4\) does not match dimension's \(7,\); allowed is \(7,\)"),
        ((TABLE, DIMENSION, [1, 2]), r"accuracy: shape \(7, 4\) .* and n's \(2,\); allowed is \(7, 2\)"),
        ((ACCURACY, DIMENSION, 500), r"n: got shape \(\), allowed is \(M,\), or None for one size"),
        (([0.9, np.nan, 0.8], [4, 6, 8]), "accuracy: got NaN or infinity"),
        (([0.9, 0.7, 0.8], [4, 4, 4]), "dimension: got 4 throughout"),
        (([0.9, 0.7, 0.8], [1e-323, 5e-324, 5e-324]), "dimension: got values too close"),
        ((TABLE, DIMENSION, [5, 5, 5, 5]), "n: allowed are two different numbers or more, above 0"),
        ((TABLE, DIMENSION, [0, 5, 6, 7]), "n: allowed are two different numbers or more, above 0"),
    ],
)
def test_what_is_not_allowed_is_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        generalization_fit(*arguments)


def test_the_level_is_one():
    with pytest.raises(ValueError, match="level: got 95"):
        generalization_fit(ACCURACY, DIMENSION, level=95)
