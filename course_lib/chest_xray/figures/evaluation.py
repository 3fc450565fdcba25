"""One row per finding: its AUROC with published ones, and how often a map points at it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from course_lib import plotting
from course_lib.titles import titled

MARKS = {"D": "orange", "s": "green", "^": "purple", "v": "gold"}


def draw_auroc_table(frame: pd.DataFrame, *, ax, simulated: bool, published: Sequence[str] = (), unit: str = "patient"):
    """The AUROC of each finding with its interval, the highest on top, and published values as marks.

    Parameters
    ----------
    frame : DataFrame
        Columns finding, auroc, low, high, as ``Evaluation.table``; or ``Evaluation.beside(…)``, whose last row, the
        mean, stays last.
    ax : matplotlib Axes
    simulated : bool
    published : sequence of str
        Columns to draw as marks. What is not comparable, and says so in the column, is not drawn but named below.
        Where some are drawn, the figure gets a legend below.
    unit : str
        What the intervals rest on, as ``Evaluation.unit``.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ValueError
        If a column is missing, or no finding has an AUROC.
    """
    needed = ["finding", "auroc", "low", "high", *published]
    if missing := [name for name in needed if name not in frame]:
        raise ValueError(f"frame: columns {missing} are missing; needed are {needed}")
    frame = frame[frame["auroc"].notna()].reset_index(drop=True)
    if frame.empty:
        raise ValueError("frame: no finding has an AUROC")
    mean = frame["finding"].str.startswith("Mean")
    frame = pd.concat([frame[mean], frame[~mean].sort_values("auroc")], ignore_index=True)
    rows = np.arange(len(frame)) - 0.5 * np.sort(mean)[::-1]
    _draw_intervals(frame["auroc"], frame["low"], frame["high"], rows, ax, f"here (interval by {unit})")
    drawn = [name for name in published if pd.api.types.is_numeric_dtype(frame[name])]
    for (mark, color), name in zip(MARKS.items(), drawn, strict=False):
        ax.plot(frame[name].astype(float), rows, mark, color=plotting.COLORS[color], markersize=8, label=name, zorder=3)
    left_out = {name: frame[name].iloc[0] for name in published if name not in drawn}
    note = "".join(f"\n{name}: {reason}" for name, reason in left_out.items())
    _finish(ax, frame["finding"], rows, f"AUROC{note}")
    if drawn:
        ax.figure.legend(loc="outside lower center", ncols=2 + len(drawn), frameon=False)
    return titled(ax, _said(frame, drawn), simulated=simulated)


def draw_pointing(frame: pd.DataFrame, *, ax, simulated: bool):
    """How often the maximum of a map lies in the finding, with Wilson's interval, against chance.

    Parameters
    ----------
    frame : DataFrame
        Columns finding, n, hits, rate, low, high, chance, as `pointing_by_finding` gives them; a row without images is
        left out.
    ax : matplotlib Axes
    simulated : bool

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ValueError
        If no finding has an image.
    """
    frame = frame[frame["n"] > 0].sort_values("rate").reset_index(drop=True)
    if frame.empty:
        raise ValueError("frame: no finding has an image")
    rows = np.arange(len(frame))
    _draw_intervals(frame["rate"], frame["low"], frame["high"], rows, ax, "maximum in the finding")
    ax.plot(
        frame["chance"], rows, "|", color=plotting.COLORS["orange"], markersize=17, markeredgewidth=3.5, label="chance"
    )
    _finish(
        ax, [f"{name} ({n})" for name, n in zip(frame["finding"], frame["n"], strict=True)], rows, "share of images"
    )
    ax.set_xlim(0, 1)
    ax.legend(loc="lower right")
    rate, chance = frame["hits"].sum() / frame["n"].sum(), np.average(frame["chance"], weights=frame["n"])
    unclear = int((frame["low"] <= frame["chance"]).sum())
    words = f"Maps point at the finding in {100 * rate:.0f}% of images, by chance in {100 * chance:.0f}%"
    words += f"; for {unclear} of {len(frame)} findings chance is not ruled out" if unclear else ""
    return titled(ax, words, simulated=simulated)


def _said(frame: pd.DataFrame, drawn: list[str]) -> str:
    own = frame[~frame["finding"].str.startswith("Mean")]
    if not drawn:
        best, least = own.iloc[-1], own.iloc[0]
        return f"From {least['finding']}, {least['auroc']:.2f}, to {best['finding']}, {best['auroc']:.2f}"
    last = own[own[drawn[-1]].notna()]
    inside = ((last["low"] <= last[drawn[-1]]) & (last[drawn[-1]] <= last["high"])).sum()
    return f"{drawn[-1]} lies inside the interval for {inside} of {len(last)} findings"


def _draw_intervals(value: ArrayLike, low: ArrayLike, high: ArrayLike, rows: np.ndarray, ax, label: str) -> None:
    ax.hlines(rows, low, high, color=plotting.COLORS["blue"], linewidth=4.5, alpha=0.75)
    ax.plot(value, rows, "o", color=plotting.COLORS["ink"], markersize=8, zorder=4, label=label)


def _finish(ax, names: Sequence[str], rows: np.ndarray, label: str) -> None:
    ax.set_yticks(rows, names)
    ax.set(ylim=(rows[0] - 0.6, rows[-1] + 0.6), xlabel=label)
    ax.grid(axis="x")
    ax.grid(False, axis="y")
