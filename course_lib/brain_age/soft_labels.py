"""Age as a distribution over bins of years, as SFCN learns it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor


@dataclass(frozen=True)
class BinnedAges:
    """Bins of equal width, and a normal distribution over them around each age.

    Parameters
    ----------
    low, high : float
        Years; by default the paper's, 42 and 82.
    n : int
        How many bins.
    sigma : float
        Standard deviation of the soft labels, years.

    References
    ----------
    Peng, H. et al. (2021). Medical Image Analysis 68, 101871, section 2.

    Examples
    --------
    >>> bins = BinnedAges()
    >>> p = bins.soft_labels(torch.tensor([60.0]))
    >>> p.shape, round(p.sum().item(), 4), round(bins.expected_age(p.log()).item(), 3)
    (torch.Size([1, 40]), 1.0, 60.0)
    """

    low: float = 42.0
    high: float = 82.0
    n: int = 40
    sigma: float = 1.0

    def __post_init__(self) -> None:
        if not self.low < self.high or self.n < 2 or self.sigma <= 0:
            raise ValueError(
                f"bins: got {self}, allowed are low < high, at least 2 bins and a positive standard deviation"
            )

    @property
    def edges(self) -> Tensor:
        """The n + 1 borders of the bins, years."""
        return torch.linspace(self.low, self.high, self.n + 1)

    @property
    def centers(self) -> Tensor:
        """The middle of each bin, years, (n,)."""
        return (self.edges[1:] + self.edges[:-1]) / 2

    def soft_labels(self, ages: Tensor) -> Tensor:
        """The share of N(age, σ²) in each bin, scaled to add up to 1: (N,) → (N, n).

        Raises
        ------
        ValueError
            If an age is outside the bins: its share would be cut off without a word.
        """
        self.check(ages.cpu())
        return self._shares(ages)

    def check(self, ages: ArrayLike, name: str = "ages") -> None:
        """Raise a ValueError that begins with `name` if one of the ages, (N,), is outside the bins."""
        ages = np.asarray(ages)
        if ages.size and not (self.low <= ages.min() and ages.max() <= self.high):
            raise ValueError(
                f"{name}: got {ages.min():.1f} to {ages.max():.1f} years, the bins hold {self.low:g} to {self.high:g}"
            )

    def _shares(self, ages: Tensor) -> Tensor:
        z = (self.edges.to(ages) - ages[:, None]) / (self.sigma * math.sqrt(2))  # (N, n + 1)
        share = torch.erf(z).diff(dim=1) / 2
        return share / share.sum(dim=1, keepdim=True)

    def loss(self, log_p: Tensor, ages: Tensor) -> Tensor:
        """Kullback–Leibler divergence of the predicted distribution from the soft label, mean over N.

        It is computed for each batch, where a look at the ages would have to wait for the device: `check` them before.
        """
        target = self._shares(ages)
        return torch.nn.functional.kl_div(log_p, target, reduction="batchmean")

    def expected_age(self, log_p: Tensor) -> Tensor:
        """Mean of the predicted distribution, Σ_b p_b · center_b: (N, n) → (N,), years."""
        return log_p.exp() @ self.centers.to(log_p)
