"""One softmax over findings and none: what it can and cannot say."""

import pytest
import torch
from torch.nn import functional

from course_lib.chest_xray import OneOfFifteen, softmax_loss, softmax_probabilities
from course_lib.chest_xray.softmax import shared_bias


def test_the_probabilities_of_findings_and_none_add_up_to_one():
    network = OneOfFifteen().eval()
    images = torch.rand(3, 1, 64, 64)
    expected = network.network(images).softmax(dim=1)
    assert torch.allclose(softmax_probabilities(network(images)), expected[:, :14], atol=1e-6)


def test_the_loss_is_the_cross_entropy_with_shared_targets():
    logits = torch.randn(6, 15, generator=torch.Generator().manual_seed(0))
    labels = torch.zeros(6, 14)
    labels[0, 3] = labels[1, [2, 5]] = labels[2, [0, 1, 13]] = 1
    none = (labels.sum(1, keepdim=True) == 0).float()
    shares = torch.cat([labels, none], dim=1)
    shares = shares / shares.sum(1, keepdim=True)
    outputs = logits[:, :14] - logits[:, 14:]
    assert softmax_loss(outputs, labels).item() == pytest.approx(
        functional.cross_entropy(logits, shares).item(), rel=1e-4
    )


def test_certainty_of_a_finding_where_there_is_none_costs_much_and_pulls_back():
    outputs = torch.tensor([[200.0, -50.0]], requires_grad=True)
    loss = softmax_loss(outputs, torch.zeros(1, 2))
    loss.backward()
    assert loss.item() == pytest.approx(200) and outputs.grad[0].tolist() == pytest.approx([1, 0])


def test_the_first_outputs_are_the_shares():
    labels = torch.tensor([[1.0, 1.0] + [0.0] * 12] * 2 + [[0.0] * 14] * 2)
    network = shared_bias(OneOfFifteen(), labels.numpy())
    torch.nn.init.zeros_(network.network.classifier.weight)
    assert softmax_probabilities(network(torch.rand(1, 1, 64, 64)))[0, :2].tolist() == pytest.approx(
        [0.25, 0.25], abs=1e-3
    )


def test_what_is_unknown_is_refused():
    with pytest.raises(ValueError, match="targets: allowed are 0 and 1"):
        softmax_loss(torch.zeros(1, 2), torch.tensor([[float("nan"), 0.0]]))
