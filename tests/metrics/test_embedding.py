import numpy as np
import pytest
from scipy.spatial.distance import cdist
from sklearn.exceptions import UndefinedMetricWarning
from sklearn.metrics import silhouette_score
from sklearn.model_selection import train_test_split

from course_lib.metrics.embedding import knn_accuracy, silhouette


def clouds(distance=2.0, n=150, seed=0):
    rng, labels = np.random.default_rng(seed), np.repeat([0, 1, 2], n // 3)
    return rng.normal(size=(n, 2)) + distance * labels[:, None], labels


def test_accuracy_is_what_a_vote_of_all_neighbors_by_brute_force_gives():
    points, labels = clouds()
    train, test, seen, held = train_test_split(points, labels, test_size=0.1, stratify=labels, random_state=4)
    nearest = cdist(test, train).argsort(1)[:, :15]
    votes = np.array([np.bincount(seen[row], minlength=3).argmax() for row in nearest])
    assert knn_accuracy(points, labels, seed=4) == pytest.approx((votes == held).mean())


def test_well_separated_classes_are_guessed_and_mixed_ones_are_not():
    assert knn_accuracy(*clouds(distance=50)) == 1
    points, labels = clouds(n=1500)
    shuffled = np.random.default_rng(1).permutation(labels)
    assert knn_accuracy(points, shuffled) == pytest.approx(1 / 3, abs=0.12)


def test_names_of_classes_do_as_well_as_numbers():
    points, labels = clouds()
    assert knn_accuracy(points, np.array(["a", "b", "c"])[labels]) == knn_accuracy(points, labels)


@pytest.mark.parametrize(
    ("labels", "settings", "message"),
    [
        ([0] * 19 + [1], {}, "labels: 1 has one point only"),
        ([0, 1] * 10, {"k": 19}, "k: got 19, allowed are 1 to 18"),
        ([0, 1] * 10, {"k": 0}, "k: got 0"),
        ([0, 1, 2, 3, 4] * 4, {"k": 3}, "test_share: 2 held-out points are too few for 5 classes"),
        ([0, 1] * 10, {"test_share": 1.0}, "test_share: got 1.0"),
        ([0, 1], {}, r"labels: got shape \(2,\), allowed is \(20,\)"),
    ],
)
def test_a_split_that_cannot_be_made_is_refused(labels, settings, message):
    with pytest.raises(ValueError, match=message):
        knn_accuracy(np.zeros((20, 2)), labels, **settings)


@pytest.mark.parametrize("points", [np.full((4, 2), np.nan), np.full((4, 2), np.inf)])
def test_points_must_be_finite(points):
    for quality in (knn_accuracy, silhouette):
        with pytest.raises(ValueError, match="embedding: got NaN or infinity"):
            quality(points, [0, 0, 1, 1])


def test_silhouette_is_the_textbooks():
    points, labels = clouds(n=30)
    far = cdist(points, points)
    own = [far[i][labels == labels[i]].sum() / 9 for i in range(30)]
    other = [min(far[i][labels == c].mean() for c in {0, 1, 2} - {labels[i]}) for i in range(30)]
    expected = np.mean([(b - a) / max(a, b) for a, b in zip(own, other, strict=True)])
    assert silhouette(points, labels) == pytest.approx(expected)


def test_a_sample_of_points_estimates_the_same_silhouette_and_a_large_one_is_all():
    points, labels = clouds(n=1500)
    whole = silhouette_score(points, labels)
    assert silhouette(points, labels, max_samples=500) == pytest.approx(whole, abs=0.05)
    assert silhouette(points, labels, max_samples=500, seed=1) != silhouette(points, labels, max_samples=500)
    assert silhouette(points, labels, max_samples=1500) == pytest.approx(whole)


@pytest.mark.parametrize("labels", [[0, 0, 0], [0, 1, 2], []])
def test_without_two_classes_and_a_pair_in_one_of_them_the_silhouette_is_undefined(labels):
    with pytest.warns(UndefinedMetricWarning, match="silhouette is undefined"):
        assert np.isnan(silhouette(np.zeros((len(labels), 2)), labels))


def test_a_sample_of_one_point_is_refused():
    with pytest.raises(ValueError, match="max_samples: got 1"):
        silhouette(np.zeros((4, 2)), [0, 0, 1, 1], max_samples=1)
