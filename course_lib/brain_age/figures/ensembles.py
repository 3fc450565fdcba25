"""One patch, many patches, the whole brain: errors side by side, here and as published."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from course_lib import plotting

from .words import headed

NEEDED = ["name", "mae", "low", "high"]


def draw_ensembles(table: pd.DataFrame, *, ax, simulated: bool, marked: str | None = None):
    """The MAE of each predictor with its interval, the first row on top.

    Parameters
    ----------
    table : DataFrame
        Columns name, mae, low, high, in years; a column r2 is written behind where there is one.
    ax : matplotlib Axes
    simulated : bool
    marked : str, optional
        The one in another color.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ValueError
        If a column is missing, or there is no row.
    """
    if missing := [name for name in NEEDED if name not in table]:
        raise ValueError(f"table: columns {missing} are missing; needed are {NEEDED}")
    if table.empty:
        raise ValueError("table: got no row, at least one predictor is needed")
    rows = np.arange(len(table))[::-1]
    colors = [plotting.COLORS["orange" if name == marked else "blue"] for name in table["name"]]
    ax.hlines(rows, table["low"], table["high"], color=colors, linewidth=5.5, alpha=0.75)
    ax.scatter(table["mae"], rows, s=110, color=plotting.COLORS["ink"], zorder=4)
    for row, (_, line) in zip(rows, table.iterrows(), strict=True):
        words = f"{line['mae']:.2f}" + (f"  (R² {line['r2']:.2f})" if "r2" in table else "")
        ax.annotate(words.replace("-", "−"), (line["mae"], row), (0, 11), textcoords="offset points", ha="center",
            va="bottom", fontsize=12, fontweight="bold")  # fmt: skip
    _finish(table["name"], rows, ax, "MAE (years; bars: 95% intervals)")
    best, worst = table.loc[table["mae"].idxmin()], table.loc[table["mae"].idxmax()]
    words = f"{_first_up(best['name'])} {best['mae']:.2f} years, {worst['name']} {worst['mae']:.2f}"
    return headed(ax, words, simulated=simulated)


def draw_published(errors: Mapping[str, float], *, ax, source: str, marked: str | None = None):
    """Published errors in the same form, without intervals, and a title that says that these are other people.

    Parameters
    ----------
    errors : dict name -> MAE in years
        The first on top; the names of `draw_ensembles` where both stand side by side. NaN leaves a row empty.
    ax : matplotlib Axes
    source : str
        Such as "Bintsi et al. 2020".
    marked : str, optional
        The one in another color.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ValueError
        If there is no number.
    """
    rows, values = np.arange(len(errors))[::-1], np.array(list(errors.values()), float)
    if not np.isfinite(values).any():
        raise ValueError("errors: got no number, at least one is needed")
    for row, name, value in zip(rows, errors, values, strict=True):
        if np.isnan(value):
            continue
        color = plotting.COLORS["orange" if name == marked else "purple"]
        ax.plot(value, row, "D", color=color, markersize=11, zorder=4)
        ax.annotate(f"{value:.2f}", (value, row), (0, 11), textcoords="offset points", ha="center", va="bottom",
            fontsize=12, fontweight="bold")  # fmt: skip
    _finish(list(errors), rows, ax, "MAE (years)")
    return headed(ax, f"Published ({source}): other people, other images", simulated=False)


def _first_up(words: str) -> str:
    return words[:1].upper() + words[1:]


def _finish(names, rows: np.ndarray, ax, label: str) -> None:
    ax.set_yticks(rows, list(names))
    ax.margins(x=0.16)
    ax.set_ylim(-0.5, len(rows) - 0.25)
    ax.set_xlabel(label)
    ax.grid(axis="x")
    ax.grid(False, axis="y")
