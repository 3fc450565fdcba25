"""Clouds of points in space, drawn on paper."""

from __future__ import annotations

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.patches import Circle
from numpy.typing import ArrayLike

from course_lib import plotting
from course_lib.titles import titled

VIEW = (25.0, 12.0)  # degrees: around the vertical, and from above


def project(points: ArrayLike, view: tuple[float, float] = VIEW) -> tuple[np.ndarray, np.ndarray]:
    """Seen from far away: places on paper (N, 2), and how far behind the paper each point lies (N,).

    Parameters
    ----------
    points : array, (N, 3)
    view : (float, float)
        Degrees that the cloud is turned about its third axis, and that one looks from above.

    Raises
    ------
    ValueError
        If the points are not in space, or there are none.

    Examples
    --------
    >>> places, depth = project([[0.0, 1.0, 2.0]], view=(0, 0))
    >>> places.tolist(), depth.tolist()
    ([[0.0, 2.0]], [1.0])
    """
    points = np.asarray(points, float)
    if points.ndim != 2 or points.shape[1] != 3 or not len(points):
        raise ValueError(f"points: got shape {points.shape}, allowed are (N, 3) with N at least 1")
    turn, tilt = np.radians(view)
    x, y, z = points.T
    across, away = x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)
    return np.stack([across, z * np.cos(tilt) + away * np.sin(tilt)], axis=1), away * np.cos(tilt) - z * np.sin(tilt)


def draw_cloud(points, *, ax, color=None, view=VIEW, title="", simulated=True):
    """A cloud in space: what is far is smaller and paler.

    Parameters
    ----------
    points : array, (N, 3)
    color : array (N,), optional
        A number for each point.
    """
    places, depth = project(points, view)
    near = 1 - (depth - depth.min()) / max(np.ptp(depth), 1e-12)
    order = np.argsort(-depth)
    look = {"c": np.asarray(color)[order], "cmap": plotting.SEQUENTIAL} if color is not None else {}
    look = look or {"color": plotting.COLORS["sky"]}
    ax.scatter(*places[order].T, s=(5 + 15 * near)[order], alpha=(0.25 + 0.6 * near)[order], linewidths=0, **look)
    ax.set(xticks=[], yticks=[], aspect="equal")
    ax.grid(False)
    ax.spines[:].set_visible(False)
    return titled(ax, title, simulated=simulated)


def draw_neighborhood(points, at, distances, indices, *, ax, color=None, view=VIEW, title=""):
    """A cloud with one point's neighbors joined to it, the nearest two in colors of their own.

    The ball that holds them all is a circle on paper, from whichever side it is seen: its radius is T_k.

    Parameters
    ----------
    points : array, (N, 3)
    at : int
        The point.
    distances, indices : array, (k,)
        Of its neighbors, the nearest first.
    """
    draw_cloud(points, ax=ax, color=color, view=view, title=title)
    places, _ = project(points, view)
    ink, rest = plotting.COLORS["ink"], places[indices[2:]]
    ax.add_collection(LineCollection([(places[at], end) for end in rest], colors=ink, linewidths=0.7), autolim=False)
    ax.scatter(*rest.T, s=22, facecolors="none", edgecolors=ink, linewidths=1.2)
    ax.add_artist(Circle(places[at], distances[-1], fill=False, color=ink, lw=1.4, ls="--"))  # moves no limits
    for number, name in enumerate(("orange", "purple")[: len(indices)]):
        shade, label = plotting.COLORS[name], f"$T_{number + 1}$ = {distances[number]:.2g}"
        ax.plot(*places[[at, indices[number]]].T, color=shade, lw=2, zorder=3.2 - 0.1 * number)
        ax.scatter(*places[indices[number]], s=50, color=shade, zorder=3.2 - 0.1 * number, label=label)
    ax.scatter(*places[at], s=60, color=ink, marker="X", zorder=4)
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, 0.02), ncols=2, handletextpad=0.2)
    return ax
