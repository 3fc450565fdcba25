"""Robustness: what is left of a metric when the data get worse."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from .arguments import check_whole
from .measurement import mean_interval
from .sequences import listed
from .validation import as_floats, check_level, warn_undefined


@dataclass(frozen=True)
class Robustness:
    """A metric under increasing degradation.

    Attributes
    ----------
    levels : array (K,)
    values : array (S, K)
        The metric per seed and level.
    mean, low, high : array (K,)
        Over seeds, with Student's t interval; NaN bounds where there is one seed.
    area : float
        Area under the mean curve, divided by the range of the levels: the metric's average over that range.
    area_interval : (low, high)
        Student's t over the seeds' areas.
    """

    levels: np.ndarray
    values: np.ndarray
    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray
    area: float
    area_interval: tuple[float, float]


def robustness(
    metric: Callable[..., float],
    degrade: Callable[[float, np.random.Generator], object],
    levels: Sequence[float],
    *,
    seeds: Iterable[int] = range(5),
    level: float = 0.95,
) -> Robustness:
    """A metric against degradation, m(x), and its mean over the range, A = ∫ m(x) dx / (x_K − x_1), by trapezoids.

    Parameters
    ----------
    metric : callable
        Of what `degrade` gives, to a number; higher is better.
    degrade : callable (level, rng)
        The data at one level of noise or of another artifact. Every level of a seed starts from the same random
        numbers, so that only the strength differs along a curve.
    levels : sequence of K numbers, increasing
    seeds : iterable of S ints
    level : float
        Of the intervals.

    Returns
    -------
    Robustness
        Where the metric is NaN for any seed, the mean at that level and the area are NaN; a warning names levels and
        seeds.

    Raises
    ------
    ValueError
        If there are fewer than two levels, they are not finite or do not increase, there is no seed, one is no whole
        number from 0 on, or the metric gives no number.

    Examples
    --------
    >>> signal = np.linspace(0, 1, 50)
    >>> noisy = lambda level, rng: signal + level * rng.normal(size=50)
    >>> found = robustness(lambda x: np.corrcoef(x, signal)[0, 1], noisy, [0, 0.2, 0.4])
    >>> found.values.shape, bool(found.mean[0] > found.mean[1] > found.mean[2])
    ((5, 3), True)
    """
    from scipy.integrate import trapezoid

    check_level(level)
    steps, seeds = as_floats("levels", levels), listed("seeds", seeds)
    if steps.ndim != 1 or len(steps) < 2 or not np.isfinite(steps).all() or not (np.diff(steps) > 0).all():
        raise ValueError(f"levels: got {levels!r}, allowed are at least two increasing numbers")
    if not seeds:
        raise ValueError("seeds: got none, allowed is at least one")
    for seed in seeds:
        check_whole("seeds", seed)
    values = np.array([[_number(metric(degrade(x, _generator(seed)))) for x in steps] for seed in seeds])
    warn_undefined("The metric, and with it its mean and the area,", _undefined_at(values, steps, seeds))
    mean, low, high = mean_interval(values, level)
    area, *interval = mean_interval(trapezoid(values, steps, axis=1) / (steps[-1] - steps[0]), level)
    return Robustness(steps, values, mean, low, high, float(area), tuple(float(bound) for bound in interval))


def _number(value: object) -> float:
    try:
        return float(value)
    except (TypeError, ValueError) as problem:
        raise ValueError(f"metric: it gave {value!r}, allowed is a number") from problem


def _undefined_at(values: np.ndarray, steps: np.ndarray, seeds: list[int]) -> dict[str, str]:
    """The seeds that have NaN at a level, for each such level."""
    gaps = {f"level {x:g}": np.compress(column, seeds) for x, column in zip(steps, np.isnan(values).T, strict=True)}
    return {
        where: f"seeds {', '.join(map(str, found[:3]))}" + (f" and {len(found) - 3} more" if len(found) > 3 else "")
        for where, found in gaps.items()
        if len(found)
    }


def _generator(seed: int) -> np.random.Generator:
    """Noise that is not the one of ``default_rng(seed)``, which the data themselves may have been made with."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(1,)))
