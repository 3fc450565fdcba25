"""Dimension against slices per patient."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.ticker import MaxNLocator

from course_lib import plotting
from course_lib.titles import titled

HUES = ("orange", "purple", "blue")


def draw_chains(places, patients, *, ax, title="", simulated=True, marked=6):
    """Patients in the plane, each a chain of slices; some in colors, the others gray.

    Parameters
    ----------
    places : array, (N, 2)
    patients : array of int, (N,)
    marked : int
        How many get a color.
    """
    bright = np.unique(patients)[:marked]
    rest = ~np.isin(patients, bright)
    ax.plot(*places[rest].T, ".", color=plotting.COLORS["muted"], alpha=0.55, ms=5)
    for number, one in enumerate(bright):
        own = places[patients == one]
        own = own[np.lexsort(own.T)]
        ax.plot(*own.T, "o-", color=plotting.CYCLE[number % len(plotting.CYCLE)], ms=6, lw=1.4)
    ax.set(xticks=[], yticks=[], aspect="equal")
    ax.grid(False)
    return titled(ax, title, simulated=simulated)


def draw_slices(
    per_patient, lines: Mapping[str, object], *, ax, truth=None, at=None, chosen="", title="", simulated=True
):
    """Dimension against the number of slices of each patient.

    Parameters
    ----------
    per_patient : sequence of int
    lines : mapping of str to sequence of float
        What was done about it, and the estimates.
    truth : float, optional
    at : (int, float), optional
        A point to mark.
    chosen : str
        The name of a line that stands out.
    """
    for hue, (name, values) in zip(HUES, lines.items(), strict=False):
        width = 4.5 if name == chosen else 2.2
        ax.plot(per_patient, values, "o-", color=plotting.COLORS[hue], label=name, ms=6, lw=width)
    if truth is not None:
        ax.axhline(truth, color=plotting.COLORS["ink"], ls="--", lw=1.5, label=f"truth: {truth:g}")
    if at is not None:
        ax.plot(*at, "o", clip_on=False, ms=17, mfc="none", mec=plotting.COLORS["ink"], mew=2.2)
    ax.set(
        xlabel="slices of each patient",
        ylabel="estimated dimension",
        ylim=(0, max(1.08 * max(map(max, lines.values())), 1.75 * (truth or 0))),  # stays, while lines move below
        xticks=list(per_patient),
    )
    ax.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    ax.legend(loc="upper left", bbox_to_anchor=(-0.12, -0.18), ncol=2, frameon=False)  # lines go everywhere inside
    return titled(ax, title, simulated=simulated)
