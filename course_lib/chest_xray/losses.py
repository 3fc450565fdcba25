"""Losses for several findings at once: every label is a question of its own, and an unknown one is not asked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor
from torch.nn import functional


def bce(outputs: Tensor, targets: Tensor) -> Tensor:
    """Binary cross-entropy, −y log p − (1 − y) log(1 − p) with p = σ(z), averaged over all known labels.

    The paper adds up the findings where this takes their mean, which for L findings is the same loss times 1/L.

    Parameters
    ----------
    outputs : tensor, (N, L)
        Logits z.
    targets : tensor, (N, L)
        0 or 1; NaN or −1 where the truth is unknown, which neither counts nor has a gradient.

    Returns
    -------
    tensor, ()
        0 where no label is known.

    Raises
    ------
    ValueError
        If the shapes differ.

    Examples
    --------
    >>> bce(torch.tensor([[0.0, 3.0]]), torch.tensor([[1.0, float("nan")]]))
    tensor(0.6931)
    """
    known, targets = _known(outputs, targets)
    losses = functional.binary_cross_entropy_with_logits(outputs, targets, reduction="none")
    return _mean(losses, known)


@dataclass(frozen=True, eq=False)
class WeightedBCE:
    """Weighted binary cross-entropy, −w₊ y log p − w₋ (1 − y) log(1 − p), averaged over all known labels.

    With `from_labels`, the positives of a finding weigh together as much as its negatives. It is w₋ times
    ``BCEWithLogitsLoss(pos_weight=w₊/w₋)``, and what it teaches is not a probability: the best constant answer is 0.5
    whatever the prevalence. ``course_lib.metrics.shift_logits(z, loss.pos_weight)`` takes that back.

    Attributes
    ----------
    positive, negative : tensor, (L,)
        w₊ and w₋.

    References
    ----------
    Rajpurkar, P. et al. (2017). CheXNet. arXiv:1711.05225, section 2.1.

    Examples
    --------
    >>> loss = WeightedBCE.from_labels([[1, 0], [0, 1], [0, 1], [0, 1]])
    >>> loss.positive, loss.negative, loss.pos_weight
    (tensor([0.7500, 0.2500]), tensor([0.2500, 0.7500]), tensor([3.0000, 0.3333]))
    >>> loss(torch.zeros(4, 2), torch.tensor([[1.0, 0], [0, 1], [0, 1], [0, 1]]))
    tensor(0.2599)
    """

    positive: Tensor
    negative: Tensor

    @classmethod
    def from_labels(cls, labels: ArrayLike) -> WeightedBCE:
        """The paper's weights, w₊ = |N|/(|P| + |N|) and w₋ = |P|/(|P| + |N|), of each finding.

        A finding that nobody has, or everybody, has one weight 1 for the kind that is missing and 0 for the other: its
        loss is 0. A column without a known label has both weights 0.

        Parameters
        ----------
        labels : array, (N, L)
            Of the training images: 0 or 1; NaN or −1 where the truth is unknown.

        Raises
        ------
        ValueError
            If the labels are no table of such values.
        """
        positive, negative = count_labels(labels)
        total = (positive + negative).clamp(min=1)
        return cls(negative / total, positive / total)

    @property
    def pos_weight(self) -> Tensor:
        """w₊/w₋ = |N|/|P|, (L,), as ``BCEWithLogitsLoss`` takes it; infinite for a finding that nobody has."""
        return self.positive / self.negative

    @property
    def __name__(self) -> str:  # by which `fit` tells the checkpoints of two losses apart
        return repr(self)

    def __call__(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """The loss of logits (N, L) against targets (N, L), as `bce` takes them."""
        known, targets = _known(outputs, targets)
        if outputs.shape[-1:] != self.positive.shape:
            raise ValueError(
                f"outputs: got shape {tuple(outputs.shape)} for the weights of {len(self.positive)} labels"
            )
        positive, negative = self.positive.to(outputs.device), self.negative.to(outputs.device)
        losses = functional.binary_cross_entropy_with_logits(outputs, targets, reduction="none")
        return _mean(losses * torch.where(targets == 1, positive, negative), known)

    def __repr__(self) -> str:
        columns = {"positive": self.positive, "negative": self.negative}
        told = {name: ", ".join(f"{weight:.4g}" for weight in column.tolist()) for name, column in columns.items()}
        return f"WeightedBCE({', '.join(f'{name}=[{weights}]' for name, weights in told.items())})"


@dataclass(frozen=True)
class FocalLoss:
    """Focal loss, −α_t (1 − p_t)^γ log p_t, averaged over all known labels; p_t is the probability given to the truth.

    What is already right with some certainty hardly counts any more, so that many easy negatives do not drown a few
    hard positives. With γ = 0 and no α it is `bce`. Like every reweighting it does not teach probabilities.

    Parameters
    ----------
    gamma : float
        At least 0.
    alpha : float in [0, 1], optional
        α_t is alpha for positives and 1 − alpha for negatives (the paper's 0.25 goes with γ = 2); without it 1.

    Raises
    ------
    ValueError
        If an argument is not allowed.

    References
    ----------
    Lin, T.-Y., Goyal, P., Girshick, R., He, K. and Dollár, P. (2017). Focal loss for dense object detection. ICCV.

    Examples
    --------
    >>> z, y = torch.tensor([[0.0, -4.0]]), torch.tensor([[1.0, 0.0]])
    >>> FocalLoss(gamma=2)(z, y), bce(z, y)
    (tensor(0.0866), tensor(0.3556))
    """

    gamma: float = 2.0
    alpha: float | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.gamma < float("inf"):
            raise ValueError(f"gamma: got {self.gamma!r}, allowed is a finite number from 0 on")
        if self.alpha is not None and not 0 <= self.alpha <= 1:
            raise ValueError(f"alpha: got {self.alpha!r}, allowed are None and a number from 0 to 1")

    @property
    def __name__(self) -> str:
        return repr(self)

    def __call__(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """The loss of logits (N, L) against targets (N, L), as `bce` takes them."""
        known, targets = _known(outputs, targets)
        losses = functional.binary_cross_entropy_with_logits(outputs, targets, reduction="none")  # −log p_t
        wrong = functional.logsigmoid(torch.where(targets == 1, -outputs, outputs))  # log(1 − p_t), never −∞
        losses = torch.exp(self.gamma * wrong) * losses
        if self.alpha is not None:
            losses = losses * torch.where(targets == 1, self.alpha, 1 - self.alpha)
        return _mean(losses, known)


def count_labels(labels: ArrayLike) -> tuple[Tensor, Tensor]:
    """How many images have each finding, and how many are known not to, (L,) each.

    Raises
    ------
    ValueError
        If the labels are not (N, L), or hold something other than 0, 1, −1 and NaN.

    Examples
    --------
    >>> count_labels([[1, 0], [0, -1], [0, float("nan")]])
    (tensor([1., 0.]), tensor([2., 1.]))
    """
    is_tensor = isinstance(labels, Tensor)
    labels = labels.detach().cpu().float() if is_tensor else torch.from_numpy(np.array(labels, dtype=np.float32))
    if labels.ndim != 2:
        raise ValueError(f"labels: got shape {tuple(labels.shape)}, allowed is (N, L), a column for each finding")
    other = labels[~(torch.isnan(labels) | torch.isin(labels, torch.tensor([-1.0, 0.0, 1.0])))]
    if len(other):
        raise ValueError(f"labels: got {other[0]:g}, allowed are 0, 1, and −1 or NaN (unknown)")
    return (labels == 1).sum(0).float(), (labels == 0).sum(0).float()


def _known(outputs: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
    """Which targets are known, and the targets with 0 for those that are not."""
    if outputs.shape != targets.shape:
        raise ValueError(f"targets: shape {tuple(targets.shape)} does not match outputs' {tuple(outputs.shape)}")
    known = targets >= 0  # NaN is not
    return known, torch.where(known, targets, 0).to(outputs.dtype)


def _mean(losses: Tensor, known: Tensor) -> Tensor:
    return torch.where(known, losses, 0).sum() / known.sum().clamp(min=1)
