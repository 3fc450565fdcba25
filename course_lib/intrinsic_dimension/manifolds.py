"""Point clouds whose dimension is known."""

import numpy as np
from numpy.typing import ArrayLike

from course_lib.metrics.arguments import check_whole
from course_lib.metrics.validation import as_floats

EMBEDDINGS = ("linear", "nonlinear")


def ball(d: int, n: int, seed: int = 0) -> np.ndarray:
    """`n` points, uniform in the unit ball of R^d: (n, d). It has an edge, where neighbors are missing.

    Raises
    ------
    ValueError
        If `d` or `n` is no whole number from 1, or the seed none from 0.

    Examples
    --------
    >>> ball(3, 5).shape
    (5, 3)
    """
    rng = _generator(d, n, seed)
    directions = rng.standard_normal((n, d))
    radii = rng.random((n, 1)) ** (1 / d)  # the volume within radius r grows as r^d
    return directions / np.linalg.norm(directions, axis=1, keepdims=True) * radii


def sphere(d: int, n: int, seed: int = 0) -> np.ndarray:
    """`n` points, uniform on the unit sphere of dimension `d`, in R^(d+1): (n, d + 1). It is curved and has no edge.

    Raises
    ------
    ValueError
        If `d` or `n` is no whole number from 1, or the seed none from 0.

    Examples
    --------
    >>> sphere(2, 5).shape
    (5, 3)
    """
    directions = _generator(d, n, seed).standard_normal((n, d + 1))
    return directions / np.linalg.norm(directions, axis=1, keepdims=True)


def flat_torus(d: int, n: int, seed: int = 0) -> np.ndarray:
    """`n` points, uniform on the product of `d` unit circles, cosines then sines: (n, 2d).

    It has neither an edge nor, seen from within, curvature: what an estimator misses here, it misses by itself.

    Raises
    ------
    ValueError
        If `d` or `n` is no whole number from 1, or the seed none from 0.

    Examples
    --------
    >>> flat_torus(5, 4).shape
    (4, 10)
    """
    angles = _generator(d, n, seed).uniform(0, 2 * np.pi, (n, d))
    return np.concatenate([np.cos(angles), np.sin(angles)], axis=1)


def swiss_roll(n: int, seed: int = 0) -> np.ndarray:
    """`n` points on a sheet (dimension 2) that is rolled up in R³: (n, 3), by scikit-learn.

    Raises
    ------
    ValueError
        If `n` is no whole number from 1, or the seed none from 0.

    Examples
    --------
    >>> swiss_roll(5).shape
    (5, 3)
    """
    from sklearn.datasets import make_swiss_roll

    _generator(2, n, seed)
    return make_swiss_roll(n, random_state=seed)[0]


def embed(X: ArrayLike, D: int, kind: str = "linear", seed: int = 0) -> np.ndarray:
    """The same points among `D` coordinates, none of which is one of theirs: the dimension stays.

    - "linear": x ↦ Qx with orthonormal columns; every distance stays.
    - "nonlinear": x ↦ Q(x, sin(Wx + b)), a rotated graph above the points: bent, but never folded onto itself.

    Parameters
    ----------
    X : array, (N, d)
    D : int
        At least d; more than d for "nonlinear".
    kind : str
    seed : int

    Returns
    -------
    array of float64, (N, D)

    Raises
    ------
    ValueError
        If `X` has not two axes, `D` is too small, the kind is none or the seed no whole number from 0.

    Examples
    --------
    >>> points = ball(2, 4)
    >>> far = embed(points, 50)
    >>> far.shape, bool(np.isclose(np.linalg.norm(far[0] - far[1]), np.linalg.norm(points[0] - points[1])))
    ((4, 50), True)
    """
    points = as_floats("X", X)
    if points.ndim != 2:
        raise ValueError(f"X: got shape {points.shape}, allowed is (N, d)")
    if kind not in EMBEDDINGS:
        raise ValueError(f"kind: got {kind!r}, allowed are {', '.join(map(repr, EMBEDDINGS))}")
    check_whole("D", D)
    check_whole("seed", seed)
    d = points.shape[1]
    if (least := d + (kind == "nonlinear")) > D:
        raise ValueError(f"D: got {D}, allowed are {least} or more for {d} coordinates")
    rng = np.random.default_rng(seed)
    if kind == "nonlinear":
        heights = np.sin(points @ rng.standard_normal((d, D - d)) + rng.uniform(0, 2 * np.pi, D - d))
        points = np.concatenate([points, heights / np.sqrt(D - d)], axis=1)  # the bend is as deep for every D
    rotation, _ = np.linalg.qr(rng.standard_normal((D, points.shape[1])))
    return points @ rotation.T


def _generator(d: int, n: int, seed: int) -> np.random.Generator:
    check_whole("d", d, least=1)
    check_whole("n", n, least=1)
    check_whole("seed", seed)
    return np.random.default_rng(seed)
