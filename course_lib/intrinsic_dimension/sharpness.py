"""How fast labels change between images."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike

from course_lib.metrics.sequences import as_array

BLOCK = 512  # points a side: two blocks of 512 × 50,176 numbers take 0.4 GB


def label_sharpness(X: ArrayLike, y: ArrayLike) -> float:
    """Label sharpness K_F = max |y − y'| / ‖x − x'‖ over all pairs of *different* label.

    The maximum is exact: products of matrices only tell which pairs may hold it, and those are computed by difference.

    Parameters
    ----------
    X : array, (N, features) or images (N, H, W, …)
        The scale is part of the answer: images of 0 to 255 are 255 times less sharp than those of 0 to 1.
    y : array of numbers, (N,)
        Of more than two classes, the differences of their numbers count; with two, 0 and 1, only the distance does.

    Returns
    -------
    float
        Per unit of distance; infinite where the same image has two labels, NaN where all labels are equal.

    Raises
    ------
    ValueError
        If shapes disagree, or a value is not finite.

    References
    ----------
    Konz, N. and Mazurowski, M. A. (2024). The effect of intrinsic dataset properties on generalization. ICLR. The code
    released with it takes the pairs of equal label.

    Examples
    --------
    >>> label_sharpness([[0.0], [1.0], [5.0], [7.0]], [0, 0, 1, 1])
    0.25
    """
    pair, points, labels = _sharpest(X, y)
    if pair is None:
        return np.nan
    i, j = pair
    distance = np.linalg.norm(points[i].astype(float) - points[j])
    return float(abs(labels[i] - labels[j]) / distance) if distance else np.inf


def sharpest_pair(X: ArrayLike, y: ArrayLike) -> tuple[int, int]:
    """The two rows that decide `label_sharpness`: with two classes, the nearest two of different label.

    Raises
    ------
    ValueError
        As for `label_sharpness`, and if all labels are equal.

    Examples
    --------
    >>> sharpest_pair([[0.0], [1.0], [5.0], [7.0]], [0, 0, 1, 1])
    (1, 2)
    """
    pair, _, labels = _sharpest(X, y)
    if pair is None:
        raise ValueError(f"y: got {len(labels)} equal labels, allowed are two or more different ones")
    return pair


def _sharpest(X: ArrayLike, y: ArrayLike) -> tuple[tuple[int, int] | None, np.ndarray, np.ndarray]:
    """The sharpest pair, or None where all labels are equal; and what came, checked."""
    points, labels = _checked(X, y)
    center, best, pair = points.mean(axis=0, dtype=float), 0.0, None
    starts = range(0, len(points), BLOCK)
    for i in starts:
        a, u = points[i : i + BLOCK] - center, labels[i : i + BLOCK]
        for j in starts[i // BLOCK :]:
            b, v = points[j : j + BLOCK] - center, labels[j : j + BLOCK]
            for row, column, most in _candidates(best, a, u, b, v):
                if most <= best:
                    break
                distance = np.linalg.norm(points[i + row].astype(float) - points[j + column])
                rise = abs(u[row] - v[column])
                if (sharp := rise / distance if distance else np.inf) > best:
                    best, pair = sharp, (int(i + row), int(j + column))
    return pair, points, labels


def _candidates(
    best: float, a: np.ndarray, u: np.ndarray, b: np.ndarray, v: np.ndarray
) -> Iterator[tuple[int, int, float]]:
    """Pairs of a block (n, features) and another (m, features) that may be sharper than `best`, the likeliest first.

    Yields both places, and the sharpness that the pair has at most.
    """
    difference = np.abs(u[:, None] - v[None])  # (n, m)
    size = (a * a).sum(axis=1)[:, None] + (b * b).sum(axis=1)[None]
    rounding = 4 * (a.shape[1] + 2) * np.finfo(float).eps * size  # it moves a squared distance by less than that
    least = size - 2 * a @ b.T - rounding
    most = np.where(least > 0, difference / np.sqrt(np.where(least > 0, least, 1)), np.inf)
    rows, columns = np.nonzero((difference > 0) & (most > best))
    for pair in np.argsort(-most[rows, columns], kind="stable"):
        yield rows[pair], columns[pair], most[rows[pair], columns[pair]]


def _checked(X: ArrayLike, y: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    points, labels = as_array("X", X), as_array("y", y)
    if points.ndim < 2:
        raise ValueError(f"X: got shape {points.shape}, allowed is (N, features) or more axes")
    if labels.shape != points.shape[:1]:
        raise ValueError(f"y: got shape {labels.shape}, allowed is {points.shape[:1]}, one label per row of X")
    for name, values in {"X": points, "y": labels}.items():
        if values.dtype.kind not in "biuf" or not np.isfinite(values).all():
            raise ValueError(f"{name}: got {values.dtype} or values that are not finite, allowed are finite numbers")
    return points.reshape(len(points), -1), labels.astype(float)
