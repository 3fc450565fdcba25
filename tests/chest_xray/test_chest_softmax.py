"""One softmax over findings and none: what it can and cannot say."""

import pytest
import torch
from torch.nn import functional

from course_lib.chest_xray import OneOfFifteen, softmax_loss


def test_the_probabilities_of_findings_and_none_add_up_to_one():
    network = OneOfFifteen().eval()
    images = torch.rand(3, 1, 64, 64)
    expected = network.network(images).softmax(dim=1)
    assert torch.allclose(network(images).exp(), expected[:, :14], atol=1e-6)


def test_the_loss_is_the_cross_entropy_with_shared_targets():
    logits = torch.randn(6, 15, generator=torch.Generator().manual_seed(0))
    labels = torch.zeros(6, 14)
    labels[0, 3] = labels[1, [2, 5]] = labels[2, [0, 1, 13]] = 1
    none = (labels.sum(1, keepdim=True) == 0).float()
    shares = torch.cat([labels, none], dim=1)
    shares = shares / shares.sum(1, keepdim=True)
    outputs = logits.log_softmax(1)[:, :14]
    assert softmax_loss(outputs, labels).item() == pytest.approx(
        functional.cross_entropy(logits, shares).item(), rel=1e-4
    )


def test_certainty_of_a_finding_where_there_is_none_stays_finite():
    assert torch.isfinite(softmax_loss(torch.tensor([[0.0, -50.0]]), torch.zeros(1, 2)))
