"""What age does to structures of the brain, and what training does to the error."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from course_lib import plotting

from .lines import DASHED, DOT, checked_ages, limits_of, plate
from .words import headed

SMOOTH = 3.0  # years, standard deviation of the running mean's window
ENDS = (0.1, 0.9)  # quantiles of age between which the change is told
LABELED = 0.4  # share of the epochs that the words at the dashed line cover
ABOVE = 0.06  # share of the axis's height between that line and the middle of its words


def draw_structure_curves(age: ArrayLike, ventricle_ml: ArrayLike, hippocampus_ml: ArrayLike, *, axes, simulated: bool):
    """Volumes of ventricles and hippocampi against age, with running means.

    Parameters
    ----------
    age : array, (N,)
        Years.
    ventricle_ml, hippocampus_ml : array, (N,)
    axes : two Axes
    simulated : bool

    Returns
    -------
    array of Axes

    Raises
    ------
    ValueError
        If shapes differ, or nobody's volumes are known.
    """
    structures = {"Ventricles": (ventricle_ml, "blue"), "Hippocampi": (hippocampus_ml, "orange")}
    for ax, (name, (volume, hue)) in zip(np.ravel(axes), structures.items(), strict=True):
        years, ml = checked_ages(age=age, volume=volume)
        at = np.linspace(years.min(), years.max(), 60)
        mean = running_mean(years, ml, at)
        ax.plot(years, ml, "o", color=plotting.COLORS[hue], **(DOT | {"alpha": 0.4}))
        ax.plot(at, mean, color=plotting.COLORS["ink"], linewidth=3.5)
        ax.set(xlabel="age (years)", ylabel="volume (ml)", xlim=limits_of(years), ylim=limits_of(ml))
        ends = np.quantile(years, ENDS)
        first, last = running_mean(years, ml, ends)
        verb = "grow" if last > first else "shrink"
        words = f"{name} {verb} from {_range(first, last)} ml between {ends[0]:.0f} and {ends[1]:.0f} years"
        headed(ax, words, simulated=simulated)
    return axes


def draw_learning(
    history: pd.DataFrame,
    *,
    ax,
    simulated: bool,
    columns: Mapping[str, str] | None = None,
    baseline: float | None = None,
):
    """MAE after each epoch, at most three kinds of it, and the epoch in which the last kind is lowest.

    Parameters
    ----------
    history : DataFrame
        Column epoch, and those named by `columns`.
    ax : matplotlib Axes
    simulated : bool
    columns : dict label -> column, optional
        By default {"validation": "mae"}, as `train_regressor` writes it; the last one's lowest value is marked.
    baseline : float, optional
        MAE of telling everybody the mean age, in years.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ValueError
        If a column is missing, or there is no epoch.
    """
    columns = columns or {"validation": "mae"}
    if missing := [name for name in ("epoch", *columns.values()) if name not in history]:
        raise ValueError(f"history: columns {missing} are missing; got {list(history)}")
    if history.empty:
        raise ValueError("history: got no epoch")
    for hue, (label, column) in zip(("blue", "muted", "orange"), reversed(columns.items()), strict=False):
        ax.plot(history["epoch"], history[column], color=plotting.COLORS[hue], label=label, linewidth=3)
    last = list(columns.values())[-1]
    best = history.loc[history[last].idxmin()]
    ax.plot(best["epoch"], best[last], "o", color=plotting.COLORS["blue"], markersize=13,
        markeredgecolor=plotting.COLORS["ink"])  # fmt: skip
    curves = history[list(columns.values())]
    top = 1.12 * max(curves.to_numpy().max(), baseline or 0)
    if baseline is not None:
        _draw_baseline(baseline, _farther_end(curves, baseline + ABOVE * top, ABOVE * top), ax)
    ax.set(xlabel="epoch (dot: lowest validation error)", ylabel="MAE (years)", ylim=(0, top))
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    if len(columns) > 1:
        ax.legend(loc="center right")
    words = f"Validation MAE falls to {best[last]:.2f} years in epoch {int(best['epoch'])} of {len(history)}"
    return headed(ax, words, simulated=simulated)


def running_mean(x: ArrayLike, y: ArrayLike, at: ArrayLike, width: float = SMOOTH) -> np.ndarray:
    """Mean of y around each place, each point weighted by a Gaussian of its distance.

    >>> running_mean([0, 10], [1, 3], [0, 5, 10]).round(1).tolist()
    [1.0, 2.0, 3.0]
    """
    x, y, at = (np.asarray(values, float) for values in (x, y, at))
    away = (at[:, None] - x) ** 2 / (2 * width**2)
    weight = np.exp(-(away - away.min(axis=1, keepdims=True)))  # the nearest point weighs 1, however far it is
    return weight @ y / weight.sum(axis=1)


def _range(first: float, last: float) -> str:
    """Two volumes with the digits that the smaller one needs.

    >>> _range(18.04, 32.4), _range(8.04, 10.2)
    ('18 to 32', '8.0 to 10.2')
    """
    digits = 0 if min(first, last) >= 10 else 1
    return f"{first:.{digits}f} to {last:.{digits}f}"


def _draw_baseline(mae: float, side: str, ax) -> None:
    """The dashed line, and its words above it at one side."""
    ax.axhline(mae, color=plotting.COLORS["ink"], linewidth=1.8, linestyle=DASHED)
    ax.annotate(f"mean age for everybody: {mae:.1f} years", (side == "right", mae), (0, 5), ha=side, va="bottom",
        xycoords=("axes fraction", "data"), textcoords="offset points", fontsize=12, bbox=plate())  # fmt: skip


def _farther_end(curves: pd.DataFrame, height: float, reach: float) -> str:
    """End of the axis, "left" or "right", at which the curves run less through words of this height, or farther off."""
    epochs = np.arange(len(curves))
    at = np.linspace(0, epochs[-1], 200)
    away = np.abs([np.interp(at, epochs, curve) for curve in curves.to_numpy().T] - height)
    wide = int(LABELED * len(at))
    left, right = (((part < reach).mean(), -part.min()) for part in (away[:, :wide], away[:, -wide:]))
    return "left" if left < right else "right"
