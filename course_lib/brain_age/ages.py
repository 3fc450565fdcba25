"""Ages and predictions as every function of this room takes them, and the straight line through them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from course_lib.metrics.sequences import as_array
from course_lib.metrics.validation import as_floats, check_aligned


def vector(name: str, values: ArrayLike) -> np.ndarray:
    """Return `values` as float64, (N,), in which NaN stands for unknown.

    Raises
    ------
    ValueError
        If there is not one axis, or a value is infinite or no number.

    Examples
    --------
    >>> vector("age", 61)
    Traceback (most recent call last):
    ValueError: age: got shape (), allowed is (N,)
    """
    array = as_floats(name, values)
    if array.ndim != 1:
        raise ValueError(f"{name}: got shape {array.shape}, allowed is (N,)")
    if np.isinf(array).any():
        raise ValueError(f"{name}: got infinity, allowed are finite numbers and NaN (unknown)")
    return array


def paired(**columns: ArrayLike) -> tuple[np.ndarray, ...]:
    """Each column as a `vector`; all of one length, and of pandas' of one order.

    Raises
    ------
    ValueError
        As `vector`, or if a column's length is not that of the first, or its index holds the same rows in another
        order.

    Examples
    --------
    >>> paired(age=[60, 70], predicted=[61])
    Traceback (most recent call last):
    ValueError: predicted: shape (1,) does not match age's (2,)
    """
    first, *others = arrays = [vector(name, values) for name, values in columns.items()]
    for name, array in zip(list(columns)[1:], others, strict=True):
        if array.shape != first.shape:
            raise ValueError(f"{name}: shape {array.shape} does not match {next(iter(columns))}'s {first.shape}")
        check_order(name, columns[name], *next(iter(columns.items())))
    return tuple(arrays)


def check_order(name: str, values: ArrayLike, of: str, first: ArrayLike) -> None:
    """Refuse pandas' `values` whose index is that of `first`, an argument `of` that name, in another order.

    Raises
    ------
    ValueError
        As `check_aligned`.

    Examples
    --------
    >>> import pandas as pd
    >>> age = pd.Series([60, 70], index=["a", "b"])
    >>> check_order("site", age[::-1], "age", age)
    Traceback (most recent call last):
    ValueError: site: its index ['b', 'a'] is in another order than age's ['a', 'b'], and values are matched by place; \
bring both into one order
    """
    try:
        check_aligned(name, first, values)
    except ValueError as problem:
        raise ValueError(str(problem).replace("y_true", of)) from None


def check_rows(name: str, values: ArrayLike | None, age: ArrayLike, row: str = "row") -> None:
    """Raise a ValueError unless there is one value beside each age, in the same order, or None.

    Examples
    --------
    >>> check_rows("site", ["A"], age=[60, 70])
    Traceback (most recent call last):
    ValueError: site: got shape (1,), allowed is (2,), one per row
    """
    if values is not None and (shape := as_array(name, values).shape) != np.shape(age):
        raise ValueError(f"{name}: got shape {shape}, allowed is {np.shape(age)}, one per {row}")
    check_order(name, values, "age", age)


def known_pairs(age: ArrayLike, predicted: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Age and predicted age, (n,) each, of those people for whom neither is NaN.

    Raises
    ------
    ValueError
        As `paired`.

    Examples
    --------
    >>> known_pairs([60, 70, float("nan")], [61, float("nan"), 80])
    (array([60.]), array([61.]))
    """
    a, p = paired(age=age, predicted=predicted)
    known = ~np.isnan(a + p)
    return a[known], p[known]


@dataclass(frozen=True)
class Line:
    """The least-squares line y = `height` + `slope`·(x − `center`), with its standard error.

    Kept around the mean of x: an intercept at x = 0, an age far outside the cohort, would lose digits.

    Attributes
    ----------
    slope, height, center : float
        `height` is the mean of y, `center` that of x.
    slope_error : float
        Standard error of the slope, √(Σr²/(n − 2) / Σ(x − x̄)²); NaN for two points.
    n : int
    """

    slope: float
    height: float
    center: float
    slope_error: float
    n: int

    @classmethod
    def through(cls, x: np.ndarray, y: np.ndarray) -> "Line":
        """Fit to x and y, (n,) each, of which x, ages, are not all equal; ValueError where the slope is not finite."""
        center, height = x.mean(), y.mean()
        spread = np.sum((x - center) ** 2)
        with np.errstate(all="ignore"):
            slope = np.sum((x - center) * (y - height)) / spread
            rest = y - height - slope * (x - center)
            error = np.sqrt(np.sum(rest**2) / (len(x) - 2) / spread) if len(x) > 2 else 0.0
        if not np.isfinite([slope, error]).all():
            raise ValueError("age: ages too close to one another, or predictions too large, for a slope that is finite")
        error = error if len(x) > 2 else np.nan
        return cls(float(slope), float(height), float(center), float(error), len(x))

    @property
    def intercept(self) -> float:
        """y at x = 0."""
        return self.height - self.slope * self.center

    def at(self, x: np.ndarray) -> np.ndarray:
        """y at x."""
        return self.height + self.slope * (x - self.center)

    def slope_interval(self, level: float) -> tuple[float, float]:
        """Student's t-interval of the slope with n − 2 degrees of freedom."""
        from scipy.special import stdtrit

        half = stdtrit(self.n - 2, (1 + level) / 2) * self.slope_error
        return float(self.slope - half), float(self.slope + half)
