"""Models side by side: under degradation, and under several metrics."""

import numpy as np
import pandas as pd
from matplotlib.patheffects import withStroke
from numpy.typing import ArrayLike

from course_lib import plotting

MARKS = "os^Dv"


def draw_robustness(
    levels: ArrayLike, values: ArrayLike, *, ax, label: str, color: str = "blue", metric: str = "AUROC"
):
    """A metric against the level of degradation, one thin line per seed and their mean.

    Parameters
    ----------
    levels : array (K,)
    values : array (S, K)
        The metric per seed and level.
    ax : matplotlib Axes
        Several calls may draw into the same.
    label : str
        Name of the model; the area under its mean curve, divided by the range of levels, is put behind it.
    color : str
        Name of a course color.
    metric : str
        Name of the metric.

    Returns
    -------
    matplotlib Axes
    """
    levels, values = np.asarray(levels, float), np.asarray(values, float)
    mean, earlier = values.mean(0), _means(ax)
    ax.plot(levels, values.T, color=plotting.COLORS[color], linewidth=1, alpha=0.45)
    mark, text = MARKS[len(earlier) % len(MARKS)], f"{label}: area {_area(levels, mean):.3f}"
    ax.plot(levels, mean, marker=mark, color=plotting.COLORS[color], linewidth=3.5, label=text)
    best = max(_means(ax), key=lambda line: _area(*line.get_data())).get_label().rpartition(":")[0]
    ends = f"{metric} goes from {mean[0]:.2f} to {mean[-1]:.2f}"
    ax.set(xlabel="level of degradation", ylabel=metric)
    ax.set_title(f"Largest area: {best}" if earlier else ends)
    ax.legend(loc="lower left")
    return ax


def draw_metric_comparison(frame: pd.DataFrame, *, ax):
    """The same models under several metrics: the best on top; lines that cross are rankings that disagree.

    Parameters
    ----------
    frame : DataFrame (models, metrics)
        Models in the index, metrics in the columns; higher is better in each.
    ax : matplotlib Axes

    Returns
    -------
    matplotlib Axes
    """
    places, ranks = np.arange(frame.shape[1]), frame.rank(ascending=False, method="first")
    for number, name in enumerate(frame.index):
        color = plotting.CYCLE[number % len(plotting.CYCLE)]
        ax.plot(places, ranks.loc[name], "o-", color=color, linewidth=4, markersize=15)
        ax.text(-0.18, ranks.loc[name].iloc[0], str(name), ha="right", va="center", color=color, fontweight="bold")
        for place, rank, value in zip(places, ranks.loc[name], frame.loc[name], strict=True):
            ax.annotate(
                f"{value:.3f}", (place, rank), (0, -13), textcoords="offset points", ha="center", va="top", zorder=5,
                path_effects=[withStroke(linewidth=5, foreground=plotting.COLORS["card"])],
            )  # fmt: skip
    ax.set_xticks(places, frame.columns)
    ax.set_yticks([])
    ax.set(xlim=(-0.35, len(places) - 0.65), ylim=(len(frame) + 0.6, 0.6))
    ax.tick_params(axis="x", length=0, labelsize=13)
    ax.spines[:].set_visible(False)
    best = frame.idxmax()
    agree, differ = f"{best.iloc[0]} is best by every metric", f"{len(places)} metrics have {best.nunique()} winners"
    ax.set_title(agree if best.nunique() == 1 else differ)
    return ax


def _means(ax) -> list:
    """The mean curves that were drawn before: those with markers."""
    return [line for line in ax.lines if line.get_marker() in tuple(MARKS)]


def _area(x: np.ndarray, y: np.ndarray) -> float:
    """Area under a curve divided by its range, by trapezoids."""
    return float((np.diff(x) * (y[1:] + y[:-1])).sum() / 2 / (x[-1] - x[0]))
