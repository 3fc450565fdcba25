"""Does the dimension of data tell how well networks generalize on them?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from course_lib.metrics.validation import as_floats, check_level


@dataclass(frozen=True)
class GeneralizationFit:
    """Accuracy = `intercept` + `slope`·dimension (+ `size_slope`·ln n), by least squares.

    Attributes
    ----------
    slope : float
        Accuracy per dimension.
    intercept : float
        Accuracy at dimension 0 (and ln n = 0).
    r2 : float
        Share of the variance of the fitted accuracies that the line (plane) explains; NaN where they are all equal.
    interval : (float, float)
        Of the slope.
    n : int
        Data sets: what the slope stands on. A data set measured at seven sizes is still one.
    n_points : int
        Accuracies that were fitted.
    level : float
        Of the intervals.
    size_slope : float
        Accuracy per e-fold of the number of training images; NaN for a line.
    size_interval : (float, float)
        Of `size_slope`.
    """

    slope: float
    intercept: float
    r2: float
    interval: tuple[float, float]
    n: int
    n_points: int
    level: float
    size_slope: float = np.nan
    size_interval: tuple[float, float] = (np.nan, np.nan)

    def predict(self, dimension: ArrayLike, n: ArrayLike | None = None) -> np.ndarray:
        """Accuracy on the line (plane) at these dimensions (and numbers of training images).

        Raises
        ------
        ValueError
            If `n` is missing for a plane, or given for a line.

        Examples
        --------
        >>> generalization_fit([0.9, 0.8, 0.7], [10, 20, 30]).predict([15])
        array([0.85])
        """
        if (n is None) != np.isnan(self.size_slope):
            raise ValueError(f"n: got {n!r}, but this is a {'line' if np.isnan(self.size_slope) else 'plane'}")
        line = self.intercept + self.slope * np.asarray(dimension, float)
        return line if n is None else line + self.size_slope * np.log(np.asarray(n, float))


def generalization_fit(
    accuracy: ArrayLike, dimension: ArrayLike, n: ArrayLike | None = None, *, level: float = 0.95
) -> GeneralizationFit:
    """Fit accuracy = a·dimension + c, or with training sizes accuracy = a·dimension + b·ln n + c.

    The accuracies of one data set are no independent evidence on dimension: it has one dimension. So the interval of
    the slope is Student's t of the line through the data sets' *means*, which has the plane's slope, because each data
    set is there at every size. That of `size_slope` is Student's t of the data sets' own slopes.

    Parameters
    ----------
    accuracy : array, (S,) or (S, M)
        Of S data sets, at one training size or at M.
    dimension : array, (S,)
    n : array, (M,), optional
        Training sizes; needed for a table (S, M), and only then.
    level : float
        Between 0 and 1.

    Returns
    -------
    GeneralizationFit

    Raises
    ------
    ValueError
        If shapes disagree, a value is not finite, there are fewer than three data sets, or dimensions (sizes) are all
        equal, or so close that the slope is not finite.

    Examples
    --------
    >>> found = generalization_fit([0.95, 0.84, 0.75, 0.76], [4, 6, 11, 13])
    >>> round(found.slope, 4), round(found.r2, 2), found.n
    (-0.0204, 0.86, 4)
    """
    check_level(level)
    table, d, sizes = _checked(accuracy, dimension, n)
    slope, center, half = _line(d, table.mean(axis=1), level)
    intercept = table.mean() - slope * center
    size_slope, size_half = 0.0, np.nan
    if sizes is not None:
        logs = np.log(sizes) - np.log(sizes).mean()
        own = table @ logs / (logs @ logs)  # (S,) each data set's slope
        size_slope, size_half = own.mean(), stats.t.ppf((1 + level) / 2, len(d) - 1) * stats.sem(own)
        intercept = intercept - size_slope * np.log(sizes).mean()
    height = 0.0 if sizes is None else size_slope * np.log(sizes)
    residual = table - (intercept + slope * d)[:, None] - height
    r2 = 1 - (residual**2).sum() / total if (total := ((table - table.mean()) ** 2).sum()) else np.nan
    if np.isinf([slope, intercept, r2, half, size_slope, size_half]).any():
        raise ValueError("accuracy: got values too large, or dimensions too close to one another, for a finite slope")
    told = {} if sizes is None else {"size_slope": float(size_slope), "size_interval": _around(size_slope, size_half)}
    return GeneralizationFit(
        float(slope), float(intercept), float(r2), _around(slope, half), len(d), table.size, level, **told
    )


def leave_one_out(accuracy: ArrayLike, dimension: ArrayLike, *, level: float = 0.95) -> list[GeneralizationFit]:
    """The line without each data set in turn.

    Parameters
    ----------
    accuracy, dimension : array, (S,)
        Of S data sets, four or more.
    level : float
        Between 0 and 1.

    Raises
    ------
    ValueError
        As for `generalization_fit`.

    Examples
    --------
    >>> without = leave_one_out([0.95, 0.84, 0.75, 0.76], [4, 6, 11, 13])
    >>> [round(fit.slope, 3) for fit in without]
    [-0.013, -0.023, -0.019, -0.027]
    """
    a, d, _ = _checked(accuracy, dimension, None)
    return [generalization_fit(np.delete(a[:, 0], k), np.delete(d, k), level=level) for k in range(len(d))]


@dataclass(frozen=True)
class SlopeDifference:
    """One slope minus another's, with its interval and the p-value of Welch's test that it is 0."""

    difference: float
    interval: tuple[float, float]
    p: float


def compare_slopes(one: GeneralizationFit, other: GeneralizationFit) -> SlopeDifference:
    """Difference of two lines' slopes, by Welch's t with Satterthwaite's degrees of freedom.

    That two intervals overlap does not say that slopes are alike; this asks it directly. It supposes that data sets are
    random draws, and their residuals normal.

    Raises
    ------
    ValueError
        If the fits' levels differ.

    Examples
    --------
    >>> steep = generalization_fit([0.95, 0.84, 0.75, 0.76], [4, 6, 11, 13])
    >>> flat = generalization_fit([0.95, 0.94, 0.92, 0.91], [4, 6, 11, 13])
    >>> found = compare_slopes(steep, flat)
    >>> round(found.difference, 4), round(found.p, 2)
    (-0.016, 0.11)
    """
    if one.level != other.level:
        raise ValueError(f"other: got level {other.level}, allowed is that of the first, {one.level}")
    errors, degrees = np.array([_error(fit) for fit in (one, other)]), np.array([one.n - 2, other.n - 2])
    error = np.sqrt((errors**2).sum())
    df = error**4 / (errors**4 / degrees).sum() if error else np.inf
    difference = one.slope - other.slope
    half = stats.t.ppf((1 + one.level) / 2, df) * error
    p = 2 * stats.t.sf(abs(difference) / error, df) if error else float(difference == 0)
    return SlopeDifference(float(difference), _around(difference, half), float(p))


def _error(fit: GeneralizationFit) -> float:
    """Standard error of a slope, from its interval."""
    return (fit.interval[1] - fit.interval[0]) / 2 / stats.t.ppf((1 + fit.level) / 2, fit.n - 2)


def _line(x: np.ndarray, y: np.ndarray, level: float) -> tuple[float, float, float]:
    """Slope, mean of x, and half the width of the slope's interval."""
    away = x - x.mean()
    slope = away @ y / (away @ away)
    residual = y - y.mean() - slope * away
    error = np.sqrt(residual @ residual / (len(x) - 2) / (away @ away))
    return slope, x.mean(), stats.t.ppf((1 + level) / 2, len(x) - 2) * error


