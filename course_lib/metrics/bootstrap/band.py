"""How far the ROC curve moves from replicate to replicate."""

import numpy as np
from numpy.typing import ArrayLike

from .resampling import Resampling

GRID = np.linspace(0, 1, 51)


def roc_band(
    y: ArrayLike, score: ArrayLike, resampling: Resampling, level: float = 0.95
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Percentiles of the true positive rate of a bootstrap's replicates at fixed false positive rates (vertical band).

    It holds each point of the curve with the given level, not the whole curve.

    Parameters
    ----------
    y : array of 0 and 1, (N,)
    score : array, (N,)
    resampling : Resampling
        Of these N samples; that of a `Bootstrap` is its ``.resampling``.
    level : float

    Returns
    -------
    fpr, low, high : arrays, (51,)
        NaN where every replicate lacks a class.

    References
    ----------
    Fawcett, T. (2006). An introduction to ROC analysis. Pattern Recognition Letters 27(8), 861-874 (section 6.1).
    """
    y, score = np.asarray(y, bool), np.asarray(score, float)
    order = np.argsort(-score, kind="stable")
    last_of_ties = np.append(np.flatnonzero(np.diff(score[order])), len(y) - 1)
    curves = []
    for number, rows in resampling.chunks():
        _, drawn = next(resampling.weights(number, rows.stop - rows.start))
        drawn = drawn if resampling.groups is None else drawn[resampling.groups]
        positives, negatives = (
            np.pad(np.cumsum(drawn[order] * side[order, None], axis=0)[last_of_ties], ((1, 0), (0, 0)))
            for side in (y, ~y)
        )
        curves += [_at_grid(fp, tp) for fp, tp in zip(negatives.T, positives.T, strict=True) if fp[-1] and tp[-1]]
    if not curves:
        return GRID, *np.full((2, len(GRID)), np.nan)
    return GRID, *np.quantile(curves, [(1 - level) / 2, (1 + level) / 2], axis=0)


def _at_grid(false: np.ndarray, true: np.ndarray) -> np.ndarray:
    """Share of true positives where the share of false positives is `GRID`, by straight lines between thresholds."""
    return np.interp(GRID * false[-1], false, true) / true[-1]
