"""Lecture 1's explorers: each scene against an independent oracle, each widget without a browser."""

import html

import numpy as np
import pytest
import torch
from torch.nn.functional import conv2d, conv_transpose2d
from torchvision.models import densenet121, resnet50, vgg16

from course_lib.cnn.explorers import (
    bottleneck_explorer,
    convolution_explorer,
    descent_explorer,
    ledger_explorer,
    receptive_field_explorer,
)
from course_lib.cnn.explorers.convolution import PRESETS, convolution_point, convolution_scene, read_matrix
from course_lib.cnn.explorers.descent import LOSSES, descent_scene
from course_lib.cnn.explorers.field import LENET, field_point, field_scene, map_side
from course_lib.cnn.explorers.ledger import OWN, bottleneck_scene, ledger_scene, read_shape
from course_lib.cnn.sketch import ALEXNET
from course_lib.cnn.zoo import NETWORKS, STACKS

LECTURE = {"preset": None, **PRESETS["5×5 image, 3×3 kernel"]}
UPSAMPLING = {"preset": None, **PRESETS["upsampling 3×3 to 6×6"]}


def shown_value(text):
    return float(text.split(";")[0].rsplit("=" if " = " in text.split(";")[0] else "sum", 1)[1].replace("−", "-"))


def tensors(values):
    return (torch.tensor(read_matrix(n, values[n]), dtype=torch.float64)[None, None] for n in ("image", "kernel"))


@pytest.mark.parametrize("flip", [False, True])
@pytest.mark.parametrize(("stride", "padding", "dilation"), [(1, 0, 1), (2, 1, 1), (1, 2, 2), (3, 2, 1), (1, 0, 2)])
def test_every_step_of_the_convolution_is_pytorchs(stride, padding, dilation, flip):
    values = {**LECTURE, "stride": stride, "padding": padding, "dilation": dilation, "flip": flip}
    image, kernel = tensors(values)
    expected = conv2d(image, kernel.flip(2, 3) if flip else kernel, None, stride, padding, dilation)[0, 0]
    texts = [convolution_scene(**{**values, "step": n + 1}).text for n in range(expected.numel())]
    assert [shown_value(text) for text in texts] == pytest.approx(expected.flatten().tolist())
    assert all(f"output {expected.shape[0]}×{expected.shape[1]}" in text for text in texts)


@pytest.mark.parametrize(("stride", "padding", "output_padding"), [(2, 1, 1), (2, 0, 0), (1, 1, 0), (3, 1, 2)])
@pytest.mark.parametrize("kernel_text", [UPSAMPLING["kernel"], "1 2 3\n4 5 6\n7 8 9"])
def test_every_step_of_the_transposed_convolution_is_pytorchs(stride, padding, output_padding, kernel_text):
    values = {**UPSAMPLING, "stride": stride, "padding": padding, "output_padding": output_padding}
    values["kernel"] = kernel_text
    image, kernel = tensors(values)
    expected = conv_transpose2d(image, kernel, None, stride, padding, output_padding)[0, 0]
    texts = [convolution_scene(**{**values, "step": n + 1}).text for n in range(expected.numel())]
    assert [shown_value(text) for text in texts] == pytest.approx(expected.flatten().tolist())


def test_the_lectures_first_step_is_written_out():
    assert convolution_scene(**LECTURE).text == (
        "row 1, column 1: 3×0 + 3×1 + 2×2 + 0×2 + 0×2 + 1×0 + 3×0 + 1×1 + 2×2 = 12; output 3×3 = ⌊(5−3+0)/1⌋+1"
    )


def test_upsampled_row_two_column_three_is_two_and_a_half():
    text = convolution_scene(**{**UPSAMPLING, "step": 9}).text
    assert text.startswith("row 2, column 3: ")
    assert shown_value(text) == 2.5
    assert text.endswith("output 6×6 = 2·(3−1)+3−2+1")


def test_a_kernel_that_is_not_square_gives_both_sizes():
    text = convolution_scene(**{**LECTURE, "kernel": "1 0 -1"}).text
    assert text == "row 1, column 1: 3×1 + 3×0 + 2×(−1) = 1; output 5×3 = ⌊(5−1+0)/1⌋+1 by ⌊(5−3+0)/1⌋+1"


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"image": "1 2\n3"}, "image: row 2 has 1 of the 2 numbers of row 1"),
        ({"image": ""}, "image: got nothing"),
        ({"kernel": "1 x"}, "kernel: row 1 has “x”, which is no number"),
        ({"kernel": "nan"}, "which is no number"),
        ({"k": 5, "dilation": 3}, "k: a kernel of 5 with dilation 3 spans 13 pixels"),
        ({"image": "/".join(["1 " * 16] * 3)}, "more than 15 cells"),
        ({"transposed": True, "dilation": 2}, "dilation: got 2"),
        ({"transposed": True, "output_padding": 3}, "output_padding: got 3"),
    ],
)
def test_what_cannot_be_convolved_is_said_in_a_sentence(changed, message):
    with pytest.raises(ValueError) as raised:
        convolution_scene(**{**LECTURE, **changed})
    assert message in str(raised.value)


