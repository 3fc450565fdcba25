"""Accuracy against dimension: lines through few data sets, and how far they can be trusted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from course_lib import plotting
from course_lib.titles import titled


def draw_fit(groups: Mapping[str, tuple], *, ax, title="", simulated=False, dropped=()):
    """Data sets as points with their names, and the line of each group with the fan of slopes that may be.

    Parameters
    ----------
    groups : mapping of str to (names, dimension, accuracy, fit)
        `fit` is a GeneralizationFit, or None.
    dropped : collection of str
        Names that are drawn hollow: they were not fitted.
    """
    for (label, (names, dimension, accuracy, fit)), hue in zip(groups.items(), ("blue", "orange"), strict=False):
        color, x, y = plotting.COLORS[hue], np.asarray(dimension, float), np.asarray(accuracy, float)
        out = np.isin(names, list(dropped))
        ax.plot(x[~out], y[~out], "o", color=color, ms=9, label=label)
        ax.plot(x[out], y[out], "o", color=color, ms=9, mfc="none", mew=1.8)
        if fit is not None:
            _fan(ax, x[~out], y[~out], fit, color)
        for name, place in _spread(names, x, y):
            ax.annotate(name, *place, textcoords="offset points", fontsize=11, va="center")
    ax.set(xlabel="intrinsic dimension", ylabel="accuracy")
    ax.set_xlim(right=ax.get_xlim()[1] + 0.13 * np.ptp(ax.get_xlim()))  # room for the last name
    if len(groups) > 1:
        ax.legend(loc="lower right")
    return titled(ax, title, simulated=simulated)


def _fan(ax, x: np.ndarray, y: np.ndarray, fit, color: str) -> None:
    reach = np.linspace(x.min() - 1, x.max() + 1, 2)
    ax.plot(reach, fit.predict(reach), color=color)
    turned = [y.mean() + slope * (reach - x.mean()) for slope in fit.interval]
    ax.fill_between(reach, *turned, color=color, alpha=0.13, lw=0)


def _spread(names: Sequence[str], x: np.ndarray, y: np.ndarray) -> list[tuple]:
    """Each name with its anchor and offset in points; of names that would collide, the lower one goes below."""
    placed = []
    for i, name in enumerate(names):
        close = [j for j in range(len(names)) if j != i and abs(x[i] - x[j]) < 6 and abs(y[i] - y[j]) < 0.03]
        below = any((y[j], j) > (y[i], i) for j in close)
        placed.append((name, ((x[i], y[i]), (8, -9 if below else 9 if close else 0))))
    return placed


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
    titled(axes[0], "Slopes, 95 % intervals", simulated=False)
    titled(axes[1], "R²", simulated=False)
    return axes


def draw_leave_one_out(names: Sequence[str], fits: Sequence, whole, *, ax, title=""):
    """The slope without each data set in turn, and R² written beside it.

    Parameters
    ----------
    names : sequence of str
        What was left out.
    fits : sequence of GeneralizationFit
    whole : GeneralizationFit
        Of all.
    """
    rows = np.arange(len(names))
    slopes, bounds = np.array([fit.slope for fit in fits]), np.array([fit.interval for fit in fits])
    blue, ink = plotting.COLORS["blue"], plotting.COLORS["ink"]
    ax.axvline(0, color=ink, lw=1.2)
    ax.axvline(whole.slope, color=plotting.COLORS["orange"], lw=2, label=f"all {whole.n}: R² {whole.r2:.2f}")
    ax.errorbar(slopes, rows, xerr=np.abs(bounds.T - slopes), fmt="o", color=blue, capsize=4)
    ax.set_yticks(rows, [f"without {name} (R² {fit.r2:.2f})" for name, fit in zip(names, fits, strict=True)])
    ax.set(xlabel="accuracy per dimension, 95 % interval")
    ax.grid(False, axis="y")
    ax.legend(loc="upper left", bbox_to_anchor=(0, -0.16), frameon=False)
    return titled(ax, title, simulated=False)
