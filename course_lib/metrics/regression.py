"""How far predicted numbers are from the true ones."""

import numpy as np
from numpy.typing import ArrayLike

from .validation import as_floats, warn_undefined

NOTHING = {"y_true": "no pair of values is known"}


def mean_absolute_error(y_true: ArrayLike, y_pred: ArrayLike) -> float:
    """Mean absolute error, MAE = 1/N Σ |f − y|.

    Parameters
    ----------
    y_true, y_pred : array, (N,)
        True values y and predictions f, in one unit. A pair with a NaN is ignored.

    Returns
    -------
    float
        In the unit of the values; NaN, with a warning, if no pair is known.

    Raises
    ------
    ValueError
        If shapes disagree, there is more than one dimension, or a value is infinite.

    Examples
    --------
    >>> mean_absolute_error([60, 70, 80], [62, 69, 80])
    1.0
    """
    y, f = _pairs(y_true, y_pred)
    if not len(y):
        warn_undefined("MAE", NOTHING)
        return np.nan
    return float(np.abs(f - y).mean())


def root_mean_squared_error(y_true: ArrayLike, y_pred: ArrayLike) -> float:
    """Root mean squared error, RMSE = √(1/N Σ (f − y)²).

    Never below the MAE, and equal to it only if all errors are of one size: a few large errors tear them apart.

    Parameters
    ----------
    y_true, y_pred : array, (N,)
        True values y and predictions f, in one unit. A pair with a NaN is ignored.

    Returns
    -------
    float
        In the unit of the values; NaN, with a warning, if no pair is known.

    Raises
    ------
    ValueError
        If shapes disagree, there is more than one dimension, or a value is infinite.

    Examples
    --------
    >>> root_mean_squared_error([60, 70, 80, 90], [60, 70, 80, 94])
    2.0
    """
    y, f = _pairs(y_true, y_pred)
    if not len(y):
        warn_undefined("RMSE", NOTHING)
        return np.nan
    return float(np.sqrt(np.mean((f - y) ** 2)))


def r2_score(y_true: ArrayLike, y_pred: ArrayLike) -> float:
    """Coefficient of determination, R² = 1 − Σ(y − f)² / Σ(y − ȳ)².

    1 is perfect, 0 is as good as telling everybody the mean of these very values, and below 0 is worse than that. The
    denominator is the spread of the sample: the same errors give a lower R² in people of a narrower range of ages.

    Parameters
    ----------
    y_true, y_pred : array, (N,)
        True values y and predictions f, in one unit. A pair with a NaN is ignored.

    Returns
    -------
    float
        At most 1; NaN, with a warning, if no pair is known or all true values are equal, one value among them.

    Raises
    ------
    ValueError
        If shapes disagree, there is more than one dimension, or a value is infinite.

    Examples
    --------
    >>> r2_score([60, 70, 80], [65, 70, 75])
    0.75
    """
    y, f = _pairs(y_true, y_pred)
    spread = np.sum((y - y.mean()) ** 2) if len(y) else 0.0
    if not spread > 0 or y.min() == y.max():  # the square of what hardly differs may be 0
        warn_undefined("R²", {"y_true": "all true values are equal"} if len(y) else NOTHING)
        return np.nan
    return float(1 - np.sum((y - f) ** 2) / spread)


def checked_pairs(y_true: ArrayLike, y_pred: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """True and predicted values, (N,) each, once checked; NaN stays where a value is unknown.

    Raises
    ------
    ValueError
        If shapes disagree, there is more than one dimension, or a value is infinite.
    """
    y, f = as_floats("y_true", y_true), as_floats("y_pred", y_pred)
    if y.ndim != 1:
        raise ValueError(f"y_true: got shape {y.shape}, allowed is (N,)")
    if f.shape != y.shape:
        raise ValueError(f"y_pred: shape {f.shape} does not match y_true's {y.shape}")
    for name, values in (("y_true", y), ("y_pred", f)):
        if np.isinf(values).any():
            raise ValueError(f"{name}: got infinity, allowed are finite numbers and NaN (unknown)")
    return y, f


def _pairs(y_true: ArrayLike, y_pred: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """The pairs without a NaN."""
    y, f = checked_pairs(y_true, y_pred)
    known = ~np.isnan(y) & ~np.isnan(f)
    return y[known], f[known]
