"""Dimension against k and against the number of images, and intervals that new samples confirm."""

import numpy as np
import pytest

from course_lib.intrinsic_dimension.estimators import MLE, TwoNN
from course_lib.intrinsic_dimension.manifolds import ball
from course_lib.intrinsic_dimension.profiles import profile


def test_all_images_are_estimated_as_the_estimators_do():
    points = ball(4, 600)
    table = profile(points, ks=[4, 12]).query("n == 600")
    told = [MLE(k=4).fit(points), MLE(k=12).fit(points), TwoNN().fit(points)]
    assert table.k.tolist() == [4, 12, 2] and table.estimator.tolist() == ["MLE", "MLE", "TwoNN"]
    np.testing.assert_allclose(table.dimension, [one.dimension_ for one in told])


def test_the_estimate_grows_with_the_number_of_images_and_falls_with_k_in_high_dimension():
    table = profile(ball(12, 2000), ks=[5, 20]).query("estimator == 'MLE'").pivot(index="n", columns="k")["dimension"]
    assert table.index.tolist() == [250, 500, 1000, 2000]
    assert table[20].is_monotonic_increasing and (table[20] < table[5]).all() and table.max().max() < 12


def test_the_standard_error_is_the_scatter_over_new_samples():
    told = [profile(ball(2, 400, seed), ks=[10], sizes=[100, 400], n_draws=10) for seed in range(12)]
    for n in (100, 400):
        fresh = np.std([MLE(k=10).fit(ball(2, n, 100 + seed)).dimension_ for seed in range(150)], ddof=1)
        rows = [table[(table.n == n) & (table.estimator == "MLE")] for table in told]
        assert np.sqrt(np.mean([row.standard_error.item() ** 2 for row in rows])) == pytest.approx(fresh, rel=0.2)


def test_patients_count_once():
    people = ball(6, 150)
    slices = np.repeat(people, 4, axis=0) + 1e-3 * np.random.default_rng(0).standard_normal((600, 6))
    table = profile(slices, ks=[5], groups=np.repeat(np.arange(150), 4))
    assert table.n.max() == 150
    assert table.query("n == 150").dimension.iloc[0] == pytest.approx(MLE(k=5).fit(people).dimension_, rel=0.05)


def test_duplicates_are_dropped_and_told():
    points = ball(3, 100)
    with pytest.warns(UserWarning, match="X: 10 exact duplicates were dropped"):
        table = profile(np.concatenate([points, points[:10]]), ks=[5])
    assert table.n.max() == 100


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"sizes": [5]}, r"sizes: got 5, allowed are 6 to 60"),
        ({"sizes": [61]}, r"sizes: got 61, allowed are 6 to 60"),
        ({"ks": [30]}, r"X: got 60 different images or patients, allowed are 62 or more for k = 30"),
        ({"n_draws": 0}, "n_draws: got 0, allowed are 1 or more"),
        ({"groups": [1, 2]}, r"groups: got shape \(2,\), allowed is \(60,\)"),
        ({"convention": "mle"}, "convention: got 'mle'"),
        ({"ks": [1]}, "k: got 1"),
    ],
)
def test_what_is_not_allowed_is_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        profile(ball(2, 60), **{"ks": [5], **arguments})
