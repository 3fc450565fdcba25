"""Panels that only the explorers draw: their axes stay where they are, so that what moves is seen to move."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from course_lib import plotting

from .outcomes import cells, counted, outcome_color, written

DASHED = (0, (3, 2))
RESAMPLED = {"image": "blue", "patient": "orange"}
LOWEST_AUROCS = (0.45, 0.2, 0.0)  # where the axis may begin: few places, so that it seldom moves
Curve = tuple[ArrayLike, ArrayLike]
Band = tuple[ArrayLike, ArrayLike, ArrayLike]


def draw_decisions(
    y: ArrayLike, score: ArrayLike, threshold: float, *, ax, limits: tuple[float, float], inverted: bool = False
):
    """Scores of the ill above the axis and of the well below, each as shares of their own, colored by the decision.

    Parameters
    ----------
    y : array (N,) of 0 and 1
    score : array (N,)
    threshold : float
    ax : matplotlib Axes
    limits : (low, high)
        Of the score axis.
    inverted : bool
        Whether those below the threshold are called ill, instead of those from it on.

    Returns
    -------
    matplotlib Axes
    """
    ill, score = np.asarray(y, bool), np.asarray(score, float)
    bins = np.linspace(*limits, 29)
    split = int(np.searchsorted(bins, threshold))  # the bin that holds the threshold gets both colors
    edges = np.insert(bins, split, threshold)
    called = (edges[:-1] >= threshold) != inverted
    for members, side, outcomes in ((ill, 1, ("TP", "FN")), (~ill, -1, ("FP", "TN"))):
        heights = side * _shares(score[members], bins, members.sum())
        heights = np.insert(heights, split, heights[split - 1])
        for outcome, here in zip(outcomes, (called, ~called), strict=True):
            ax.stairs(np.where(here, heights, 0), edges, fill=True, color=outcome_color(outcome))
    ax.axhline(0, color=plotting.COLORS["card"], linewidth=2)
    ax.axvline(threshold, color=plotting.COLORS["ink"], linewidth=2.5)
    ax.set(xlim=limits, ylim=(-0.18, 0.18), yticks=[], xlabel="score", ylabel="the well    the ill")
    number = ((score >= threshold) != inverted).sum()
    ax.set_title(f"{number:,} called ill, {'left' if inverted else 'right'} of {written(threshold)}")
    return ax


def draw_small_confusion(counts, *, ax):
    """The four counts in few words, for a panel too small for `draw_confusion_matrix`.

    Parameters
    ----------
    counts : ConfusionCounts
        Of single numbers.
    ax : matplotlib Axes

    Returns
    -------
    matplotlib Axes
    """
    ax.set(xlim=(-0.7, 2.05), ylim=(2.1, -0.35))
    ax.set_axis_off()
    middle = {"ha": "center", "va": "center"}
    for place, (outcome, number) in enumerate(cells(counts).items()):
        row, column = divmod(place, 2)
        color = outcome_color(outcome)
        ax.fill_between([column + 0.03, column + 0.97], row + 0.04, row + 0.96, color=color, alpha=0.4, linewidth=0)
        ax.text(column + 0.5, row + 0.42, counted(number), fontsize=26, fontweight="bold", **middle)
        ax.text(column + 0.5, row + 0.78, outcome, **middle)
    for place, (label, total) in enumerate({"ill": counts.positives, "well": counts.negatives}.items()):
        ax.text(-0.06, place + 0.5, f"{counted(total)} {label}", ha="right", va="center", fontsize=14)
        ax.text(place + 0.5, -0.15, f"called {label}", fontsize=14, **middle)
    right = counts.tp + counts.tn
    ax.set_title(f"{counted(right)} of {counted(counts.n)} decisions are right", y=1.0)
    return ax


def draw_roc_point(curve: Curve, point: tuple[float, float], area: float, *, ax, marks: Mapping[str, tuple]):
    """One operating point on its ROC curve, among others that stay where they are.

    Parameters
    ----------
    curve : (fpr, tpr), arrays
    point : (fpr, tpr)
    area : float
        Under the curve.
    ax : matplotlib Axes
    marks : dict name -> (fpr, tpr)

    Returns
    -------
    matplotlib Axes
    """
    muted = plotting.COLORS["muted"]
    ax.plot([0, 1], [0, 1], color=muted, linewidth=2, linestyle=DASHED)
    ax.plot(*zip(*marks.values(), strict=True), "o", color=muted, markersize=8, alpha=0.6)
    for name, (x, y) in marks.items():
        ax.text(x + 0.025, y - 0.03, name, va="top", color=muted)
    ax.plot(*curve, color=plotting.COLORS["blue"], linewidth=3)
    ax.plot(*point, "o", color=plotting.COLORS["orange"], markersize=13, zorder=4)
    ax.set(xlim=(-0.03, 1.03), ylim=(-0.03, 1.03), xticks=[0, 0.5, 1], yticks=[0, 0.5, 1])
    ax.set(xlabel="false positive rate", ylabel="sensitivity", title=f"AUC {area:.3f}")
    return ax


def draw_precision_recall_point(curve: Curve, point: tuple[float, float], prevalence: float, *, ax):
    """One operating point on its precision–recall curve, above or below the line of chance.

    Parameters
    ----------
    curve : (recall, precision), arrays
    point : (recall, precision)
        Not drawn where its precision is undefined.
    prevalence : float
        The precision of a random ranking.
    ax : matplotlib Axes

    Returns
    -------
    matplotlib Axes
    """
    ax.axhline(prevalence, color=plotting.COLORS["muted"], linewidth=2, linestyle=DASHED)
    ax.plot(*curve, color=plotting.COLORS["blue"], linewidth=3, drawstyle="steps-pre")
    ax.plot(*point, "o", color=plotting.COLORS["orange"], markersize=13, zorder=4)
    ax.set(xlim=(-0.03, 1.03), ylim=(-0.03, 1.03), xticks=[0, 0.5, 1], yticks=[0, 0.5, 1])
    ax.set(xlabel="sensitivity (recall)", ylabel="PPV (precision)")
    value = "undefined" if np.isnan(point[1]) else f"{point[1]:.3f}"
    ax.set_title(f"PPV {value}, by chance {prevalence:.3f}")
    return ax


def draw_roc_bands(curve: Curve, bands: Mapping[str, Band], *, ax):
    """A ROC curve with one band for each kind of resampling, the widest behind.

    Parameters
    ----------
    curve : (fpr, tpr), arrays
    bands : dict "image" or "patient" -> (fpr, low, high), arrays
    ax : matplotlib Axes

    Returns
    -------
    matplotlib Axes
    """
    widths = {name: float(np.mean(np.subtract(high, low))) for name, (_, low, high) in bands.items()}
    ax.plot([0, 1], [0, 1], color=plotting.COLORS["muted"], linewidth=2, linestyle=DASHED)
    for name in sorted(bands, key=widths.get, reverse=True):
        color = plotting.COLORS[RESAMPLED[name]]
        ax.fill_between(*bands[name], color=color, alpha=0.4, linewidth=0)
    ax.plot(*curve, color=plotting.COLORS["ink"], linewidth=2.5)
    ax.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), xticks=[0, 0.5, 1], yticks=[0, 0.5, 1])
    ax.set(xlabel="false positive rate", ylabel="sensitivity")
    ax.set_title(f"95% band: {', '.join(f'{width:.2f} by {name}' for name, width in widths.items())}")
    return ax


def draw_two_resamplings(
    replicates: Mapping[str, ArrayLike],
    intervals: Mapping[str, Sequence[float]],
    estimate: float,
    true_value: float,
    *,
    ax,
):
    """Replicated AUROCs, by image above the axis and by patient below, with their intervals.

    The axis ends at 1 and begins at 0.45, or at 0.2 or 0 where anything lies below.

    Parameters
    ----------
    replicates : dict "image" and "patient" -> array (R,)
    intervals : the same -> (low, high)
    estimate, true_value : float
        Of the sample, and of the population that it was drawn from.
    ax : matplotlib Axes

    Returns
    -------
    matplotlib Axes
    """
    lowest = np.nanmin(np.concatenate([[estimate, true_value], *intervals.values(), *replicates.values()]))
    start = max(start for start in LOWEST_AUROCS if start <= lowest)
    edges = np.linspace(start, 1, round((1 - start) * 100) + 1)
    shares = {name: _shares(np.asarray(replicates[name], float), edges, len(replicates[name])) for name in RESAMPLED}
    highest = max(share.max() for share in shares.values()) or 1
    for side, (name, color) in zip((1, -1), RESAMPLED.items(), strict=True):
        color, (low, high) = plotting.COLORS[color], intervals[name]
        ax.stairs(side * shares[name] / highest, edges, fill=True, color=color, alpha=0.55)
        ax.plot([low, high], [1.15 * side] * 2, color=color, linewidth=7, solid_capstyle="butt")
        label = f"by {name}: {low:.3f} to {high:.3f}"
        ax.text(start + 0.015 * (1 - start), 1.45 * side, label, color=color, va="center", fontweight="bold")
    ax.axhline(0, color=plotting.COLORS["card"], linewidth=2)
    ink, muted, reach = plotting.COLORS["ink"], plotting.COLORS["muted"], [-1.25, 1.25]
    ax.plot([estimate] * 2, reach, color=ink, linewidth=2.5, label=f"sample: {estimate:.3f}")
    ax.plot([true_value] * 2, reach, color=muted, linewidth=2.5, linestyle=DASHED, label=f"truth: {true_value}")
    ax.set(xlim=(start, 1), ylim=(-1.65, 1.65), yticks=[], xlabel="AUROC of the replicates")
    ax.set_xticks([tick / 10 for tick in range(11) if tick / 10 >= start])
    wider = np.diff(intervals["patient"])[0] / np.diff(intervals["image"])[0]
    ax.set_title(f"By patient {wider:.2f} times as wide")
    ax.legend(ncols=2, loc="upper center", bbox_to_anchor=(0.5, -0.2), frameon=False)
    return ax


def draw_probabilities(y: ArrayLike, p: ArrayLike, *, ax):
    """Predicted probabilities of the ill above the axis and of the well below, each as shares of their own.

    Parameters
    ----------
    y : array (N,) of 0 and 1
    p : array (N,)
    ax : matplotlib Axes

    Returns
    -------
    matplotlib Axes
    """
    ill, p, edges = np.asarray(y, bool), np.asarray(p, float), np.linspace(0, 1, 41)
    for members, side, color in ((ill, 1, "gold"), (~ill, -1, "green")):
        heights = _shares(p[members], edges, members.sum())
        ax.stairs(side * heights / heights.max(), edges, fill=True, color=plotting.COLORS[color])
    ax.axhline(0, color=plotting.COLORS["card"], linewidth=2)
    said, seen = p.mean(), ill.mean()
    ax.axvline(said, color=plotting.COLORS["ink"], linewidth=2.5, label="mean probability")
    ax.axvline(seen, color=plotting.COLORS["muted"], linewidth=2, linestyle=DASHED, label="share of the ill")
    ax.set(xlim=(-0.01, 1.01), ylim=(-1.1, 1.1), yticks=[], xlabel="predicted probability")
    ax.set(ylabel="the well    the ill", title=f"On average {said:.1%} are predicted,\n{seen:.1%} are ill")
    ax.legend(loc="lower right")
    return ax


def _shares(values: np.ndarray, edges: np.ndarray, of: int) -> np.ndarray:
    return np.histogram(values, edges)[0] / of
