"""A map: one point per image, in the color of its class."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.lines import Line2D

from course_lib import plotting
from course_lib.titles import titled

MOST = 8  # classes that can be told apart by color


def class_colors(n: int) -> list[str]:
    """Colors of `n` classes: the course's six, then ink and gray; from the ninth on they repeat."""
    colors = [*plotting.CYCLE, plotting.COLORS["ink"], plotting.COLORS["muted"]]
    return [colors[k % MOST] for k in range(n)]


def draw_map(
    embedding, labels, names: Sequence[str], *, ax, title="", simulated=False, legend=True, new=None, new_labels=None
):
    """Points of a map, colored by class; a legend beside it, in the order of the classes.

    Parameters
    ----------
    embedding : array, (N, 2)
    labels : array of int, (N,)
    names : sequence of str
        Of the classes.
    legend : bool
    new, new_labels : array (M, 2) and (M,), optional
        Images that were not learned from, drawn larger with a rim.
    """
    embedding, labels = np.asarray(embedding), np.asarray(labels)
    colors = np.array(class_colors(len(names)))
    size = float(np.clip(18000 / max(len(embedding), 1), 2, 30))
    shuffled = np.random.default_rng(0).permutation(len(embedding))  # so that no class lies on top of the others
    ax.scatter(*embedding[shuffled].T, s=size, c=colors[labels[shuffled]], linewidths=0, alpha=0.85, rasterized=True)
    if new is not None:
        rim = plotting.COLORS["ink"]
        ax.scatter(
            *np.asarray(new).T, s=110, c=colors[np.asarray(new_labels)], linewidths=1.8, edgecolors=rim, zorder=3
        )
    plain(ax)
    if legend:
        present = [k for k in range(len(names)) if (labels == k).any()]
        marks = [Line2D([], [], marker="o", ls="", ms=9, mec="none", color=colors[k], label=names[k]) for k in present]
        ax.legend(handles=marks, loc="upper left", bbox_to_anchor=(1, 1), frameon=False, handletextpad=0.2)
    return titled(ax, title, simulated=simulated)


def plain(ax, adjustable: str = "datalim") -> None:
    """A map has no axes: only neighborhoods mean something. With limits of one's own, `adjustable` is "box"."""
    ax.set(xticks=[], yticks=[])
    ax.set_aspect("equal", adjustable=adjustable)
    ax.grid(False)
    ax.spines[:].set_visible(False)
