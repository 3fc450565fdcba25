"""From replicates to an interval: percentiles, or percentiles corrected for bias and acceleration."""

import numpy as np

METHODS = ("percentile", "bca")


def bootstrap_interval(
    estimate: np.ndarray, replicates: np.ndarray, influence: np.ndarray, level: float, method: str
) -> np.ndarray:
    """Bootstrap interval of each column.

    Parameters
    ----------
    estimate : array, (L,)
    replicates : array, (R, L)
        NaN, where a replicate had no value, is left out.
    influence : array, (n_units, L)
        For "bca": the derivative of the estimate by each unit's weight.
    level : float
    method : "percentile" or "bca"

    Returns
    -------
    array, (L, 2)
        NaN where the estimate is undefined, or where "bca" finds all replicates on one side of it.

    References
    ----------
    Efron, B. and Tibshirani, R. J. (1993). An introduction to the bootstrap, chapters 13, 14 and 22.
    """
    tails = np.array([(1 - level) / 2, (1 + level) / 2])
    intervals = np.full((len(estimate), 2), np.nan)
    for column, center in enumerate(estimate):
        values = replicates[~np.isnan(replicates[:, column]), column]
        if np.isnan(center) or not len(values):
            continue
        at = tails if method == "percentile" else _corrected(tails, center, values, influence[:, column])
        if not np.isnan(at).any():
            intervals[column] = np.quantile(values, at)
    return intervals


def _corrected(tails: np.ndarray, estimate: float, values: np.ndarray, influence: np.ndarray) -> np.ndarray:
    """BCa: Φ(z₀ + (z₀ + z)/(1 − a(z₀ + z))) with bias z₀ and acceleration a = Σu³ / (6 (Σu²)^(3/2))."""
    from scipy.stats import norm

    below = (np.mean(values < estimate) + np.mean(values <= estimate)) / 2
    if below in (0, 1):
        return np.full(2, np.nan)
    squares = np.sum(influence**2)
    acceleration = np.sum(influence**3) / (6 * squares**1.5) if squares > 0 else 0.0
    bias = norm.ppf(below)
    shifted = bias + norm.ppf(tails)
    return norm.cdf(bias + shifted / (1 - acceleration * shifted))
