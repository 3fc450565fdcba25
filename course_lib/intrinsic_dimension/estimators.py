"""How many dimensions a cloud of points has, told by the distances to its nearest neighbors."""

from __future__ import annotations

from numbers import Real

import numpy as np

from .dimension import DimensionEstimator

CONVENTIONS = ("mackay-ghahramani", "levina-bickel", "pope")
METHODS = ("regression", "ml")


class MLE(DimensionEstimator):
    """Maximum-likelihood dimension from k neighbors, by default (k − 1) / mean_i(L_i), with L_i = Σ_{j<k} log(T_k/T_j).

    T_j(i) is the Euclidean distance from point i to its j-th neighbor, itself excluded. The conventions:

    - "mackay-ghahramani": (k − 1) / mean_i(L_i), the maximum of the likelihood of all points together.
    - "levina-bickel": mean_i((k − 2) / L_i), the mean of the points' own unbiased estimates.
    - "pope": (k − 2) / mean_i(L_i), as in the code released with Pope et al. (2021) and Konz et al. (2022). It is
      (k − 2)/(k − 1) of the first: 5.3 % low for k = 20, and half of it for k = 3.

    Parameters
    ----------
    k : int
        Neighbors; at least 2, or 3 for the last two conventions.
    convention : str
        One of those above.
    n_draws : int
        Draws of one image per patient, where `groups` are given to `fit` and repeat.
    random_state : int, RandomState or None
        Of these draws.
    device : str
        Of `nearest_neighbors`.

    Attributes
    ----------
    dimension_ : float
        The mean of `draws_` where patients repeat. Infinite, with a warning, where all neighbors are equally far.
    dimension_pw_ : array, (N,)
        Each point's own: (k − 1)/L_i, or (k − 2)/L_i for the last two conventions. NaN for dropped duplicates and for
        images never drawn.
    standard_error_ : float
        dimension/√(N(k − 1)), as if neighborhoods did not overlap; with the scatter of `draws_` where there are some.
    interval_ : (float, float)
        dimension ± 1.96 standard errors. It holds chance, but not the bias by few points, edges or high dimension.
    n_used_ : int
        Different points, or patients.
    n_duplicates_ : int
        Exact duplicates that were dropped.
    near_duplicates_ : float
        Fraction of points with a neighbor much nearer than is usual, though not at 0 (see `near_duplicates`).
    twins_ : float
        Fraction of points whose nearest neighbor is three times nearer than the second; 3^(−dimension) is expected, and
        a warning says where it is many more.
    draws_ : array, (draws,)

    References
    ----------
    Levina, E. and Bickel, P. J. (2004). Maximum likelihood estimation of intrinsic dimension. NeurIPS 17.
    MacKay, D. J. C. and Ghahramani, Z. (2005). Comments on "Maximum likelihood estimation of intrinsic dimension".
    Pope, P. et al. (2021). The intrinsic dimension of images and its impact on learning. ICLR.
    Konz, N. et al. (2022). The intrinsic manifolds of radiological images and their role in deep learning. MICCAI.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> digits = load_digits().data
    >>> round(MLE(k=20).fit(digits).dimension_, 2), round(MLE(k=20, convention="pope").fit(digits).dimension_, 2)
    (6.84, 6.48)
    """

    def __init__(self, k=20, convention="mackay-ghahramani", *, n_draws=20, random_state=0, device="auto"):
        self.k = k
        self.convention = convention
        self.n_draws = n_draws
        self.random_state = random_state
        self.device = device

    def _needed(self) -> int:
        if self.convention not in CONVENTIONS:
            allowed = ", ".join(map(repr, CONVENTIONS))
            raise ValueError(f"convention: got {self.convention!r}, allowed are {allowed}")
        least = 2 if self.convention == "mackay-ghahramani" else 3
        if not isinstance(self.k, int | np.integer) or self.k < least:
            raise ValueError(f"k: got {self.k!r}, allowed are whole numbers from {least} for {self.convention!r}")
        return int(self.k)

    def _estimate(self, distances: np.ndarray) -> tuple[float, float, int, np.ndarray]:
        n, k = distances.shape
        sums = np.log(distances[:, -1:] / distances[:, :-1]).sum(axis=1)
        over = k - 1 if self.convention == "mackay-ghahramani" else k - 2
        with np.errstate(divide="ignore"):
            local = over / sums
            dimension = float(local.mean() if self.convention == "levina-bickel" else over / sums.mean())
        return dimension, dimension / np.sqrt(n * (k - 1)), n, local


class TwoNN(DimensionEstimator):
    """Dimension from two neighbors: μ = T₂/T₁ has the distribution F(μ) = 1 − μ^(−d), whatever the density.

    - "regression": −log(1 − F_i) against log μ_i by least squares through the origin, with F_i = i/N for the i-th
      lowest μ, and only for the lowest int(`fraction`·N), because the largest ratios are the least certain.
    - "ml": (N − 1) / Σ_i log μ_i, of all points.

    Parameters
    ----------
    fraction : float
        Of the points, for "regression"; above 0 and below 1.
    method : str
        One of those above.
    n_draws, random_state, device
        As of `MLE`.

    Attributes
    ----------
    dimension_, interval_, n_duplicates_, near_duplicates_, twins_, draws_
        As of `MLE`.
    standard_error_ : float
        dimension/√n_used_, which is that of "ml"; with the scatter of `draws_` where there are some.
    n_used_ : int
        Points of which the ratio was used.

    References
    ----------
    Facco, E. et al. (2017). Estimating the intrinsic dimension of datasets by a minimal neighborhood information.
    Scientific Reports 7, 12140.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> round(TwoNN().fit(load_digits().data).dimension_, 2)
    8.91
    """

    def __init__(self, fraction=0.9, method="regression", *, n_draws=20, random_state=0, device="auto"):
        self.fraction = fraction
        self.method = method
        self.n_draws = n_draws
        self.random_state = random_state
        self.device = device

    def _needed(self) -> int:
        if self.method not in METHODS:
            raise ValueError(f"method: got {self.method!r}, allowed are {', '.join(map(repr, METHODS))}")
        if not isinstance(self.fraction, Real) or not 0 < self.fraction < 1:
            raise ValueError(f"fraction: got {self.fraction!r}, allowed are numbers above 0 and below 1")
        return 2

    def _estimate(self, distances: np.ndarray) -> tuple[float, float, int, None]:
        logs = np.sort(np.log(distances[:, 1] / distances[:, 0]))
        n = len(logs)
        with np.errstate(divide="ignore"):
            if self.method == "ml":
                dimension = float((n - 1) / logs.sum())
            else:
                logs = logs[: max(int(self.fraction * n), 1)]
                tail = -np.log1p(-np.arange(1, len(logs) + 1) / n)
                dimension = float(logs @ tail / (logs @ logs)) if logs.any() else np.inf
        return dimension, dimension / np.sqrt(len(logs)), len(logs), None
