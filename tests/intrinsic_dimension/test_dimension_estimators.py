"""MLE and TwoNN against likelihoods, quantiles and published estimates; and what duplicates and patients do to them."""

import warnings

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.spatial import cKDTree
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.neighbors import NearestNeighbors
from sklearn.utils.estimator_checks import check_estimator

from course_lib.data import DatasetCard, ImageSet
from course_lib.intrinsic_dimension.estimators import MLE, TwoNN
from course_lib.intrinsic_dimension.manifolds import ball, swiss_roll
from course_lib.intrinsic_dimension.neighbors import nearest_neighbors
from course_lib.intrinsic_dimension.patients import simulate_slices
from course_lib.published import published

facts = {name: entry.value for name, entry in published("intrinsic_dimension").items()}
DIGITS = load_digits().data


def ratios_of_dimension(d, n):
    """Distances to two neighbors whose ratios lie exactly on the distribution F(μ) = 1 − μ^(−d), but for the last."""
    levels = np.append(np.arange(1, n) / n, 1 - 0.5 / n)
    return np.column_stack([np.ones(n), (1 - levels) ** (-1 / d)])


@pytest.mark.filterwarnings("ignore:X. 1 exact duplicate")  # two of the checks' own points are the same
@pytest.mark.parametrize(
    "estimator", [MLE(k=3), MLE(k=4, convention="pope"), MLE(k=4, convention="levina-bickel"), TwoNN()]
)
def test_they_are_estimators_of_scikit_learn(estimator):
    check_estimator(estimator, on_skip=None)


@pytest.mark.parametrize(("name", "points"), [("estimates.digits", DIGITS), ("estimates.swiss_roll", swiss_roll(2500))])
def test_the_estimates_told_are_estimated(name, points):
    told = facts[name]
    nearest = nearest_neighbors(points, 20)
    for convention in ("mackay-ghahramani", "pope"):
        found = MLE(k=20, convention=convention).from_neighbors(*nearest).dimension_
        assert found == pytest.approx(told[convention], abs=0.0051)
    assert TwoNN().from_neighbors(*nearest).dimension_ == pytest.approx(told["twonn"], abs=0.0051)


@pytest.mark.parametrize(("d", "name"), [(5, "estimates.ball_5"), (10, "estimates.balls")])
def test_a_ball_looks_flatter_than_it_is_and_as_flat_as_told(d, name):
    told = facts[name] if d == 5 else facts[name][str(d)]
    nearest = nearest_neighbors(ball(d, 5000), 20)
    mle, pope = (MLE(convention=c).from_neighbors(*nearest) for c in ("mackay-ghahramani", "pope"))
    assert mle.dimension_ == pytest.approx(told["mackay-ghahramani"], rel=0.02)
    assert pope.dimension_ == pytest.approx(told["pope"], rel=0.02)
    assert TwoNN().from_neighbors(*nearest).dimension_ == pytest.approx(told["twonn"], rel=0.05)
    assert mle.interval_[1] < d


def test_along_a_flat_torus_the_estimate_is_right_and_the_released_code_is_not():
    told = facts["estimates.flat_torus"]
    points = np.random.default_rng(0).random((5000, 5))
    distances = cKDTree(points, boxsize=1).query(points, k=21)[0][:, 1:]
    for k, pope, right in zip(told["k"], told["pope"], told["mackay-ghahramani"], strict=True):
        assert MLE(k=k).from_neighbors(distances).dimension_ == pytest.approx(right, rel=0.02)
        assert MLE(k=k, convention="pope").from_neighbors(distances).dimension_ == pytest.approx(pope, rel=0.02)
    assert TwoNN(method="ml").from_neighbors(distances).dimension_ == pytest.approx(5, rel=0.03)


