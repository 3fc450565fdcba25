"""Precision and trueness of a measurement that is taken more than once.

ISO 5725-1 calls random scatter *precision*, systematic deviation *trueness*, and both together *accuracy*.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .validation import as_floats, check_level


@dataclass(frozen=True)
class Repeatability:
    """How far measurements of one subject scatter when nothing but chance differs.

    Attributes
    ----------
    sd : float
        Within-subject standard deviation s_w, in the unit of the measurement.
    coefficient : float
        Repeatability coefficient 1.96·√2·s_w: two measurements of one subject differ by less in 95 % of pairs.
    low, high : float
        Interval of the coefficient.
    degrees : int
        Degrees of freedom, measurements minus subjects.
    """

    sd: float
    coefficient: float
    low: float
    high: float
    degrees: int


@dataclass(frozen=True)
class Trueness:
    """How far the mean of many measurements lies from the truth: the bias, and its interval over subjects."""

    bias: float
    low: float
    high: float


@dataclass(frozen=True)
class TotalError:
    """Accuracy as ISO 5725-1 means it, rmse² = bias² + between² + within², exactly.

    Attributes
    ----------
    rmse : float
        Root of the mean squared error, each subject counting equally; ``float()`` gives it too.
    bias : float
        Mean error.
    between : float
        Standard deviation (divisor S) of the S subjects' mean errors.
    within : float
        Root of the mean over subjects of the variance (divisor R) of a subject's measurements; √((R − 1)/R)·s_w where
        all have R.
    """

    rmse: float
    bias: float
    between: float
    within: float

    def __float__(self) -> float:
        return self.rmse


def repeatability(values: ArrayLike, *, level: float = 0.95) -> Repeatability:
    """Repeatability from repeated measurements, s_w = √(Σ(xᵢⱼ − x̄ᵢ)² / (N − S)), coefficient 1.96·√2·s_w.

    Parameters
    ----------
    values : array (S, R)
        R measurements of each of S subjects; NaN where one is missing.
    level : float
        Of the interval, from the χ² distribution of (N − S)·s_w²/σ_w².

    Returns
    -------
    Repeatability
        NaN where no subject was measured twice.

    Raises
    ------
    ValueError
        If `values` does not have two dimensions or holds infinity.

    References
    ----------
    Bland, J. M. and Altman, D. G. (1996). Measurement error. BMJ 313, 744; (1999). Measuring agreement in method
    comparison studies. Statistical Methods in Medical Research 8, 135-160.

    Examples
    --------
    >>> found = repeatability([[10.0, 12.0], [20.0, 20.0], [31.0, 29.0]])
    >>> round(found.sd, 3), round(found.coefficient, 3)
    (1.155, 3.201)
    """
    from scipy.stats import chi2

    check_level(level)
    values = _measurements(values)
    counts = (~np.isnan(values)).sum(1)
    degrees = int((counts - 1)[counts > 0].sum())
    if degrees == 0:
        return Repeatability(np.nan, np.nan, np.nan, np.nan, 0)
    squares = np.nansum((values - _means(values)[:, None]) ** 2)
    sd = np.sqrt(squares / degrees)
    low, high = 1.96 * np.sqrt(2 * squares / chi2.ppf([(1 + level) / 2, (1 - level) / 2], degrees))
    return Repeatability(float(sd), float(1.96 * np.sqrt(2) * sd), float(low), float(high), degrees)


def trueness(values: ArrayLike, truth: ArrayLike, *, level: float = 0.95) -> Trueness:
    """Bias of a measurement, the mean over subjects of (mean measurement − truth), with Student's t interval.

    Parameters
    ----------
    values : array (S, R) or (S,)
        R measurements of each of S subjects; NaN where one is missing.
    truth : array (S,) or float
        Subjects whose truth is NaN are left out.
    level : float

    Returns
    -------
    Trueness
        NaN bounds where fewer than two subjects are left, a NaN bias where none is.

    Raises
    ------
    ValueError
        If shapes disagree or infinity came.

    References
    ----------
    ISO 5725-1:2023. Accuracy (trueness and precision) of measurement methods and results, part 1.

    Examples
    --------
    >>> trueness([[10.0, 12.0], [20.0, 22.0], [31.0, 31.0]], [10.0, 20.0, 30.0])
    Trueness(bias=1.0, low=1.0, high=1.0)
    """
    check_level(level)
    errors = _errors(values, truth)
    return Trueness(*(float(value) for value in mean_interval(_means(errors), level)))


def total_error(values: ArrayLike, truth: ArrayLike) -> TotalError:
    """Root mean squared error and its parts, rmse² = bias² + between² + within².

    Parameters
    ----------
    values : array (S, R) or (S,)
        R measurements of each of S subjects; NaN where one is missing.
    truth : array (S,) or float
        Subjects whose truth is NaN are left out.

    Returns
    -------
    TotalError
        NaN where no subject is left.

    Raises
    ------
    ValueError
        If shapes disagree or infinity came.

    Examples
    --------
    >>> error = total_error([[11.0, 13.0], [20.0, 22.0]], truth=[10.0, 20.0])
    >>> round(error.rmse**2, 6), error.bias**2, error.between**2, error.within**2
    (3.5, 2.25, 0.25, 1.0)
    """
    errors = _errors(values, truth)
    of_subject = _means(errors)
    if not of_subject.size:
        return TotalError(np.nan, np.nan, np.nan, np.nan)
    rmse = np.sqrt(_means(errors**2).mean())
    within = np.sqrt(_means((errors - of_subject[:, None]) ** 2).mean())
    return TotalError(float(rmse), float(of_subject.mean()), float(of_subject.std()), float(within))


def mean_interval(values: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean over the first axis and Student's t interval, x̄ ± t·s/√n; NaN where n is too small."""
    from scipy.stats import t

    n = len(values)
    mean = values.mean(0) if n else np.full(values.shape[1:], np.nan)
    half = t.ppf((1 + level) / 2, n - 1) * values.std(0, ddof=1) / np.sqrt(n) if n > 1 else np.full(mean.shape, np.nan)
    return mean, mean - half, mean + half


def _measurements(values: ArrayLike) -> np.ndarray:
    values = as_floats("values", values)
    if values.ndim != 2:
        raise ValueError(f"values: got shape {values.shape}, allowed is (subjects, repeats)")
    if np.isinf(values).any():
        raise ValueError("values: got infinity, allowed are finite numbers and NaN (missing)")
    return values


def _errors(values: ArrayLike, truth: ArrayLike) -> np.ndarray:
    """Measurements minus truth, (S, R), of those subjects that have both."""
    values, truth = as_floats("values", values), as_floats("truth", truth)
    values = _measurements(values[:, None] if values.ndim == 1 else values)
    if truth.shape not in ((), (len(values),)):
        raise ValueError(f"truth: got shape {truth.shape}, allowed are one number and {(len(values),)}")
    if np.isinf(truth).any():
        raise ValueError("truth: got infinity, allowed are finite numbers and NaN (unknown)")
    errors = values - np.broadcast_to(truth, len(values))[:, None]
    return errors[~np.isnan(errors).all(1)]


def _means(values: ArrayLike) -> np.ndarray:
    """Mean of each row's known values, (S,); NaN where a row has none."""
    known = ~np.isnan(values)
    counts = known.sum(1)
    return np.divide(np.where(known, values, 0).sum(1), counts, out=np.full(len(counts), np.nan), where=counts > 0)
