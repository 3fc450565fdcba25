"""Clouds of points in space, drawn on paper."""

from __future__ import annotations

import numpy as np
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

    Examples
    --------
    >>> places, depth = project([[0.0, 1.0, 2.0]], view=(0, 0))
    >>> places.tolist(), depth.tolist()
    ([[0.0, 2.0]], [1.0])
    """
    turn, tilt = np.radians(view)
    x, y, z = np.asarray(points, float).T
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
    """A cloud with one point's neighbors, the nearest two in colors of their own.

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
    ink, first, second = (plotting.COLORS[name] for name in ("ink", "orange", "purple"))
    rest = places[indices[2:]]
    ax.scatter(*rest.T, s=26, facecolors="none", edgecolors=ink, linewidths=1.3)
    for number, shade in ((1, second), (0, first)):
        if number < len(indices):
            ax.plot(*places[[at, indices[number]]].T, color=shade, lw=2)
            label = f"$T_{number + 1}$ = {distances[number]:.2g}"
            ax.scatter(*places[indices[number]], s=70, color=shade, zorder=3, label=label)
    ax.scatter(*places[at], s=110, color=ink, marker="X", zorder=4)
    ax.legend(loc="upper right", handletextpad=0.2)
    return ax
