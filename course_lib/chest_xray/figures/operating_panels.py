"""Panels of the operating point: where it lands on other images, and what it is worth where the finding is rarer."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from course_lib import plotting
from course_lib.titles import titled

DOTTED = (0, (1, 1.5))
Curve = tuple[ArrayLike, ArrayLike]


def draw_landing(curves: Mapping[str, Curve], points: Mapping[str, tuple], bounds, title: str, *, ax, simulated: bool):
    """Two ROC curves, and one threshold on both: where it was chosen, and where it lands.

    Parameters
    ----------
    curves : dict name -> (fpr, tpr)
        Of the images that the threshold was chosen on, then of the others.
    points : the same -> (fpr, tpr)
    bounds : ((low, high), (low, high))
        Intervals of the second point's fpr and tpr.
    title : str
    ax : matplotlib Axes
    simulated : bool

    Returns
    -------
    matplotlib Axes
    """
    ax.plot([0, 1], [0, 1], color=plotting.COLORS["muted"], linewidth=1.5, linestyle=(0, (3, 2)))
    looks = (("purple", {"linestyle": (0, (5, 1.6)), "linewidth": 2}), ("blue", {"linewidth": 3}))
    for (name, curve), (color, line) in zip(curves.items(), looks, strict=True):
        ax.plot(*curve, color=plotting.COLORS[color], **line, label=name)
    (first, landed), ((left, right), (low, high)) = points.values(), bounds
    ink = plotting.COLORS["ink"]
    ax.plot([left, right], [landed[1]] * 2, [landed[0]] * 2, [low, high], color=ink, linewidth=2, zorder=3)
    ax.plot(*zip(first, landed, strict=True), color=ink, linewidth=2, linestyle=DOTTED)
    ax.plot(*first, "o", color=plotting.COLORS["card"], markeredgecolor=plotting.COLORS["purple"], markersize=13,
            markeredgewidth=3, zorder=4)  # fmt: skip
    ax.plot(*landed, "o", color=plotting.COLORS["orange"], markersize=13, zorder=5)
    ax.set(xlim=(-0.03, 1.03), ylim=(-0.03, 1.03), xticks=[0, 0.5, 1], yticks=[0, 0.5, 1])
    ax.set(xlabel="false positive rate", ylabel="sensitivity")
    ax.legend(loc="lower right")
    return titled(ax, title, simulated=simulated)


def draw_ppv(sensitivity: float, specificity: float, marked: Mapping[str, float], title: str, *, ax, simulated: bool):
    """PPV against the prevalence at one operating point, on a logarithmic axis that stays where it is.

    Parameters
    ----------
    sensitivity, specificity : float
        Where both rates of positive calls are 0, there is no PPV and no curve.
    marked : dict name -> prevalence
        One or two: their PPVs are written above, where no curve goes.
    title : str
    ax : matplotlib Axes
    simulated : bool

    Returns
    -------
    matplotlib Axes
    """
    share = np.geomspace(1e-3, 1, 200)
    ax.plot(share, _ppv(sensitivity, specificity, share), color=plotting.COLORS["blue"], linewidth=3)
    ax.plot(share, share, color=plotting.COLORS["muted"], linewidth=1.5, linestyle=(0, (3, 2)))
    for color, height, (name, prevalence) in zip(("orange", "green"), (1.23, 1.09), marked.items(), strict=False):
        value, color = _ppv(sensitivity, specificity, prevalence), plotting.COLORS[color]
        ax.plot([prevalence] * 2, [-0.03, 1.03], color=color, linewidth=1.5, linestyle=DOTTED)
        ax.plot(prevalence, value, "o", color=color, markersize=13, zorder=4)
        ax.text(0.001, height, f" {name}: PPV {_percent(value)}", color=color, fontweight="bold")
    ax.set_xscale("log")
    ax.minorticks_off()
    ax.set_xticks([0.001, 0.01, 0.1, 1], ["0.1 %", "1 %", "10 %", "100 %"])
    ax.set(xlim=(0.001, 1.1), ylim=(-0.03, 1.33), yticks=[0, 0.5, 1])
    ax.set(xlabel="prevalence (log scale)", ylabel="PPV")
    return titled(ax, title, simulated=simulated)


def _ppv(sensitivity: float, specificity: float, prevalence: ArrayLike) -> ArrayLike:
    """Bayes' rule; NaN where nobody is called positive."""
    true, false = sensitivity * np.asarray(prevalence), (1 - specificity) * (1 - np.asarray(prevalence))
    with np.errstate(invalid="ignore"):
        return true / (true + false)


def _percent(value: float) -> str:
    return "none" if np.isnan(value) else f"{100 * value:.0f} %" if value >= 0.1 else f"{100 * value:.1f} %"
