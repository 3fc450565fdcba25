"""Whether a predicted probability means what it says: reliability, calibration in the large, ECE."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from .arguments import check_share
from .binning import NOTHING, equal_mass_bins, known_probabilities
from .intervals import wilson_interval
from .validation import check_level, warn_undefined


@dataclass(frozen=True)
class InTheLarge:
    """Calibration in the large, difference = predicted − observed; positive where the risk is overestimated.

    Attributes
    ----------
    predicted, observed : float
        Mean predicted probability, and share of positives.
    difference, low, high : float
        Their difference and its interval.
    """

    predicted: float
    observed: float
    difference: float
    low: float
    high: float


@dataclass(frozen=True)
class ECE:
    """Expected calibration error, beside that of telling everybody one number.

    Attributes
    ----------
    value : float
        Of the predictions.
    baseline : float
        |ȳ − prevalence|, of the same probability for everybody.
    """

    value: float
    baseline: float


def reliability_curve(
    y_true: ArrayLike,
    y_score: ArrayLike,
    *,
    n_bins: int = 10,
    logits: bool = False,
    level: float = 0.95,
    uncertain: str | None = None,
) -> pd.DataFrame:
    """Mean prediction p̄_b and observed share of positives ȳ_b in bins of (nearly) equal size.

    Samples are ordered by their score and cut into `n_bins` parts of N/n_bins samples. Equal scores are never parted:
    all of them go where the middle one of them belongs. With tied scores, bins therefore differ in size, and there may
    be fewer than `n_bins`; from n_bins = N on, each distinct score is a bin of its own.

    Parameters
    ----------
    y_true : array, (N,)
        0 or 1; NaN is ignored; −1 needs `uncertain`.
    y_score : array, (N,)
        Probabilities, or logits if `logits` says so.
    n_bins : int
        At least 1.
    logits : bool
        Whether `y_score` holds logits; never guessed.
    level : float
        Of the interval.
    uncertain : "ignore", "zeros" or "ones", optional
        What −1 in `y_true` means.

    Returns
    -------
    DataFrame
        One row per bin, by rising prediction: ``n``, ``predicted`` (mean), ``observed``, and ``low`` and ``high``,
        Wilson's interval of ``observed``. No row if no label is known.

    Raises
    ------
    ValueError
        If the labels have two dimensions, a score is no probability, or `n_bins` or `level` is not allowed.

    References
    ----------
    Bröcker, J. and Smith, L. A. (2007). Increasing the reliability of reliability diagrams. Weather and Forecasting 22.

    Examples
    --------
    >>> curve = reliability_curve([0, 0, 1, 0, 1, 1], [0.1, 0.2, 0.3, 0.6, 0.7, 0.8], n_bins=2)
    >>> curve[["n", "predicted", "observed"]].round(3).values.tolist()
    [[3.0, 0.2, 0.333], [3.0, 0.7, 0.667]]
    """
    check_level(level)
    y, p = known_probabilities(y_true, y_score, logits, uncertain)
    bins = equal_mass_bins(p, n_bins)
    n, positives = np.bincount(bins), np.bincount(bins, y)
    low, high = wilson_interval(positives, n, level)
    return pd.DataFrame(
        {"n": n, "predicted": np.bincount(bins, p) / n, "observed": positives / n, "low": low, "high": high}
    )


def calibration_in_the_large(
    y_true: ArrayLike,
    y_score: ArrayLike,
    *,
    logits: bool = False,
    level: float = 0.95,
    uncertain: str | None = None,
) -> InTheLarge:
    """Mean prediction against the share of positives, difference = mean(p − y).

    Each sample gives one difference p − y. The interval is Student's t interval of their mean, so that it takes
    into account that prediction and outcome belong to the same sample; it takes the samples to be independent.

    Parameters
    ----------
    y_true, y_score, logits, level, uncertain
        As in `reliability_curve`.

    Returns
    -------
    InTheLarge
        The interval is NaN, with a warning, where all outcomes are the same: they do not show how outcomes
        scatter. Everything is NaN if no label is known.

    Raises
    ------
    ValueError
        If the labels have two dimensions, a score is no probability, or `level` is not allowed.

    References
    ----------
    Van Calster, B. et al. (2019). Calibration: the Achilles heel of predictive analytics. BMC Medicine 17, 230.

    Examples
    --------
    >>> answer = calibration_in_the_large([0, 0, 0, 1], [0.2, 0.4, 0.6, 0.8])
    >>> round(answer.predicted, 2), round(answer.observed, 2), round(answer.difference, 2)
    (0.5, 0.25, 0.25)
    """
    check_level(level)
    y, p = known_probabilities(y_true, y_score, logits, uncertain)
    if not len(y):
        warn_undefined("Calibration in the large", NOTHING)
        return InTheLarge(np.nan, np.nan, np.nan, np.nan, np.nan)
    mean, half = float(np.mean(p - y)), np.nan
    if y.min() == y.max():
        warn_undefined("The interval of calibration in the large", {"y_true": f"every known label is {y[0]:g}"})
    else:
        from scipy import stats

        half = float(stats.t.ppf((1 + level) / 2, len(y) - 1) * stats.sem(p - y))
    return InTheLarge(float(p.mean()), float(y.mean()), mean, mean - half, mean + half)


def expected_calibration_error(
    y_true: ArrayLike,
    y_score: ArrayLike,
    *,
    n_bins: int = 15,
    prevalence: float | None = None,
    logits: bool = False,
    uncertain: str | None = None,
) -> ECE:
    """Expected calibration error, Σ n_b/N |ȳ_b − p̄_b| over bins of equal mass, and that of one number for everybody.

    Who tells everybody the prevalence is perfectly calibrated and knows nothing: with this sample's own prevalence, the
    baseline is 0 by construction, and with another sample's it is as small as the two prevalences are alike. A small
    ECE therefore is no merit by itself, least of all for a rare finding, where all predictions and all observed shares
    are near 0. It says something only beside a measure of discrimination (AUROC, or the Brier score's resolution).
    Chance alone makes the ECE of a finite sample positive, the more so the more bins there are. Guo and others use bins
    of equal width, so that their numbers are not comparable with these.

    Parameters
    ----------
    y_true, y_score, n_bins, logits, uncertain
        As in `reliability_curve`.
    prevalence : float, optional
        What the baseline tells everybody, such as the training set's prevalence. By default this sample's.

    Returns
    -------
    ECE
        NaN, with a warning, if no label is known.

    Raises
    ------
    ValueError
        If the labels have two dimensions, a score is no probability, or `n_bins` or `prevalence` is not allowed.

    References
    ----------
    Naeini, M. P., Cooper, G. F. and Hauskrecht, M. (2015). AAAI, 2901-2907.
    Guo, C. et al. (2017). On calibration of modern neural networks. ICML, 1321-1330.

    Examples
    --------
    >>> error = expected_calibration_error([0, 0, 1, 1], [0.1, 0.1, 0.9, 0.9], prevalence=0.25)
    >>> round(error.value, 3), error.baseline
    (0.1, 0.25)
    """
    if prevalence is not None:
        check_share("prevalence", prevalence)
    y, p = known_probabilities(y_true, y_score, logits, uncertain)
    bins = equal_mass_bins(p, n_bins)
    if not len(y):
        warn_undefined("The expected calibration error", NOTHING)
        return ECE(np.nan, np.nan)
    gaps = np.abs(np.bincount(bins, y) - np.bincount(bins, p))
    told = y.mean() if prevalence is None else prevalence
    return ECE(float(gaps.sum() / len(y)), float(abs(y.mean() - told)))
