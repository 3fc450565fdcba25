"""One point of each set of duplicates, and one image of each person."""

import numpy as np
from numpy.typing import ArrayLike

from course_lib.metrics.validation import as_floats

from .duplicates import duplicates_among


def strip_duplicates(distances: ArrayLike, indices: ArrayLike | None, k: int) -> tuple[np.ndarray, np.ndarray]:
    """One point of each set of duplicates, and the distances to its k nearest among such points.

    Parameters
    ----------
    distances : array, (N, K)
        Ascending, the point itself excluded.
    indices : array of int, (N, K), or None
        Needed where a distance is 0.
    k : int

    Returns
    -------
    rows : array of int, (n,)
        The points that stay.
    nearest : array of float64, (n, k)

    Raises
    ------
    ValueError
        If shapes disagree, distances do not ascend from 0, or duplicates leave too few neighbors.

    Examples
    --------
    >>> rows, nearest = strip_duplicates([[0, 2], [0, 2], [2, 2]], [[1, 2], [0, 2], [0, 1]], k=1)
    >>> rows, nearest.ravel()
    (array([0, 2]), array([2., 2.]))
    """
    far = _ascending(distances, k)
    if far.size == 0 or far[:, 0].min() > 0:
        return np.arange(len(far)), far[:, :k]
    if indices is None:
        raise ValueError(
            f"distances: {int((far[:, 0] == 0).sum())} points have a neighbor at distance 0; give indices too, so that "
            "duplicates can be dropped"
        )
    stays = duplicates_among(far, indices).first
    counted = stays[np.asarray(indices)] & (far > 0)
    if (left := int(counted[stays].sum(axis=1).min())) < k:
        raise ValueError(
            f"distances: duplicates leave a point only {left} of {far.shape[1]} neighbors, needed are {k}; search for "
            "more neighbors"
        )
    order = np.argsort(~counted[stays], axis=1, kind="stable")[:, :k]
    return np.flatnonzero(stays), np.take_along_axis(far[stays], order, axis=1)


def one_per_group(rows: np.ndarray, groups: np.ndarray, rng: np.random.RandomState) -> np.ndarray:
    """One of the `rows` of each group, drawn with equal chances, ascending.

    Examples
    --------
    >>> rows = np.array([4, 5, 6])
    >>> one_per_group(rows, np.array(["a", "b", "c"]), np.random.RandomState(0))
    array([4, 5, 6])
    """
    shuffled = rng.permutation(len(rows))
    _, first = np.unique(groups[shuffled], return_index=True)
    return np.sort(rows[shuffled[first]])


def _ascending(distances: ArrayLike, k: int) -> np.ndarray:
    far = as_floats("distances", distances)
    if far.ndim != 2 or far.shape[1] < k:
        raise ValueError(f"distances: got shape {far.shape}, allowed is (N, {k}) or more columns")
    if not (np.isfinite(far).all() and (far[:, :1] >= 0).all() and (np.diff(far, axis=1) >= 0).all()):
        raise ValueError("distances: got values that are not finite, below 0 or not ascending along a row")
    return far
