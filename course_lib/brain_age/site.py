"""What another scanner does to predicted ages."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from course_lib.metrics import mean_absolute_error
from course_lib.metrics.bootstrap.resampling import Resampling
from course_lib.metrics.bootstrap.sums import percentile_interval, replicated_sums
from course_lib.metrics.validation import check_level

from .ages import check_rows, paired


@dataclass(frozen=True)
class SiteShift:
    """How much older people look at one site than at another.

    Attributes
    ----------
    shift : float
        Mean gap at the other site minus that at the reference, in years.
    interval : (low, high)
        Percentiles of the bootstrap of people.
    per_site : DataFrame
        A row for each site, the reference first: ``site``, ``n``, ``mean_gap`` and ``mae`` in years, ``mae_centered``
        (the MAE once the site's own mean gap is subtracted) and ``correlation`` of predicted with true age. A scanner
        that adds the same years to everybody leaves the last two as they are.
    level : float
    """

    shift: float
    interval: tuple[float, float]
    per_site: pd.DataFrame
    level: float


def site_shift(
    age: ArrayLike,
    predicted: ArrayLike,
    site: ArrayLike,
    *,
    reference: str | int,
    groups: ArrayLike | None = None,
    level: float = 0.95,
    n_replicates: int = 1000,
    seed: int = 0,
) -> SiteShift:
    """Compare the gaps of healthy people at two sites: the same people if `groups` says so, or others.

    Parameters
    ----------
    age, predicted : array, (N,)
        In years. A row with a NaN is left out.
    site : array of str or int, (N,)
        Two different ones.
    reference : str or int
        The site where the network was trained.
    groups : array, (N,), optional
        Who each row is: people scanned at both sites are drawn with both scans, and what is the same in both (how
        their brain really aged) does not widen the interval. By default all rows are different people.
    level : float
        Between 0 and 1.
    n_replicates, seed : int
        Of the bootstrap.

    Returns
    -------
    SiteShift

    Raises
    ------
    ValueError
        If there are not two sites with two known rows each, a row has none, the reference is none of them, shapes
        disagree, or the replicates are so few that each lacks a site.

    Examples
    --------
    >>> found = site_shift([50, 60, 70] * 2, [51, 60, 69, 60, 69, 78], ["A"] * 3 + ["B"] * 3, reference="A")
    >>> found.shift, found.per_site["mae_centered"].round(3).tolist()
    (9.0, [0.667, 0.667])
    """
    check_level(level)
    a, p = paired(age=age, predicted=predicted)
    if site is None:
        raise ValueError("site: got None, allowed is the site of each row")
    check_rows("site", site, age)
    check_rows("groups", groups, age)
    known = ~np.isnan(a + p)
    a, p = a[known], p[known]
    at_other, other = _sides(np.asarray(site)[known], reference)
    draws = Resampling.of(len(a), None if groups is None else np.asarray(groups)[known], n_replicates, seed)
    gap = p - a
    n_other, of_other, n_here, of_here = replicated_sums(
        np.stack([at_other, at_other * gap, ~at_other, ~at_other * gap]).astype(float), draws
    )
    shifts = _mean(of_other, n_other) - _mean(of_here, n_here)
    rows = [_row(name, a[rows], p[rows]) for name, rows in ((reference, ~at_other), (other, at_other))]
    shift = float(gap[at_other].mean() - gap[~at_other].mean())
    return SiteShift(shift, percentile_interval(shifts, level), pd.DataFrame(rows), level)


def _sides(where: np.ndarray, reference: str | int) -> tuple[np.ndarray, str | int]:
    """Which rows are of the other site, and what that is called."""
    codes, names = pd.factorize(where)  # unlike np.unique, it sorts nothing: names may be of any kind
    if nameless := int((codes < 0).sum()):
        raise ValueError(f"site: {nameless} rows have none (None or NaN); each needs one")
    counts, names = np.bincount(codes, minlength=len(names)), names.tolist()
    if len(names) != 2 or counts.min() < 2:
        told = ", ".join(f"{name} ({count} rows)" for name, count in zip(names, counts, strict=True))
        raise ValueError(f"site: got {told or 'no row of which all is known'}, allowed are two sites of 2 rows or more")
    if reference not in names:
        raise ValueError(f"reference: got {reference!r}, allowed are {', '.join(map(repr, names))}")
    other = 1 - names.index(reference)
    return codes == other, names[other]


def _mean(total: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Of each replicate; NaN of one that lacks this site."""
    return np.divide(total, n, out=np.full_like(total, np.nan), where=n > 0)


def _row(site: str | int, age: np.ndarray, predicted: np.ndarray) -> dict[str, object]:
    mean = float((predicted - age).mean())
    constant = np.ptp(age) == 0 or np.ptp(predicted) == 0
    return {
        "site": site,
        "n": len(age),
        "mean_gap": mean,
        "mae": mean_absolute_error(age, predicted),
        "mae_centered": mean_absolute_error(age, predicted - mean),
        "correlation": np.nan if constant else float(np.corrcoef(age, predicted)[0, 1]),
    }
