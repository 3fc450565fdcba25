"""Pictures on a grid in centimeters: coordinates, soft edges, smooth noise, and lines made of points."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

FRAME_CM = 37.0  # the side of every radiograph, whatever its number of pixels; detectors are 35 to 43 cm wide
CENTER_Y = 18.6  # the height of the body, from the chin down, that is at the middle of the frame


@dataclass(frozen=True)
class Placement:
    """How the patient stands before the detector.

    Attributes
    ----------
    tilt : float
        Lean to one side, radians.
    scale : float
        Centimeters in the frame per centimeter of the average body.
    across, down : float
        Shift in centimeters.
    """

    tilt: float
    scale: float
    across: float
    down: float


class Grid:
    """Pixel centers in centimeters of the average body: `x` from the midline (to the patient's left), `y` downwards.

    Parameters
    ----------
    side : int
        Number of pixels along each axis.
    placement : Placement
    """

    def __init__(self, side: int, placement: Placement) -> None:
        self.side, self.placement = side, placement
        centers = ((np.arange(side, dtype=np.float32) + 0.5) / side - 0.5) * FRAME_CM
        right, down = (centers - placement.across)[None, :], (centers - placement.down)[:, None]
        cosine, sine = np.cos(placement.tilt) / placement.scale, np.sin(placement.tilt) / placement.scale
        self.x = (cosine * right + sine * down).astype(np.float32)
        self.y = (cosine * down - sine * right + CENTER_Y).astype(np.float32)
        self.pixel = FRAME_CM / side / placement.scale  # one pixel, in the body's centimeters

    def pixels(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Row and column (with fractions) of points of the body."""
        place, y = self.placement, y - CENTER_Y
        cosine, sine = np.cos(place.tilt) * place.scale, np.sin(place.tilt) * place.scale
        across, down = cosine * x - sine * y + place.across, sine * x + cosine * y + place.down
        return tuple((values / FRAME_CM + 0.5) * self.side - 0.5 for values in (down, across))

    def line_integral(self, x: np.ndarray, y: np.ndarray, area: np.ndarray, blur: float) -> np.ndarray:
        """Thickness in centimeters of thin tubes made of points.

        Parameters
        ----------
        x, y : array, (P,)
            Points in the body.
        area : array, (P,)
            Volume that each point stands for, cubic centimeters.
        blur : float
            Standard deviation of a point's picture, centimeters.
        """
        from scipy.ndimage import gaussian_filter

        row, column = self.pixels(x, y)
        keep = (row > 0) & (row < self.side - 1) & (column > 0) & (column < self.side - 1)
        row, column, area = row[keep], column[keep], area[keep]
        top, left = row.astype(np.intp), column.astype(np.intp)
        low, right = row - top, column - left
        first = top * self.side + left
        corners = np.concatenate([first, first + 1, first + self.side, first + self.side + 1])
        shares = np.concatenate(
            [(1 - low) * (1 - right) * area, (1 - low) * right * area, low * (1 - right) * area, low * right * area]
        )
        total = np.bincount(corners, shares, self.side**2).reshape(self.side, self.side).astype(np.float32)
        return gaussian_filter(total / self.pixel**2, max(blur / self.pixel, 0.5), truncate=3.0)


def step(distance: np.ndarray, width: float) -> np.ndarray:
    """0 outside, 1 inside, smooth over `width` around a border; `distance` is positive inside."""
    t = np.clip(distance / width + 0.5, 0.0, 1.0)
    return t * t * (3 - 2 * t)


def rounded(distance: np.ndarray, depth: float) -> np.ndarray:
    """The thickness of a body with a round edge: 0 at the border, 1 from `depth` inwards."""
    t = np.clip(distance / depth, 0.0, 1.0)
    return np.sqrt(t * (2 - t))


def bump(x: np.ndarray, y: np.ndarray, center: tuple[float, float], sigma: tuple[float, float]) -> np.ndarray:
    """A Gaussian hill of height 1."""
    return np.exp(-0.5 * (((x - center[0]) / sigma[0]) ** 2 + ((y - center[1]) / sigma[1]) ** 2))


def noise(rng: np.random.Generator, side: int, cells: int) -> np.ndarray:
    """Smooth random field of about unit variance with `cells` bumps along each axis, the same at every `side`."""
    weights = _spline(side, cells)
    return weights @ rng.standard_normal((cells + 3, cells + 3)).astype(np.float32) @ weights.T


@lru_cache(maxsize=64)
def _spline(side: int, cells: int) -> np.ndarray:
    """Uniform cubic B-spline weights, (side, cells + 3), scaled so that noise has a variance of about 1."""
    position = (np.arange(side) + 0.5) / side * cells
    cell = np.minimum(position.astype(int), cells - 1)
    t = position - cell
    weights = np.zeros((side, cells + 3))
    rows = np.arange(side)
    for offset, value in enumerate(((1 - t) ** 3, 3 * t**3 - 6 * t**2 + 4, -3 * t**3 + 3 * t**2 + 3 * t + 1, t**3)):
        weights[rows, cell + offset] = value / 6
    return (weights / np.sqrt((weights**2).sum(1).mean())).astype(np.float32)
