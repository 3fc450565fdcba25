"""What a bias correction does to the gaps, and how it flatters a predictor that knows nothing."""

from __future__ import annotations

import numpy as np
from matplotlib.patheffects import withStroke
from numpy.typing import ArrayLike

from course_lib import plotting

from .ages import draw_age_scatter, draw_gap_against_age
from .lines import checked_ages, limits_of

STAMP = "NOT ACCURACY\nthe true ages were put in"


def draw_correction(
    age: ArrayLike, before: ArrayLike, after: ArrayLike, *, axes, simulated: bool, names: tuple[str, str] | None = None
):
    """The gaps against age before and after a correction, on one scale.

    Parameters
    ----------
    age : array, (N,)
        Years.
    before, after : array, (N,)
        Predicted ages in years.
    axes : two Axes
    simulated : bool
    names : (before, after), optional
        Stand before what the titles say of the slope.

    Returns
    -------
    array of Axes

    Raises
    ------
    ValueError
        If the shapes differ, nobody's ages are known, or all ages are equal.
    """
    age, before, after = checked_ages(age=age, before=before, after=after)
    limits = limits_of(before - age, after - age)
    for ax, predicted, name in zip(np.ravel(axes), (before, after), names or ("Before", "Corrected"), strict=True):
        draw_gap_against_age(age, predicted - age, ax=ax, simulated=simulated, title=name, limits=limits,
            corrected=predicted is after)  # fmt: skip
    return axes


def draw_flattery(
    age: ArrayLike,
    raw: ArrayLike,
    corrected: ArrayLike,
    *,
    axes,
    simulated: bool,
    names: tuple[str, str] = ("Pure noise", "“Corrected” with the true ages"),
):
    """A predictor before and after the true ages were put into its correction; the second panel is stamped.

    Parameters
    ----------
    age, raw, corrected : array, (N,)
        Years.
    axes : two Axes
    simulated : bool
    names : (raw, corrected)

    Returns
    -------
    array of Axes

    Raises
    ------
    ValueError
        If the shapes differ, or nobody's ages are known.
    """
    age, raw, corrected = checked_ages(age=age, raw=raw, corrected=corrected)
    limits, (left, right) = limits_of(age, raw, corrected), np.ravel(axes)
    for ax, predicted, name in zip((left, right), (raw, corrected), names, strict=True):
        draw_age_scatter(age, predicted, ax=ax, simulated=simulated, title=name, limits=limits)
    draw_stamp(STAMP, ax=right)
    return axes


def draw_stamp(words: str, *, ax):
    """Words across the panel, like a rubber stamp, in its lower right where a scatter of ages is empty."""
    color = plotting.COLORS["orange"]
    ax.text(0.97, 0.07, words, transform=ax.transAxes, ha="right", va="bottom", fontsize=14, fontweight="bold",
        color=color, linespacing=1.4, multialignment="center", zorder=6,
        bbox={"boxstyle": "round,pad=0.45", "facecolor": plotting.COLORS["card"], "edgecolor": color, "linewidth": 2.5},
        path_effects=[withStroke(linewidth=3, foreground=plotting.COLORS["card"])])  # fmt: skip
    return ax
