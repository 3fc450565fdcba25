"""What a number leaves uncertain: intervals, bootstrap replicates, training runs."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from course_lib import plotting


def draw_intervals(frame: pd.DataFrame, *, ax, label: str = "AUROC", names: tuple[str, str] = ("image", "patient")):
    """Estimates with their intervals, the highest on top; two kinds of interval one below the other.

    Parameters
    ----------
    frame : DataFrame
        Columns label, estimate, low, high; with low2 and high2 the second kind is drawn too, and how much wider it is
        stands at the right.
    ax : matplotlib Axes
    label : str
        Name of the quantity.
    names : (first, second)
        What was resampled for the one and for the other.

    Returns
    -------
    matplotlib Axes
    """
    frame = frame.sort_values("estimate").reset_index(drop=True)
    rows, two = np.arange(len(frame)), "low2" in frame
    _bars(frame["low"], frame["high"], rows + 0.17 * two, "blue", ax, f"by {names[0]}")
    if two:
        _bars(frame["low2"], frame["high2"], rows - 0.17, "orange", ax, f"by {names[1]}")
    ax.plot(frame["estimate"], rows, "o", color=plotting.COLORS["ink"], markersize=6, zorder=4)
    ax.set_yticks(rows, frame["label"])
    ax.set(ylim=(-0.7, len(frame) - 0.3), xlabel=label)
    ax.grid(axis="x")
    ax.grid(False, axis="y")
    if two:
        wider = (frame["high2"] - frame["low2"]) / (frame["high"] - frame["low"])
        for row, ratio in zip(rows, wider, strict=True):
            ax.text(1.02, row, f"{ratio:.2f}×", transform=ax.get_yaxis_transform(), va="center", fontsize=12)
        ax.set_title(f"By {names[1]}, intervals are {wider.mean():.2f} times as wide")
        ax.legend(loc="lower right", bbox_to_anchor=(1, 0.02))
    else:
        widest = frame.loc[(frame["high"] - frame["low"]).idxmax()]
        ax.set_title(f"{widest['label']} is known least: {widest['low']:.3f} to {widest['high']:.3f}")
    return ax


def draw_replicates(
    replicates: ArrayLike,
    estimate: float,
    interval: tuple[float, float],
    *,
    ax,
    label: str = "AUROC",
    color: str = "blue",
):
    """Bootstrap replicates as a histogram, with the estimate and its interval.

    Parameters
    ----------
    replicates : array (R,)
        NaN where a replicate was undefined; left out.
    estimate : float
    interval : (low, high)
    ax : matplotlib Axes
    label : str
        Name of the quantity.
    color : str
        Name of a course color.

    Returns
    -------
    matplotlib Axes
    """
    replicates = np.asarray(replicates, float)
    replicates, (low, high) = replicates[~np.isnan(replicates)], interval
    heights, edges = np.histogram(replicates, bins=40)
    ax.stairs(heights, edges, fill=True, color=plotting.COLORS[color], alpha=0.45)
    ax.axvspan(low, high, color=plotting.COLORS[color], alpha=0.18, linewidth=0)
    for bound in interval:
        ax.axvline(bound, color=plotting.COLORS[color], linewidth=2.5)
    ax.axvline(estimate, color=plotting.COLORS["ink"], linewidth=3)
    ax.set(xlabel=label, ylabel="replicates", ylim=(0, 1.08 * heights.max()))
    ax.set_title(f"{label} {estimate:.3f}, interval {low:.3f} to {high:.3f}\nfrom {len(replicates):,} replicates")
    return ax


def draw_training_runs(runs: pd.DataFrame, *, ax, label: str = "accuracy"):
    """Runs of one network that differ in their seed only, each with the interval that the test set leaves.

    Parameters
    ----------
    runs : DataFrame
        Columns seed, estimate, low, high.
    ax : matplotlib Axes
    label : str
        Name of the quantity.

    Returns
    -------
    matplotlib Axes
    """
    runs = runs.sort_values("estimate").reset_index(drop=True)
    rows, values = np.arange(len(runs)), runs["estimate"].to_numpy(float)
    ax.axvspan(
        values.min(), values.max(), color=plotting.COLORS["gold"], alpha=0.3, linewidth=0, label="spread of the runs"
    )
    _bars(runs["low"], runs["high"], rows, "blue", ax, width=4)
    ax.plot(values, rows, "o", color=plotting.COLORS["ink"], markersize=11, zorder=4)
    for row, value, right in zip(rows, values, runs["high"], strict=True):
        ax.annotate(f"{value:.3f}", (right, row), (9, 0), textcoords="offset points", va="center", fontsize=13)
    ax.set_yticks(rows, [f"seed {seed}" for seed in runs["seed"]])
    ax.set(ylim=(-0.6, len(runs) - 0.4), xlabel=f"{label} (lines: each run's interval; band: all runs)")
    ax.margins(x=0.14)
    ax.grid(axis="x")
    ax.grid(False, axis="y")
    ends = f"{values.min():.3f} to {values.max():.3f}"
    ax.set_title(f"{len(runs)} runs of one network: {label} {ends}")
    return ax


def _bars(
    low: ArrayLike, high: ArrayLike, rows: np.ndarray, color: str, ax, label: str = "", width: float = 3.5
) -> None:
    ax.hlines(rows, low, high, color=plotting.COLORS[color], linewidth=width, label=label)
