"""Images in the forms of the two papers, against Pillow, scikit-image's gray and arithmetic by hand."""

import numpy as np
import pytest
from PIL import Image

from course_lib.intrinsic_dimension.images import konz_preprocess, pope_preprocess

rng = np.random.default_rng(0)


def test_every_image_is_stretched_to_its_own_maximum():
    dark = rng.integers(0, 300, (5, 16, 16))
    np.testing.assert_array_equal(konz_preprocess(dark, 16), konz_preprocess(dark * 7, 16))
    assert konz_preprocess(dark, 16).max(axis=(1, 2)).tolist() == [255] * 5


@pytest.mark.parametrize("top", [1, 3, 77, 254, 4095, 65535])
def test_the_maximum_becomes_255_and_fractions_are_cut(top):
    image = np.arange(top + 1).reshape(1, 1, -1)[..., -64:]
    told = [value * 255 // top for value in range(top + 1)][-64:]
    found = konz_preprocess(np.broadcast_to(image, (1, image.shape[2], image.shape[2])), image.shape[2])
    np.testing.assert_array_equal(found[0, 0], told)


def test_enlarging_is_bilinear_as_in_pillow():
    image = rng.integers(0, 256, (20, 28)).astype(np.uint8)
    image[3, 4] = 255
    peer = np.asarray(Image.fromarray(image).resize((224, 224), Image.Resampling.BILINEAR)).astype(int)
    assert np.abs(konz_preprocess([image])[0] - peer).max() <= 1


def test_shrinking_to_a_half_takes_the_mean_of_four():
    image = rng.integers(0, 256, (64, 64)).astype(np.uint8)
    image[0, 0] = 255
    means = image.reshape(32, 2, 32, 2).mean(axis=(1, 3))
    assert np.abs(konz_preprocess([image], 32)[0] - means).max() <= 0.5


def test_shrinking_does_not_smooth_first():
    stripes = np.tile(np.array([0, 0, 0, 255, 255, 0, 0, 0], np.uint8), (64, 8))  # a smoothed one would be gray
    assert set(np.unique(konz_preprocess([stripes], 8))) == {255}


def test_gray_weighs_the_colors_as_scikit_image_does():
    color = np.zeros((1, 4, 4, 3))
    color[0, 0, 0], color[0, 0, 1], color[0, 0, 2], color[0, 0, 3] = np.eye(3)[0], np.eye(3)[1], np.eye(3)[2], 1
    assert konz_preprocess(color, 4)[0, 0].tolist() == [54, 182, 18, 255]


def test_images_may_differ_in_size_and_a_black_one_stays_black():
    found = konz_preprocess([np.zeros((5, 9)), np.ones((300, 200, 3), np.uint8)])
    assert found.shape == (2, 224, 224) and found.dtype == np.uint8
    assert found[0].max() == 0 and found[1].min() == 255


def test_popes_form_keeps_brightness_and_color():
    color = np.zeros((2, 64, 64, 3), np.uint8)
    color[0], color[1] = (10, 20, 30), (200, 0, 7)
    found = pope_preprocess(color)
    assert found.shape == (2, 32, 32, 3) and found.dtype == np.uint8
    assert found[0, 5, 5].tolist() == [10, 20, 30] and found[1, 31, 0].tolist() == [200, 0, 7]


def test_popes_form_repeats_gray_and_rounds_floats():
    found = pope_preprocess([np.full((32, 32), 0.5), np.full((8, 40), 9, np.uint8)])
    assert found.shape == (2, 32, 32, 3)
    assert np.unique(found[0]).tolist() == [128] and np.unique(found[1]).tolist() == [9]


def test_what_came_is_not_changed():
    images = rng.random((2, 9, 9))
    before = images.copy()
    konz_preprocess(images, 4)
    pope_preprocess(images, 4)
    np.testing.assert_array_equal(images, before)


@pytest.mark.parametrize("preprocess", [konz_preprocess, pope_preprocess])
@pytest.mark.parametrize(
    ("images", "message"),
    [
        ([], "images: got none"),
        ([np.zeros((4, 4, 4))], r"images: got one of shape \(4, 4, 4\), allowed are \(H, W\) and \(H, W, 3\)"),
        ([np.full((4, 4), -1.0)], "images: got float64 with values below 0 or not finite"),
        ([np.full((4, 4), np.nan)], "images: got float64 with values below 0 or not finite"),
    ],
)
def test_what_is_not_allowed_is_named(preprocess, images, message):
    with pytest.raises(ValueError, match=message):
        preprocess(images)


def test_sizes_and_ranges_are_named():
    with pytest.raises(ValueError, match="size: got 0"):
        konz_preprocess([np.ones((4, 4))], 0)
    with pytest.raises(ValueError, match=r"images: got int64 up to 300, allowed are uint8 and floats from 0 to 1"):
        pope_preprocess([np.full((4, 4), 300)])
    with pytest.raises(ValueError, match=r"images: got float64 up to 255"):
        pope_preprocess([np.full((4, 4), 255.0)])