def _around(middle: float, half: float) -> tuple[float, float]:
    return float(middle - half), float(middle + half)


def _checked(
    accuracy: ArrayLike, dimension: ArrayLike, n: ArrayLike | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Accuracies (S, M), dimensions (S,), and sizes (M,) or None."""
    a, d = as_floats("accuracy", accuracy), as_floats("dimension", dimension)
    sizes = None if n is None else as_floats("n", n)
    if d.ndim != 1 or len(d) < 3:
        raise ValueError(f"dimension: got shape {d.shape}, allowed is (S,) of three data sets or more")
    if sizes is not None and sizes.ndim != 1:
        raise ValueError(f"n: got shape {sizes.shape}, allowed is (M,), or None for one size")
    wanted = d.shape if sizes is None else (len(d), *sizes.shape)
    if a.shape != wanted:
        of = "" if sizes is None else f" and n's {sizes.shape}"
        raise ValueError(f"accuracy: shape {a.shape} does not match dimension's {d.shape}{of}; allowed is {wanted}")
    for name, values in {"accuracy": a, "dimension": d, "n": sizes}.items():
        if values is not None and not np.isfinite(values).all():
            raise ValueError(f"{name}: got NaN or infinity, allowed are finite numbers")
    if d.min() == d.max():
        raise ValueError(f"dimension: got {d[0]:g} throughout, allowed are two different values or more")
    if not np.square(d - d.mean()).sum():
        raise ValueError("dimension: got values too close to one another for a line")
    if sizes is not None and not (sizes.min() > 0 and sizes.min() < sizes.max()):
        raise ValueError("n: allowed are two different numbers or more, above 0")
    return a.reshape(len(d), -1), d, sizes
