"""Straight lines through points, and what predicted ages have in common."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import t

from course_lib import plotting

from ..ages import Line

DASHED = (0, (4, 2))
DOT = {"markersize": 6, "markeredgewidth": 0, "linestyle": "none", "alpha": 0.55}


def line_with_band(x: ArrayLike, y: ArrayLike, at: ArrayLike, level: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
    """Least-squares line through points, and half the width of the interval of its mean, at the places `at`.

    half(x₀) = t · s · √(1/N + (x₀ − x̄)² / Σ(x − x̄)²), s² = Σ residuals² / (N − 2).

    Parameters
    ----------
    x, y : array, (N,)
    at : array, (K,)
    level : float

    Returns
    -------
    (line, half) : arrays, (K,)
        `half` is NaN for two points.

    Raises
    ------
    ValueError
        If all x are equal, or there are fewer than two.

    Examples
    --------
    >>> line, half = line_with_band([0, 1, 2], [1, 3, 5], [3])
    >>> float(line[0]), float(half[0])
    (7.0, 0.0)
    """
    x, y, at = (np.asarray(values, float) for values in (x, y, at))
    if len(x) < 2 or x.min() == x.max():
        raise ValueError(f"x: got {len(np.unique(x))} different values, a line needs two")
    line = Line.through(x, y)
    spread = ((x - x.mean()) ** 2).sum()
    error = line.slope_error * np.sqrt(spread / len(x) + (at - x.mean()) ** 2)
    return line.at(at), t.ppf((1 + level) / 2, len(x) - 2) * error if len(x) > 2 else np.full(at.shape, np.nan)


def draw_line(x: ArrayLike, y: ArrayLike, *, ax, color: str = "orange", label: str | None = None) -> None:
    """The line through points with the band of its mean, from the first to the last of them."""
    at = np.linspace(np.min(x), np.max(x), 30)
    line, half = line_with_band(x, y, at)
    ax.fill_between(at, line - half, line + half, color=plotting.COLORS[color], alpha=0.28, linewidth=0)
    ax.plot(at, line, color=plotting.COLORS[color], linewidth=3, label=label)


def draw_shift(at: float, gap: float, *, ax) -> None:
    """An arrow from the diagonal at (at, at) up or down by `gap` years, with the number across from it."""
    arrow = {"arrowstyle": "-|>", "linewidth": 2.5, "mutation_scale": 18, "shrinkA": 0, "shrinkB": 0}
    arrow["color"] = plotting.COLORS["ink"]
    ax.annotate("", (at, at + gap), (at, at), arrowprops=arrow, zorder=5)
    side = 1 if gap > 0 else -1
    place = {"xytext": (6 * side, -15 * side), "textcoords": "offset points", "va": "center"}
    place["ha"] = "left" if gap > 0 else "right"
    ax.annotate(f"{signed(gap)} years", (at, at), **place, fontsize=13, fontweight="bold", bbox=plate(), zorder=6)


def plate() -> dict:
    """What lies behind words among points, so that they can be read."""
    return {"boxstyle": "round,pad=0.2", "facecolor": plotting.COLORS["card"], "edgecolor": "none", "alpha": 0.85}


def checked_ages(**named: ArrayLike) -> list[np.ndarray]:
    """Arrays of one length, (N,), without those people for whom one of them is NaN.

    Raises
    ------
    ValueError
        If the shapes differ or are not (N,), or nobody is left.
    """
    arrays = {name: np.asarray(values, float) for name, values in named.items()}
    first = next(iter(arrays))
    for name, values in arrays.items():
        if values.ndim != 1 or values.shape != arrays[first].shape:
            raise ValueError(f"{name}: shape {values.shape} does not match {first}'s {arrays[first].shape}")
    known = ~np.isnan(np.vstack(list(arrays.values()))).any(axis=0)
    if not known.any():
        raise ValueError(f"{first}: for nobody are {' and '.join(arrays)} known")
    return [values[known] for values in arrays.values()]


def limits_of(*values: ArrayLike, room: float = 0.04) -> tuple[float, float]:
    """Ends of an axis that holds all of the values."""
    low, high = min(map(np.min, values)), max(map(np.max, values))
    margin = room * (high - low) or 1.0
    return float(low - margin), float(high + margin)


def signed(value: float, digits: int = 1) -> str:
    """A number with its sign, and a true minus.

    >>> signed(-2.34), signed(0.001)
    ('−2.3', '0.0')
    """
    text = f"{value:+.{digits}f}"
    return text[1:] if float(text) == 0 else text.replace("-", "−")


def plain(value: float, digits: int = 1) -> str:
    """A number without a plus, with a true minus.

    >>> plain(-0.21, 2), plain(-0.001)
    ('−0.21', '0.0')
    """
    text = f"{value:.{digits}f}"
    return text.lstrip("-") if float(text) == 0 else text.replace("-", "−")
