"""What the lecture says outside any one module."""

import math
import re

import numpy as np
import pytest
import torch
from scipy import signal
from sklearn.datasets import load_digits
from torch import nn
from torch.nn import functional

from course_lib import config
from course_lib.cnn.small import BasicBlock
from course_lib.published import published

reference = published("cnn")


def test_a_fully_connected_neuron_on_512_pixels_squared_has_262144_weights():
    with torch.device("meta"):
        neuron = nn.Linear(512 * 512, 1, bias=False)
    assert neuron.weight.numel() == reference["fully_connected.weights_512"].value
    assert nn.Conv2d(1, 1, 10, bias=False).weight.numel() == reference["fully_connected.weights_kernel_10"].value


def test_the_filter_bank_has_300_weights_and_4_biases():
    bank = nn.Conv2d(3, 4, 5)
    assert bank.weight.numel() == reference["filter_bank.weights"].value
    assert sum(parameter.numel() for parameter in bank.parameters()) == reference["filter_bank.parameters"].value


def test_the_delta_rule_is_minus_the_gradient_of_half_the_squared_error():
    torch.manual_seed(0)
    first, second = (torch.randn(*shape, dtype=torch.float64, requires_grad=True) for shape in ((4, 3), (2, 4)))
    inputs, targets = torch.rand(3, dtype=torch.float64), torch.rand(2, dtype=torch.float64)
    hidden = torch.sigmoid(first @ inputs)
    outputs = torch.sigmoid(second @ hidden)
    (0.5 * (targets - outputs).square().sum()).backward()
    with torch.no_grad():
        delta_out = (targets - outputs) * outputs * (1 - outputs)
        delta_hidden = hidden * (1 - hidden) * (second.T @ delta_out)
        torch.testing.assert_close(torch.outer(delta_out, hidden), -second.grad, rtol=1e-12, atol=1e-15)
        torch.testing.assert_close(torch.outer(delta_hidden, inputs), -first.grad, rtol=1e-12, atol=1e-15)


def test_a_step_against_the_gradient_lowers_the_loss_and_one_along_it_raises_it():
    start = torch.tensor([1.0, -2.0], requires_grad=True)

    def loss(parameters):
        return (parameters - torch.tensor([3.0, 0.5])).square().sum()

    loss(start).backward()
    assert loss(start - 0.1 * start.grad) < loss(start) < loss(start + 0.1 * start.grad)


def test_every_slip_says_what_the_slide_has_and_what_is_right_and_where_the_lecture_proves_it():
    slips = {name: entry for name, entry in reference.items() if name.startswith("errata.")}
    assert set(slips) == {
        f"errata.{name}"
        for name in (
            "gradient_descent", "convolution_formula", "worked_example", "upsampling", "alexnet_C1",
            "alexnet_last_pool", "residual",
        )
    }  # fmt: skip
    lecture = (config.checkout() / "notebooks" / "01_cnn_fundamentals.py").read_text(encoding="utf-8").splitlines()
    for entry in slips.values():
        assert set(entry.value) == {"slide", "correct", "proof"}
        assert entry.value["slide"] != entry.value["correct"]
        assert f"# ## {entry.value['proof']}" in lecture


def slip(name):
    return reference[f"errata.{name}"].value["slide"], reference[f"errata.{name}"].value["correct"]


def read_rows(text):
    """The matrix in a sentence, as in "yields 1 2 / 3 4"."""
    rows = re.findall(r"\d+(?: \d+)+", text)
    return [[int(number) for number in row.split()] for row in rows]


def test_slip_gradient_descent_goes_uphill_with_a_plus_and_the_minimum_is_not_where_it_is():
    wrong, right = slip("gradient_descent")
    assert "+ ∂L" in wrong
    assert "− η ∂L" in right
    theta = torch.tensor(1.0, requires_grad=True)
    loss = lambda value: (value - 3).square() + 0.5  # noqa: E731
    loss(theta).backward()
    assert loss(theta + theta.grad) > loss(theta) > loss(theta - 0.1 * theta.grad)
    grid = torch.linspace(0, 5, 501)
    assert "θ = min L" in wrong and loss(grid).min() == pytest.approx(0.5)
    assert "θ = argmin L" in right and grid[loss(grid).argmin()] == pytest.approx(3)


def test_slip_worked_example_is_the_cross_correlation_and_not_what_the_formula_yields():
    wrong, right = slip("worked_example")
    image, kernel = (np.array(reference[f"example.{name}"].value) for name in ("image", "kernel"))
    correlated, convolved = (f(image, kernel, mode="valid").tolist() for f in (signal.correlate2d, signal.convolve2d))
    assert read_rows(wrong) == correlated != convolved
    assert read_rows(right) == correlated + convolved


