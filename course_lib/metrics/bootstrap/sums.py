"""Sums over replicates, for statistics of one's own that follow from sums, and the interval of what came of them."""

import numpy as np

from .resampling import Resampling


def replicated_sums(rows: np.ndarray, resampling: Resampling) -> np.ndarray:
    """Sum each row over every replicate of its samples.

    Parameters
    ----------
    rows : array of float, (K, N)
        K quantities of each of N samples.
    resampling : Resampling
        Of N samples, or of the groups that they are in.

    Returns
    -------
    array, (K, R)

    Examples
    --------
    Every replicate of four draws four:

    >>> replicated_sums(np.ones((1, 4)), Resampling.of(4, None, n_replicates=3, seed=0))
    array([[4., 4., 4.]])
    """
    if resampling.groups is not None:
        per_unit = np.zeros((resampling.n_units, len(rows)))
        np.add.at(per_unit, resampling.groups, rows.T)
        rows = per_unit.T
    sums = np.empty((len(rows), resampling.n_replicates))
    for number, chunk in resampling.chunks():
        for part, weights in resampling.weights(number, chunk.stop - chunk.start):
            sums[:, chunk][:, part] = rows @ weights
    return sums


def percentile_interval(replicates: np.ndarray, level: float) -> tuple[float, float]:
    """Percentiles of those replicates that have a value.

    Parameters
    ----------
    replicates : array, (R,)
        NaN where a replicate lacked what the statistic needs, such as a group.
    level : float

    Returns
    -------
    low, high : float

    Raises
    ------
    ValueError
        If no replicate has a value: there were too few of them.

    Examples
    --------
    >>> percentile_interval(np.array([0.0, 1.0, np.nan, 2.0]), level=0.5)
    (0.5, 1.5)
    """
    known = replicates[~np.isnan(replicates)]
    if not known.size:
        raise ValueError(
            f"n_replicates: got {len(replicates)}, of which none holds what the estimate needs; allowed are more"
        )
    low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
