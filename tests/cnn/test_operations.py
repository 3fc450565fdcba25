import pytest
from torch import nn

from course_lib.cnn import bottleneck_operations, kernel_weights, layer_table
from course_lib.published import published

reference = {name: entry.value for name, entry in published("cnn").items()}


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
