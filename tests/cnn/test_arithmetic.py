import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional

from course_lib.cnn import bottleneck_operations, kernel_weights, layer_table, output_size, transposed_output_size
from course_lib.published import published

reference = {name: entry.value for name, entry in published("cnn").items()}
small = st.integers(1, 6)


def test_the_lectures_three_examples():
    for example in reference["output_size.examples"]:
        assert output_size(*(example[name] for name in "ikps")) == example["o"]


@settings(deadline=None)
@given(i=st.integers(1, 40), k=small, p=st.integers(0, 4), s=small, d=small)
def test_output_size_is_the_shape_pytorch_puts_out(i, k, p, s, d):
    assume(d * (k - 1) + 1 <= i + 2 * p)
    put_out = functional.conv1d(torch.zeros(1, 1, i), torch.zeros(1, 1, k), stride=s, padding=p, dilation=d)
    assert output_size(i, k, p, s, d) == put_out.shape[-1]


@settings(deadline=None)
@given(i=st.integers(1, 20), k=small, p=st.integers(0, 3), s=small, d=small, extra=st.integers(0, 5))
def test_transposed_output_size_is_the_shape_pytorch_puts_out(i, k, p, s, d, extra):
    assume(extra < max(s, d) and s * (i - 1) + d * (k - 1) + 1 + extra > 2 * p)
    put_out = functional.conv_transpose1d(
        torch.zeros(1, 1, i), torch.zeros(1, 1, k), stride=s, padding=p, dilation=d, output_padding=extra
    )
    assert transposed_output_size(i, k, p, s, d, extra) == put_out.shape[-1]


@settings(deadline=None)
@given(o=st.integers(1, 20), k=small, p=st.integers(0, 3), s=small)
def test_the_transposed_convolution_leads_back_to_a_size_the_convolution_came_from(o, k, p, s):
    assume(s * (o - 1) + k > 2 * p)
    assert output_size(transposed_output_size(o, k, p, s), k, p, s) == o


def test_max_pooling_follows_the_same_formula():
    assert output_size(13, k=3, s=2) == functional.max_pool2d(torch.zeros(1, 1, 13, 13), 3, 2).shape[-1] == 6


def test_numpy_integers_are_whole_numbers():
    assert output_size(np.int64(5), np.uint8(3)) == 3


@pytest.mark.parametrize(("name", "value"), [("i", 0), ("k", 0), ("p", -1), ("s", 0), ("d", 0), ("s", 1.5), ("k", "3")])
def test_an_argument_out_of_its_range_is_named(name, value):
    with pytest.raises(ValueError, match=rf"{name}: got .*{value}.*; allowed are whole numbers from"):
        output_size(**{"i": 5, "k": 3, name: value})


def test_a_kernel_larger_than_the_padded_input_is_refused_with_the_largest_that_fits():
    with pytest.raises(ValueError, match=r"k: a kernel of 8 .* padded input has 7 .* allowed is k up to 7"):
        output_size(5, 8, p=1)
    assert output_size(5, 7, p=1) == 1


def test_dilation_widens_the_kernel_that_must_fit():
    with pytest.raises(ValueError, match="k up to 2"):
        output_size(5, 3, d=4)


def test_output_padding_must_stay_below_the_stride():
    with pytest.raises(ValueError, match=r"output_padding: got 2; allowed is less than max\(s, d\) = 2"):
        transposed_output_size(3, 3, s=2, output_padding=2)


def test_cutting_off_everything_is_refused():
    with pytest.raises(ValueError, match=r"p: got 2, .* 3 pixels; allowed is p up to 1"):
        transposed_output_size(1, 3, p=2)


def test_the_bottleneck_of_googlenet():
    straight, reduced = bottleneck_operations(), bottleneck_operations(reduce=16)
    assert straight == {"convolution": reference["bottleneck.straight"], "total": reference["bottleneck.straight"]}
    assert reduced == {part: reference[f"bottleneck.{part}"] for part in ("reduction", "convolution", "total")}
    assert round(straight["total"] / reduced["total"], 1) == reference["bottleneck.ratio"]


@pytest.mark.parametrize("reduce", [None, 1, 16, 480])
def test_the_count_is_that_of_the_layers_themselves(reduce):
    layers = [nn.Conv2d(480, reduce, 1)] if reduce else []
    layers.append(nn.Conv2d(reduce or 480, 48, 5, padding=2))
    table = layer_table(nn.Sequential(*layers), (480, 14, 14))
    assert table["multiplications"].sum() == bottleneck_operations(reduce=reduce)["total"]


def test_factorized_filters():
    five, seven = reference["factorized.5x5"], reference["factorized.7x7"]
    assert (kernel_weights((5, 5)), kernel_weights((3, 3), (3, 3))) == (five["one 5x5"], five["two 3x3"])
    assert kernel_weights((7, 7)) == seven["one 7x7"]
    assert kernel_weights((3, 3), (3, 3), (3, 3)) == seven["three 3x3"]
    assert kernel_weights((1, 7), (7, 1)) == seven["1x7 and 7x1"]


def test_impossible_numbers_are_named():
    with pytest.raises(ValueError, match="reduce: got 0"):
        bottleneck_operations(reduce=0)
    with pytest.raises(ValueError, match="kernels: got 0"):
        kernel_weights((0, 3))
