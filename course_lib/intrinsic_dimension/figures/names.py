"""Names beside points, where they cover nothing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

SIZE = 11  # points, of the font
LETTER, HEIGHT = 0.62, 1.25  # of a letter, in sizes of the font
GAPS = 9, 16  # points between a name and its own point
AIR = (4, 30), (1.5, 1)  # points around a name that stay free of points and of lines, and what else it costs
SIDES = (  # (ha, va, right, up), the best first, each near and then a little farther away
    ("left", "center", 1, 0),
    ("left", "bottom", 0.6, 0.5),
    ("left", "top", 0.6, -0.5),
    ("right", "center", -1, 0),
    ("right", "bottom", -0.6, 0.5),
    ("right", "top", -0.6, -0.5),
    ("center", "bottom", 0, 0.9),
    ("center", "top", 0, -0.9),
)
PLACES = [(ha, va, gap * right, gap * up) for gap in GAPS for ha, va, right, up in SIDES]
SHIFT = {"left": 0.0, "bottom": 0.0, "center": -0.5, "right": -1.0, "top": -1.0}


def name_points(ax, names: Sequence[str], x, y, *, lines: Sequence[tuple] = ()):
    """Write each name beside its point, on the first side where it covers no point, name or line.

    Call it when the limits of the axes are set: it looks for room in the picture, not in the data.

    Parameters
    ----------
    names : sequence of str, N
    x, y : array, (N,)
    lines : sequence of (x, y)
        Straight lines that are to stay clear, each by its two ends.
    """
    scale = 72 / ax.figure.dpi  # pixels to points
    spots = scale * ax.transData.transform(np.c_[x, y])
    along = [scale * ax.transData.transform(np.linspace(*np.transpose(ends), 200)) for ends in lines]
    frame = scale * np.array(ax.bbox.get_points())
    obstacles, taken = (spots, np.concatenate([np.empty((0, 2)), *along])), []
    for name, spot, point in zip(names, spots, zip(x, y, strict=True), strict=True):
        boxes = [_box(name, spot, *place) for place in PLACES]
        costs = [_cost(box, obstacles, taken, frame) for box in boxes]
        best = int(np.argmin(costs))
        taken.append(boxes[best])
        ha, va, *away = PLACES[best]
        ax.annotate(name, point, away, textcoords="offset points", ha=ha, va=va, fontsize=SIZE)
    return ax


def _box(name: str, spot: np.ndarray, ha: str, va: str, right: float, up: float) -> np.ndarray:
    """Lower left and upper right corner of a name, in points."""
    size = np.array([LETTER * len(name), HEIGHT]) * SIZE
    low = spot + [right, up] + size * [SHIFT[ha], SHIFT[va]]
    return np.array([low, low + size])


def _cost(box: np.ndarray, obstacles: tuple[np.ndarray, np.ndarray], taken: list[np.ndarray], frame: np.ndarray) -> int:
    """How much a name covers there, or reaches out of the frame."""
    covered = sum(
        weight * ((box[0] - air < marks) & (marks < box[1] + air)).all(axis=1).sum()
        for marks, (air, weight) in zip(obstacles, AIR, strict=True)
    )
    names = sum(bool((box[0] < other[1]).all() and (other[0] < box[1]).all()) for other in taken)
    outside = bool((box[0] < frame[0]).any() or (box[1] > frame[1]).any())
    return int(covered + 50 * names + 50 * outside)
