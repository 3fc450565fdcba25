"""What one unit of a deep layer sees of the image."""

from collections.abc import Sequence

import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from course_lib import plotting

from ..receptive import receptive_field_table, receptive_window
from .cells import bare, tint


def draw_receptive_field(
    layers: Sequence[tuple[int, ...]],
    unit: tuple[int, int],
    *,
    axes,
    image: ArrayLike | int = 32,
    padding: Sequence[int] | None = None,
    names: Sequence[str] | None = None,
):
    """The chain from one unit back to the image, and the unit's window on the image.

    Parameters
    ----------
    layers : sequence of (k, s) or (k, s, d)
        First layer first; the unit lies in the last.
    unit : (row, column)
    axes : array of 2 Axes
    image : array (side, side), or the side in pixels
    padding : sequence of int, optional
        Zeros at each end per layer.
    names : sequence of str, optional
        Of the layers.

    Returns
    -------
    array of 2 Axes
    """
    names = [f"layer {number + 1}" for number in range(len(layers))] if names is None else list(names)
    _draw_cone(layers, names, ax=axes[0])
    _draw_window(layers, unit, image, padding, ax=axes[1])
    return axes


def draw_units(side: int, unit: tuple[int, int], *, ax, title: str = ""):
    """A layer's map as a grid of its units, one of them marked.

    Parameters
    ----------
    side : int
        Units per row and column.
    unit : (row, column)
    ax : matplotlib Axes
    title : str

    Returns
    -------
    matplotlib Axes
    """
    checks = np.indices((side, side)).sum(0) % 2 if side <= 28 else np.zeros((side, side), int)
    ax.imshow(np.array([tint("blue", 0.2), tint("blue", 0.34)])[checks], interpolation="nearest")
    ax.plot(unit[1], unit[0], "s", color=plotting.COLORS["orange"], markersize=max(8, min(26, 150 / side)))
    return bare(ax, title)


def draw_effective_field(gradient: ArrayLike, *, ax):
    """How much each input pixel moves one unit of a deep layer.

    Parameters
    ----------
    gradient : array (rows, columns)
        Absolute gradient of the unit with respect to the pixels, averaged over images or weights.
    ax : matplotlib Axes

    Returns
    -------
    matplotlib Axes
    """
    influence = np.sort(abs(np.asarray(gradient, float)).ravel())[::-1]
    half = np.searchsorted(influence.cumsum(), influence.sum() / 2) + 1
    shown = ax.imshow(abs(np.asarray(gradient)) / (influence[0] or 1), cmap=plotting.SEQUENTIAL, vmin=0, vmax=1)
    bare(ax, f"Half of the influence lies\nin {half / influence.size:.0%} of the window")
    bar = ax.figure.colorbar(shown, ax=ax, label="share of the largest gradient")
    bar.outline.set_visible(False)
    return ax


def _draw_cone(layers: Sequence[tuple[int, ...]], names: list[str], *, ax) -> None:
    """One bar per layer, as wide as what the unit sees of it, in input pixels; beside it the width in units."""
    table = receptive_field_table(layers)
    seen = _units_seen(layers)
    whole = int(table["field"].iloc[-1])
    # a bar spans its units' own places and their jump, so that the cone narrows from the image up
    widths = [min(whole, units * jump) for units, jump in zip(seen, table["jump"], strict=True)]
    rows = np.arange(len(seen))
    colors = [plotting.COLORS["orange"] if last else plotting.COLORS["blue"] for last in rows == rows[-1]]
    ax.barh(rows, widths, left=-np.array(widths) / 2, height=0.8, color=colors, alpha=0.85)
    small = len(seen) > 12
    for row, units in zip(rows, seen, strict=True):
        ax.text(whole * 0.53, row, f"{units}", va="center", fontsize=10 if small else 13, clip_on=False)
    ax.set_yticks(rows, ["image", *names], fontsize=10 if small else 12)
    ax.set(xlim=(-whole / 2 * 1.02, whole / 2 * 1.16), ylim=(-0.6, len(seen) - 0.4), xticks=[])
    ax.set_title(f"One unit sees {whole} × {whole} pixels", y=1.0)
    ax.set_xlabel("numbers: units seen per row of each layer", fontsize=12)
    ax.grid(False)
    ax.spines[:].set_visible(False)


def _units_seen(layers: Sequence[tuple[int, ...]]) -> list[int]:
    """Side of what the last layer's unit sees of each layer, image first."""
    seen = [1]
    for k, s, *dilation in reversed(layers):
        seen.append((seen[-1] - 1) * s + (k - 1) * (dilation or [1])[0] + 1)
    return seen[::-1]


def _draw_window(layers, unit, image, padding, *, ax) -> None:
    side = image if isinstance(image, int) else len(image)
    if isinstance(image, int):
        ax.imshow(np.full((side, side, 3), tint("blue", 0.25)), interpolation="nearest")
    else:
        ax.imshow(image, cmap="gray", interpolation="nearest")
    (top, bottom), (left, right) = (receptive_window(layers, place, padding) for place in unit)
    ax.add_patch(Rectangle((-0.5, -0.5), side, side, fill=False, edgecolor=plotting.COLORS["muted"], linewidth=1.5))
    window = Rectangle((left - 0.5, top - 0.5), right - left + 1, bottom - top + 1)
    orange = plotting.COLORS["orange"]
    window.set(facecolor=to_rgba(orange, 0.16), edgecolor=orange, linewidth=3.5)
    ax.add_patch(window)
    first = receptive_window(layers, 0, padding)[0]  # room for the corner unit's window: the image never jumps
    reach = max(0, -first, -min(top, left), max(bottom, right) - side + 1) + 0.02 * side
    ax.set(xlim=(-0.5 - reach, side - 0.5 + reach), ylim=(side - 0.5 + reach, -0.5 - reach))
    outside = min(top, left) < 0 or max(bottom, right) >= side
    bare(ax, "Its window passes the border" if outside else "Its window on the image")
