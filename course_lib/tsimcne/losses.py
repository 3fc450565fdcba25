"""The contrastive loss: two views of one image attract, all other views repel."""

from __future__ import annotations

import math
from numbers import Real

import torch
from torch import Tensor

KERNELS = ("cauchy", "cosine")
FEW = 8  # dimensions up to which distances are taken by differences, which keep all digits


def contrastive_loss(view1: Tensor, view2: Tensor, kernel: str = "cauchy", temperature: float = 0.5) -> Tensor:
    """InfoNCE, mean over the 2B views of −log q(i, i′) + log Σ_{k≠i} q(i, k), where i′ is i's other view.

    The sum runs over the 2B − 1 other views, the positive one among them. With the Cauchy kernel,
    q(i, k) = 1/(1 + ‖z_i − z_k‖²), it is t-SimCNE's loss; with the cosine kernel, exp(cos(z_i, z_k)/τ), SimCLR's.

    Parameters
    ----------
    view1, view2 : Tensor, float, (B, D) each
        Outputs for two views of the same B images, in the same order.
    kernel : {"cauchy", "cosine"}
    temperature : float
        τ of the cosine kernel, above 0; the Cauchy kernel has none.

    Returns
    -------
    Tensor
        A scalar, computed in 32 bits or more.

    Raises
    ------
    ValueError
        If shapes differ or are not (B, D), the kernel is unknown, or the temperature is not above 0.

    References
    ----------
    Böhm, J. N., Berens, P. and Kobak, D. (2023). Unsupervised visualization of image datasets using contrastive
    learning. ICLR.
    Chen, T. et al. (2020). A simple framework for contrastive learning of visual representations. ICML.

    Examples
    --------
    >>> view1, view2 = torch.tensor([[0.0, 0], [1, 0], [0, 2]]), torch.tensor([[1.0, 1], [1, -1], [0, 3]])
    >>> round(contrastive_loss(view1, view2).item(), 4)
    1.1123
    """
    if view1.ndim != 2 or view1.shape != view2.shape or 0 in view1.shape:
        raise ValueError(
            f"view1, view2: shapes {tuple(view1.shape)} and {tuple(view2.shape)} came; equal (B, D) are needed"
        )
    views = torch.cat([view1, view2])  # (2B, D)
    similarity = log_similarity(views if views.dtype == torch.float64 else views.float(), kernel, temperature)
    itself = torch.eye(len(views), dtype=torch.bool, device=views.device)
    positive = torch.cat([similarity.diagonal(len(view1)), similarity.diagonal(-len(view1))])
    return (similarity.masked_fill(itself, -math.inf).logsumexp(dim=1) - positive).mean()


def log_similarity(points: Tensor, kernel: str, temperature: float = 0.5) -> Tensor:
    """log q between all pairs of `points`, (N, D) to (N, N); see `contrastive_loss`."""
    if kernel not in KERNELS:
        raise ValueError(f"kernel: got {kernel!r}, allowed are {', '.join(map(repr, KERNELS))}")
    if kernel == "cosine":
        if not (isinstance(temperature, Real) and temperature > 0):
            raise ValueError(f"temperature: got {temperature!r}, allowed are numbers above 0")
        unit = torch.nn.functional.normalize(points, dim=1)
        return unit @ unit.T / temperature
    if points.shape[1] <= FEW:
        return -torch.log1p(sum((column[:, None] - column) ** 2 for column in points.T))
    squares = (points * points).sum(dim=1)
    return -torch.log1p((squares[:, None] + squares - 2 * points @ points.T).clamp(min=0))