def test_slip_convolution_formula_has_a_kernel_of_another_name_and_turns_it():
    wrong, right = slip("convolution_formula")
    assert "f ∗ h" in wrong and "called g" in wrong and "o = f ∗ g" in right and "flipped" in right
    f, g = np.array([1.0, 2, 4, 8]), np.array([1.0, 0, 3])
    by_formula = [sum(f[m] * g[n - m] for m in range(4) if 0 <= n - m < 3) for n in range(2, 4)]  # Σ f(m) g(n − m)
    assert by_formula == np.convolve(f, g, "valid").tolist() != np.correlate(f, g, "valid").tolist()


def test_slip_upsampling_is_three_and_a_half_where_the_mean_of_its_neighbors_is_two_and_a_half():
    wrong, right = slip("upsampling")
    image, kernel = (torch.tensor(reference[f"upsampling.{n}"].value)[None, None].float() for n in ("image", "kernel"))
    value = functional.conv_transpose2d(image, kernel, None, 2, 1, 1)[0, 0, 1, 2].item()
    assert "row 2, column 3" in wrong and wrong.endswith("3.5")
    assert right.startswith(f"{value:g}, the mean of {image[0, 0, 0, 1]:g} above and {image[0, 0, 1, 1]:g} below")


def test_slip_alexnets_first_layer_puts_out_56_with_same_padding_and_55_otherwise():
    wrong, right = slip("alexnet_C1")
    same = math.ceil(224 / 4)
    two, none = (
        nn.Conv2d(1, 1, 11, 4, padding)(torch.zeros(1, 1, side, side)).shape[-1]
        for side, padding in ((224, 2), (227, 0))
    )
    assert "SAME" in wrong and "55 × 55" in wrong and same == 56
    assert f"SAME gives {same} × {same}" in right
    assert f"{two} × {two} needs a padding of 2, or 227 × 227" in right and two == none == 55


def test_slip_alexnets_last_pooling_keeps_it_at_61_million_parameters():
    wrong, right = slip("alexnet_last_pool")
    side = functional.max_pool2d(torch.zeros(1, 256, 13, 13), 3, 2).shape[-1]
    with_pool, without = ((256 * n * n + 1) * 4096 for n in (side, 13))
    total = reference["alexnet.total"].value
    assert "(256 × 13 × 13) goes straight" in wrong
    assert f"(256 × {side} × {side})" in right
    assert f"{total - with_pool + without:,}" in right


def test_slip_residual_networks_learn_the_difference_and_put_out_the_sum():
    wrong, right = slip("residual")
    assert "H(x) = F(x) − x" in wrong
    assert right.startswith("F(x) := H(x) − x") and "F(x) + x = H(x)" in right
    block, maps = BasicBlock(3, residual=True), torch.rand(1, 3, 5, 5)
    learned, put_out = block.body(maps), block(maps)
    torch.testing.assert_close(put_out, torch.relu(learned + maps))
    assert not torch.allclose(put_out, torch.relu(learned - maps), atol=1e-3)


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("delta_rule", "Rumelhart, D. E., Hinton, G. E. and Williams, R. J. (1986). Learning internal representations "
         "by error propagation. In Rumelhart, D. E. and McClelland, J. L. (eds.), Parallel Distributed Processing, "
         "vol. 1, chapter 8"),
        ("inception_v3.extras", "Szegedy, C. et al. (2016). Rethinking the Inception architecture"),
        ("degradation", "He, K., Zhang, X., Ren, S. and Sun, J. (2016). Deep residual learning"),
        ("digits", "Alpaydin, E. and Kaynak, C. (1998). Cascading classifiers."),
        ("fully_convolutional.map", "recomputed: 12 − 5 + 1; idea: Long, J., Shelhamer, E. and Darrell, T. (2015)."),
    ],
)  # fmt: skip
def test_facts_have_the_source_they_are_taken_from(name, source):
    assert reference[name].source.startswith(source)


def test_batch_normalization_has_its_source():
    assert "Ioffe, S. and Szegedy, C. (2015)" in reference["inception_v3.extras"].source


def test_every_milestone_has_a_source_of_its_year_in_the_order_of_time():
    milestones = reference["history"].value
    assert all(f"({entry['year']})" in entry["source"] for entry in milestones)
    years = [entry["year"] for entry in milestones]
    assert years == sorted(years)
    assert {2009: "ImageNet", 2012: "AlexNet"}.items() <= {e["year"]: e["name"] for e in milestones}.items()


def test_the_digits_are_what_scikit_learn_says_of_them():
    fact, known = reference["digits"].value, load_digits()
    said = " ".join(known.DESCR.split())
    assert known.images.shape == (fact["images"], fact["side"], fact["side"])
    assert len(known.target_names) == fact["classes"]
    assert known.images.max() == fact["largest"]
    assert f"total of {fact['writers']} people" in said
    assert f"different {fact['writers_of_test_set']} to the test set" in said
    assert "copy of the test set" in said
