import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.signal import convolve2d as scipy_convolve2d
from scipy.signal import correlate2d
from torch.nn import functional

from course_lib.cnn import (
    convolution_step,
    convolve2d,
    output_size,
    transposed_convolve2d,
    transposed_grid,
    zero_insert,
)
from course_lib.published import published

matrices = arrays(np.int64, st.tuples(st.integers(1, 9), st.integers(1, 9)), elements=st.integers(-99, 99))
kernels = arrays(np.int64, st.tuples(st.integers(1, 4), st.integers(1, 4)), elements=st.integers(-99, 99))
reference = published("cnn")
IMAGE, KERNEL = (np.array(reference[f"example.{name}"].value) for name in ("image", "kernel"))


def torched(array):
    return torch.tensor(np.asarray(array), dtype=torch.float64)[None, None]


def test_the_lectures_example_is_the_cross_correlation():
    np.testing.assert_array_equal(convolve2d(IMAGE, KERNEL), reference["example.cross_correlation"].value)
    np.testing.assert_array_equal(correlate2d(IMAGE, KERNEL, "valid"), reference["example.cross_correlation"].value)


def test_the_lectures_formula_is_the_true_convolution():
    np.testing.assert_array_equal(convolve2d(IMAGE, KERNEL, "convolution"), reference["example.convolution"].value)
    np.testing.assert_array_equal(scipy_convolve2d(IMAGE, KERNEL, "valid"), reference["example.convolution"].value)


@settings(deadline=None)
@given(matrices, kernels, st.integers(1, 3), st.integers(0, 3), st.integers(1, 3))
def test_cross_correlation_is_pytorchs_convolution(image, kernel, stride, padding, dilation):
    spans = [dilation * (k - 1) + 1 for k in kernel.shape]
    assume(all(span <= n + 2 * padding for span, n in zip(spans, image.shape, strict=True)))
    expected = functional.conv2d(torched(image), torched(kernel), None, stride, padding, dilation)[0, 0]
    np.testing.assert_array_equal(convolve2d(image, kernel, "cross-correlation", stride, padding, dilation), expected)


@settings(deadline=None)
@given(matrices, kernels, st.integers(1, 3), st.integers(0, 3))
def test_true_convolution_is_scipys(image, kernel, stride, padding):
    assume(all(k <= n + 2 * padding for k, n in zip(kernel.shape, image.shape, strict=True)))
    expected = scipy_convolve2d(np.pad(image, padding), kernel, "full")
    h, w = kernel.shape
    rows, cols = (n + 2 * padding for n in image.shape)
    expected = expected[h - 1 : rows, w - 1 : cols][::stride, ::stride]
    np.testing.assert_array_equal(convolve2d(image, kernel, "convolution", stride, padding), expected)


def test_whole_numbers_stay_exact_where_floats_would_round():
    assert convolve2d([[2**53, 1]], [[1, 1]])[0, 0] == 2**53 + 1


def test_eight_bit_pixels_do_not_overflow():
    image = np.full((3, 3), 255, np.uint8)
    assert convolve2d(image, np.full((3, 3), 255, np.uint8)) == 9 * 255 * 255


def test_one_pixel_and_one_weight():
    np.testing.assert_array_equal(convolve2d([[3]], [[-2]], "convolution"), [[-6]])


def test_inputs_are_left_as_they_were():
    image, kernel = IMAGE.copy(), KERNEL.copy()
    convolution_step(image, kernel, 0, 0, "convolution", padding=1).kernel[:] = 0
    np.testing.assert_array_equal(image, IMAGE)
    np.testing.assert_array_equal(kernel, KERNEL)


