"""Pairs of cases and controls of about the same age."""

from numbers import Real

import numpy as np
from numpy.typing import ArrayLike

from .ages import vector

ROUNDING = 1e-9  # years: 63.1 − 61.1 is a little more than 2 in floating point


def match_ages(age_cases: ArrayLike, age_controls: ArrayLike, *, caliper: float = 2.0) -> tuple[np.ndarray, np.ndarray]:
    """Pair each case with a control of its own whose age differs by at most the caliper.

    Of all ways to pair them, one with as many pairs as can be, and of these one with the least sum of differences: an
    assignment problem, so that no pair depends on who was looked at first. Nobody is used twice.

    Parameters
    ----------
    age_cases : array, (M,)
        In years; who has no known age (NaN) is paired with nobody.
    age_controls : array, (N,)
    caliper : float
        Largest difference of a pair, in years; infinity pairs all of the smaller group.

    Returns
    -------
    i_cases, i_controls : array of int, (P,) each
        Places of the two of each pair, in the order of the cases; empty where nobody is near enough.

    Raises
    ------
    ValueError
        If an age is infinite, an array has not one axis, or the caliper is no number from 0 on.

    References
    ----------
    Rosenbaum, P. R. (1989). Optimal matching for observational studies. JASA 84(408), 1024-1032.

    Examples
    --------
    The case of 70 could have the control of 71, but then nobody would be left for that of 72:

    >>> match_ages([70, 72], [71, 69, 60])
    (array([0, 1]), array([1, 0]))
    """
    from scipy.optimize import linear_sum_assignment

    if not isinstance(caliper, Real) or isinstance(caliper, bool) or not caliper >= 0:
        raise ValueError(f"caliper: got {caliper!r}, allowed is a number of years from 0 on")
    apart = np.abs(vector("age_cases", age_cases)[:, None] - vector("age_controls", age_controls)[None])  # (M, N)
    allowed = apart <= caliper + ROUNDING
    if not allowed.any():
        return np.zeros(0, int), np.zeros(0, int)
    too_dear = min(apart.shape) * apart[allowed].max() + 1  # one pair more is worth any sum of differences
    i_cases, i_controls = linear_sum_assignment(np.where(allowed, apart, too_dear))
    kept = allowed[i_cases, i_controls]
    return i_cases[kept], i_controls[kept]
