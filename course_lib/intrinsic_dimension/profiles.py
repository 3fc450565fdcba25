"""Dimension against the number of neighbors and the number of images: it depends on both."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from course_lib.data import ImageSet

from .dimension import Z
from .distinct import one_per_group
from .duplicates import find_duplicates
from .estimators import MLE, TwoNN
from .neighbors import nearest_neighbors


def profile(
    X: ArrayLike | ImageSet,
    ks: Sequence[int] = (3, 5, 10, 20),
    *,
    sizes: Sequence[int] | None = None,
    convention: str = "mackay-ghahramani",
    groups: ArrayLike | None = None,
    n_draws: int = 8,
    random_state: int = 0,
    device: str = "auto",
) -> pd.DataFrame:
    """Estimate the dimension with several k, of all images and of fewer, with intervals by subsampling.

    Each draw takes two sets of n images that share none, so that half the mean square of their difference is the
    variance of one estimate. Of more than half of the images there are no two such sets: the standard error is that
    of halves, shrunk by √(half/n). Nothing is assumed of neighborhoods that overlap.

    Parameters
    ----------
    X : array, (N, features) or (N, H, W, …), or ImageSet
        Duplicates are dropped, with a warning.
    ks : sequence of int
        Neighbors, for `MLE`.
    sizes : sequence of int, optional
        Numbers of images; by default an eighth, a quarter, a half and all, as far as they exceed the largest k.
    convention : str
        Of `MLE`.
    groups : array, (N,), optional
        Whose image each is, by default the ImageSet's: every draw has one image per patient, and N counts patients.
    n_draws : int
        Draws at each size.
    random_state : int
        Of the draws.
    device : str
        Of `nearest_neighbors`.

    Returns
    -------
    DataFrame
        Columns estimator ("MLE", "TwoNN"), k, n (images), dimension (the mean of draws), standard_error, low and high
        (95 %).

    Raises
    ------
    ValueError
        If an argument is not allowed, or half of the images are no more than the largest k.

    Examples
    --------
    >>> from course_lib.intrinsic_dimension.manifolds import ball
    >>> table = profile(ball(3, 400), ks=[5, 20], sizes=[100, 400])
    >>> table[table.estimator == "MLE"].round(1)[["k", "n", "dimension"]].values.tolist()
    [[5.0, 100.0, 2.9], [20.0, 100.0, 2.7], [5.0, 400.0, 3.0], [20.0, 400.0, 2.8]]
    """
    data, pool, names = _pool(X, groups)
    n_all = len(pool) if names is None else len(np.unique(names))
    half, wanted = n_all // 2, _sizes(sizes, n_all, max(ks))
    if n_draws < 1:
        raise ValueError(f"n_draws: got {n_draws}, allowed are 1 or more")
    rng = np.random.RandomState(random_state)
    estimators = [*(MLE(k, convention) for k in ks), TwoNN()]

    def draws(n: int) -> np.ndarray:
        """Estimates, (draws, sets, estimators), on sets of n images each; without a choice to make, of one set."""
        sets, found = 2 if n <= half else 1, []
        for _ in range(1 if n == n_all and names is None else n_draws):
            rows = pool if names is None else one_per_group(pool, names, rng)
            parts = rng.permutation(rows)[: sets * n].reshape(sets, n)
            found.append([_estimates(data[np.sort(part)], estimators, max(ks), device) for part in parts])
        return np.array(found)

    values = {n: draws(n) for n in sorted({*wanted, half})}
    return pd.DataFrame([row for n in wanted for row in _rows(values, n, min(n, half), estimators)])


def _rows(values: dict[int, np.ndarray], n: int, basis: int, estimators: list) -> list[dict[str, object]]:
    """Lines of the table for n images, with the scatter of pairs of `basis` images."""
    one, other = values[basis].swapaxes(0, 1)  # (draws, estimators) each
    errors = np.sqrt(((one - other) ** 2).mean(axis=0) / 2 * basis / n)
    return [
        {
            "estimator": type(estimator).__name__,
            "k": getattr(estimator, "k", 2),
            "n": n,
            "dimension": dimension,
            "standard_error": error,
            "low": dimension - Z * error,
            "high": dimension + Z * error,
        }
        for estimator, dimension, error in zip(estimators, values[n].mean(axis=(0, 1)), errors, strict=True)
    ]


def _estimates(points: np.ndarray, estimators: list, most: int, device: str) -> list[float]:
    distances = nearest_neighbors(points, max(most, 2), device, progress=False).distances
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of near-duplicates, which `fit` on all images tells once
        return [estimator.from_neighbors(distances).dimension_ for estimator in estimators]


def _pool(X: ArrayLike | ImageSet, groups: ArrayLike | None) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """All images, which of them are different, and whose these are."""
    if isinstance(X, ImageSet):
        X, groups = X.images, X.groups if groups is None else groups
    data = np.asanyarray(X)
    found = find_duplicates(data)
    if found.n_dropped:
        warnings.warn(f"X: {found.n_dropped} exact duplicates were dropped", stacklevel=3)
    pool = np.flatnonzero(found.first)
    if groups is None:
        return data, pool, None
    if np.shape(groups) != (len(data),):
        raise ValueError(f"groups: got shape {np.shape(groups)}, allowed is ({len(data)},), one per row of X")
    names = np.asarray(groups)[pool]
    return data, pool, names if len(np.unique(names)) < len(names) else None


def _sizes(sizes: Sequence[int] | None, n_all: int, k: int) -> list[int]:
    if n_all // 2 <= k:
        raise ValueError(f"X: got {n_all} different images or patients, allowed are {2 * k + 2} or more for k = {k}")
    wanted = [n for n in (n_all // 8, n_all // 4, n_all // 2, n_all) if n > k] if sizes is None else list(sizes)
    for n in wanted:
        if not k < n <= n_all:
            raise ValueError(f"sizes: got {n}, allowed are {k + 1} to {n_all}")
    return wanted
