"""Many patches, one age: the mean of some, or a linear regression, fitted on people who are not judged."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from course_lib.metrics.arguments import check_whole
from course_lib.metrics.validation import as_floats

METHODS = ("mean", "linear")


def combine(
    validation: ArrayLike,
    validation_age: ArrayLike,
    test: ArrayLike,
    method: str = "linear",
    members: Sequence[int] | None = None,
) -> np.ndarray:
    """Ages from several patches' ages: their mean, or w₀ + Σ w_p ŷ_p.

    Parameters
    ----------
    validation : array, (Nv, P)
        Each patch's ages of the validation people, years; the weights are fitted on them.
    validation_age : array, (Nv,)
        Their true ages.
    test : array, (N, P)
        Each patch's ages of those to be told.
    method : "mean" or "linear"
        The mean uses no true age. The regression is ordinary least squares.
    members : sequence of int, optional
        Numbers of the patches that take part; all by default.

    Returns
    -------
    float64, (N,)

    Raises
    ------
    ValueError
        If shapes disagree, a value is not finite, a member does not exist or stands twice, or least squares has fewer
        people than weights.

    References
    ----------
    Bintsi, K.-M. et al. (2020). Patch-based brain age estimation from MR images. MLCN, MICCAI workshop.

    Examples
    --------
    >>> told = np.array([[61.0, 40], [71, 42], [81, 41], [62, 44]])
    >>> combine(told, [60, 70, 80, 61], told, members=[0]).round(6)
    array([60., 70., 80., 61.])
    >>> combine(told, [60, 70, 80, 61], told, "mean", [0, 1])
    array([50.5, 56.5, 61. , 53. ])
    """
    fitted, age, told = _checked("validation", validation, "validation_age", validation_age, test)
    members = _members(members, fitted.shape[1])
    if method == "mean":
        return told[:, members].mean(axis=1)
    if method != "linear":
        raise ValueError(f"method: got {method!r}, allowed are {', '.join(map(repr, METHODS))}")
    if len(age) < len(members) + 1:
        raise ValueError(f"validation: got {len(age)} people, {len(members) + 1} weights need at least as many")
    weights, *_ = np.linalg.lstsq(_with_one(fitted[:, members]), age, rcond=None)
    return _with_one(told[:, members]) @ weights


def select_patches(predictions: ArrayLike, age: ArrayLike, n: int) -> np.ndarray:
    """The n patches with the lowest MAE, best first: their numbers, (n,).

    Parameters
    ----------
    predictions : array, (N, P)
        Ages told by each patch, for people on whom nothing is judged later.
    age : array, (N,)
    n : int
        From 1 to P.

    Raises
    ------
    ValueError
        If shapes disagree, a value is not finite, or n is not allowed.

    Examples
    --------
    >>> select_patches([[50, 61, 60], [50, 72, 70]], [60, 70], n=2).tolist()
    [2, 1]
    """
    told, age, _ = _checked("predictions", predictions, "age", age)
    check_whole("n", n, least=1)
    if n > told.shape[1]:
        raise ValueError(f"n: got {n}, there are {told.shape[1]} patches")
    return np.argsort(np.abs(told - age[:, None]).mean(axis=0), kind="stable")[:n]


def cross_fit(
    predictions: ArrayLike,
    age: ArrayLike,
    method: str = "linear",
    *,
    n_selected: int | None = None,
    folds: int = 5,
    seed: int = 0,
    groups: ArrayLike | None = None,
) -> np.ndarray:
    """An ensemble's ages of people whose own true ages had no part in it.

    The people are cut into folds. For each fold, patches are selected and weights fitted on the others: selecting on
    everybody and only fitting in folds would let the judged people choose who judges them.

    Parameters
    ----------
    predictions : array, (N, P)
        Ages told by networks that were trained on other people.
    age : array, (N,)
    method : "mean" or "linear"
    n_selected : int, optional
        How many of the best patches take part, chosen anew in every fold; all by default.
    folds : int
        From 2 to the number of people.
    seed : int
        Who is in which fold.
    groups : array, (N,), optional
        Whose scan each row is: all scans of a person are in one fold. By default every row is another person.

    Returns
    -------
    float64, (N,)
        Out of fold.

    Raises
    ------
    ValueError
        As `combine` and `select_patches`, if there are fewer people than folds, or too few outside a fold for the
        weights.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> age = rng.uniform(45, 80, 100)
    >>> told = age[:, None] + rng.normal(0, 5, (100, 4))
    >>> float(np.abs(cross_fit(told, age) - age).mean().round(1))
    1.6
    """
    told, age, _ = _checked("predictions", predictions, "age", age)
    fold = _folds(len(age), groups, folds, seed)
    _check_enough(told, method, n_selected, fewest=len(age) - np.bincount(fold).max())
    out = np.empty(len(age))
    for number in range(folds):
        judged, others = fold == number, fold != number
        members = None if n_selected is None else select_patches(told[others], age[others], n_selected)
        out[judged] = combine(told[others], age[others], told[judged], method, members)
    return out


def _folds(n: int, groups: ArrayLike | None, folds: int, seed: int) -> np.ndarray:
    """The fold of each of n rows, (n,), whole people."""
    check_whole("folds", folds, least=2)
    check_whole("seed", seed)
    if groups is not None and np.shape(groups) != (n,):
        raise ValueError(f"groups: got shape {np.shape(groups)}, allowed is ({n},), one for each row")
    person, names = (np.arange(n), range(n)) if groups is None else pd.factorize(np.asarray(groups))
    if unknown := int((person < 0).sum()):
        raise ValueError(f"groups: {unknown} rows have none (None or NaN); each needs one")
    if folds > len(names):
        raise ValueError(f"folds: got {folds} for {len(names)} people, allowed are 2 to {len(names)}")
    return (np.random.default_rng(seed).permutation(len(names)) % folds)[person]


def _check_enough(told: np.ndarray, method: str, n_selected: int | None, fewest: int) -> None:
    """Raise a ValueError unless the rows outside the largest fold are enough to fit what is asked for."""
    if method not in METHODS:
        raise ValueError(f"method: got {method!r}, allowed are {', '.join(map(repr, METHODS))}")
    if n_selected is not None:
        check_whole("n_selected", n_selected, least=1)
        if n_selected > told.shape[1]:
            raise ValueError(f"n_selected: got {n_selected}, there are {told.shape[1]} patches")
    weights = (told.shape[1] if n_selected is None else n_selected) + 1
    if method == "linear" and fewest < weights:
        raise ValueError(
            f"predictions: got {len(told)} rows, of which {fewest} are outside the largest fold; "
            f"{weights} weights need at least as many"
        )


def _checked(name: str, predictions, age_name: str, age, test=None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    told, age = as_floats(name, predictions), as_floats(age_name, age)
    test = told if test is None else as_floats("test", test)
    if told.ndim != 2 or not told.size:
        raise ValueError(f"{name}: got shape {told.shape}, allowed is (N, P)")
    if age.shape != told.shape[:1]:
        raise ValueError(f"{age_name}: got shape {age.shape}, {name} has {len(told)} people")
    if test.ndim != 2 or test.shape[1] != told.shape[1]:
        raise ValueError(f"test: got shape {test.shape}, allowed is (N, {told.shape[1]})")
    for argument, values in ((name, told), (age_name, age), ("test", test)):
        if not np.isfinite(values).all():
            raise ValueError(f"{argument}: got values that are not finite; leave these people out")
    return told, age, test


def _members(members: Sequence[int] | None, n_patches: int) -> np.ndarray:
    if members is None:
        return np.arange(n_patches)
    chosen = np.asarray(members)
    whole = chosen.ndim == 1 and chosen.size and chosen.dtype.kind in "iu"
    if not whole or chosen.min() < 0 or chosen.max() >= n_patches or len(np.unique(chosen)) < len(chosen):
        raise ValueError(f"members: got {members!r}, allowed are different numbers from 0 to {n_patches - 1}")
    return chosen


def _with_one(told: np.ndarray) -> np.ndarray:
    return np.column_stack([np.ones(len(told)), told])
