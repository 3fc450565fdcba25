"""Panels of the reading room and of the CAM inspector: one image, what is in it, and what the network makes of it."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.patheffects import withStroke
from numpy.typing import ArrayLike

from course_lib import plotting
from course_lib.overlays import draw_outline, signed_colors
from course_lib.titles import titled

from ..explain import upsampled

OUTLINES = [plotting.THEMES["dark"][hue] for hue in ("gold", "sky", "orange", "green")]  # on an image, in any theme
THERE, REPORTED = -0.3, -0.12  # places of the marks, left of the bars


def draw_window(image: ArrayLike, window: tuple[float, float], title: str, *, ax, simulated: bool):
    """A radiograph through a window: what is below its lower end is black, above its upper end white.

    Parameters
    ----------
    image : array, (H, W)
        Gray values.
    window : (center, width)
        In gray values.
    title : str
    ax : matplotlib Axes
    simulated : bool

    Returns
    -------
    matplotlib Axes
    """
    center, width = window
    low, high = center - width / 2, center + width / 2
    plotting.image_axes(ax, image, vmin=low, vmax=high, interpolation="bilinear")
    return titled(ax, title, simulated=simulated)


def draw_outlines(masks: dict[str, ArrayLike], *, ax):
    """The border of each mask in an image, with its name beside it.

    Parameters
    ----------
    masks : dict name -> array of bool, (H, W)
    ax : matplotlib Axes
        With the image.

    Returns
    -------
    matplotlib Axes
    """
    for number, (name, mask) in enumerate(masks.items()):
        color = OUTLINES[number % len(OUTLINES)]
        draw_outline(mask, ax=ax, color=color)
        ax.text(
            0.02, 0.02 + 0.06 * number, name, transform=ax.transAxes, color=color, fontweight="bold",
            path_effects=[withStroke(linewidth=3, foreground="black")],
        )  # fmt: skip
    return ax


def draw_evidence(evidence: ArrayLike, size: tuple[int, int], *, ax):
    """A heat map over the image on `ax`: red speaks for the finding, blue against, clear for neither.

    Parameters
    ----------
    evidence : array, (h, w)
        In [−1, 1], as `common_scale` gives it, or in [0, 1], as `min_max` does; ±1 gets the full color.
    size : (H, W)
        Of the image.
    ax : matplotlib Axes

    Returns
    -------
    matplotlib Axes
    """
    ax.imshow(upsampled([evidence], size)[0], cmap=signed_colors(), vmin=-1, vmax=1, interpolation="nearest")
    return ax


def draw_blocks(evidence: ArrayLike, title: str, *, ax, cmap: str = plotting.DIVERGING, limits=(-1, 1)):
    """A map as the network has it: one square for each of its places.

    Parameters
    ----------
    evidence : array, (h, w)
    title : str
    ax : matplotlib Axes
    cmap : str
    limits : (low, high)
        Values with the first and the last color.

    Returns
    -------
    matplotlib Axes
    """
    plotting.image_axes(ax, evidence, cmap=cmap, vmin=limits[0], vmax=limits[1])
    return titled(ax, title, simulated=False, size=mpl.rcParams["axes.labelsize"])


def draw_reading_form(
    names: Sequence[str],
    title: str,
    *,
    ax,
    there: ArrayLike | None = None,
    reported: ArrayLike | None = None,
    probability: ArrayLike | None = None,
):
    """The list of findings, and beside each, where known, whether it is there, reported, and how probable.

    Parameters
    ----------
    names : sequence of L str
    title : str
    ax : matplotlib Axes
    there, reported : array of bool, (L,), optional
    probability : array, (L,), optional

    Returns
    -------
    matplotlib Axes
    """
    rows, ink, muted = np.arange(len(names)), plotting.COLORS["ink"], plotting.COLORS["muted"]
    ax.set(yticks=rows, yticklabels=names, xticks=[], xlim=(-0.42, 1.12), ylim=(len(names) - 0.4, -1.4))
    if there is None and reported is None and probability is None:
        ax.scatter([THERE] * len(names), rows, marker="s", s=90, color="none", edgecolors=muted, linewidths=1.6)
    if probability is not None:
        ax.barh(rows, probability, height=0.7, color=plotting.COLORS["blue"])
        for row, value in zip(rows, probability, strict=True):
            beside = {"xytext": (5, 0), "textcoords": "offset points", "va": "center", "fontsize": 11}
            ax.annotate(f"{100 * value:.0f}", (value, row), **beside)
        ax.axvline(0, color=muted, linewidth=1)
        ax.set_xticks([0, 0.5, 1], ["0", "50", "100"])
        ax.set_xlabel("the model's probability (%)")
    for place, head, marks in ((THERE, "there", there), (REPORTED, "report", reported)):
        if marks is not None:
            ax.text(place, -0.95, head, ha="center", va="center", fontsize=11)
            chosen = rows[np.asarray(marks, bool)]
            face = plotting.COLORS["orange"] if place == THERE else "none"
            ax.scatter([place] * len(chosen), chosen, s=90, color=face, edgecolors=ink, linewidths=1.6, zorder=3)
    ax.grid(False)
    ax.spines[:].set_visible(False)
    return titled(ax, title, simulated=False)