def test_the_side_sliders_repeat_or_cut_the_matrix():
    text = convolution_scene(**{**LECTURE, "i": 7, "k": 1, "step": 49}).text
    assert text == "row 7, column 7: 0×0 = 0; output 7×7 = ⌊(7−1+0)/1⌋+1"


@pytest.mark.parametrize("values", [LECTURE, {**LECTURE, "stride": 2, "padding": 1}, UPSAMPLING])
def test_pointing_at_an_output_cell_or_at_its_windows_center_chooses_it(values):
    text = convolution_scene(**values).text
    cols = int(text.split("output ")[1].split(" ")[0].split("×")[1])
    stride = 1 if values["transposed"] else values["stride"]
    assert convolution_point(3, 1.2, 0.8, values) == {"step": cols + 2}
    assert convolution_point(0, stride * 1 + 1, stride * 1 + 1, values) == {"step": cols + 2}
    assert convolution_point(1, 0, 0, values) == {}
    assert convolution_point(3, 0, 0, {**values, "image": "1 2\n3"}) == {}


def test_the_convolution_widget_steps_flips_and_takes_its_presets():
    explorer = convolution_explorer()
    explorer.controls["step"].value = 5
    assert "= 17; output 3×3" in explorer.text
    explorer.controls["flip"].value = True
    assert "= 9; output 3×3" in explorer.text
    explorer.controls["preset"].value = "upsampling 3×3 to 6×6"
    assert explorer.text.endswith("output 6×6 = 2·(3−1)+3−2+1")
    assert explorer.controls["step"].max == 36
    assert explorer.values["flip"] is False


def test_the_convolution_widget_can_be_transposed_as_it_starts():
    explorer = convolution_explorer()
    before = explorer.picture.png
    explorer.controls["transposed"].value = True
    assert explorer.text.endswith("output 7×7 = 1·(5−1)+3−0+0")
    assert explorer.picture.png != before


def test_the_convolution_widget_says_what_is_wrong_with_a_ragged_image_and_recovers():
    explorer = convolution_explorer()
    before = explorer.picture.png
    explorer.controls["image"].value = "3 3 2\n0 0"
    assert explorer.text == "Not possible: image: row 2 has 2 of the 3 numbers of row 1"
    assert explorer.picture.png == before
    explorer.controls["image"].value = "3 3 2\n0 0 1\n3 1 2"
    assert "= 12; output 1×1" in explorer.text


def test_the_convolution_widget_starts_with_the_matrices_given():
    explorer = convolution_explorer(np.eye(3, dtype=int), [[1, -0.5]])
    assert explorer.text.startswith("row 1, column 1: 1×1 + 0×(−0.5) = 1; output 3×2")


def influence(stack, depth, row, column):
    """Rows and columns whose pixels reach a unit, by backpropagation through the layers with all weights 1."""
    network = STACKS[stack]
    border = 200  # so that a window past the image is seen as well
    side = network.input_size + 2 * border
    image = torch.ones(1, 1, side, side, requires_grad=True)
    maps, first = image, -border
    for (k, s), p in list(zip(network.layers, network.padding, strict=True))[:depth]:
        start = -p  # of the first window, in this layer's input
        skip = (start - first) % s
        maps = conv2d(maps[..., skip:, skip:], torch.ones(1, 1, k, k) / k**2, None, s)
        first = (first + skip - start) // s
    maps[0, 0, row - first, column - first].backward()
    rows, columns = torch.nonzero(image.grad[0, 0]).T - border
    return rows.min().item(), rows.max().item(), columns.min().item(), columns.max().item()


@pytest.mark.parametrize(
    ("stack", "depth", "row", "column"),
    [
        ("LeNet-5, C5", 5, 0, 0),
        ("LeNet-5, C5", 3, 2, 5),
        ("AlexNet, pool5", 8, 0, 3),
        ("AlexNet, pool5", 4, 5, 5),
        ("VGG-16, pool5", 10, 1, 2),
    ],
)
def test_the_window_is_what_backpropagation_reaches(stack, depth, row, column):
    top, bottom, left, right = influence(stack, depth, row, column)
    text = field_scene(stack, depth, row + 1, column + 1).text
    assert f"rows {top} to {bottom}, columns {left} to {right} of".replace("-", "−") in text


