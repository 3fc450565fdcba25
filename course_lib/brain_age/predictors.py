"""Predictors of known skill, from one that has seen no brain to a perfect one."""

from numbers import Real

import numpy as np
from numpy.typing import ArrayLike

from course_lib.metrics.arguments import check_share, check_whole

from .ages import vector

OWN_STREAM = 0x5EED  # beside the seed: ages drawn by default_rng(seed) would else come with noise that follows them


def simulate_predictor(
    age: ArrayLike,
    skill: float,
    *,
    sd: float = 3.0,
    ages: tuple[float, float] = (45, 80),
    seed: int,
) -> np.ndarray:
    """Predicted ages (simulated) of a regression that knows a share λ of the variance of age.

    predicted = λ·(age + e) + (1 − λ)·(m + u), with e ~ N(0, v(1 − λ)/λ) and u ~ N(0, sd²), independent; m and v are
    mean and variance of age, uniform over `ages`, in the people it learned from. The first part is the best that can be
    told from a measurement age + e: it is drawn towards the mean by λ, which is regression dilution, so that the gap
    falls by 1 − λ per year of age. The second is a guess that has nothing to do with the person.

    Parameters
    ----------
    age : array, (N,)
        In years; NaN stays NaN.
    skill : float
        λ, from 0 (pure noise N(m, sd²)) to 1 (the age itself).
    sd : float
        Of the guess, in years; with 0, a predictor of no skill tells everybody m, and λ is R² in people like those it
        learned from.
    ages : (float, float)
        Youngest and oldest of those it learned from.
    seed : int
        Give each cohort its own. Ages that were drawn with the same number are independent of what is drawn here.

    Returns
    -------
    array of float64, (N,)

    Raises
    ------
    ValueError
        If an argument is not allowed.

    Examples
    --------
    >>> simulate_predictor([45, 80], skill=0, sd=0, seed=0)
    array([62.5, 62.5])
    >>> simulate_predictor([45, 80], skill=1, seed=0)
    array([45., 80.])
    """
    noise, (low, high) = predictor_noise(skill, sd=sd, ages=ages), ages
    check_whole("seed", seed)
    a = vector("age", age)
    center = (low + high) / 2
    drawn = np.random.default_rng([seed, OWN_STREAM]).normal(size=a.shape)
    return center + skill * (a - center) + noise * drawn


def predictor_noise(skill: float, *, sd: float = 3.0, ages: tuple[float, float] = (45, 80)) -> float:
    """Standard deviation of `simulate_predictor` among people of one age, √(λ(1 − λ)v + (1 − λ)²·sd²), in years.

    A correction that is given the true ages leaves age plus this noise and nothing else. Whatever the skill, therefore,
    its "MAE" is √(2/π) times it and its "R²" 1 − noise²/v. Pure noise of 3 years comes to 2.39 years and .912; half the
    variance known, which is worth far more, comes to 4.2 and .73: the "accuracy" of a corrected age rewards saying
    the same to everybody.

    Parameters
    ----------
    skill, sd, ages
        As of `simulate_predictor`.

    Raises
    ------
    ValueError
        If an argument is not allowed.

    Examples
    --------
    >>> [round(predictor_noise(skill), 2) for skill in (0, 0.5, 1)]
    [3.0, 5.27, 0.0]
    """
    check_share("skill", skill)
    if not (isinstance(sd, Real) and 0 <= sd < np.inf):
        raise ValueError(f"sd: got {sd!r}, allowed is a number of years from 0 on")
    low, high = vector("ages", ages) if np.shape(ages) == (2,) else (0.0, 0.0)
    if not low < high:
        raise ValueError(f"ages: got {ages!r}, allowed are a lower and a higher age")
    variance = (high - low) ** 2 / 12
    return float(np.hypot(np.sqrt(skill * (1 - skill) * variance), (1 - skill) * sd))
