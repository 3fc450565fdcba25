"""Intervals in closed form: of proportions, of ratios, and of sums of two proportions."""

from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike

from .validation import as_floats, check_level

Bounds = tuple[np.ndarray, np.ndarray]


def wilson_interval(k: ArrayLike, n: ArrayLike, level: float = 0.95) -> Bounds:
    """Wilson's interval of a proportion, (k + z²/2 ± z√(k(n − k)/n + z²/4)) / (n + z²).

    It stays inside [0, 1], has a length at k = 0 and k = n, and keeps its promise for small n, where p ± z√(p(1 − p)/n)
    does none of the three.

    Parameters
    ----------
    k, n : float or arrays that broadcast
        Successes and trials, 0 ≤ k ≤ n.
    level : float
        Between 0 and 1.

    Returns
    -------
    low, high : float or array
        NaN where n = 0.

    Raises
    ------
    ValueError
        If k or n is negative, infinite or NaN, k exceeds n, or the level is none.

    References
    ----------
    Wilson, E. B. (1927). Journal of the American Statistical Association 22(158), 209-212.

    Examples
    --------
    >>> low, high = wilson_interval(9, 10)
    >>> round(low, 3), round(high, 3)
    (0.596, 0.982)
    """
    k, n = as_floats("k", k), as_floats("n", n)
    try:
        k, n = np.broadcast_arrays(k, n)
    except ValueError as problem:
        raise ValueError(f"n: shape {n.shape} does not match k's {k.shape}") from problem
    for name, values in {"k": k, "n": n}.items():
        bad = values[~((values >= 0) & np.isfinite(values))]
        if bad.size:
            raise ValueError(f"{name}: got {bad[0]:g}, allowed are finite numbers that are not negative")
    if (k > n).any():
        raise ValueError(f"k: got {k[k > n][0]:g} of n = {n[k > n][0]:g}, allowed are 0 to n")
    z = _normal_quantile(level)
    with np.errstate(invalid="ignore"):
        center = (k + z**2 / 2) / (n + z**2)
        half = z * np.sqrt(k * ((n - k) / n) + z**2 / 4) / (n + z**2)
    low = np.where(k == 0, 0 * half, center - half)  # exactly 0 and 1 at the ends, and NaN with no trials
    high = np.where(k == n, 1 + 0 * half, center + half)
    return (float(low), float(high)) if low.ndim == 0 else (low, high)


def log_interval(ratio: ArrayLike, variance: ArrayLike, level: float = 0.95) -> Bounds:
    """Interval of a ratio that is about normal on the log scale, exp(ln r ± z√v).

    Parameters
    ----------
    ratio, variance : float or arrays that broadcast
        The ratio r and the variance v of ln r. For LR+, v = 1/TP − 1/(TP + FN) + 1/FP − 1/(FP + TN); for DOR, the sum
        of the four reciprocal counts.
    level : float
        Between 0 and 1.

    Returns
    -------
    low, high : float or array
        NaN where the ratio is not positive, or the variance so large that the upper bound is not finite.

    References
    ----------
    Simel, D. L., Samsa, G. P. and Matchar, D. B. (1991). Journal of Clinical Epidemiology 44(8), 763-770.
    Woolf, B. (1955). Annals of Human Genetics 19(4), 251-253 (the odds ratio).

    Examples
    --------
    >>> low, high = log_interval(2.25, 1 / 63 - 1 / 100 + 1 / 28 - 1 / 100)
    >>> round(low, 2), round(high, 2)
    (1.59, 3.19)
    """
    ratio, variance = as_floats("ratio", ratio), as_floats("variance", variance)
    z = _normal_quantile(level)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        factor = np.exp(z * np.sqrt(variance))
        known = (ratio > 0) & np.isfinite(ratio * factor)
        low, high = np.where(known, ratio / factor, np.nan), np.where(known, ratio * factor, np.nan)
    return (float(low), float(high)) if low.ndim == 0 else (low, high)


def sum_interval(first: Bounds, second: Bounds, level: float = 0.95) -> Bounds:
    """Interval of the sum s of two independent proportions, s ∓ √(d₁² + d₂²), d the distances to their Wilson bounds.

    The method of variance estimates recovery (MOVER). Informedness is TPR + TNR − 1 = TPR − FPR, so this is Newcombe's
    method 10 for a difference of two proportions, moved by one.

    Parameters
    ----------
    first, second : (k, n)
        Successes and trials of each proportion, floats or arrays that broadcast.
    level : float
        Between 0 and 1.

    Returns
    -------
    low, high : float or array
        Inside [0, 2]; NaN where one of the n is 0.

    References
    ----------
    Newcombe, R. G. (1998). Statistics in Medicine 17(8), 873-890.

    Examples
    --------
    >>> low, high = sum_interval((56, 70), (32, 80))  # 56/70 − 48/80, plus one
    >>> round(low - 1, 4), round(high - 1, 4)
    (0.0524, 0.3339)
    """
    below, above, total = 0.0, 0.0, 0.0
    for k, n in (first, second):
        low, high = wilson_interval(k, n, level)
        with np.errstate(invalid="ignore"):
            proportion = np.true_divide(k, n)
        total, below, above = total + proportion, below + (proportion - low) ** 2, above + (high - proportion) ** 2
    low, high = total - np.sqrt(below), total + np.sqrt(above)
    return (float(low), float(high)) if np.ndim(low) == 0 else (low, high)


def _normal_quantile(level: float) -> float:
    """z such that a standard normal variable lies in ±z with probability `level`."""
    check_level(level)
    return NormalDist().inv_cdf((1 + level) / 2)
