"""Estimates against what they depend on: the truth, the number of points, the neighbors, the convention."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

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
    ax.plot([0, end], [0, end], color=plotting.COLORS["muted"], lw=1.5, ls=":")
    ax.annotate("right", (end, end), (-6, 2), textcoords="offset points", ha="right", color=plotting.COLORS["muted"])
    for number, (name, values) in enumerate(estimates.items()):
        style = STYLES[number % 2]
        ax.plot(truth, values, "o" + style, color=plotting.CYCLE[number // 2], ms=5, lw=2.2, label=name)
    ax.set(xlabel="true dimension", ylabel="estimated dimension", xlim=(0, end * 1.02), ylim=(0, end * 1.06))
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
    """
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


def draw_conventions(ks, estimates: Mapping[str, object], *, ax, truth=None, title="", simulated=False):
    """Estimates of several conventions against the number of neighbors.

    Parameters
    ----------
    ks : array, (K,)
    estimates : mapping of str to array (K,)
    """
    for number, (name, values) in enumerate(estimates.items()):
        ax.plot(ks, values, "o" + STYLES[number % 4], color=plotting.CYCLE[number], ms=5, label=name)
    if truth is not None:
        ax.axhline(truth, color=plotting.COLORS["ink"], ls="--", lw=1.5, label=f"truth: {truth:g}")
    ax.set(xlabel="neighbors k", ylabel="estimated dimension", ylim=(0, None))
    ax.legend(loc="lower right")
    return titled(ax, title, simulated=simulated)


def draw_errors(estimates: Mapping[str, float], truth: float, *, ax, chosen="", title="", simulated=True):
    """Each estimate as a bar beside the true dimension.

    Parameters
    ----------
    estimates : mapping of str to float
    truth : float
    chosen : str
        The estimator whose bar stands out.
    """
    names = list(estimates)
    colors = [plotting.COLORS["orange" if name == chosen else "sky"] for name in names]
    rows = np.arange(len(names))[::-1]
    ax.barh(rows, list(estimates.values()), 0.62, color=colors)
    ax.axvline(truth, color=plotting.COLORS["ink"], ls="--", lw=2)
    for row, value in zip(rows, estimates.values(), strict=True):
        ax.text(0.02 * truth, row, f"{value:.2f}", va="center", color=plotting.COLORS["card"], fontweight="bold")
    ax.set_yticks(rows, [name.replace(", ", ",\n") for name in names], fontsize=11)
    ax.set(xlabel="estimated dimension (dashed: truth)", xlim=(0, max(truth * 1.3, 1.05 * max(estimates.values()))))
    ax.grid(axis="x")
    ax.grid(False, axis="y")
    return titled(ax, title, simulated=simulated)


def draw_images(images, titles, *, axes):
    """Images in a row, each with its own gray scale where it is not of 8 bits, and a short title.

    Parameters
    ----------
    images : sequence of array, (H, W) or (H, W, 3)
    titles : sequence of str
    """
    for ax, image, title in zip(np.ravel(axes), images, titles, strict=True):
        plotting.image_axes(ax, image, vmin=0, vmax=255)
        ax.set_title(title, loc="center", fontsize=12, fontweight="normal")
    return axes
