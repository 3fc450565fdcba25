"""Label sharpness is the maximum over every pair of different label, to the last digit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from course_lib.intrinsic_dimension import sharpness
from course_lib.intrinsic_dimension.sharpness import label_sharpness


def over_all_pairs(X, y, different=True):
    """The definition, pair by pair; of pairs of equal label, the inverse distance stands in for the missing rise."""
    distance, rise = cdist(X, X), np.abs(np.subtract.outer(y, y))
    pairs = rise > 0 if different else (rise == 0) & ~np.eye(len(y), dtype=bool)
    return ((rise if different else 1) / np.where(pairs, distance, np.inf)).max()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**31), st.integers(3, 60), st.sampled_from([1, 5, 40]), st.integers(2, 4))
def test_it_is_that_of_all_pairs(seed, n, features, classes):
    rng = np.random.default_rng(seed)
    X, y = rng.standard_normal((n, features)), rng.integers(0, classes, n)
    y[:2] = 0, 1
    assert label_sharpness(X, y) == pytest.approx(over_all_pairs(X, y), rel=1e-12)


def test_blocks_make_no_difference(monkeypatch):
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((101, 6)), rng.integers(0, 2, 101)
    whole = label_sharpness(X, y)
    monkeypatch.setattr(sharpness, "BLOCK", 10)
    assert label_sharpness(X, y) == pytest.approx(whole, rel=1e-14)


def test_pairs_of_equal_label_do_not_count():
    rng = np.random.default_rng(1)
    near = rng.standard_normal((20, 3)) * 0.05
    X, y = np.concatenate([near, near + 100]), np.repeat([0, 1], 20)
    assert label_sharpness(X, y) == pytest.approx(over_all_pairs(X, y), rel=1e-12)
    assert label_sharpness(X, y) < 0.01 < 100 * label_sharpness(X, y) < over_all_pairs(X, y, different=False)


@pytest.mark.parametrize("offset", [0, 1e6, 1e9])
def test_it_is_exact_where_products_cancel(offset):
    X = offset + np.array([[0.0, 0], [0.25, 0], [2, 3], [2, 3.5], [-4, 8]])
    assert label_sharpness(X, [0, 1, 0, 1, 1]) == 4
    spread = np.array([[0.0], [2.0**-20], [2.0**40]])
    assert label_sharpness(spread, [0, 1, 1]) == 2.0**20


def test_8_bit_images_do_not_wrap_around():
    images = np.zeros((3, 2, 2), np.uint8)
    images[1], images[2] = 200, 255
    assert label_sharpness(images, [1, 0, 1]) == pytest.approx(1 / 110)


def test_the_numbers_of_the_classes_count():
    assert label_sharpness([[0.0], [1.0], [2.0]], [0, 1, 5]) == 4


def test_one_image_with_two_labels_is_infinitely_sharp_and_one_label_is_not_sharp_at_all():
    assert label_sharpness([[1.0, 2], [1, 2], [3, 4]], [0, 1, 1]) == np.inf
    assert np.isnan(label_sharpness([[1.0, 2], [1, 2]], [1, 1]))
    assert np.isnan(label_sharpness([[1.0, 2]], [1]))


@pytest.mark.parametrize(
    ("X", "y", "message"),
    [
        ([1.0, 2.0], [0, 1], r"X: got shape \(2,\)"),
        ([[1.0], [2.0]], [0, 1, 1], r"y: got shape \(3,\), allowed is \(2,\)"),
        ([[np.nan], [2.0]], [0, 1], "X: got float64 or values that are not finite"),
        ([[1.0], [2.0]], ["cat", "dog"], "y: got <U3"),
    ],
)
def test_what_is_not_allowed_is_named(X, y, message):
    with pytest.raises(ValueError, match=message):
        label_sharpness(X, y)
