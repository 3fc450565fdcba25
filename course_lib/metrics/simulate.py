"""Simulated scores whose true AUROC is known, and cohorts in which a patient has several images."""

from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real

import numpy as np
from numpy.typing import ArrayLike

from .arguments import check_share, check_whole
from .sequences import as_array, listed
from .validation import as_floats

MOST_IMAGES = 10**9  # of one patient


@dataclass(frozen=True)
class Predictions:
    """Simulated labels and scores of N images and L findings.

    Attributes
    ----------
    y_true : array of int, (N, L)
    y_score : array of float, (N, L)
        Higher means more likely; not probabilities.
    groups : array of int, (N,)
        The patient of each image.
    names : tuple of str, L
    """

    y_true: np.ndarray
    y_score: np.ndarray
    groups: np.ndarray
    names: tuple[str, ...]


def separation_for(auc: ArrayLike) -> np.ndarray:
    """Distance d of two normal distributions of variance 1 whose AUROC is Φ(d/√2).

    Parameters
    ----------
    auc : float or array
        Strictly between 0 and 1.

    Raises
    ------
    ValueError
        If an AUROC is 0, 1 or outside: no finite distance gives it.

    References
    ----------
    Green, D. M. and Swets, J. A. (1966). Signal detection theory and psychophysics. Wiley.

    Examples
    --------
    >>> separation_for([0.5, 0.76, 0.9]).round(2)
    array([0.  , 1.  , 1.81])
    """
    from scipy.special import ndtri

    values = as_floats("auc", auc)
    if not ((values > 0) & (values < 1)).all():
        raise ValueError(f"auc: got {auc}, allowed are numbers between 0 and 1, both excluded")
    return np.sqrt(2) * ndtri(values)


def binormal_quantiles(n_positive: int, n_negative: int, separation: float) -> tuple[np.ndarray, np.ndarray]:
    """Scores at the quantiles (i − ½)/n of N(d, 1) for the ill and of N(0, 1) for the well: no randomness.

    Returns
    -------
    y_true : array of int, (N,)
        The positives first.
    y_score : array of float, (N,)

    Raises
    ------
    ValueError
        If a number of scores is no whole number from 0 on, or the separation is not finite.

    Examples
    --------
    >>> y, score = binormal_quantiles(1, 2, separation=1.0)
    >>> y, score.round(2)
    (array([1, 0, 0]), array([ 1.  , -0.67,  0.67]))
    """
    from scipy.special import ndtri

    check_whole("n_positive", n_positive)
    check_whole("n_negative", n_negative)
    if not (isinstance(separation, Real) and np.isfinite(separation)):
        raise ValueError(f"separation: got {separation!r}, allowed is a finite number")
    ill, well = (ndtri((np.arange(n) + 0.5) / n) if n else np.empty(0) for n in (n_positive, n_negative))
    return np.repeat([1, 0], [n_positive, n_negative]), np.concatenate([ill + separation, well])


def simulate_predictions(
    images_per_patient: ArrayLike,
    prevalence: ArrayLike,
    auc: ArrayLike,
    names: Sequence[str] | None = None,
    *,
    label_icc: float = 0.5,
    score_icc: float = 0.5,
    seed: int = 0,
) -> Predictions:
    """Simulate labels and scores in which images of one patient resemble each other.

    Each finding is present where a latent normal variable passes the quantile that its prevalence asks for; the score
    is d·label plus normal noise of variance 1, with d such that the AUROC is as asked (binormal). Of both normal
    variables the share ICC of the variance belongs to the patient and the rest to the image. Findings are independent
    of each other.

    Parameters
    ----------
    images_per_patient : array of int, (P,)
    prevalence, auc : array, (L,), or float
        Of each finding, in the population: a sample scatters about them.
    names : sequence of L str, optional
    label_icc, score_icc : float
        Intraclass correlation, in [0, 1].
    seed : int

    Returns
    -------
    Predictions

    Raises
    ------
    ValueError
        If an argument is outside what is allowed.

    Examples
    --------
    >>> cohort = simulate_predictions([2, 1, 3], prevalence=[0.5, 0.2], auc=[0.8, 0.9], seed=1)
    >>> cohort.y_true.shape, cohort.groups.tolist()
    ((6, 2), [0, 0, 1, 2, 2, 2])
    """
    from scipy.special import ndtri

    counts = _image_counts(images_per_patient)
    prevalence, separation = _per_finding(prevalence, auc)
    check_share("label_icc", label_icc)
    check_share("score_icc", score_icc)
    check_whole("seed", seed)
    default = (f"finding {number}" for number in range(len(prevalence)))
    names = tuple(default if names is None else listed("names", names))
    if len(names) != len(prevalence):
        raise ValueError(f"names: got {len(names)} names for {len(prevalence)} findings")
    random = np.random.default_rng(seed)
    groups = np.repeat(np.arange(len(counts)), counts)
    y_true = _within_patients(random, groups, len(names), label_icc) > ndtri(1 - prevalence)
    y_score = separation * y_true + _within_patients(random, groups, len(names), score_icc)
    return Predictions(y_true.astype(int), y_score, groups, names)


def _image_counts(images_per_patient: ArrayLike) -> np.ndarray:
    counts = as_array("images_per_patient", images_per_patient)
    whole = counts.ndim == 1 and counts.dtype.kind in "iu" and counts.size
    if not whole or (counts < 1).any() or (counts > MOST_IMAGES).any():
        raise ValueError(
            f"images_per_patient: allowed is a list with one whole number from 1 to {MOST_IMAGES:,} for each patient"
        )
    return counts.astype(np.int64)


def _per_finding(prevalence: ArrayLike, auc: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Prevalence and separation of each finding, (L,) both."""
    share, separation = np.atleast_1d(as_floats("prevalence", prevalence)), np.atleast_1d(separation_for(auc))
    if not ((share > 0) & (share < 1)).all():
        raise ValueError(f"prevalence: got {prevalence}, allowed are numbers between 0 and 1, both excluded")
    if (
        share.ndim > 1
        or separation.ndim > 1
        or (share.size != separation.size and 1 not in (share.size, separation.size))
    ):
        raise ValueError(
            f"prevalence, auc: got shapes {share.shape} and {separation.shape}, allowed are one number of each finding"
        )
    return np.broadcast_arrays(share, separation)


def _within_patients(random: np.random.Generator, groups: np.ndarray, n_findings: int, icc: float) -> np.ndarray:
    """Standard normal noise, (N, L), of which the share `icc` of the variance is the patient's."""
    of_patient = random.normal(size=(groups[-1] + 1, n_findings))[groups]
    return np.sqrt(icc) * of_patient + np.sqrt(1 - icc) * random.normal(size=of_patient.shape)
