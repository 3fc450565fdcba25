"""Accuracy against dimension: lines through few data sets, and how far they can be trusted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.ticker import MaxNLocator

from course_lib import plotting
from course_lib.titles import titled

from .names import name_points


def draw_fit(groups: Mapping[str, tuple], *, ax, title="", simulated=False, dropped=(), xlim=None, ylim=None):
    """Data sets as points with their names, and the line of each group with the fan of slopes that may be.

    Parameters
    ----------
    groups : mapping of str to (names, dimension, accuracy, fit)
        `fit` is a GeneralizationFit, or None.
    dropped : collection of str
        Names that are drawn hollow: they were not fitted.
    xlim, ylim : (float, float), optional
        By default what is drawn, and room for the last name.
    """
    lines = []
    for (label, (names, dimension, accuracy, fit)), hue in zip(groups.items(), ("blue", "orange"), strict=False):
        color, x, y = plotting.COLORS[hue], np.asarray(dimension, float), np.asarray(accuracy, float)
        out = np.isin(names, list(dropped))
        ax.plot(x[~out], y[~out], "o", color=color, ms=9, label=label)
        ax.plot(x[out], y[out], "o", color=color, ms=9, mfc="none", mew=1.8)
        if fit is not None:
            lines.append(_fan(ax, x[~out], y[~out], fit, color))
    ax.set(xlabel="intrinsic dimension", ylabel="accuracy", ylim=ylim)
    ax.yaxis.set_major_locator(MaxNLocator(4))
    ax.set_xlim(*(xlim or (None, ax.get_xlim()[1] + 0.13 * np.ptp(ax.get_xlim()))))
    names, x, y = ([value for group in groups.values() for value in group[part]] for part in range(3))
    name_points(ax, names, x, y, lines=lines)
    if len(groups) > 1:
        ax.legend(loc="lower right")
    return titled(ax, title, simulated=simulated)


def _fan(ax, x: np.ndarray, y: np.ndarray, fit, color: str) -> tuple[np.ndarray, np.ndarray]:
    """Draw the line and its fan, and return the line's ends."""
    reach = np.linspace(x.min() - 1, x.max() + 1, 2)
    ax.plot(reach, fit.predict(reach), color=color)
    turned = [y.mean() + slope * (reach - x.mean()) for slope in fit.interval]
    ax.fill_between(reach, *turned, color=color, alpha=0.13, lw=0)
    return reach, fit.predict(reach)


def draw_slopes(sizes, groups: Mapping[str, Sequence], *, axes):
    """Slope with its interval, and R², against the number of training images: two panels.

    Parameters
    ----------
    sizes : sequence of int
    groups : mapping of str to sequence of GeneralizationFit, one per size
    """
    for number, (name, fits) in enumerate(groups.items()):
        color = plotting.COLORS[("blue", "orange")[number]]
        slopes, bounds = [fit.slope for fit in fits], np.array([fit.interval for fit in fits])
        places = np.asarray(sizes) + 30 * (number - 0.5)
        axes[0].errorbar(
            places, slopes, np.abs(bounds.T - slopes), fmt="o", color=color, capsize=4, label=f"{name}, n = {fits[0].n}"
        )
        axes[1].plot(sizes, [fit.r2 for fit in fits], "o-", color=color, label=name)
    axes[0].axhline(0, color=plotting.COLORS["ink"], lw=1.2)
    axes[0].set(xlabel="training images", ylabel="accuracy per dimension")
    axes[1].set(xlabel="training images", ylabel="R²", ylim=(0, 1.02))
    low, high = axes[0].get_ylim()
    axes[0].set_ylim(low, high + 0.45 * (high - low))  # room for the legend
    axes[0].legend(loc="upper right")
    every = [fit for fits in groups.values() for fit in fits]
    clear = sum(not fit.interval[0] <= 0 <= fit.interval[1] for fit in every)
    titled(axes[0], f"{clear} of {len(every)} intervals exclude 0", simulated=False)
    r2 = sorted(fit.r2 for fit in every)
    titled(axes[1], f"R² from {r2[0]:.2f} to {r2[-1]:.2f}", simulated=False)
    return axes


def draw_leave_one_out(names: Sequence[str], fits: Sequence, whole, *, ax, title=""):
    """The slope without each data set in turn, and R² written beside it; nothing but the title where there is none.

    Parameters
    ----------
    names : sequence of str
        What was left out.
    fits : sequence of GeneralizationFit
    whole : GeneralizationFit
        Of all.
    """
    if not fits:
        ax.set_axis_off()
        return titled(ax, title, simulated=False)
    rows = np.arange(len(names))
    slopes, bounds = np.array([fit.slope for fit in fits]), np.array([fit.interval for fit in fits])
    blue, ink = plotting.COLORS["blue"], plotting.COLORS["ink"]
    ax.axvline(0, color=ink, lw=1.2)
    ax.axvline(whole.slope, color=plotting.COLORS["orange"], lw=2, label=f"all {whole.n}: R² {whole.r2:.2f}")
    ax.errorbar(slopes, rows, xerr=np.abs(bounds.T - slopes), fmt="o", color=blue, capsize=4)
    ax.set_yticks(rows, [f"without {name} (R² {fit.r2:.2f})" for name, fit in zip(names, fits, strict=True)])
    ax.set(xlabel="accuracy per dimension, 95 % interval")
    ax.grid(False, axis="y")
    ax.xaxis.set_major_locator(MaxNLocator(4))
    ax.legend(loc="upper left", bbox_to_anchor=(0, -0.16), frameon=False)
    return titled(ax, title, simulated=False)
