"""The mistake of treating findings as classes: one softmax over the findings and "none", so that they compete."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from .networks import N_FINDINGS, PooledClassifier, SmallChestNet


class OneOfFifteen(nn.Module):
    """A network whose fourteen findings and "no finding" share one probability of 1.

    Its outputs are log-probabilities of the findings, (N, 14); what is missing to 1 is the probability of none. It is
    here to be compared with a sigmoid for each finding, not to be used.

    Examples
    --------
    >>> outputs = OneOfFifteen()(torch.zeros(2, 1, 64, 64))
    >>> bool((outputs.exp().sum(dim=1) < 1).all())
    True
    """

    def __init__(self) -> None:
        super().__init__()
        self.network: PooledClassifier = SmallChestNet(N_FINDINGS + 1)  # the last output is "none"

    def forward(self, images: Tensor) -> Tensor:
        return functional.log_softmax(self.network(images), dim=1)[:, :N_FINDINGS]


def softmax_loss(outputs: Tensor, targets: Tensor) -> Tensor:
    """Cross-entropy −Σ q log p with the image's findings sharing q = 1 equally, or all of it on "none".

    Parameters
    ----------
    outputs : tensor, (N, L)
        Log-probabilities of the findings, as `OneOfFifteen` gives them.
    targets : tensor of 0 and 1, (N, L)

    Examples
    --------
    >>> log_p = torch.tensor([[0.25, 0.25], [0.1, 0.2]]).log()
    >>> round(softmax_loss(log_p, torch.tensor([[1.0, 1.0], [0.0, 0.0]])).item(), 3)
    0.871
    """
    found = targets.sum(dim=1)
    none = torch.log1p(-outputs.exp().sum(dim=1).clamp(max=1 - 1e-6))
    shared = (targets * outputs).sum(dim=1) / found.clamp(min=1)
    return -torch.where(found > 0, shared, none).mean()