@settings(deadline=None)
@given(matrices, kernels, st.sampled_from(["cross-correlation", "convolution"]), st.integers(1, 2), st.integers(0, 2))
def test_the_step_at_every_place_adds_up_to_the_output(image, kernel, mode, stride, padding):
    assume(all(k <= n + 2 * padding for k, n in zip(kernel.shape, image.shape, strict=True)))
    output = convolve2d(image, kernel, mode, stride, padding)
    for (row, col), value in np.ndenumerate(output):
        step = convolution_step(image, kernel, row, col, mode, stride, padding)
        assert step.value == value == step.products.sum()
        padded = np.pad(image, padding)
        np.testing.assert_array_equal(step.window, padded[np.ix_(step.rows + padding, step.cols + padding)])


def test_a_steps_rows_and_columns_are_the_images_own_and_reach_into_the_padding():
    step = convolution_step(IMAGE, KERNEL, 0, 2, stride=2, padding=1)
    assert (step.rows.tolist(), step.cols.tolist()) == ([-1, 0, 1], [3, 4, 5])
    np.testing.assert_array_equal(step.window, [[0, 0, 0], [1, 0, 0], [3, 1, 0]])


def test_a_step_outside_the_output_is_refused():
    with pytest.raises(ValueError, match="row: got 3; the output allows 0 to 2"):
        convolution_step(IMAGE, KERNEL, 3, 0)
    with pytest.raises(ValueError, match="col: got -1; allowed are whole numbers from 0 on"):
        convolution_step(IMAGE, KERNEL, 0, -1)


@pytest.mark.parametrize("image", [np.zeros(5), np.zeros((1, 5, 5)), 3, np.zeros((0, 5))])
def test_an_image_must_have_two_dimensions_and_pixels(image):
    with pytest.raises(ValueError, match=r"image: got shape .*; allowed is two-dimensional"):
        convolve2d(image, KERNEL)


def test_words_are_no_kernel():
    with pytest.raises(ValueError, match="kernel: got dtype"):
        convolve2d(IMAGE, [["a"]])


def test_an_unknown_mode_is_refused_with_those_allowed():
    with pytest.raises(ValueError, match="mode: got 'same'; allowed are 'cross-correlation' and 'convolution'"):
        convolve2d(IMAGE, KERNEL, "same")


def test_a_kernel_larger_than_the_image_is_refused():
    with pytest.raises(ValueError, match="k: a kernel of 6"):
        convolve2d(IMAGE, np.ones((6, 6)))


def test_the_lectures_upsampling_with_row_2_column_3_being_two_and_a_half():
    image, kernel = (reference[f"upsampling.{name}"].value for name in ("image", "kernel"))
    upsampled = transposed_convolve2d(image, kernel)
    np.testing.assert_array_equal(upsampled, reference["upsampling.output"].value)
    assert upsampled[1, 2] == 2.5


@settings(deadline=None)
@given(matrices, kernels, st.integers(1, 4), st.integers(0, 4), st.integers(0, 3))
def test_transposed_convolution_is_pytorchs(image, kernel, stride, padding, extra):
    lengths = [stride * (n - 1) + k + extra - 2 * padding for n, k in zip(image.shape, kernel.shape, strict=True)]
    assume(extra < stride and min(lengths) > 0)
    expected = functional.conv_transpose2d(torched(image), torched(kernel), None, stride, padding, extra)[0, 0]
    np.testing.assert_array_equal(transposed_convolve2d(image, kernel, stride, padding, extra), expected)


@settings(deadline=None)
@given(matrices, st.integers(1, 4))
def test_zero_insertion_keeps_the_pixels_and_adds_nothing(image, s):
    spread = zero_insert(image, s)
    np.testing.assert_array_equal(spread[::s, ::s], image)
    assert np.count_nonzero(spread) == np.count_nonzero(image)
    assert spread.shape == tuple(s * (n - 1) + 1 for n in image.shape)


def test_the_grid_of_the_lectures_upsampling_gives_six_by_six():
    grid = transposed_grid(reference["upsampling.image"].value, (3, 3))
    assert [output_size(n, 3) for n in grid.shape] == [6, 6]
    assert (grid[1, 1], grid[1, 3], grid[3, 5]) == (5, 3, 4)
