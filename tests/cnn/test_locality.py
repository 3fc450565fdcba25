import numpy as np
import pytest
import torch
from scipy.stats import pearsonr

from course_lib.cnn.locality import effective_field, fully_connected, pixel_correlation, shuffle_pixels
from course_lib.data import ImageSet


def test_pixel_correlation_is_pearsons():
    image = np.random.default_rng(0).normal(size=(20, 30)).cumsum(1)
    got = pixel_correlation(image, [1, 7])
    expected = [pearsonr(image[:, :-d].ravel(), image[:, d:].ravel())[0] for d in (1, 7)]
    assert got == pytest.approx(expected)


def test_a_pixel_correlates_perfectly_with_itself():
    assert pixel_correlation(np.arange(12).reshape(3, 4), [0]) == pytest.approx([1.0])


def test_a_constant_image_has_no_correlation():
    assert np.isnan(pixel_correlation(np.ones((3, 3)), [1])).all()


@pytest.mark.parametrize(
    ("image", "distances", "message"),
    [(np.zeros(5), [1], r"image: got shape \(5,\)"), (np.zeros((2, 5)), [5], "distances: got .* allowed are 0 to 4")],
)
def test_pixel_correlation_says_what_it_cannot_take(image, distances, message):
    with pytest.raises(ValueError, match=message):
        pixel_correlation(image, distances)


def gray(n: int = 5) -> ImageSet:
    return ImageSet(np.random.default_rng(1).integers(0, 255, (n, 4, 6)).astype(np.uint8), np.arange(n))


def test_shuffling_keeps_each_images_pixels_and_leaves_the_set_alone():
    images = gray()
    before = images.images.copy()
    shuffled = shuffle_pixels(images, seed=2)
    assert np.array_equal(np.sort(shuffled.images.reshape(5, -1)), np.sort(before.reshape(5, -1)))
    assert not np.array_equal(shuffled.images, before)
    assert np.array_equal(images.images, before)
    assert np.array_equal(shuffled.labels, images.labels)


def test_all_sets_are_shuffled_in_the_same_order():
    whole = shuffle_pixels(gray(), seed=2)
    part = shuffle_pixels(gray()[3:], seed=2)
    assert np.array_equal(whole.images[3:], part.images)


def test_only_gray_images_are_shuffled():
    with pytest.raises(ValueError, match=r"images: got shape \(2, 4, 4, 3\)"):
        shuffle_pixels(ImageSet(np.zeros((2, 4, 4, 3), np.uint8), np.zeros(2, int)))


def test_a_fully_connected_network_is_blind_to_a_shuffle_that_its_weights_share():
    network = fully_connected(side=4)
    order = torch.randperm(16, generator=torch.Generator().manual_seed(0))
    images = torch.rand(3, 1, 4, 4)
    twin = fully_connected(side=4)
    twin.load_state_dict(network.state_dict())
    twin[1].weight.data = network[1].weight.data[:, order]
    assert torch.allclose(twin(images.flatten(1)[:, order].reshape(3, 1, 4, 4)), network(images), atol=1e-6)


def test_effective_field_reaches_as_far_as_the_arithmetic_says():
    field = effective_field(depth=4, kernel=3, side=15)
    assert ((field > 0).any(0)).sum() == ((field > 0).any(1)).sum() == 1 + 4 * 2
    assert field.max() == pytest.approx(1)


def test_effective_field_is_autograds_gradient():
    generator = torch.Generator().manual_seed(5)
    weights = torch.rand(2, 1, 1, 3, 3, generator=generator)
    pixels = torch.zeros(1, 1, 9, 9, requires_grad=True)
    maps = pixels
    for weight in weights.flip(0):  # the field is computed from the top layer down
        maps = torch.nn.functional.conv2d(maps, weight, padding=1)
    (gradient,) = torch.autograd.grad(maps[0, 0, 4, 4], pixels)
    expected = gradient[0, 0].abs() / gradient.abs().max()
    assert np.allclose(effective_field(depth=2, side=9, repeats=1, seed=5), expected, atol=1e-6)


def test_effective_field_needs_a_center():
    with pytest.raises(ValueError, match="side: got 10; allowed are odd numbers"):
        effective_field(depth=1, side=10)
