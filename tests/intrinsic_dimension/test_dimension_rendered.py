"""Images of known dimension."""

import numpy as np
import pytest

from course_lib.intrinsic_dimension import FACTORS, MLE, TwoNN, ball, rendered_images

NAMES = list(FACTORS)


@pytest.mark.parametrize("d", [1, 2, 3, 4, 5])
def test_estimators_find_as_many_dimensions_as_there_are_factors(d):
    images = rendered_images(2000, NAMES[:d]).images
    flat = MLE().fit(ball(d, 2000)).dimension_
    assert MLE().fit(images).dimension_ == pytest.approx(flat, rel=0.06)
    assert TwoNN().fit(images).dimension_ == pytest.approx(d, rel=0.1)


@pytest.mark.parametrize("factor", NAMES)
def test_every_factor_alone_is_one_dimension(factor):
    images = rendered_images(300, [factor])
    assert MLE(k=10).fit(images).dimension_ == pytest.approx(1, abs=0.1)
    assert np.ptp(images.extras[factor]) > 0.9 * np.ptp(FACTORS[factor])


def test_noise_lifts_the_dimension_and_most_of_all_nearby():
    quiet, noisy = (rendered_images(1000, NAMES[:4], noise=sd) for sd in (0, 4))
    assert MLE().fit(noisy).dimension_ > 2 * MLE().fit(quiet).dimension_
    assert MLE(k=5).fit(noisy).dimension_ > MLE(k=50).fit(noisy).dimension_
    assert np.std(noisy.images - quiet.images) == pytest.approx(4, rel=0.01)


def test_images_are_those_of_a_camera_with_eight_bits():
    images = rendered_images(500, NAMES).images
    assert images.min() >= 0 and images.max() <= 255 and np.isfinite(images).all()


def test_factors_move_what_they_name():
    def center(image):
        weights = image - image.min()
        places = np.arange(len(image))
        return (weights.sum(axis=0) @ places / weights.sum(), weights.sum(axis=1) @ places / weights.sum())

    moved = rendered_images(200, ["x"])
    across, down = np.transpose([center(image) for image in moved.images])
    assert np.corrcoef(across, moved.extras["x"])[0, 1] > 0.99 and np.ptp(down) < 0.1
    grown = rendered_images(200, ["size"])
    assert np.corrcoef((grown.images > 100).sum(axis=(1, 2)), grown.extras["size"])[0, 1] > 0.98
    turned = rendered_images(2, ["rotation"], size=48)
    assert np.abs(turned.images[0] - turned.images[1]).max() > 5


def test_labels_ask_for_the_size_or_else_for_the_first_factor():
    sized = rendered_images(50, ["x", "size"])
    np.testing.assert_array_equal(sized.labels, sized.extras["size"] > np.mean(FACTORS["size"]))
    assert sized.class_names == ("small", "large") and sized.card.simulated
    first = rendered_images(50, ["y", "x"])
    np.testing.assert_array_equal(first.labels, first.extras["y"] > 0)


def test_the_seed_alone_decides():
    one, same, other = (rendered_images(5, ["x"], seed=seed, noise=1).images for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert (one != other).any()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n": 0}, "n: got 0, allowed is a whole number from 1 on"),
        ({"factors": ["z"]}, r"factors: got \['z'\], allowed are different ones of x, y, size"),
        ({"factors": ["x", "x"]}, "factors: got"),
        ({"factors": "x"}, "factors: got 'x'"),
        ({"factors": []}, "factors: got"),
        ({"noise": -1}, "noise: got -1"),
        ({"noise": float("nan")}, "noise: got nan"),
        ({"noise": 1e300}, r"noise: got 1e\+300, allowed is a number from 0 to 1e\+06"),
    ],
)
def test_what_is_not_allowed_is_said(arguments, message):
    with pytest.raises(ValueError, match=message):
        rendered_images(**{"n": 3, **arguments})
