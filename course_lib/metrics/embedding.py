"""Quality of an embedding: do points of one class lie together, and could a neighbor's class be guessed?"""

from numbers import Integral, Real

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from .arguments import check_whole
from .class_matrix import as_classes, check_one_kind
from .validation import as_floats, warn_undefined


def knn_accuracy(
    embedding: ArrayLike, labels: ArrayLike, *, k: int = 15, test_share: float = 0.1, seed: int = 0
) -> float:
    """Share of held-out points whose class is the majority among their k nearest others (Euclidean distance).

    Parameters
    ----------
    embedding : array (N, D)
    labels : array (N,)
        One class per point: numbers or names, none of them missing.
    k : int
    test_share : float
        Held out, in every class alike; the other points are the neighbors. t-SimCNE's 9:1 is the default.
    seed : int
        Of the split.

    Returns
    -------
    float
        In [0, 1].

    Raises
    ------
    ValueError
        If shapes disagree, a value is not finite, a label is missing, a class has one point only, `k` is no whole
        number, or too few points are left for `k` neighbors or for one held-out point per class.

    References
    ----------
    Böhm, J. N., Berens, P. and Kobak, D. (2023). Unsupervised visualization of image datasets using contrastive
    learning. ICLR.

    Examples
    --------
    >>> points = np.r_[np.zeros((20, 2)), np.ones((20, 2))] + np.linspace(0, 0.1, 40)[:, None]
    >>> knn_accuracy(points, np.repeat(["cat", "dog"], 20))
    1.0
    """
    from sklearn.model_selection import train_test_split
    from sklearn.neighbors import KNeighborsClassifier

    embedding, labels, names = _points(embedding, labels)
    _check_split(labels, names, k, test_share)
    check_whole("seed", seed)
    train, test, train_labels, test_labels = train_test_split(
        embedding, labels, test_size=test_share, stratify=labels, random_state=seed
    )
    return float(KNeighborsClassifier(k).fit(train, train_labels).score(test, test_labels))


def silhouette(embedding: ArrayLike, labels: ArrayLike, *, max_samples: int | None = None, seed: int = 0) -> float:
    """Mean silhouette, s = (b − a) / max(a, b).

    Here a is a point's mean distance to its own class, and b to the nearest other class.

    Parameters
    ----------
    embedding : array (N, D)
    labels : array (N,)
    max_samples : int, optional
        At most so many points, drawn at random; all N where left out (time and distances grow with N²).
    seed : int
        Of the draw.

    Returns
    -------
    float
        In [−1, 1]; NaN, with a warning, where there is one class only or every point is a class of its own.

    Raises
    ------
    ValueError
        If shapes disagree, a value is not finite, a label is missing, or `max_samples` is no whole number from 2.

    References
    ----------
    Rousseeuw, P. J. (1987). Silhouettes. Journal of Computational and Applied Mathematics 20, 53-65.

    Examples
    --------
    >>> round(silhouette([[0.0], [1.0], [10.0], [11.0]], ["a", "a", "b", "b"]), 3)
    0.9
    """
    from sklearn.metrics import silhouette_score

    embedding, labels, _ = _points(embedding, labels)
    check_whole("max_samples", 2 if max_samples is None else max_samples, least=2)
    check_whole("seed", seed)
    if max_samples is not None and max_samples < len(labels):
        drawn = np.random.default_rng(seed).choice(len(labels), max_samples, replace=False)
        embedding, labels = embedding[drawn], labels[drawn]
    classes = len(np.unique(labels))
    if not 2 <= classes < len(labels):
        warn_undefined("silhouette", {"this embedding": f"{classes} classes among {len(labels)} points"})
        return np.nan
    return float(silhouette_score(embedding, labels))


def _points(embedding: ArrayLike, labels: ArrayLike) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points; the number of each one's class (scikit-learn takes fractions for no classes); the names of classes."""
    embedding, labels = as_floats("embedding", embedding), as_classes("labels", labels)
    if embedding.ndim != 2:
        raise ValueError(f"embedding: got shape {embedding.shape}, allowed is (points, dimensions)")
    if labels.shape != (len(embedding),):
        raise ValueError(f"labels: got shape {labels.shape}, allowed is {(len(embedding),)}, one per point")
    if not np.isfinite(embedding).all():
        raise ValueError("embedding: got NaN or infinity, allowed are finite numbers")
    if pd.isna(labels).any():
        raise ValueError(f"labels: {pd.isna(labels).sum()} of {len(labels)} are missing (NaN or None); leave them out")
    check_one_kind("labels", labels.tolist())
    names, numbers = np.unique(np.array(labels.tolist()), return_inverse=True)
    return embedding, numbers, names


def _check_split(labels: np.ndarray, names: np.ndarray, k: int, test_share: float) -> None:
    if not (isinstance(test_share, Real) and 0 < test_share < 1):
        raise ValueError(f"test_share: got {test_share!r}, allowed is a number between 0 and 1, such as 0.1")
    counts = np.bincount(labels)
    if (counts < 2).any():
        raise ValueError(f"labels: {names[counts < 2][0]!s} has one point only, and a split by class needs two")
    held_out = int(np.ceil(test_share * len(labels)))
    if held_out < len(names):
        raise ValueError(f"test_share: {held_out} held-out points are too few for {len(names)} classes")
    most = len(labels) - held_out
    if isinstance(k, bool) or not (isinstance(k, Integral) and 1 <= k <= most):
        raise ValueError(f"k: got {k!r}, allowed are whole numbers from 1 to {most}, the points that are not held out")
