"""The Brier score and what it is made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .binning import NOTHING, equal_mass_bins, known_probabilities
from .validation import warn_undefined


@dataclass(frozen=True)
class BrierParts:
    """The four terms of a Brier score, brier = reliability − resolution + uncertainty + within.

    Attributes
    ----------
    reliability : float
        Σ n_b/N (p̄_b − ȳ_b)²: what the bins' mean predictions miss the observed shares by. 0 is best.
    resolution : float
        Σ n_b/N (ȳ_b − ȳ)²: how far the bins' observed shares lie from the prevalence. Higher is better.
    uncertainty : float
        ȳ(1 − ȳ): the Brier score of telling everybody the prevalence.
    within : float
        1/N Σ [(p − p̄_b)² − 2(p − p̄_b)(y − ȳ_b)]: what the bins hide. 0 where all scores of a bin are equal,
        mostly negative where scores tell outcomes apart inside the bins too.
    """

    reliability: float
    resolution: float
    uncertainty: float
    within: float

    @property
    def brier(self) -> float:
        """The Brier score, put together again."""
        return self.reliability - self.resolution + self.uncertainty + self.within


def brier_score(y_true: ArrayLike, y_score: ArrayLike, *, logits: bool = False, uncertain: str | None = None) -> float:
    """Brier score, 1/N Σ (p − y)²: the mean squared error of a probability.

    It is a proper score: in expectation, nothing scores lower than the true probability. It depends on the prevalence
    and so is read beside ȳ(1 − ȳ), the score of telling everybody the prevalence.

    Parameters
    ----------
    y_true, y_score, logits, uncertain
        As in `calibration.reliability_curve`.

    Returns
    -------
    float
        In [0, 1]; NaN, with a warning, if no label is known.

    Raises
    ------
    ValueError
        If the labels have two dimensions or a score is no probability.

    References
    ----------
    Brier, G. W. (1950). Monthly Weather Review 78(1), 1-3.

    Examples
    --------
    >>> round(brier_score([0, 1, 1], [0.1, 0.9, 0.6]), 2)
    0.06
    """
    y, p = known_probabilities(y_true, y_score, logits, uncertain)
    if not len(y):
        warn_undefined("The Brier score", NOTHING)
        return np.nan
    return float(np.mean((p - y) ** 2))


def brier_decomposition(
    y_true: ArrayLike,
    y_score: ArrayLike,
    *,
    n_bins: int = 10,
    logits: bool = False,
    uncertain: str | None = None,
) -> BrierParts:
    """Brier score = reliability − resolution + uncertainty + within, exactly.

    Murphy's three terms add up to the Brier score only if all scores of a bin are equal. The fourth makes up for what
    binning loses: Stephenson and others write it as within-bin variance less within-bin covariance, WBV − WBC.

    Parameters
    ----------
    y_true, y_score, n_bins, logits, uncertain
        As in `calibration.reliability_curve`, with the same bins.

    Returns
    -------
    BrierParts
        All NaN, with a warning, if no label is known.

    Raises
    ------
    ValueError
        If the labels have two dimensions, a score is no probability, or `n_bins` is not allowed.

    References
    ----------
    Murphy, A. H. (1973). Journal of Applied Meteorology 12(4), 595-600.
    Stephenson, D. B., Coelho, C. A. S. and Jolliffe, I. T. (2008). Weather and Forecasting 23(4), 752-757.

    Examples
    --------
    >>> round(brier_decomposition([0, 0, 1, 1], [0.25, 0.25, 0.25, 1.0], n_bins=4).resolution, 4)
    0.0833
    """
    y, p = known_probabilities(y_true, y_score, logits, uncertain)
    bins = equal_mass_bins(p, n_bins)
    if not len(y):
        warn_undefined("The decomposition of the Brier score", NOTHING)
        return BrierParts(np.nan, np.nan, np.nan, np.nan)
    n, prevalence = np.bincount(bins), y.mean()
    predicted, observed = np.bincount(bins, p) / n, np.bincount(bins, y) / n
    off = p - predicted[bins]
    return BrierParts(
        reliability=float(np.average((predicted - observed) ** 2, weights=n)),
        resolution=float(np.average((observed - prevalence) ** 2, weights=n)),
        uncertainty=float(prevalence * (1 - prevalence)),
        within=float(np.mean(off**2 - 2 * off * (y - observed[bins]))),
    )
