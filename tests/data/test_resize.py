import numpy as np
import pytest
from PIL import Image

from course_lib.data.resize import resize


def test_a_picture_is_resized_as_pillow_does_it():
    image = np.random.default_rng(0).integers(0, 256, (9, 7, 3), dtype=np.uint8)
    expected = Image.fromarray(image).resize((5, 4), Image.Resampling.BICUBIC)
    np.testing.assert_array_equal(resize(image, (4, 5)), np.asarray(expected))


def test_overshoot_of_float_images_is_cut_off():
    image = np.zeros((8, 8), np.float32)
    image[:, 4:] = 1
    large = resize(image, (32, 32))
    assert large.dtype == np.float32 and large.min() == 0 and large.max() == 1


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_a_volume_is_resized_along_each_axis_alike(dtype):
    line = np.array([0, 0.2, 0.4, 0.6, 0.8, 1]) * (255 if dtype == np.uint8 else 1)
    volume = np.broadcast_to(line, (6, 6, 6)).astype(dtype)
    along_last = resize(volume, (12, 12, 12))
    along_first = resize(np.ascontiguousarray(volume.T), (12, 12, 12))
    assert along_last.shape == (12, 12, 12)
    np.testing.assert_allclose(along_first.T.astype(float), along_last, atol=1e-6)


def test_the_same_size_gives_the_same_image():
    image = np.arange(12, dtype=np.uint8).reshape(3, 4)
    np.testing.assert_array_equal(resize(image, (3, 4)), image)
