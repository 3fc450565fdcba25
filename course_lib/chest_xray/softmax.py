"""The mistake of treating findings as classes: one softmax over the findings and "none", so that they compete."""

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor, nn
from torch.nn import functional

from .networks import N_FINDINGS, PooledClassifier, SmallChestNet


class OneOfFifteen(nn.Module):
    """A network whose fourteen findings and "no finding" share one probability of 1.

    Its outputs are the findings' log-odds against none, u = log(p/p_none), (N, 14); `softmax_probabilities` makes
    probabilities of them. It is here to be compared with a sigmoid for each finding, not to be used.

    Examples
    --------
    >>> outputs = OneOfFifteen()(torch.zeros(2, 1, 64, 64))
    >>> bool((softmax_probabilities(outputs).sum(dim=1) < 1).all())
    True
    """

    def __init__(self) -> None:
        super().__init__()
        self.network: PooledClassifier = SmallChestNet(N_FINDINGS + 1)  # the last output is "none"

    def forward(self, images: Tensor) -> Tensor:
        outputs = self.network(images)
        return outputs[:, :N_FINDINGS] - outputs[:, N_FINDINGS:]


def shared_bias(model: OneOfFifteen, labels: ArrayLike) -> OneOfFifteen:
    """Start `model` at the mean share of each finding and of none, in place, as `prior_bias` does for sigmoids."""
    shares = torch.from_numpy(np.array(labels, dtype=np.float32))
    found = shares.sum(dim=1, keepdim=True)
    targets = torch.cat([shares, (found == 0).float()], dim=1)
    mean = (targets / targets.sum(dim=1, keepdim=True)).mean(dim=0).clamp(min=1e-4)
    with torch.no_grad():
        model.network.classifier.bias.copy_(mean.log())
    return model


def softmax_probabilities(outputs: Tensor) -> Tensor:
    """Return p = eᵘ / (1 + Σ eᵘ) of log-odds against none, (N, L); what is missing to 1 is none's.

    >>> softmax_probabilities(torch.tensor([[0.0, 0.0]])).round(decimals=2)
    tensor([[0.3300, 0.3300]])
    """
    return (outputs - _normalizer(outputs)).exp()


def softmax_loss(outputs: Tensor, targets: Tensor) -> Tensor:
    """Cross-entropy −Σ q log p with the image's findings sharing q = 1 equally, or all of it on "none".

    Parameters
    ----------
    outputs : tensor, (N, L)
        Log-odds of the findings against none, as `OneOfFifteen` gives them.
    targets : tensor of 0 and 1, (N, L)

    Raises
    ------
    ValueError
        If a target is unknown: classes that compete have no place for what is not known.

    Examples
    --------
    >>> u = torch.tensor([[0.25 / 0.5, 0.25 / 0.5], [0.1 / 0.7, 0.2 / 0.7]]).log()
    >>> round(softmax_loss(u, torch.tensor([[1.0, 1.0], [0.0, 0.0]])).item(), 3)
    0.871
    """
    if not ((targets == 0) | (targets == 1)).all():
        raise ValueError("targets: allowed are 0 and 1")
    found = targets.sum(dim=1)
    shared = (targets * outputs).sum(dim=1) / found.clamp(min=1)  # 0 where there is none: its log-odds
    return (_normalizer(outputs)[:, 0] - shared).mean()


def _normalizer(outputs: Tensor) -> Tensor:
    """Return log(1 + Σ eᵘ), (N, 1)."""
    return torch.logsumexp(functional.pad(outputs, (0, 1)), dim=1, keepdim=True)
