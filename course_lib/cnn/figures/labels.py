"""Names beside points that cover neither a point nor one another."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

Box = tuple[float, float, float, float]  # left, bottom, right, top in pixels


def label_points(x: ArrayLike, y: ArrayLike, radii: ArrayLike, names: Sequence[str], colors: Sequence, *, ax) -> None:
    """Write each name beside its round marker, at the place where it covers least.

    Parameters
    ----------
    x, y : array (n,)
        In data coordinates; the limits and scales of the Axes are final.
    radii : array (n,)
        Of the markers, in points.
    names, colors : sequence of n
    ax : matplotlib Axes
    """
    ax.figure.draw_without_rendering()  # settles the layout, and with it where the points are
    scale = ax.figure.dpi / 72
    centers, reaches = ax.transData.transform(np.column_stack([x, y])), np.asarray(radii) * scale
    markers = [(cx - r, cy - r, cx + r, cy + r) for (cx, cy), r in zip(centers, reaches, strict=True)]
    frame, written = ax.get_window_extent().extents, []
    for own in np.argsort(reaches):
        size = _size(names[own], ax)
        places = _places(centers[own], reaches[own] + 4 * scale, size)
        others = [*markers[:own], *markers[own + 1 :], *written]
        box = min(places, key=lambda place: sum(_shared(place, other) for other in others) + _outside(place, frame))
        written.append(box)
        corner = (np.array(box[:2]) - centers[own]) / scale
        ax.annotate(
            names[own], (x[own], y[own]), corner, textcoords="offset points", fontsize=12, fontweight="bold",
            color=colors[own], va="bottom",
        )  # fmt: skip


def pushed_left(middles: Sequence[float], half_widths: Sequence[float], end: float) -> list[float]:
    """Middles of labels in a row, moved to the left as far as they must so that none covers the next or the end.

    Examples
    --------
    >>> pushed_left([0, 10, 12], [2, 2, 2], end=13)
    [0, 7, 11]
    """
    places = []
    for middle, half in zip(reversed(middles), reversed(half_widths), strict=True):
        places.append(min(middle, end - half))
        end = places[-1] - half
    return places[::-1]


def _size(name: str, ax) -> tuple[float, float]:
    probe = ax.text(0, 0, name, fontsize=12, fontweight="bold")
    box = probe.get_window_extent()
    probe.remove()
    return box.width, box.height


def _places(center: np.ndarray, reach: float, size: tuple[float, float]) -> list[Box]:
    """Boxes around a marker, the most usual place (right) first."""
    (cx, cy), (width, height) = center, size
    places = []
    for far in (1, 1.6, 2.4):
        for angle in np.deg2rad([0, 180, 90, 270, 45, 135, 225, 315]):
            middle_x = cx + np.cos(angle) * (reach * far + width / 2)
            middle_y = cy + np.sin(angle) * (reach * far + height / 2)
            places.append((middle_x - width / 2, middle_y - height / 2, middle_x + width / 2, middle_y + height / 2))
    return places


def _shared(one: Box, other: Box) -> float:
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    return max(0, width) * max(0, height)


def _outside(box: Box, frame: np.ndarray) -> float:
    return (box[2] - box[0]) * (box[3] - box[1]) - _shared(box, tuple(frame))
