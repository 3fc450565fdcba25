"""Brain-age gaps of two groups, compared at the same age."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from course_lib.metrics import auroc, delong_interval
from course_lib.metrics.bootstrap.resampling import Resampling
from course_lib.metrics.bootstrap.sums import percentile_interval, replicated_sums
from course_lib.metrics.validation import check_level

from .ages import paired, vector
from .matching import match_ages

Interval = tuple[float, float]
People = tuple[np.ndarray, np.ndarray, np.ndarray]  # gaps and ages, and places in the arrays as they came, (n,) each


@dataclass(frozen=True)
class GapComparison:
    """Gaps of cases against those of controls.

    Attributes
    ----------
    difference : float
        Mean gap of the cases minus that of the controls, in years.
    difference_interval : (low, high)
        Percentiles of the bootstrap: over pairs where they were matched, else over each group by itself.
    hedges_g : float
        The difference in units of the pooled standard deviation (Cohen's d), times 1 − 3/(4(m + n) − 9), which takes
        away the bias of small groups; NaN where all gaps of both groups are equal.
    hedges_g_interval : (low, high)
        From the same replicates.
    auroc : float
        Probability that a case's gap is larger than a control's, a tie counting one half.
    auroc_interval : (low, high)
        DeLong's, which takes all people as independent; pairs of one age make it a little wider than it need be.
    mean_cases, mean_controls : float
        Mean gaps of those compared, in years.
    n_cases, n_controls : int
        People with all that is needed, before matching.
    n_pairs : int, or None
        None where there was no matching: then all of them are compared.
    age_difference : float
        Mean age of all cases minus that of all controls, in years; NaN if ages were not given.
    age_difference_matched : float
        The same of those compared; NaN without matching.
    level : float
        Of all three intervals.
    i_cases, i_controls : array of int
        Places of those compared in the arrays as they came: (P,) each, in pairs, where they were matched, else of all
        with what is needed.
    """

    difference: float
    difference_interval: Interval
    hedges_g: float
    hedges_g_interval: Interval
    auroc: float
    auroc_interval: Interval
    mean_cases: float
    mean_controls: float
    n_cases: int
    n_controls: int
    n_pairs: int | None
    age_difference: float
    age_difference_matched: float
    level: float
    i_cases: np.ndarray = field(compare=False, repr=False)
    i_controls: np.ndarray = field(compare=False, repr=False)

    def table(self) -> pd.DataFrame:
        """One row for each of the three measures: measure, unit, estimate, low, high."""
        rows = [
            ("difference of mean gaps", "years", self.difference, *self.difference_interval),
            ("Hedges' g", "", self.hedges_g, *self.hedges_g_interval),
            ("AUROC", "", self.auroc, *self.auroc_interval),
        ]
        return pd.DataFrame(rows, columns=["measure", "unit", "estimate", "low", "high"])


def compare_gaps(
    gap_cases: ArrayLike,
    gap_controls: ArrayLike,
    *,
    age_cases: ArrayLike | None = None,
    age_controls: ArrayLike | None = None,
    caliper: float | None = 2.0,
    level: float = 0.95,
    n_replicates: int = 1000,
    seed: int = 0,
) -> GapComparison:
    """Difference of mean gaps, effect size and AUROC, each with its interval; at matched ages if ages are given.

    Patients are older than controls, and an uncorrected gap falls with age: unmatched, the difference holds the age
    bias. Correct the gaps (`BiasCorrection.corrected_gap`), match the ages, or do both.

    Parameters
    ----------
    gap_cases : array, (M,)
        Predicted minus true age, in years. Who has a NaN is left out.
    gap_controls : array, (N,)
    age_cases, age_controls : array, (M,) and (N,), optional
        True ages, in years: both or neither.
    caliper : float, or None
        Largest difference in age of a pair, in years; None compares everybody, and only tells the difference in age.
    level : float
        Between 0 and 1.
    n_replicates, seed : int
        Of the bootstrap.

    Returns
    -------
    GapComparison

    Raises
    ------
    ValueError
        If ages are given for one group only, a group has fewer than two people (or there are fewer than two pairs),
        an argument is not allowed, or the replicates are so few that nothing scatters in any.

    References
    ----------
    Hedges, L. V. (1981). Journal of Educational Statistics 6(2), 107-128.

    Examples
    --------
    The control of 50 is near nobody:

    >>> ages = [71, 73, 75, 77, 50]
    >>> found = compare_gaps([5, 7, 3, 6], [0, 2, 4, 1, 9], age_cases=[70, 72, 75, 78], age_controls=ages)
    >>> found.n_pairs, found.difference, found.auroc
    (4, 3.5, 0.9375)
    """
    check_level(level)
    if (age_cases is None) != (age_controls is None):
        missing = "age_cases" if age_cases is None else "age_controls"
        raise ValueError(f"{missing}: got None, but the ages of the others were given; give both or neither")
    everybody = _known(gap_cases, age_cases, "cases"), _known(gap_controls, age_controls, "controls")
    matched = age_cases is not None and caliper is not None
    cases, controls = _matched(*everybody, caliper) if matched else everybody
    gaps = cases[0], controls[0]
    difference, effect = (float(one[0]) for one in _effects(*_sums(gaps)))
    differences, effects = _effects(*_replicates(gaps, matched, n_replicates, seed))
    truth, scores = np.repeat([1, 0], [len(gap) for gap in gaps]), np.concatenate(gaps)
    return GapComparison(
        difference=difference,
        difference_interval=percentile_interval(differences, level),
        hedges_g=effect,
        hedges_g_interval=percentile_interval(effects, level) if np.isfinite(effect) else (np.nan, np.nan),
        auroc=float(auroc(truth, scores)),
        auroc_interval=tuple(map(float, delong_interval(truth, scores, level=level))),
        mean_cases=float(gaps[0].mean()),
        mean_controls=float(gaps[1].mean()),
        n_cases=len(everybody[0][0]),
        n_controls=len(everybody[1][0]),
        n_pairs=len(gaps[0]) if matched else None,
        age_difference=_older(*everybody),
        age_difference_matched=_older(cases, controls) if matched else np.nan,
        level=level,
        i_cases=cases[2],
        i_controls=controls[2],
    )


def _known(gap: ArrayLike, age: ArrayLike | None, who: str) -> People:
    """Those in whom neither gap nor age is unknown; ages that were not given are NaN."""
    if age is None:
        gaps = vector(f"gap_{who}", gap)
        ages, known = np.full_like(gaps, np.nan), ~np.isnan(gaps)
    else:
        gaps, ages = paired(**{f"gap_{who}": gap, f"age_{who}": age})
        known = ~np.isnan(gaps + ages)
    if known.sum() < 2:
        raise ValueError(f"gap_{who}: got {known.sum()} people of whom all is known, needed are 2 or more")
    return gaps[known], ages[known], np.flatnonzero(known)


def _matched(cases: People, controls: People, caliper: float) -> tuple[People, People]:
    """Those of the pairs, (P,) each."""
    of_cases, of_controls = match_ages(cases[1], controls[1], caliper=caliper)
    if len(of_cases) < 2:
        raise ValueError(f"caliper: {len(of_cases)} pairs lie within {caliper} years, needed are 2 or more")
    return tuple(part[of_cases] for part in cases), tuple(part[of_controls] for part in controls)


def _older(cases: People, controls: People) -> float:
    """Mean age of the cases minus that of the controls."""
    return float(cases[1].mean() - controls[1].mean())


def _rows(gap: np.ndarray) -> np.ndarray:
    """What mean and variance follow from, (3, n): 1, gap, gap²."""
    return np.stack([np.ones_like(gap), gap, gap**2])


def _sums(gaps: tuple[np.ndarray, np.ndarray]) -> list[np.ndarray]:
    """Those of the sample, (3, 1) for each group."""
    return [_rows(gap).sum(axis=1, keepdims=True) for gap in gaps]


def _replicates(gaps: tuple[np.ndarray, np.ndarray], matched: bool, n_replicates: int, seed: int) -> list[np.ndarray]:
    """Those of every replicate, (3, R) for each group: pairs stay together, and groups are drawn apart."""
    first = Resampling.of(len(gaps[0]), None, n_replicates, seed)
    own = int(np.random.SeedSequence(seed).generate_state(1)[0])  # else two groups of one size would be drawn alike
    second = first if matched else Resampling.of(len(gaps[1]), None, n_replicates, own)
    return [replicated_sums(_rows(gap), draws) for gap, draws in zip(gaps, (first, second), strict=True)]


def _effects(cases: np.ndarray, controls: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Difference of means and Hedges' g, (R,) each, from sums (3, R); g is NaN where nothing scatters."""
    means, rests, sizes = [], [], []
    for n, total, squares in (cases, controls):
        means.append(total / n)
        rest = squares - total**2 / n
        rests.append(np.where(rest > 1e-12 * squares, rest, 0.0))  # what rounding leaves of a constant
        sizes.append(n)
    difference, people = means[0] - means[1], sizes[0] + sizes[1]
    pooled = np.sqrt(sum(rests) / (people - 2))
    exact = 1 - 3 / (4 * people - 9)
    return difference, np.divide(exact * difference, pooled, out=np.full_like(pooled, np.nan), where=pooled > 0)
