"""What the lecture says outside any one module."""

import pytest
import torch
from torch import nn

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


def test_every_slip_says_what_the_slide_has_and_what_is_right_and_where():
    slips = {name: entry for name, entry in reference.items() if name.startswith("errata.")}
    assert set(slips) == {
        f"errata.{name}"
        for name in (
            "gradient_descent", "convolution_formula", "worked_example", "upsampling", "alexnet_C1",
            "alexnet_last_pool", "residual",
        )
    }  # fmt: skip
    for entry in slips.values():
        assert set(entry.value) == {"slide", "correct", "source"}
        assert all(entry.value.values())


@pytest.mark.parametrize("name", ["inception_v3.extras", "degradation", "delta_rule"])
def test_facts_without_a_computation_have_their_source(name):
    assert "arXiv" in reference[name].source or "Nature" in reference[name].source