@pytest.mark.parametrize(("stack", "field"), [("LeNet-5, C5", 32), ("AlexNet, pool5", 195), ("VGG-16, pool5", 212)])
def test_the_field_widget_goes_to_the_top_of_each_preset(stack, field):
    explorer = receptive_field_explorer()
    explorer.controls["stack"].value = stack
    assert f"one unit sees {field} × {field} pixels" in explorer.text
    assert explorer.controls["layer"].value == len(STACKS[stack].layers)
    assert f"= {field}</td>" in explorer.picture.html


def test_the_field_widget_offers_the_units_of_its_layer():
    explorer = receptive_field_explorer()
    explorer.controls["layer"].value = 3
    assert "LeNet-5, C3: one unit sees 14 × 14 pixels. Unit (5, 5) of 10 × 10" in explorer.text
    explorer.controls["row"].value = 10
    assert "Unit (10, 5) of 10 × 10: rows 18 to 31, columns 8 to 21 of 0 to 31" in explorer.text


def test_a_window_past_the_border_is_said_to_be():
    assert (
        "rows −66 to 128, columns 30 to 224 of 0 to 223, 66 px past the border"
        in field_scene("AlexNet, pool5", 8, 1, 4).text
    )


@pytest.mark.parametrize("stack", STACKS)
def test_pointing_at_the_middle_of_a_units_window_chooses_the_unit(stack):
    values = {"stack": stack, "layer": 3, "row": 1, "column": 1, "layers": ""}
    side = map_side(STACKS[stack], 3)
    assert field_point(0, side - 1, 0, values) == {"row": 1, "column": side}
    middle = STACKS[stack].input_size / 2 - 0.5
    chosen = field_point(2, middle, middle, values)
    assert abs(chosen["row"] - (side + 1) / 2) <= 1
    assert field_point(1, 0, 0, values) == {}


def test_the_field_widget_follows_layers_of_ones_own():
    explorer = receptive_field_explorer()
    explorer.controls["stack"].value = OWN
    assert explorer.text.startswith("Your own network, layer 5: one unit sees 32 × 32 pixels. Unit (1, 1) of 1 × 1")
    explorer.controls["layers"].value = "3/1 3/1 2/2 3/1 3/1 2/2"
    assert explorer.controls["layer"].value == 6
    assert explorer.text.startswith("Your own network, layer 6: one unit sees 16 × 16 pixels. Unit (3, 3) of 5 × 5")
    assert explorer.controls["row"].max == 5
    assert "= 16</td>" in explorer.picture.html
    explorer.controls["layers"].value = "7/4"
    assert explorer.controls["layer"].value == 1
    assert "one unit sees 7 × 7 pixels. Unit (4, 4) of 7 × 7" in explorer.text
    assert field_point(0, 6, 0, explorer.values) == {"row": 1, "column": 7}


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ("", "layers: got 0; allowed are 1 to 24, such as “5/1 2/2"),
        ("3/1 " * 25, "layers: got 25; allowed are 1 to 24"),
        ("5/1 2x2", "layers: entry 2 is “2x2”; allowed is kernel/stride from 1 on, such as 5/1"),
        ("5/0", "layers: entry 1 is “5/0”"),
        ("9999/1", "layers: entry 1 is “9999/1”"),
        ("<b>", "layers: entry 1 is “<b>”"),
        ("9/9 9/9 9/9 9/9", "layers: one unit would see 6,561 pixels; allowed are up to 512"),
    ],
)
def test_layers_that_cannot_be_read_are_named_and_the_picture_stays(layers, message):
    explorer = receptive_field_explorer()
    explorer.controls["stack"].value = OWN
    before = explorer.picture.png
    explorer.controls["layers"].value = layers
    assert explorer.text.startswith(f"Not possible: {message}")
    assert explorer.picture.png == before
    assert field_point(0, 0, 0, explorer.values) == {}
    explorer.controls["layers"].value = LENET
    assert "one unit sees 32 × 32 pixels" in explorer.text


