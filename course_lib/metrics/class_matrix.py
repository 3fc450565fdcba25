"""The K × K confusion matrix of several classes."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike


def class_matrix(
    y_true: ArrayLike, y_pred: ArrayLike, classes: Sequence | None = None
) -> tuple[np.ndarray, tuple[str, ...]]:
    """Count how often class i was taken for class j: matrix[i, j], true classes in rows.

    Parameters
    ----------
    y_true, y_pred : array of numbers or str, (N,)
        Where the truth is missing (NaN or None), nothing is counted.
    classes : sequence of K classes, optional
        Their order; by default all that occur, sorted. A class that does not occur is allowed.

    Returns
    -------
    matrix : array of int, (K, K)
    names : tuple of str, K

    Raises
    ------
    ValueError
        If shapes disagree, a decision is missing, or a value is not among the classes.

    Examples
    --------
    >>> class_matrix(["cat", "dog", "dog"], ["cat", "cat", "dog"])[0].tolist()
    [[1, 0], [1, 1]]
    """
    true, decided = np.asarray(y_true), np.asarray(y_pred)
    if true.ndim != 1:
        raise ValueError(f"y_true: got shape {true.shape}, allowed is (N,), one class per sample")
    if decided.shape != true.shape:
        raise ValueError(f"y_pred: shape {decided.shape} does not match y_true's {true.shape}")
    known = ~pd.isna(true)
    true, decided = true[known], decided[known]
    if pd.isna(decided).any():
        raise ValueError("y_pred: got a missing class (NaN or None) where the truth is known")
    index = pd.Index(np.unique(np.concatenate([true, decided])) if classes is None else list(classes))
    if not index.is_unique:
        raise ValueError(f"classes: got {index.tolist()}, allowed is every class once")
    rows, columns = _places("y_true", true, index), _places("y_pred", decided, index)
    matrix = np.bincount(rows * len(index) + columns, minlength=len(index) ** 2)
    return matrix.reshape(len(index), len(index)), tuple(map(str, index))


def _places(name: str, values: np.ndarray, index: pd.Index) -> np.ndarray:
    """Place of each value among the classes."""
    places = index.get_indexer(values)
    if (places < 0).any():
        raise ValueError(f"{name}: got {values[places < 0].tolist()[0]!r}, allowed are the classes {index.tolist()}")
    return places
