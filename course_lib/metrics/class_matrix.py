"""The K × K confusion matrix of several classes."""

from collections.abc import Sequence
from numbers import Real

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from .sequences import listed


def class_matrix(
    y_true: ArrayLike, y_pred: ArrayLike, classes: Sequence | None = None
) -> tuple[np.ndarray, tuple[str, ...]]:
    """Count how often class i was taken for class j: matrix[i, j], true classes in rows.

    The share of right decisions, which is multi-class accuracy, is ``matrix.trace() / matrix.sum()``.

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
        If shapes disagree, a decision is missing, a value is not among the classes, or some are text and some numbers
        and no `classes` say so.

    Examples
    --------
    >>> class_matrix(["cat", "dog", "dog"], ["cat", "cat", "dog"])[0].tolist()
    [[1, 0], [1, 1]]
    """
    true, decided = as_classes("y_true", y_true), as_classes("y_pred", y_pred)
    if decided.shape != true.shape:
        raise ValueError(f"y_pred: shape {decided.shape} does not match y_true's {true.shape}")
    known = ~pd.isna(true)
    true, decided = true[known].tolist(), decided[known].tolist()
    if pd.isna(np.array(decided, dtype=object)).any():
        raise ValueError("y_pred: got a missing class (NaN or None) where the truth is known")
    if classes is None:
        check_one_kind("y_true, y_pred", true + decided)
        index, places = np.unique(np.array(true + decided), return_inverse=True)
        rows, columns = np.split(places, 2)
    else:
        index = pd.Index(listed("classes", classes))
        if not index.is_unique:
            raise ValueError(f"classes: got {index.tolist()}, allowed is every class once")
        rows, columns = _places("y_true", true, index), _places("y_pred", decided, index)
    matrix = np.bincount(rows * len(index) + columns, minlength=len(index) ** 2)
    return matrix.reshape(len(index), len(index)), tuple(map(str, index))


def as_classes(name: str, values: ArrayLike) -> np.ndarray:
    """Return classes as objects, (N,), so that a NaN beside text stays missing and does not become the class "nan".

    Raises
    ------
    ValueError
        If there is not one class per sample.

    Examples
    --------
    >>> as_classes("y_true", ["cat", float("nan")])
    array(['cat', nan], dtype=object)
    """
    classes = np.asarray(values, dtype=object)
    if classes.ndim != 1:
        raise ValueError(f"{name}: got shape {classes.shape}, allowed is (N,), one class per sample")
    several = [value for value in classes if isinstance(value, (list, tuple, np.ndarray))]
    if several:
        raise ValueError(f"{name}: got {several[0]!r} for one sample, allowed is (N,), one class per sample")
    return classes


def check_one_kind(name: str, values: Sequence) -> None:
    """Raise a ValueError if some classes are text and others are not: 1 and "1" would be two classes."""
    first = {}
    for value in values:
        first.setdefault(str if isinstance(value, str) else Real if isinstance(value, Real) else type(value), value)
    if len(first) > 1:
        one, other = [first[kind] for kind in sorted(first, key=lambda kind: kind is not str)][:2]
        raise ValueError(f"{name}: got {one!r} and {other!r}, allowed are classes that are all text or all numbers")
    if complex in first:
        raise ValueError(f"{name}: got {first[complex]!r}, allowed are classes that have an order")


def _places(name: str, values: list, index: pd.Index) -> np.ndarray:
    """Place of each value among the classes."""
    places = index.get_indexer(np.array(values, dtype=object))
    if (places < 0).any():
        unknown = values[np.argmax(places < 0)]
        raise ValueError(f"{name}: got {unknown!r}, allowed are the classes {index.tolist()}")
    return places