@pytest.mark.parametrize("k", [2, 3, 7, 20])
def test_the_default_maximizes_the_likelihood(k):
    distances = NearestNeighbors(n_neighbors=k).fit(DIGITS[:400]).kneighbors()[0]
    logs = np.log(distances[:, :-1] / distances[:, -1:])  # of k − 1 radii, each with density d·r^(d−1)
    best = minimize_scalar(lambda d: -(np.log(d) + (d - 1) * logs).sum(), bounds=(0.5, 100), method="bounded")
    assert MLE(k=k).fit(DIGITS[:400]).dimension_ == pytest.approx(best.x, rel=1e-5)


def test_levina_bickel_is_the_mean_of_the_points_own_and_mackay_ghahramani_the_harmonic_mean():
    mle, levina = MLE(k=10).fit(DIGITS), MLE(k=10, convention="levina-bickel").fit(DIGITS)
    assert levina.dimension_ == pytest.approx(levina.dimension_pw_.mean())
    assert 1 / mle.dimension_ == pytest.approx((1 / mle.dimension_pw_).mean())
    np.testing.assert_allclose(levina.dimension_pw_ / mle.dimension_pw_, 8 / 9)


@pytest.mark.parametrize("k", [3, 5, 20])
def test_the_released_code_is_lower_by_a_known_factor(k):
    released = MLE(k=k, convention="pope").fit(DIGITS).dimension_
    assert released == pytest.approx(MLE(k=k).fit(DIGITS).dimension_ * (k - 2) / (k - 1), rel=1e-12)


@pytest.mark.parametrize("d", [1, 2.5, 40])
def test_twonn_reads_the_dimension_off_exact_quantiles(d):
    distances = ratios_of_dimension(d, 300)
    assert TwoNN().from_neighbors(distances).dimension_ == pytest.approx(d, rel=1e-9)
    assert TwoNN(fraction=0.5).from_neighbors(distances).n_used_ == 150
    assert TwoNN(method="ml").from_neighbors(distances).dimension_ == pytest.approx(d, rel=0.02)


def test_twonn_by_regression_is_least_squares_through_the_origin():
    distances = NearestNeighbors(n_neighbors=2).fit(DIGITS).kneighbors()[0]
    logs = np.sort(np.log(distances[:, 1] / distances[:, 0]))
    kept = int(0.9 * len(logs))
    tail = [-np.log(1 - i / len(logs)) for i in range(1, kept + 1)]
    slope = np.linalg.lstsq(logs[:kept, None], np.array(tail), rcond=None)[0][0]
    assert TwoNN().fit(DIGITS).dimension_ == pytest.approx(slope, rel=1e-10)


def test_the_standard_error_is_the_scatter_over_samples_where_neighborhoods_hardly_overlap():
    found = [MLE(k=3).fit(ball(2, 400, seed)) for seed in range(60)]
    scatter = np.std([one.dimension_ for one in found], ddof=1)
    assert np.mean([one.standard_error_ for one in found]) == pytest.approx(scatter, rel=0.35)
    one = found[0]
    assert one.standard_error_ == pytest.approx(one.dimension_ / np.sqrt(400 * 2))
    assert one.interval_ == pytest.approx(
        (one.dimension_ - 1.96 * one.standard_error_, one.dimension_ + 1.96 * one.standard_error_), rel=1e-4
    )


@pytest.mark.parametrize("estimator", [MLE(), MLE(convention="levina-bickel"), TwoNN(), TwoNN(method="ml")])
def test_scale_shift_and_order_do_not_matter(estimator):
    points = ball(4, 300)
    told = clone(estimator).fit(points).dimension_
    turned = 3e4 + 700 * points[np.random.default_rng(0).permutation(300)]
    assert clone(estimator).fit(turned).dimension_ == pytest.approx(told, rel=1e-6)


def test_one_search_serves_every_estimator():
    nearest = nearest_neighbors(DIGITS, 20)
    for estimator in (MLE(), MLE(k=5), MLE(convention="pope"), TwoNN(), TwoNN(method="ml")):
        once = clone(estimator).from_neighbors(*nearest)
        again = clone(estimator).fit(DIGITS)
        assert (once.dimension_, once.n_used_) == (pytest.approx(again.dimension_, rel=1e-9), again.n_used_)


