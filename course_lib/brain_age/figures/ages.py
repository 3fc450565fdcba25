"""Predicted ages against chronological ones, and why the young look old and the old look young."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.ticker import MaxNLocator, MultipleLocator
from numpy.typing import ArrayLike

from course_lib import plotting
from course_lib.titles import TITLE

from ..slope import bias_slope
from .lines import DASHED, DOT, checked_ages, draw_line, draw_shift, limits_of, line_with_band, plain, plate
from .words import errors_said, headed, slope_said

HUES = ("blue", "orange", "green", "purple", "gold", "sky")
OUTER = 0.25  # share of the people at either end whose mean gap is written


def draw_age_scatter(
    age: ArrayLike,
    predicted: ArrayLike,
    *,
    ax,
    simulated: bool,
    groups: Sequence | None = None,
    title: str = "",
    limits: tuple[float, float] | None = None,
    size: float = TITLE,
):
    """Predicted against chronological age; the dashed line is where both agree.

    Parameters
    ----------
    age, predicted : array, (N,)
        In years; who has a NaN is left out.
    ax : matplotlib Axes
    simulated : bool
    groups : sequence of N str, optional
        At most six different ones, each in a color of its own.
    title : str
        Stands before the MAE and R² of those shown.
    limits : (low, high), optional
        Of the axis of predicted ages, in years; by default it holds all of them.
    size : float
        Of the title, in points.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ValueError
        If the shapes differ, nobody's ages are known, or there are more than six groups.
    """
    kept = np.arange(len(np.asarray(age)), dtype=float)
    age, predicted, kept = checked_ages(age=age, predicted=predicted, person=kept)
    names = np.full(len(age), "") if groups is None else np.asarray(groups)[kept.astype(int)]
    different = list(dict.fromkeys(names))
    if len(different) > len(HUES):
        raise ValueError(f"groups: got {len(different)} different ones, allowed are {len(HUES)} at most")
    ends = limits_of(age)
    ax.plot(ends, ends, color=plotting.COLORS["muted"], linewidth=2, linestyle=DASHED, zorder=1)
    for hue, name in zip(HUES, different, strict=False):
        here = names == name
        ax.plot(age[here], predicted[here], "o", color=plotting.COLORS[hue], label=name or None, **DOT)
    if groups is not None:
        ax.legend(loc="upper left", markerscale=1.5, handletextpad=0.2)
    ax.set(xlim=ends, ylim=limits or limits_of(age, predicted))
    ax.set(xlabel="chronological age (years)", ylabel="predicted age (years)")
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(MultipleLocator(10))  # years
    return headed(ax, f"{title + ': ' if title else ''}{errors_said(age, predicted)}", simulated=simulated, size=size)


def draw_gap_against_age(
    age: ArrayLike,
    gap: ArrayLike,
    *,
    ax,
    simulated: bool,
    slope: tuple[float, float, float] | None = None,
    title: str = "",
    limits: tuple[float, float] | None = None,
    corrected: bool = False,
):
    """The gap of each person against age, with the line through them, the band of that line, and zero.

    Parameters
    ----------
    age : array, (N,)
        Years.
    gap : array, (N,)
        Predicted minus chronological age, in years.
    ax : matplotlib Axes
    simulated : bool
    slope : (estimate, low, high), optional
        Years per year of age, as `bias_slope` gives it; by default that of the line, with its t-interval.
    title : str
        Stands before what is said of the slope.
    limits : (low, high), optional
        Of the axis of gaps, in years.
    corrected : bool
        Whether the gaps are, and a trend could be left of one; a bend can stay in either case.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ValueError
        If the shapes differ, fewer than three people's ages are known, or all ages are equal.
    """
    age, gap = checked_ages(age=age, gap=gap)
    ax.axhline(0, color=plotting.COLORS["ink"], linewidth=1.8, linestyle=DASHED, zorder=1)
    ax.plot(age, gap, "o", color=plotting.COLORS["blue"], **DOT)
    draw_line(age, gap, ax=ax)
    ax.set(xlim=limits_of(age), ylim=limits or limits_of(gap))
    ax.set(xlabel="chronological age (years)", ylabel="predicted − chronological (years)")
    if slope is None:
        found = bias_slope(age, age + gap)
        slope = found.slope, found.low, found.high
    interval = f"slope {plain(slope[0], 2)} (95% interval {plain(slope[1], 2)} to {plain(slope[2], 2)})"
    ax.text(0.98, 0.97, interval, transform=ax.transAxes, ha="right", va="top", color=plotting.COLORS["orange"],
        fontweight="bold", fontsize=12, bbox=plate())  # fmt: skip
    said = slope_said(*slope, corrected=corrected)
    words = f"{title}: {said}" if title else said[:1].upper() + said[1:]
    return headed(ax, words, simulated=simulated)


def draw_predictors(
    age: ArrayLike,
    predicted: Mapping[str, ArrayLike],
    title: str,
    *,
    ax,
    simulated: bool,
    limits: tuple[float, float],
    size: float = TITLE,
):
    """Several predictors of the same people in one panel, the last on top.

    Parameters
    ----------
    age : array, (N,)
        Years.
    predicted : dict name -> array, (N,)
        At most six; the names stand in the legend.
    title : str
    ax : matplotlib Axes
    simulated : bool
    limits : (low, high)
        Of the axis of predicted ages, in years: it stays where it is.
    size : float
        Of the title, in points.

    Returns
    -------
    matplotlib Axes
    """
    ends = limits_of(age)
    ax.plot(ends, ends, color=plotting.COLORS["muted"], linewidth=2, linestyle=DASHED, zorder=1)
    for hue, (name, years) in zip(HUES, predicted.items(), strict=False):
        ax.plot(age, years, "o", color=plotting.COLORS[hue], label=name, **DOT)
    ax.legend(loc="upper left", markerscale=1.5, handletextpad=0.2)
    ax.set(xlim=ends, ylim=limits, xlabel="chronological age (years)", ylabel="predicted age (years)")
    ax.xaxis.set_major_locator(MaxNLocator(4))
    ax.yaxis.set_major_locator(MaxNLocator(4))
    return headed(ax, title, simulated=simulated, size=size)


def draw_dilution(age: ArrayLike, predicted: ArrayLike, *, ax, simulated: bool):
    """Two regressions of one cloud: of the prediction on the age, which is flatter, and of the age on the prediction.

    A predictor trained for the least squared error learns the second: the mean age of those who look alike. So the mean
    age at each prediction lies on the dashed line, and the mean prediction at each age cannot.

    Parameters
    ----------
    age, predicted : array, (N,)
        In years.
    ax : matplotlib Axes
    simulated : bool

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ValueError
        If the shapes differ, or all ages or all predictions are equal.

    References
    ----------
    Smith, S. M. et al. (2019). NeuroImage 200, 528-539.
    """
    age, predicted = checked_ages(age=age, predicted=predicted)
    ends = limits_of(age)
    ax.plot(age, predicted, "o", color=plotting.COLORS["muted"], **(DOT | {"alpha": 0.3}), zorder=1)
    ax.plot(ends, ends, color=plotting.COLORS["ink"], linewidth=1.8, linestyle=DASHED, zorder=2)
    _plot_line(age, predicted, ("orange", "mean prediction at each age"), ax)
    _plot_line(predicted, age, ("green", "mean age at each prediction"), ax, turned=True)
    young, old = (age <= np.quantile(age, OUTER)), (age >= np.quantile(age, 1 - OUTER))
    for who in (young, old):
        draw_shift(age[who].mean(), (predicted - age)[who].mean(), ax=ax)
    ax.set(xlim=ends, ylim=limits_of(age, predicted))
    ax.set(xlabel="chronological age (years)", ylabel="predicted age (years)")
    ax.legend(loc="upper left")
    gaps = [(predicted - age)[who].mean() for who in (young, old)]
    words = f"The youngest quarter looks {_years(gaps[0])}, the oldest quarter {_years(gaps[1])}"
    return headed(ax, words, simulated=simulated)


def _plot_line(x: np.ndarray, y: np.ndarray, look: tuple[str, str], ax, turned: bool = False) -> None:
    at = np.array([x.min(), x.max()])
    line, _ = line_with_band(x, y, at)
    ax.plot(*((line, at) if turned else (at, line)), color=plotting.COLORS[look[0]], linewidth=4, label=look[1])


def _years(gap: float) -> str:
    return f"{abs(gap):.1f} years too {'old' if gap > 0 else 'young'}"
