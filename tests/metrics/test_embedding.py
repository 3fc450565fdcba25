import numpy as np
import pandas as pd
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


def test_numbers_of_classes_may_be_fractions():
    points, labels = clouds()
    assert knn_accuracy(points, labels / 7) == knn_accuracy(points, labels)
    assert silhouette(points, np.array([0.1, 2, np.inf])[labels]) == silhouette(points, labels)


def test_names_of_classes_do_as_well_as_numbers():
    points, labels = clouds()
    assert knn_accuracy(points, np.array(["a", "b", "c"])[labels]) == knn_accuracy(points, labels)


@pytest.mark.parametrize(
    ("labels", "settings", "message"),
    [
        ([0] * 19 + [1], {}, "labels: 1 has one point only"),
        ([0, 1] * 10, {"k": 19}, "k: got 19, allowed are whole numbers from 1 to 18"),
        ([0, 1] * 10, {"k": 2.5}, r"k: got 2\.5, allowed are whole numbers from 1 to 18"),
        ([0, 1] * 10, {"seed": -1}, "seed: got -1, allowed is a whole number from 0"),
        ([0, 1] * 10, {"test_share": "a"}, "test_share: got 'a'"),
        ([0, 1] * 10, {"k": 0}, "k: got 0"),
        ([0, 1] * 10, {"k": True}, "k: got True"),
        ([0, 1, 2, 3, 4] * 4, {"k": 3}, "test_share: 2 held-out points are too few for 5 classes"),
        ([0, 1] * 10, {"test_share": 1.0}, "test_share: got 1.0"),
        ([0, 1], {}, r"labels: got shape \(2,\), allowed is \(20,\)"),
    ],
)
def test_a_split_that_cannot_be_made_is_refused(labels, settings, message):
    with pytest.raises(ValueError, match=message):
        knn_accuracy(np.zeros((20, 2)), labels, **settings)


@pytest.mark.parametrize("missing", [np.nan, None, pd.NA])
def test_a_missing_label_is_no_class(missing):
    for quality in (knn_accuracy, silhouette):
        for classes in (["a", missing] * 20, [1, missing] * 20):
            with pytest.raises(ValueError, match=r"labels: 20 of 40 are missing \(NaN or None\)"):
                quality(np.zeros((40, 2)), classes)


def test_text_and_numbers_are_no_classes_of_one_kind():
    for quality in (knn_accuracy, silhouette):
        with pytest.raises(ValueError, match="labels: got '1' and 1, allowed are classes that are all text"):
            quality(np.zeros((40, 2)), ["1", 1] * 20)


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


@pytest.mark.parametrize("settings", [{"max_samples": 1}, {"max_samples": 2.5}, {"max_samples": 3, "seed": -1}])
def test_a_sample_of_one_point_or_of_a_part_of_one_is_refused(settings):
    name = list(settings)[-1]
    with pytest.raises(ValueError, match=f"{name}: got {settings[name]}, allowed is a whole number from"):
        silhouette(np.zeros((4, 2)), [0, 0, 1, 1], **settings)
