"""Precision and trueness as shots at a target."""

import numpy as np
from matplotlib.patches import Circle
from numpy.typing import ArrayLike

from course_lib import plotting

RINGS = (1.0, 2 / 3, 1 / 3)
SMALL = 0.25  # of the target's radius: what is called true, or precise, stays below


def draw_targets(hits: ArrayLike, *, axes):
    """Shots at targets, and how far they scatter and their middle is off.

    Parameters
    ----------
    hits : array (panels, n, 2)
        Simulated places relative to the bull's eye; the target's radius is 1.
    axes : array of Axes, one per panel

    Returns
    -------
    array of Axes
    """
    for ax, shots in zip(np.ravel(axes), np.asarray(hits, float), strict=True):
        for ring in RINGS:
            ax.add_patch(Circle((0, 0), ring, fill=False, edgecolor=plotting.COLORS["muted"], linewidth=1.5))
        middle = shots.mean(0)
        off, scatter = np.hypot(*middle), np.sqrt(((shots - middle) ** 2).sum(1).mean())
        ax.plot(0, 0, "+", color=plotting.COLORS["ink"], markersize=16, markeredgewidth=2)
        ax.plot(*shots.T, "o", color=plotting.COLORS["blue"], markersize=7, alpha=0.6, markeredgewidth=0)
        ax.plot(*middle, "X", color=plotting.COLORS["orange"], markersize=14, markeredgecolor=plotting.COLORS["card"])
        ax.set(xlim=(-1.15, 1.15), ylim=(-1.3, 1.15), aspect="equal", xticks=[], yticks=[])
        ax.set_axis_off()
        words = f"{'Precise' if scatter < SMALL else 'Scattered'}, {'true' if off < SMALL else 'biased'}"
        ax.set_title(f"{words}\n(simulated)", loc="center", y=1.0)
        ax.text(0, -1.12, f"scatter {scatter:.2f}, bias {off:.2f}", ha="center", va="top", fontsize=13)
    return axes
