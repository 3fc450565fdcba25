"""Precision and trueness as shots at a target."""

import numpy as np
from matplotlib.patches import Circle
from numpy.typing import ArrayLike

from course_lib import plotting

RINGS = (1.0, 2 / 3, 1 / 3)
SMALL = 0.25  # of the target's radius: what is called true, or precise, stays below


def draw_targets(hits: ArrayLike, *, axes, radius: float = 1.0, unit: str = ""):
    """Shots at targets, how far they scatter around their mean, √(Σ|x − x̄|² / n), and how far it is off, |x̄|.

    Parameters
    ----------
    hits : array (panels, n, 2)
        Simulated places relative to the bull's eye, in `unit`.
    axes : array of Axes, one per panel, of one figure
        All get the same scale; the legend goes below them.
    radius : float
        Of the target, in `unit`; scatter and bias below a quarter of it are called precise and true.
    unit : str
        Of the measurement, such as "mm".

    Returns
    -------
    array of Axes
    """
    hits, panels = np.asarray(hits, float), np.ravel(axes)
    reach = 1.08 * max(radius, np.abs(hits).max())
    for ax, shots in zip(panels, hits, strict=True):
        for ring in RINGS:
            ax.add_patch(Circle((0, 0), ring * radius, fill=False, edgecolor=plotting.COLORS["muted"], linewidth=1.5))
        middle = shots.mean(0)
        _marks(shots, middle, ax)
        ax.set(xlim=(-reach, reach), ylim=(-1.5 * reach, reach), aspect="equal")
        ax.set_axis_off()
        off, scatter = np.hypot(*middle), np.sqrt(((shots - middle) ** 2).sum(1).mean())
        near = SMALL * radius
        words = f"{'Precise' if scatter < near else 'Scattered'}, {'true' if off < near else 'biased'}"
        ax.set_title(f"{words}\n(simulated)", loc="center", y=1.0)
        caption = f"scatter {_written(scatter, radius, unit)}\nbias {_written(off, radius, unit)}"
        ax.text(0, -1.03 * reach, caption, ha="center", va="top", fontsize=13)
    handles = panels[0].get_legend_handles_labels()
    panels[0].figure.legend(*handles, loc="outside lower center", ncols=3, frameon=False)
    return axes


def _marks(shots: np.ndarray, middle: np.ndarray, ax) -> None:
    ax.plot(*shots.T, "o", color=plotting.COLORS["blue"], markersize=7, alpha=0.6, markeredgewidth=0, label="shot")
    ax.plot(0, 0, "+", color=plotting.COLORS["ink"], markersize=16, markeredgewidth=2, label="truth")
    edge = plotting.COLORS["card"]
    ax.plot(
        *middle, "X", color=plotting.COLORS["orange"], markersize=12, markeredgecolor=edge, label="mean of the shots"
    )


def _written(length: float, radius: float, unit: str) -> str:
    """A hundredth of a target of radius 1 counts, a tenth of a larger one."""
    return f"{length:.{1 if radius > 1 else 2}f} {unit}".rstrip()
