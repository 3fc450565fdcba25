"""The ROC plane, curves in it, and the precision–recall plane."""

from collections.abc import Mapping

import numpy as np
from matplotlib.patheffects import withStroke
from numpy.typing import ArrayLike

from course_lib import plotting

Pair = tuple[ArrayLike, ArrayLike]
DASHES = ("-", (0, (5, 1.6)), (0, (1.5, 1.5)), (0, (6, 1.5, 1.5, 1.5)))


def draw_roc_plane(points: Mapping[str, tuple[float, float]], *, ax, curves: Mapping[str, Pair] | None = None):
    """Classifiers as points of the ROC plane; an arrow leads from a point to its inverse.

    Parameters
    ----------
    points : dict name -> (false positive rate, true positive rate)
        A name that ends in ′ is the classifier of that name with its decisions inverted.
    ax : matplotlib Axes
    curves : dict name -> (fpr, tpr), arrays, optional
        Drawn behind the points.

    Returns
    -------
    matplotlib Axes
    """
    _roc_axes(ax)
    for (name, (fpr, tpr)), dashes in zip((curves or {}).items(), DASHES * 9, strict=False):
        ax.plot(fpr, tpr, linestyle=dashes, color=plotting.COLORS["muted"], linewidth=2, label=name)
    for name in points:
        if f"{name}′" in points:
            _arrow(points[name], points[f"{name}′"], ax)
    for number, (name, (x, y)) in enumerate(points.items()):
        color = plotting.CYCLE[number % len(plotting.CYCLE)]
        ax.plot(x, y, "o", color=color, markersize=15, zorder=4)
        above = y >= x
        ax.annotate(
            name, (x, y), (0, 11 if above else -11), textcoords="offset points", fontsize=18, fontweight="bold",
            ha="center", va="bottom" if above else "top", color=color, zorder=5,
            path_effects=[withStroke(linewidth=4, foreground=plotting.COLORS["card"])],
        )  # fmt: skip
    best = max(points, key=lambda name: points[name][1] - points[name][0])
    ax.set_title(f"{best} lies furthest above chance")
    if curves:
        ax.legend(loc="lower right")
    return ax


def draw_roc(
    curves: Mapping[str, Pair], *, ax, bands: Mapping[str, tuple[ArrayLike, ArrayLike, ArrayLike]] | None = None
):
    """ROC curves with their areas.

    Parameters
    ----------
    curves : dict name -> (fpr, tpr), arrays from (0, 0) to (1, 1)
    ax : matplotlib Axes
    bands : dict name -> (fpr, low, high), arrays, optional
        Bounds of a curve's true positive rate.

    Returns
    -------
    matplotlib Axes
    """
    _roc_axes(ax)
    areas = {name: _area(*curve) for name, curve in curves.items()}
    for number, (name, (fpr, tpr)) in enumerate(curves.items()):
        color = plotting.CYCLE[number % len(plotting.CYCLE)]
        if bands and name in bands:
            ax.fill_between(*bands[name], color=color, alpha=0.2, linewidth=0)
        dashes = DASHES[number % len(DASHES)]
        ax.plot(fpr, tpr, color=color, linestyle=dashes, linewidth=3, label=f"{name}: {areas[name]:.3f}")
    best = max(areas, key=areas.get)
    pairs = f"{100 * areas[best]:.0f} of 100 pairs of a positive\nand a negative are ranked right"
    ax.set_title(f"{best}: {pairs}" if len(areas) > 1 else pairs)
    ax.legend(loc="lower right", title="area under the curve")
    return ax


def draw_precision_recall(curves: Mapping[str, Pair], prevalence: float, *, ax):
    """Precision–recall curves above the line of chance, which is the prevalence.

    Parameters
    ----------
    curves : dict name -> (recall, precision), arrays, recall increasing
    prevalence : float
        Share of positives: the precision of a random ranking.
    ax : matplotlib Axes

    Returns
    -------
    matplotlib Axes
    """
    ax.axhline(prevalence, color=plotting.COLORS["muted"], linewidth=2, linestyle=(0, (3, 2)))
    averages = {}
    for number, (name, curve) in enumerate(curves.items()):
        recall, precision = (np.asarray(values, float) for values in curve)
        averages[name] = np.nansum(np.diff(recall, prepend=0) * precision)
        color, dashes = plotting.CYCLE[number % len(plotting.CYCLE)], DASHES[number % len(DASHES)]
        label = f"{name}: {averages[name]:.3f}"
        ax.plot(recall, precision, color=color, linestyle=dashes, linewidth=3, drawstyle="steps-pre", label=label)
    best = max(averages, key=averages.get)
    ax.set(xlim=(0, 1), ylim=(0, 1.02), xlabel="recall (sensitivity)", ylabel="precision (PPV)")
    chance = f"{prevalence:.2f}" if prevalence >= 0.01 else f"{prevalence:.4f}"
    start = f"{best}: average" if len(averages) > 1 else "Average"
    ax.set_title(f"{start} precision {averages[best]:.3f}\nwhere chance has {chance}")
    ax.legend(loc="upper right", title="average precision")
    return ax


def _roc_axes(ax) -> None:
    ax.plot([0, 1], [0, 1], color=plotting.COLORS["muted"], linewidth=2, linestyle=(0, (3, 2)))
    ax.fill_between([0, 1], [0, 1], color=plotting.COLORS["grid"], alpha=0.45, linewidth=0)
    ax.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), aspect="equal")
    ax.set(xlabel="false positive rate (1 − specificity)", ylabel="true positive rate (sensitivity)")


def _arrow(start: tuple[float, float], end: tuple[float, float], ax) -> None:
    arrow = {
        "arrowstyle": "-|>", "mutation_scale": 22, "linewidth": 2.5, "color": plotting.COLORS["ink"],
        "connectionstyle": "arc3,rad=-0.2", "shrinkA": 10, "shrinkB": 10,
    }  # fmt: skip
    ax.annotate("", end, start, arrowprops=arrow, zorder=3)
    beside = np.add(start, end) / 2 + (0.15, -0.08)
    ax.text(*beside, "decisions\ninverted", ha="center", va="center", fontsize=12.5, linespacing=1.1)


def _area(fpr: ArrayLike, tpr: ArrayLike) -> float:
    fpr, tpr = np.asarray(fpr, float), np.asarray(tpr, float)
    return float((np.diff(fpr) * (tpr[1:] + tpr[:-1])).sum() / 2)