@pytest.mark.parametrize(("name", "build"), [("VGG-16", vgg16), ("ResNet-50", resnet50), ("DenseNet-121", densenet121)])
def test_the_ledgers_total_is_torchvisions(name, build):
    with torch.device("meta"):
        expected = sum(parameter.numel() for parameter in build().parameters())
    scene = ledger_scene(name, "", "")
    assert scene.text.startswith(f"{name}: {expected:,} parameters, ")
    assert f"{expected:,}</td>" in scene.html


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("LeNet-5", ["60,000 parameters", "first weight layer 6 × 28 × 28", "C5 with 48,120 parameters"]),
        ("AlexNet", ["60,965,224 parameters", "first weight layer 96 × 55 × 55"]),
        ('AlexNet, C1 "SAME"', ["60,965,224 parameters", "first weight layer 96 × 56 × 56"]),
        ("AlexNet, no last pool", ["200,425,832 parameters"]),
        ("VGG-16", ["138,357,544 parameters", "largest layer classifier.0 with 102,764,544 parameters"]),
        ("VGG-19", ["143,667,240 parameters"]),
        ("ResNet-152", ["60,192,808 parameters"]),
        ("DenseNet-201", ["20,013,928 parameters"]),
    ],
)
def test_the_ledger_shows_the_lectures_counts(name, parts):
    text = ledger_scene(name, "", "").text
    assert all(part in text for part in parts)


def test_the_ledger_widget_counts_a_network_while_it_is_edited():
    explorer = ledger_explorer()
    explorer.controls["network"].value = OWN
    assert explorer.text.startswith("Your own network: 60,965,224 parameters, 724,406,816 multiplications")
    explorer.controls["layers"].value = ALEXNET.replace("relu\npool k3 s2\nfc", "relu\nfc")
    assert explorer.text.startswith("Your own network: 200,425,832 parameters")
    explorer.controls["layers"].value = "conv 6 k5 / poo k2"
    assert explorer.text.startswith("Not possible: line 2, “poo k2”: got “poo”; allowed are conv")
    explorer.controls["layers"].value = "fc 10"
    explorer.controls["input_shape"].value = "1 × 512 x 512"
    assert "2,621,450 parameters" in explorer.text
    assert "<script" not in explorer.picture.html


@pytest.mark.parametrize("name", NETWORKS)
def test_the_ledger_says_which_variant_it_counts(name):
    assert html.escape(f"{name} ({NETWORKS[name].year}): {NETWORKS[name].note}.") in ledger_scene(name, "", "").html


@pytest.mark.parametrize("text", ["", "3 × 224", "3 × 0 × 4", "three × 2 × 2 × 1", "-3 × 4 × 5"])
def test_an_input_shape_that_cannot_be_read_is_refused(text):
    with pytest.raises(ValueError, match="input: got"):
        read_shape(text)


def test_a_network_without_weights_is_counted_all_the_same():
    assert "Your own network: 0 parameters, 0 multiplications" in ledger_scene(OWN, "1×8×8", "pool k2").text


def test_the_bottleneck_falls_from_113_to_5_million():
    assert bottleneck_scene(0).text == "No reduction: 14·14·5·5·480·48 = 112,896,000 multiplications"
    explorer = bottleneck_explorer()
    explorer.controls["reduce"].value = 16
    assert explorer.text == (
        "Reduced to 16 channels: 1,505,280 + 3,763,200 = 5,268,480 multiplications, 21.4 times fewer than 112,896,000"
    )
    assert "1.4 times more" in bottleneck_scene(480).text


@pytest.mark.parametrize("name", LOSSES)
def test_each_losss_derivative_is_autograds(name):
    loss, gradient = LOSSES[name]
    theta = torch.linspace(-3, 3, 13, dtype=torch.float64, requires_grad=True)
    loss(theta).sum().backward()
    assert gradient(theta.detach()).tolist() == pytest.approx(theta.grad.tolist())


@pytest.mark.parametrize(
    ("rate", "verdict"),
    [
        (0.1, "goes downhill without overshooting"),
        (1.5, "overshoots, but settles"),
        (2.0, "jumps to and fro and does not settle"),
        (2.2, "diverges"),
    ],
)
def test_the_bowl_is_stable_below_a_rate_of_two(rate, verdict):
    text = descent_scene("bowl, ½θ²", rate, 2.5, 20).text
    assert text.endswith(f"descent {verdict}.")
    assert f"to {abs(2.5 * (1 - rate) ** 20):.3f}" in text or rate > 2


def test_a_start_at_the_bottom_stays_there():
    assert "stays where it is" in descent_scene("bowl, ½θ²", 0.3, 0.0, 5).text


def test_the_descent_widget_answers_to_every_control_even_where_it_diverges():
    explorer = descent_explorer()
    for name, value in {"rate": 2.5, "steps": 50, "start": -2.75, "loss": list(LOSSES)[1]}.items():
        before = explorer.text
        explorer.controls[name].value = value
        assert explorer.text != before
        assert explorer.error is None
