import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from course_lib.cnn import receptive_field, receptive_field_table, receptive_window, zoo
from course_lib.published import published

chains = st.lists(st.tuples(st.integers(1, 4), st.integers(1, 3), st.integers(1, 2)), max_size=4)


def pixels_with_gradient(layers, padding, side, unit):
    """First and last pixel that move one unit of a real network whose weights are all one."""
    signal = torch.ones(1, 1, side, dtype=torch.float64, requires_grad=True)
    output = signal
    for (k, s, d), p in zip(layers, padding, strict=True):
        output = functional.conv1d(output, torch.ones(1, 1, k, dtype=torch.float64), None, s, p, d)
    output[0, 0, unit].backward()
    touched = signal.grad[0, 0].nonzero().flatten()
    return touched[0].item(), touched[-1].item()


@settings(deadline=None)
@given(chains)
def test_the_field_is_what_a_networks_gradient_reaches(layers):
    field = receptive_field(layers)
    first, last = pixels_with_gradient(layers, [0] * len(layers), field, 0)
    assert (first, last) == (0, field - 1)


@settings(deadline=None)
@given(chains, st.integers(0, 3), st.data())
def test_the_window_is_what_a_networks_gradient_reaches(layers, unit, data):
    padding = [data.draw(st.integers(0, k // 2)) for k, *_ in layers]
    first, last = receptive_window(layers, unit, padding)
    side = 2000  # 3⁴ steps at most from a unit to the next: enough for the fourth
    reached = pixels_with_gradient(layers, padding, side, unit)
    if first >= 0:
        assert reached == (first, last)
    else:
        assert reached[1] <= last


@pytest.mark.parametrize(
    ("stack", "name"),
    [("LeNet-5, C5", "lenet5_C5"), ("AlexNet, pool5", "alexnet_pool5"), ("VGG-16, pool5", "vgg16_pool5")],
)
def test_the_lectures_three_receptive_fields(stack, name):
    layers = zoo.STACKS[stack].layers
    field = published("cnn")[f"receptive_field.{name}"].value
    assert receptive_field(layers) == field
    with_dilation = [(*layer, 1) for layer in layers]
    assert pixels_with_gradient(with_dilation, [0] * len(layers), field, 0) == (0, field - 1)


def test_the_table_shows_the_recurrence_row_by_row():
    table = receptive_field_table([(5, 1), (2, 2), (5, 1), (2, 2), (5, 1)], ["C1", "S2", "C3", "S4", "C5"])
    assert table["layer"].tolist() == ["input", "C1", "S2", "C3", "S4", "C5"]
    assert table["field"].tolist() == [1, 5, 6, 14, 16, 32]
    assert table["jump"].tolist() == [1, 1, 2, 2, 4, 4]


def test_no_layer_sees_one_pixel():
    assert receptive_field([]) == 1


def test_two_small_kernels_see_as_far_as_one_large():
    assert receptive_field([(3, 1)] * 2) == receptive_field([(5, 1)])
    assert receptive_field([(3, 1)] * 3) == receptive_field([(7, 1)])


def test_dilation_spreads_a_kernel():
    assert receptive_field([(3, 1, 2)]) == receptive_field([(5, 1)])


@pytest.mark.parametrize("layers", [[(3,)], [(3, 1, 1, 1)]])
def test_a_layer_is_two_or_three_numbers(layers):
    with pytest.raises(ValueError, match=r"layers: got .*; allowed is \(k, s\) or \(k, s, d\)"):
        receptive_field(layers)


def test_impossible_numbers_are_named():
    with pytest.raises(ValueError, match="s: got 0"):
        receptive_field([(3, 0)])
    with pytest.raises(ValueError, match="names: got 1 for 2 layers"):
        receptive_field_table([(3, 1), (3, 1)], ["a"])
    with pytest.raises(ValueError, match="padding: got 1 for 2 layers"):
        receptive_window([(3, 1), (3, 1)], 0, [1])
    with pytest.raises(ValueError, match="unit: got -1"):
        receptive_window([(3, 1)], -1)
