"""Estimates against what they depend on: the truth, the number of points, the neighbors, the convention."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.ticker import MaxNLocator

from course_lib import plotting
from course_lib.titles import titled

STYLES = ("-", "--", "-.", ":")


def draw_against_truth(truth, estimates: Mapping[str, object], *, ax, title="", simulated=True):
    """Estimated against true dimension, with the diagonal on which they would be equal.

    Parameters
    ----------
    truth : array, (D,)
    estimates : mapping of str to array (D,)
    """
    end = max(truth)
    top = max(end, *(np.nanmax(values) for values in estimates.values()))
    ax.plot([0, end], [0, end], color=plotting.COLORS["muted"], lw=1.5, ls=":")
    ax.annotate("exact", (end, end), (-6, 2), textcoords="offset points", ha="right", color=plotting.COLORS["muted"])
    for number, (name, values) in enumerate(estimates.items()):
        style = STYLES[number % 2]
        ax.plot(truth, values, "o" + style, color=plotting.CYCLE[number // 2], ms=5, lw=2.2, label=name)
    ax.set(xlabel="true dimension", ylabel="estimated dimension", xlim=(0, end * 1.02), ylim=(0, top * 1.06))
    ax.legend(loc="upper left")
    return titled(ax, title, simulated=simulated)


def draw_profile(table, *, ax, by="n", truth=None, title="", simulated=False):
    """Dimension with its interval against the number of images, or of neighbors.

    Parameters
    ----------
    table : DataFrame
        From `profile`: of one k where `by` is "n", of one n where it is "k".
    by : "n" or "k"
    truth : float, optional

    Raises
    ------
    ValueError
        If `by` is neither.
    """
    if by not in ("n", "k"):
        raise ValueError(f"by: got {by!r}, allowed are 'n', 'k'")
    for number, (name, rows) in enumerate(table.groupby("estimator", sort=False)):
        color = plotting.CYCLE[number]
        rows = rows.sort_values(by)
        ax.plot(rows[by], rows["dimension"], "o-", color=color, label=name)
        ax.fill_between(rows[by], rows["low"], rows["high"], color=color, alpha=0.2, lw=0)
    if truth is not None:
        ax.axhline(truth, color=plotting.COLORS["ink"], ls="--", lw=1.5, label=f"truth: {truth:g}")
    ticks = sorted(table[by].unique())
    ax.set_xscale("log")
    ax.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
    ax.minorticks_off()
    ax.set(xlabel={"n": "points", "k": "neighbors k"}[by], ylabel="estimated dimension", ylim=(0, None))
    ax.legend(loc="lower right")
    return titled(ax, title, simulated=simulated)


def draw_conventions(ks, estimates: Mapping[str, object], *, ax, truth=None, title="", simulated=False, legend=True):
    """Estimates of several conventions against the number of neighbors.

    Parameters
    ----------
    ks : array, (K,)
    estimates : mapping of str to array (K,)
    legend : bool
        Not where the names stand in the same colors beside it.
    """
    for number, (name, values) in enumerate(estimates.items()):
        ax.plot(ks, values, "o" + STYLES[number % 4], color=plotting.CYCLE[number], ms=5, label=name)
    if truth is not None:
        ax.axhline(truth, color=plotting.COLORS["ink"], ls="--", lw=1.5, label=f"truth: {truth:g}")
    ax.set(xlabel="neighbors k", ylabel="estimated dimension", ylim=(0, None))
    ax.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    if legend:
        ax.legend(loc="lower right")
    return titled(ax, title, simulated=simulated)


def draw_errors(estimates: Mapping[str, float], truth: float, *, ax, chosen="", title="", simulated=True):
    """Each estimate as a bar beside the true dimension, in the colors of `draw_conventions`.

    Parameters
    ----------
    estimates : mapping of str to float
    truth : float
    chosen : str
        The estimator whose bar is full; the others are pale.
    """
    names = list(estimates)
    colors = [to_rgba(plotting.CYCLE[number], 1 if name == chosen else 0.5) for number, name in enumerate(names)]
    rows = np.arange(len(names))[::-1]
    ax.barh(rows, list(estimates.values()), 0.62, color=colors)
    ax.axvline(truth, color=plotting.COLORS["ink"], ls="--", lw=2)
    said = [f"{name}\n{value:.2f}".replace(", ", ",\n") for name, value in estimates.items()]
    ax.set_yticks(rows, said, fontsize=11)
    ax.set(xlabel="estimated dimension (dashed: truth)", xlim=(0, max(truth * 1.3, 1.05 * max(estimates.values()))))
    ax.grid(axis="x")
    ax.grid(False, axis="y")
    return titled(ax, title, simulated=simulated)


def draw_images(images, titles, *, axes):
    """Images in a row, each with a short title: whole numbers from 0 to 255, others each with its own gray scale.

    Parameters
    ----------
    images : sequence of array, (H, W) or (H, W, 3)
    titles : sequence of str
    """
    for ax, image, title in zip(np.ravel(axes), images, titles, strict=True):
        whole = np.issubdtype(np.asarray(image).dtype, np.integer)
        plotting.image_axes(ax, image, **({"vmin": 0, "vmax": 255} if whole else {}))
        ax.set_title(title, loc="center", fontsize=12, fontweight="normal")
    return axes
