"""Sums over bootstrap replicates, for statistics that follow from sums."""

import numpy as np

from course_lib.metrics.bootstrap.resampling import Resampling


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
