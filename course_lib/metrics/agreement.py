"""How well two raters agree beyond chance."""

from collections.abc import Hashable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from .class_matrix import as_classes, check_one_kind
from .sequences import listed
from .validation import warn_undefined

POWERS = {"linear": 1, "quadratic": 2}


def cohen_kappa(
    a: ArrayLike,
    b: ArrayLike,
    *,
    weights: str | None = None,
    classes: Sequence[Hashable] | None = None,
) -> float:
    """Cohen's κ = 1 − Σ w_ij O_ij / Σ w_ij E_ij: disagreement observed over disagreement expected by chance.

    O_ij is the share of cases that rater a puts in class i and rater b in class j, E_ij the product of the two raters'
    own shares. w_ij is 1 off the diagonal, or |i − j| (linear), or (i − j)² (quadratic), and 0 on it.

    Parameters
    ----------
    a, b : array, (N,)
        The two raters' classes, all numbers or all strings. A pair with NaN or None is ignored. Any other value is a
        class, −1 too.
    weights : "linear" or "quadratic", optional
        For ordered classes; i and j are places in `classes`.
    classes : sequence, optional
        All classes in their order. By default the sorted classes that occur: a grade that nobody gave is then left out
        and its neighbors become adjacent, which changes a weighted κ. Needed for a weighted κ of strings.

    Returns
    -------
    float
        1 is perfect agreement, 0 chance, at least −1. NaN, with a warning, if no pair is known, or if both raters give
        one and the same class to every case: then chance alone explains the agreement.

    Raises
    ------
    ValueError
        If shapes disagree, a class is not among `classes`, some classes are text and others numbers and no `classes`
        say so, or `weights` is unknown or lacks an order of classes.

    References
    ----------
    Cohen, J. (1960). Educational and Psychological Measurement 20(1), 37-46.
    Cohen, J. (1968). Psychological Bulletin 70(4), 213-220.

    Examples
    --------
    >>> cohen_kappa([0, 0, 1, 1], [0, 0, 1, 0])
    0.5
    >>> grades = ["mild", "moderate", "severe"]
    >>> first, second = ["mild", "mild", "severe", "severe"], ["mild", "moderate", "severe", "severe"]
    >>> round(cohen_kappa(first, second, weights="quadratic", classes=grades), 3)
    0.857
    """
    if weights is not None and weights not in tuple(POWERS):
        raise ValueError(f"weights: got {weights!r}, allowed are None, 'linear' and 'quadratic'")
    a, b = _known(a, b)
    classes = _ordered(a + b, classes, weights)
    place = {name: k for k, name in enumerate(classes)}
    table = np.zeros((len(classes), len(classes)))
    np.add.at(table, ([place[name] for name in a], [place[name] for name in b]), 1)
    distance = np.abs(np.subtract.outer(*[np.arange(len(classes))] * 2))
    cost = distance ** POWERS[weights] if weights else distance > 0
    by_chance = (cost * np.outer(table.sum(1), table.sum(0))).sum()
    if not by_chance:
        reason = "both raters give one class to every case" if a else "no pair of classes is known"
        warn_undefined("Cohen's κ", {"a and b": reason})
        return np.nan
    return float(1 - len(a) * (cost * table).sum() / by_chance)


def _known(a: ArrayLike, b: ArrayLike) -> tuple[list, list]:
    """The pairs without a missing value."""
    a, b = as_classes("a", a), as_classes("b", b)
    if a.shape != b.shape:
        raise ValueError(f"b: shape {b.shape} does not match a's {a.shape}")
    known = ~(pd.isna(a) | pd.isna(b))
    return a[known].tolist(), b[known].tolist()


def _ordered(found: list, classes: Sequence[Hashable] | None, weights: str | None) -> list:
    """All classes in order, once checked."""
    if classes is None:
        check_one_kind("a, b", found)
        if any(isinstance(name, str) for name in found):
            if weights:
                raise ValueError(f"classes: a {weights} κ of strings needs all classes in their order, came None")
            return list(dict.fromkeys(found))
        return sorted(set(found))
    classes = listed("classes", classes)
    if len(set(classes)) != len(classes):
        raise ValueError(f"classes: got {list(classes)}, allowed are classes that differ")
    unknown = [name for name in dict.fromkeys(found) if name not in set(classes)]
    if unknown:
        raise ValueError(f"classes: {unknown[0]!r} was given by a rater but is not among {list(classes)}")
    return list(classes)
