"""How many points are within reach."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator

from course_lib import plotting
from course_lib.titles import titled

TICKS = [digit * 10.0**power for power in range(-3, 6) for digit in (1, 2, 3, 5, 7)]


def draw_growth(curves: Mapping[str, tuple], *, ax, title="", simulated=True):
    """Points within a radius against the radius, both logarithmic: the slope is the dimension.

    Parameters
    ----------
    curves : mapping of str to (radii, counts, d)
        `d` is the slope of the line that is drawn through the middle of the points; None draws none. A radius that
        holds no point has no place on a logarithmic axis and is left out.
    """
    marks = "os^Dv"
    for number, (name, (radii, counts, d)) in enumerate(curves.items()):
        color, held = plotting.CYCLE[number % len(plotting.CYCLE)], np.asarray(counts) > 0
        radii, counts = np.asarray(radii)[held], np.asarray(counts)[held]
        ax.plot(radii, counts, marks[number % len(marks)], color=color, label=name, ms=7)
        if d is not None and held.any():
            middle = np.mean(np.log(counts)) - d * np.mean(np.log(radii))
            ax.plot(radii, np.exp(middle + d * np.log(radii)), color=color, lw=1.6, alpha=0.7)
    ax.set(xscale="log", yscale="log", xlabel="radius r", ylabel="points within r")
    for axis, ends in ((ax.xaxis, ax.get_xlim()), (ax.yaxis, ax.get_ylim())):
        ticks = [tick for tick in TICKS if ends[0] <= tick <= ends[1]]
        for fewer in ("125", "1"):
            ticks = ticks if len(ticks) <= 6 else [tick for tick in ticks if f"{tick:e}"[0] in fewer]
        axis.set_major_locator(FixedLocator(ticks))
        axis.set_major_formatter(FixedFormatter([f"{tick:,g}" for tick in ticks]))
        axis.set_minor_locator(NullLocator())
    ax.legend(loc="lower right")
    return titled(ax, title, simulated=simulated)
