"""Points that came twice: their distance 0 makes a dimension of 0 or of nothing."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from course_lib.data import ImageSet
from course_lib.metrics.sequences import as_array

from .neighbors import nearest_neighbors
from .rows import Rows

if TYPE_CHECKING:
    import pandas as pd

NEAR = 0.01


@dataclass(frozen=True, eq=False)
class Duplicates:
    """Which points are the same.

    Attributes
    ----------
    groups : tuple of arrays of int
        Indices of points that are equal, ascending, two or more each; groups in order of their first index.
    n : int
        Of all points.
    """

    groups: tuple[np.ndarray, ...]
    n: int

    @property
    def n_dropped(self) -> int:
        """Points to drop so that each is left once."""
        return sum(len(group) - 1 for group in self.groups)

    @property
    def first(self) -> np.ndarray:
        """Mask, (N,), of what is left: the first of each group, and whoever is in none."""
        keep = np.ones(self.n, bool)
        for group in self.groups:
            keep[group[1:]] = False
        return keep


def find_duplicates(X: ArrayLike | ImageSet) -> Duplicates:
    """Exactly equal points, by a hash of their values: no distance is computed.

    Parameters
    ----------
    X : array, (N, ...), or ImageSet
        Read in blocks.

    Raises
    ------
    ValueError
        If X has fewer than two rows, or values that are no finite numbers.

    Examples
    --------
    >>> found = find_duplicates(np.array([[1, 2], [3, 4], [1, 2], [1, 2]]))
    >>> found.groups, found.n_dropped, found.first.tolist()
    ((array([0, 2, 3]),), 2, [True, True, False, False])
    """
    rows, hashes = Rows.of(X), []
    for start, stop in rows.small_spans():
        block = rows.finite_block(start, stop)
        same_zero = block + 0 if block.dtype.kind == "f" else np.ascontiguousarray(block)  # -0.0 is 0.0
        hashes += [blake2b(row, digest_size=16).digest() for row in same_zero]
    _, labels = np.unique(np.array(hashes, "V16"), return_inverse=True)
    return _grouped(labels)


def duplicates_among(distances: ArrayLike, indices: ArrayLike) -> Duplicates:
    """Exactly equal points, from neighbors already known: those at distance 0, and at distance 0 from these.

    Parameters
    ----------
    distances, indices : array, (N, k)
        As `nearest_neighbors` gives them, which finds equal points at a distance of exactly 0.

    Raises
    ------
    ValueError
        If the shapes disagree, or an index is no point's.

    Examples
    --------
    >>> duplicates_among([[0.0], [0.0], [2.0]], [[1], [0], [0]]).groups
    (array([0, 1]),)
    """
    away, others = as_array("distances", distances), as_array("indices", indices)
    if away.ndim != 2 or away.shape != others.shape:
        raise ValueError(f"indices: got shape {others.shape}, allowed is that of distances, (N, k), here {away.shape}")
    if others.dtype.kind not in "iu" or (others.size and not 0 <= others.min() <= others.max() < len(away)):
        raise ValueError(f"indices: allowed are the whole numbers 0 to {len(away) - 1}, those of the points")
    i, column = np.nonzero(away == 0)
    edges = coo_array((np.ones(len(i), bool), (i, others[i, column])), shape=(len(away), len(away)))
    return _grouped(connected_components(edges, directed=False)[1])


def near_duplicates(distances: ArrayLike, relative: float = NEAR) -> np.ndarray:
    """Points whose nearest other is much nearer than is usual here, though not at 0.

    Much nearer: below `relative` times the median distance to the second neighbor (the first, where k is 1). Of points
    spread evenly over d dimensions about relative**d are, so that on a curve 2 % mean nothing.

    Parameters
    ----------
    distances : array, (N, k)
        Ascending in each row.
    relative : float
        Between 0 and 1.

    Returns
    -------
    array of bool, (N,)
        Its mean is the share of near duplicates.

    Raises
    ------
    ValueError
        If an argument is not allowed.

    Examples
    --------
    >>> near_duplicates([[1.0, 1.2], [0.9, 1.3], [0.001, 1.1], [0.0, 0.001]]).tolist()
    [False, False, True, False]
    """
    away = np.asarray(distances, float)
    if away.ndim != 2 or away.size == 0:
        raise ValueError(f"distances: got shape {away.shape}, allowed is (N, k)")
    if not 0 < relative < 1:
        raise ValueError(f"relative: got {relative!r}, allowed are numbers between 0 and 1")
    usual = np.median(away[:, min(1, away.shape[1] - 1)])
    return (away[:, 0] > 0) & (away[:, 0] < relative * usual)


def duplicate_pairs(X: ArrayLike | ImageSet, relative: float = 0.1) -> pd.DataFrame:
    """Exact duplicates, and pairs of nearest neighbors of which one is a near duplicate, to be looked at.

    Parameters
    ----------
    X : array, (N, ...), or ImageSet
    relative : float
        As of `near_duplicates`, for points of which each duplicate is left once. Its default here is wider than there:
        a picture saved again differs by a gray value here and there, and what is found is looked at, not dropped.

    Returns
    -------
    pandas.DataFrame
        first and second (rows, first < second) and kind ("exact" or "near"), in the order of these columns. Of exact
        duplicates the first stands beside each of the others.

    Raises
    ------
    ValueError
        If `relative` is not between 0 and 1, or X not as `find_duplicates` takes it.

    Examples
    --------
    >>> points = np.array([[0.0, 0], [5, 0], [0, 5], [0, 0], [5, 0.01]])
    >>> duplicate_pairs(points).values.tolist()
    [[0, 3, 'exact'], [1, 4, 'near']]
    """
    import pandas as pd

    found = find_duplicates(X)
    pairs = [(int(group[0]), int(other), "exact") for group in found.groups for other in group[1:]]
    rows = np.flatnonzero(found.first)
    if len(rows) > 2:
        values = Rows.of(X).values[rows]
        distances, indices = nearest_neighbors(values, 2, progress=False)
        close = near_duplicates(distances, relative)
        both = np.sort(np.stack([rows[close], rows[indices[close, 0]]], axis=1), axis=1)
        pairs += [(int(first), int(second), "near") for first, second in np.unique(both, axis=0)]
    return pd.DataFrame(sorted(pairs), columns=["first", "second", "kind"])


def _grouped(labels: np.ndarray) -> Duplicates:
    """Groups of two or more with the same label."""
    labels = labels.ravel()
    order = np.argsort(labels, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(labels[order])) + 1)
    groups = sorted((part for part in parts if len(part) > 1), key=lambda part: part[0])
    return Duplicates(tuple(groups), len(labels))
