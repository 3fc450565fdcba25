"""Readers: simulated ones with known operating points, and F1 of each reader against the others."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from course_lib.metrics import bootstrap_quantity
from course_lib.metrics.arguments import check_whole
from course_lib.metrics.validation import as_floats


def simulate_readers(
    truth: ArrayLike, *, sensitivity: ArrayLike, specificity: ArrayLike, difficulty: float = 0.0, seed: int
) -> np.ndarray:
    """Calls of readers whose sensitivity and specificity are known, and who err on the same images more or less often.

    For reader r and image i, e = √d · c_i + √(1 − d) · n_ir, where c_i, how hard the image is, and n_ir are standard
    normal. The reader is right where e < Φ⁻¹(sensitivity) on an ill person's image, or e < Φ⁻¹(specificity) on a
    healthy one's. Every reader's operating point is exact whatever d; d is the correlation of two readers' e.

    Parameters
    ----------
    truth : array, (N,)
        0 or 1: whether the finding is there.
    sensitivity, specificity : array, (R,)
        Of each reader, in the population: a sample scatters about them.
    difficulty : float
        d, in [0, 1]: 0 for errors that are independent given the truth, 1 where two readers with the same operating
        point make the same ones.
    seed : int

    Returns
    -------
    array of uint8, (N, R)
        1 where the reader calls the finding.

    Raises
    ------
    ValueError
        If the truth is not 0 or 1, a rate or the difficulty is outside [0, 1], or readers differ in number.

    Examples
    --------
    >>> simulate_readers([0, 1, 1], sensitivity=[1, 0], specificity=[1, 1], seed=0).tolist()
    [[0, 0], [1, 0], [1, 0]]
    """
    from scipy.special import ndtri

    ill = _binary("truth", truth, n_axes=1)[:, None] == 1
    rates = {"sensitivity": sensitivity, "specificity": specificity, "difficulty": difficulty}
    for name, values in rates.items():
        rates[name] = as_floats(name, values)
        if not ((rates[name] >= 0) & (rates[name] <= 1)).all():
            raise ValueError(f"{name}: got {values!r}, allowed are numbers from 0 to 1")
    check_whole("seed", seed)
    found, spared, shared = rates.values()
    if shared.ndim:
        raise ValueError(f"difficulty: got shape {shared.shape}, allowed is one number")
    if found.ndim != 1 or found.shape != spared.shape:
        raise ValueError(
            f"specificity: shape {spared.shape} does not match sensitivity's {found.shape}, one per reader"
        )
    random = np.random.default_rng(seed)
    case, own = random.normal(size=(len(ill), 1)), random.normal(size=(len(ill), len(found)))
    evidence = np.sqrt(shared) * case + np.sqrt(1 - shared) * own
    right = evidence < np.where(ill, ndtri(found), ndtri(spared))
    return (right == ill).astype(np.uint8)


def f1_against_others(
    calls: ArrayLike, *, n_replicates: int = 1000, seed: int = 0, groups: ArrayLike | None = None
) -> pd.DataFrame:
    """Mean F1 of each reader against each of the other readers, taken as the truth in turn.

    So does the paper where there is no truth but readers: each radiologist is compared with the three others and with
    the network, the network with the four radiologists. F1 = 2·TP/(2·TP + FP + FN) is the same whichever of two readers
    is the truth.

    Parameters
    ----------
    calls : array, (N, R), or DataFrame with the readers' names as columns
        0 or 1. A network is a reader too, at a threshold that was chosen on other images.
    n_replicates, seed : int
        Of the bootstrap over images.
    groups : array, (N,), optional
        The patients: whole ones are then drawn, instead of images.

    Returns
    -------
    DataFrame
        A row per reader: ``reader``, ``f1``, ``low``, ``high`` (95 %, percentiles). NaN where two readers call no image
        at all between them, for no F1 is defined there.

    Raises
    ------
    ValueError
        If there are fewer than two readers, or a call is not 0 or 1.

    References
    ----------
    Rajpurkar, P. et al. (2017). CheXNet. arXiv:1711.05225, section 3.1.

    Examples
    --------
    >>> f1_against_others([[1, 1, 0], [0, 0, 0], [1, 1, 1], [0, 0, 1]] * 5)[["reader", "f1"]].round(2).values.tolist()
    [['Reader 1', 0.75], ['Reader 2', 0.75], ['Reader 3', 0.5]]
    """
    names, estimate, replicates = _mean_f1(calls, n_replicates, seed, groups)
    return _as_table("reader", names, estimate, replicates)


def model_against_readers(
    calls: ArrayLike, model: str | int, *, n_replicates: int = 1000, seed: int = 0, groups: ArrayLike | None = None
) -> pd.DataFrame:
    """Mean F1 of a model, of the average reader, and their difference, all on the same replicates.

    Each F1 is that of `f1_against_others`, in which the model counts as one of the labelers. The difference has an
    interval of its own: two intervals that overlap do not show that there is none.

    Parameters
    ----------
    calls, n_replicates, seed, groups
        As in `f1_against_others`; at least three columns.
    model : str or int
        The model's column, by name or place.

    Returns
    -------
    DataFrame
        Three rows, "mean of the readers", "model" and "model − mean of the readers": ``comparison``, ``f1``, ``low``,
        ``high``.

    Raises
    ------
    ValueError
        If there is no such column, or there are fewer than two readers beside the model; and as `f1_against_others`.

    Examples
    --------
    >>> calls = pd.DataFrame([[1, 1, 0], [0, 0, 0], [1, 1, 1], [0, 0, 1]] * 5, columns=["A", "B", "network"])
    >>> model_against_readers(calls, "network")["f1"].round(2).tolist()
    [0.75, 0.5, -0.25]
    """
    names, estimate, replicates = _mean_f1(calls, n_replicates, seed, groups)
    if model not in names and not (isinstance(model, (int, np.integer)) and 0 <= model < len(names)):
        raise ValueError(f"model: got {model!r}, allowed are {', '.join(names)} and their places from 0")
    if len(names) < 3:
        raise ValueError(f"calls: got {len(names)} columns, allowed are a model and at least two readers")
    column = names.index(model) if model in names else int(model)
    own, others = replicates[:, column], np.delete(replicates, column, axis=1).mean(axis=1)
    mean, value = np.delete(estimate, column).mean(), estimate[column]
    rows = "mean of the readers", "model", "model − mean of the readers"
    columns = np.stack([others, own, own - others], axis=1)
    return _as_table("comparison", rows, np.array([mean, value, value - mean]), columns)


def _mean_f1(calls: ArrayLike, n_replicates: int, seed: int, groups: ArrayLike | None):
    """Names of the R readers, mean F1 of each against the others, (R,), and its replicates, (n_replicates, R)."""
    values = _binary("calls", calls, n_axes=2)
    n = values.shape[1]
    if n < 2:
        raise ValueError(f"calls: got {n} readers, allowed are at least 2, for each is compared with the others")
    columns = getattr(calls, "columns", [f"Reader {number}" for number in range(1, n + 1)])
    names = [str(name) for name in columns]
    pairs = np.array(list(combinations(range(n), 2)))  # F1 of a against b is that of b against a
    a, b = pairs.T
    told = [f"{names[first]} and {names[second]}" for first, second in pairs]
    result = bootstrap_quantity(
        values[:, a], values[:, b], "f1", groups=groups, n_replicates=n_replicates, seed=seed, names=told
    )
    own = [(pairs == reader).any(axis=1) for reader in range(n)]
    estimate, replicates = (
        np.stack([values[..., pair].mean(axis=-1) for pair in own], axis=-1)
        for values in (result.estimate, result.replicates)
    )
    return names, estimate, replicates


def _as_table(first: str, names, estimate: np.ndarray, replicates: np.ndarray) -> pd.DataFrame:
    bounds = np.full((len(estimate), 2), np.nan)
    for row, (value, column) in enumerate(zip(estimate, replicates.T, strict=True)):
        column = column[~np.isnan(column)]
        if len(column) and not np.isnan(value):
            bounds[row] = np.quantile(column, [0.025, 0.975])
    return pd.DataFrame({first: names, "f1": estimate, "low": bounds[:, 0], "high": bounds[:, 1]})


def _binary(name: str, values: ArrayLike, n_axes: int) -> np.ndarray:
    """Zeros and ones with so many axes, checked."""
    array = as_floats(name, values)
    if array.ndim != n_axes:
        raise ValueError(f"{name}: got shape {array.shape}, allowed is {'(N,)' if n_axes == 1 else '(N, R)'}")
    if not np.isin(array, (0, 1)).all():
        raise ValueError(f"{name}: allowed are 0 and 1 only")
    return array.astype(int)
