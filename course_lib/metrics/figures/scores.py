"""Scores on both sides of a threshold."""

import numpy as np
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import ArrayLike

from course_lib import plotting

from .outcomes import NAMES, counted, outcome_color

BINS = 40


def draw_score_histograms(
    y: ArrayLike, score: ArrayLike, threshold: float, *, ax, limits: tuple[float, float] | None = None
):
    """Scores of positives above the axis and of negatives below, colored by what the threshold makes of them.

    The bar that the threshold goes through changes its color there; the numbers in the corners are exact.

    Parameters
    ----------
    y : array (N,) of 0 and 1
    score : array (N,)
    threshold : float
        A score that reaches it is called positive.
    ax : matplotlib Axes
    limits : (low, high), optional
        Of the score axis; those of `score` where left out.

    Returns
    -------
    matplotlib Axes
    """
    y, score = np.asarray(y, bool), np.asarray(score, float)
    low, high = limits or (score.min(), score.max())
    edges = np.linspace(low, high if high > low else low + 1, BINS + 1)
    called = score >= threshold
    groups = {"TP": y & called, "FN": y & ~called, "FP": ~y & called, "TN": ~y & ~called}
    reach = 1
    for left, right, members, side in (("FN", "TP", y, 1), ("TN", "FP", ~y, -1)):
        heights = np.histogram(score[members], edges)[0]
        reach = max(reach, heights.max())
        _two_colored(side * heights, edges, threshold, (left, right), ax)
        for outcome, x, align in ((left, 0.01, "left"), (right, 0.99, "right")):
            ax.text(
                x, 0.5 + 0.48 * side, f"{groups[outcome].sum():,} {NAMES[outcome]}", transform=ax.transAxes, ha=align,
                va="top" if side > 0 else "bottom", color=outcome_color(outcome), fontsize=14, fontweight="bold",
            )  # fmt: skip
    ax.axhline(0, color=plotting.COLORS["card"], linewidth=2)
    ax.axvline(threshold, color=plotting.COLORS["ink"], linewidth=2.5)
    ax.set(xlim=(edges[0], edges[-1]), ylim=(-1.3 * reach, 1.3 * reach), xlabel="score")
    ax.set_ylabel("negatives    positives")
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: counted(abs(round(value)))))
    ax.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    missed, alarms = (int(groups[name].sum()) for name in ("FN", "FP"))
    ax.set_title(f"Threshold {threshold:.2f}: {missed:,} missed, {alarms:,} false alarms".replace("-", "−"))
    return ax


def _two_colored(heights: np.ndarray, edges: np.ndarray, threshold: float, outcomes: tuple[str, str], ax) -> None:
    """A histogram in one color left of the threshold and in another right of it."""
    cut = int(np.clip(np.searchsorted(edges, threshold), 1, len(edges) - 1))
    turn = np.clip(threshold, edges[0], edges[-1])
    for outcome, part, bounds in (
        (outcomes[0], heights[:cut], [*edges[:cut], turn]),
        (outcomes[1], heights[cut - 1 :], [turn, *edges[cut:]]),
    ):
        ax.stairs(part, bounds, fill=True, color=outcome_color(outcome))