def test_images_are_rows_and_images_of_8_bits_are_compared_exactly():
    images = load_digits().images.astype(np.uint8)
    assert MLE().fit(images).dimension_ == pytest.approx(MLE().fit(DIGITS).dimension_, rel=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_duplicates_are_dropped_and_counted_in_every_precision(dtype):
    points = ball(9, 1500).astype(dtype)
    with pytest.warns(UserWarning, match="^X: 20 exact duplicates were dropped"):
        found = MLE().fit(np.concatenate([points, points[:20]]))
    assert (found.n_duplicates_, found.n_used_) == (20, 1500)
    assert found.dimension_ == pytest.approx(MLE().fit(points).dimension_, rel=1e-12)
    assert np.isnan(found.dimension_pw_[1500:]).all() and not np.isnan(found.dimension_pw_[:1500]).any()


@pytest.mark.parametrize("estimator", [MLE(k=10), TwoNN()])
def test_known_neighbors_lose_their_duplicates_too(estimator):
    points = ball(4, 500)
    distances, indices = nearest_neighbors(np.concatenate([points, points[:30], points[:5]]), 25)
    with pytest.warns(UserWarning, match="35 exact duplicates"):
        found = estimator.from_neighbors(distances, indices)
    assert found.dimension_ == pytest.approx(clone(estimator).fit(points).dimension_, rel=1e-12)


def test_duplicates_among_known_neighbors_need_indices_and_spare_neighbors():
    points = ball(4, 50)
    distances, indices = nearest_neighbors(np.concatenate([points, points[:5]]), 10)
    with pytest.raises(ValueError, match="distances: 10 points have a neighbor at distance 0; give indices too"):
        MLE(k=5).from_neighbors(distances)
    with pytest.raises(ValueError, match=r"distances: duplicates leave a point only . of 10 neighbors, needed are 10"):
        MLE(k=10).from_neighbors(distances, indices)


@pytest.mark.filterwarnings("ignore:.*three times nearer")
def test_near_duplicates_pull_the_estimate_down_and_are_told():
    points = ball(9, 2000)
    twins = points[:200] + 1e-4 * np.random.default_rng(1).standard_normal((200, 9))
    with pytest.warns(UserWarning, match=r"X: 18\.2% of the points have a neighbor a hundred times nearer"):
        found = MLE().fit(np.concatenate([points, twins]))
    assert found.near_duplicates_ == pytest.approx(400 / 2200)
    assert found.dimension_ < 0.75 * MLE().fit(points).dimension_


def test_twins_too_far_apart_for_duplicates_are_told_by_the_gap_behind_them():
    points = ball(9, 600)
    apart = np.median(nearest_neighbors(points, 1).distances)
    step = np.random.default_rng(1).standard_normal((150, 9))
    twins = points[:150] + 0.15 * apart * step / np.linalg.norm(step, axis=1, keepdims=True)
    with pytest.warns(UserWarning, match=r"X: 40\.0% of the points have one neighbor three times nearer"):
        found = MLE().fit(np.concatenate([points, twins]))
    assert found.near_duplicates_ == 0
    assert TwoNN().fit(np.concatenate([points, twins])).dimension_ < 0.5 * found.dimension_


def test_clean_points_warn_of_nothing():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for points in (ball(1, 500), ball(2, 2000), ball(12, 500), DIGITS, swiss_roll(1000)):
            MLE().fit(points, groups=np.arange(len(points)))
            TwoNN().fit(points)


@pytest.mark.filterwarnings("ignore:.*near-duplicates")
def test_slices_of_one_patient_collapse_the_dimension_and_one_image_per_patient_saves_it():
    points, patients = simulate_slices(400, 5)
    alone = MLE(k=20).fit(simulate_slices(400, 1)[0])
    assert MLE(k=20).fit(points).dimension_ < 0.4 * alone.dimension_
    with pytest.warns(UserWarning, match="groups: 2000 images are of only 400 patients; one image per patient"):
        found = MLE(k=20).fit(points, groups=patients)
    assert found.n_used_ == 400 and len(found.draws_) == 20
    assert found.dimension_ == pytest.approx(alone.dimension_, rel=0.05)
    assert found.interval_[0] < alone.dimension_ < found.interval_[1]
    assert found.standard_error_ >= found.dimension_ / np.sqrt(400 * 19)


def test_an_image_set_knows_its_patients():
    points, patients = simulate_slices(100, 3)
    images = points.reshape(300, 3, 4).astype(np.float32)
    card = DatasetCard("slices (simulated)", "made here", "MIT", "none", simulated=True)
    data = ImageSet(images, np.zeros(300, np.int64), ("all",), groups=patients, card=card)
    with pytest.warns(UserWarning, match="of only 100 patients"):
        assert MLE(k=5).fit(data).n_used_ == 100


def test_draws_repeat_with_their_seed():
    points, patients = simulate_slices(100, 4)
    with pytest.warns(UserWarning, match="patients"):
        one, same, other = (
            TwoNN(n_draws=3, random_state=seed).fit(points, groups=patients).draws_ for seed in (1, 1, 2)
        )
    np.testing.assert_array_equal(one, same)
    assert (one != other).any()


def test_points_on_a_grid_have_equally_far_neighbors_and_this_is_said():
    corners = np.eye(30)
    for estimator in (MLE(k=5), TwoNN(), TwoNN(method="ml")):
        with pytest.warns(UserWarning, match="neighbors of 30 points are all equally far"):
            assert estimator.fit(corners).dimension_ == np.inf


@pytest.mark.parametrize(
    ("estimator", "message"),
    [
        (MLE(k=1), "k: got 1, allowed are whole numbers from 2 for 'mackay-ghahramani'"),
        (MLE(k=2.5), "k: got 2.5, allowed are whole numbers from 2 for 'mackay-ghahramani'"),
        (MLE(k=2, convention="pope"), "k: got 2, allowed are whole numbers from 3 for 'pope'"),
        (
            MLE(convention="bickel"),
            "convention: got 'bickel', allowed are 'mackay-ghahramani', 'levina-bickel', 'pope'",
        ),
        (TwoNN(method="mle"), "method: got 'mle', allowed are 'regression', 'ml'"),
        (TwoNN(fraction=1), "fraction: got 1, allowed are numbers above 0 and below 1"),
        (MLE(k=40), "X: got 40 different points, allowed are 41 or more for 40 neighbors"),
    ],
)
def test_what_is_not_allowed_is_named(estimator, message):
    with pytest.raises(ValueError) as told:
        estimator.fit(ball(2, 40))
    assert str(told.value) == message


@pytest.mark.filterwarnings("ignore:X. .* exact duplicate")
def test_a_point_repeated_is_no_cloud():
    with pytest.raises(ValueError, match="X: got 1 different points"):
        TwoNN().fit(np.ones((30, 4)))


def test_points_whose_distance_is_rounded_to_nothing_are_refused():
    points = np.append(np.arange(20.0), 1e-200)[:, None]
    with pytest.raises(ValueError, match="X: 2 points differ from another by so little that the distance is rounded"):
        TwoNN().fit(points)


def test_known_neighbors_are_checked():
    with pytest.raises(ValueError, match=r"distances: got shape \(30, 2\), allowed is \(N, 20\) or more columns"):
        MLE().from_neighbors(ratios_of_dimension(3, 30))
    with pytest.raises(ValueError, match="not finite, below 0 or not ascending"):
        TwoNN().from_neighbors([[1.0, 0.5]] * 5)
    with pytest.raises(ValueError, match=r"groups: got shape \(3,\), allowed is \(40,\)"):
        MLE(k=3).fit(ball(2, 40), groups=[1, 2, 3])
