"""How steeply the gap falls with age."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from course_lib.metrics.bootstrap.resampling import Resampling
from course_lib.metrics.bootstrap.sums import percentile_interval, replicated_sums
from course_lib.metrics.validation import check_level

from .ages import Line, check_rows, known_pairs, paired


@dataclass(frozen=True)
class BiasSlope:
    """Gap = `intercept` + `slope`·age, fitted by least squares.

    Attributes
    ----------
    slope : float
        Years of gap per year of age: 0 without bias, −1 for a predictor that tells everybody the same.
    low, high : float
        Interval of the slope.
    intercept : float
        In years, at age 0.
    n : int
        People (or rows, where people came with several) of known age and prediction.
    level : float
        Of the interval.
    """

    slope: float
    low: float
    high: float
    intercept: float
    n: int
    level: float

    @property
    def biased(self) -> bool:
        """Whether the interval excludes 0."""
        return not self.low <= 0 <= self.high

    def minus(self, other: "BiasSlope") -> "BiasSlope":
        """What is left of this slope once the line of other people is taken off: the difference, with its interval.

        Taking off a line does not make it certain. Half the interval's width is √(h² + h'²), of both half widths, as
        for two independent groups of people; the interval of corrected gaps alone holds only the first.

        Raises
        ------
        ValueError
            If the two intervals are of different levels.

        Examples
        --------
        >>> one, other = BiasSlope(-0.14, -0.18, -0.10, 8.0, 300, 0.95), BiasSlope(-0.16, -0.19, -0.13, 9.0, 200, 0.95)
        >>> left = one.minus(other)
        >>> round(left.slope, 2), round(left.low, 2), round(left.high, 2)
        (0.02, -0.03, 0.07)
        """
        if self.level != other.level:
            raise ValueError(f"other: its interval is of level {other.level}, this one's of {self.level}")
        slope, half = self.slope - other.slope, np.hypot(self.high - self.low, other.high - other.low) / 2
        intercept = self.intercept - other.intercept
        return BiasSlope(slope, float(slope - half), float(slope + half), intercept, self.n, self.level)


def bias_slope(
    age: ArrayLike,
    predicted: ArrayLike,
    *,
    level: float = 0.95,
    groups: ArrayLike | None = None,
    n_replicates: int = 1000,
    seed: int = 0,
) -> BiasSlope:
    """Slope of the gap, predicted − age, against age, with its interval.

    Student's t-interval for one row per person. Where people come with several, `groups` says who they are, and the
    interval is the percentiles of the bootstrap of people.

    Parameters
    ----------
    age, predicted : array, (N,)
        In years. A pair with a NaN is left out.
    level : float
        Between 0 and 1.
    groups : array, (N,), optional
    n_replicates, seed : int
        Of the bootstrap.

    Returns
    -------
    BiasSlope

    Raises
    ------
    ValueError
        If fewer than three pairs are known, all ages are equal, or so close that the slope is not finite, an argument
        is not allowed, or the replicates are so few that all people are of one age in each.

    Examples
    --------
    >>> found = bias_slope([50, 60, 70, 80], [56, 62, 68, 75])
    >>> round(found.slope, 2), round(found.low, 2), round(found.high, 2)
    (-0.37, -0.44, -0.3)
    """
    check_level(level)
    a, p = known_pairs(age, predicted)
    if len(a) < 3 or a.min() == a.max():
        raise ValueError(
            f"age: got {len(a)} people of {len(np.unique(a))} different ages, with predictions; allowed are 3 or more "
            "people of 2 or more ages"
        )
    line = Line.through(a, p - a)
    if groups is None:
        low, high = line.slope_interval(level)
    else:
        who = _of_known(groups, age, predicted)
        low, high = _by_group(a, p - a, Resampling.of(len(a), who, n_replicates, seed), level)
    return BiasSlope(line.slope, low, high, line.intercept, line.n, level)


def _of_known(groups: ArrayLike, age: ArrayLike, predicted: ArrayLike) -> np.ndarray:
    """Groups of those people whom `known_pairs` keeps."""
    a, p = paired(age=age, predicted=predicted)
    check_rows("groups", groups, age)
    return np.asarray(groups)[~np.isnan(a + p)]


def _by_group(age: np.ndarray, gap: np.ndarray, resampling: Resampling, level: float) -> tuple[float, float]:
    """Percentile interval of the slope; replicates in which all are of one age have none and are left out."""
    x, y = age - age.mean(), gap - gap.mean()
    n, sx, sy, sxx, sxy = replicated_sums(np.stack([np.ones_like(x), x, y, x**2, x * y]), resampling)
    spread = sxx - sx**2 / n
    some = spread > 1e-9 * sxx
    slopes = np.divide(sxy - sx * sy / n, spread, out=np.full_like(spread, np.nan), where=some)
    return percentile_interval(slopes, level)
