"""Which part of the brain tells the age: a map of what each patch gets by itself."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_rgba
from matplotlib.patches import Patch
from numpy.typing import ArrayLike

from course_lib import plotting

from .brains import draw_plane
from .words import headed

BANDS = (3.0, 3.5, 4.0)  # years, of the published map (Bintsi et al. 2020)
HUES = ("green", "sky", "gold", "orange")  # best first
FILL, DIM = 0.45, 2.2  # the brain is darkened so that the colors stay the same over it and beside it
INSET = 1.6  # voxels, of a dot from the corner of its cell


def draw_patch_map(
    mae: ArrayLike,
    grid,
    background: ArrayLike,
    *,
    axes,
    simulated: bool,
    bands: Sequence[float] = BANDS,
    marked: int | None = None,
    members: Sequence[int] = (),
    title: str | None = None,
    legend: bool = True,
    numbers: bool = False,
):
    """Axial slices through the centers of the patches, lowest first; each patch's MAE in the cell around its center.

    Patches overlap, so none is drawn in full: a cell is what lies nearer to its center than to any other's.

    Parameters
    ----------
    mae : array, (P,)
        Years; in the order of the grid's patches.
    grid : PatchGrid
        Its `centers` (P, 3) in voxels (z, y, x), and its `shape`.
    background : array, (D, H, W)
        The brain behind it, uint8 or floats in [0, 1].
    axes : array of Axes
        One for each level of the grid; further ones stay empty.
    simulated : bool
    bands : sequence of three numbers
        Years at which the color changes.
    marked : int, optional
        Number of the patch that is framed.
    members : sequence of int
        Patches with a dot.
    title : str, optional
        Of the first panel; by default it names the best patch and the worst.
    legend : bool
        Whether the figure gets one.
    numbers : bool
        Whether each patch's number, from 1 on, stands small in a corner of its cell.

    Returns
    -------
    array of Axes

    Raises
    ------
    ValueError
        If there is not a MAE for each patch, there are not three bands in growing order, or there are too few Axes.
    """
    mae, centers = np.asarray(mae, float), np.asarray(grid.centers, float)
    panels, levels = np.ravel(axes), np.unique(centers[:, 0])
    if mae.shape != (len(centers),):
        raise ValueError(f"mae: got shape {mae.shape}, allowed is ({len(centers)},), one value per patch")
    if len(bands) != 3 or list(bands) != sorted(bands):
        raise ValueError(f"bands: got {tuple(bands)}, allowed are three numbers, growing")
    if len(panels) < len(levels):
        raise ValueError(f"axes: got {len(panels)} for {len(levels)} levels of the grid")
    cells, patches = cells_of(grid), np.arange(len(centers))
    for ax, level in zip(panels, levels, strict=False):
        here = centers[:, 0] == level
        draw_plane(background, "axial", ax=ax, cut=(int(level), 0, 0), dimmed=DIM, letters=ax is panels[0])
        _draw_level(mae[here], cells[here], patches[here] == marked, bands, ax)
        _draw_dots(cells[here & np.isin(patches, members)], ax)
        if numbers:
            _draw_numbers(patches[here] + 1, cells[here], ax)
        ax.set_xlabel(f"axial slice {int(level) + 1} of {len(np.asarray(background))}", fontsize=12)
    for ax in panels[len(levels) :]:
        ax.set_axis_off()
    words = f"MAE {np.nanmin(mae):.1f} to {np.nanmax(mae):.1f} years" if title is None else title
    headed(panels[0], words, simulated=simulated, size=13)
    if legend:
        _legend(bands, panels[0].figure)
    return axes


def patch_at(panel: int, x: float, y: float, grid) -> int | None:
    """Number of the patch whose cell is clicked on, of `draw_patch_map`'s panel; None beside all levels.

    Parameters
    ----------
    panel : int
    x, y : float
        Data coordinates: voxels.
    grid : PatchGrid
    """
    centers = np.asarray(grid.centers, float)
    levels = np.unique(centers[:, 0])
    if panel >= len(levels):
        return None
    away = (centers[:, 1] - y) ** 2 + (centers[:, 2] - x) ** 2
    away[centers[:, 0] != levels[panel]] = np.inf
    return int(away.argmin())


def cells_of(grid) -> np.ndarray:
    """What lies nearer to each patch's center than to its neighbors' in its level: (P, 4), y0, y1, x0, x1 in voxels."""
    centers = np.asarray(grid.centers, float)
    ends = []
    for axis in (1, 2):
        places = np.unique(centers[:, axis])
        edges, number = _edges(places, grid, axis), np.searchsorted(places, centers[:, axis])
        ends += [edges[number], edges[number + 1]]
    return np.stack(ends, axis=1)


def _edges(places: np.ndarray, grid, axis: int) -> np.ndarray:
    """Midway between neighbors; at the ends where the first and the last patch end."""
    half = grid.size / 2
    return np.array([places[0] - half, *(places[1:] + places[:-1]) / 2, places[-1] + half])


def _draw_level(mae: np.ndarray, cells: np.ndarray, marked: np.ndarray, bands: Sequence[float], ax) -> None:
    hues = [HUES[int(band)] for band in np.searchsorted(bands, mae, side="right")]
    colors = [to_rgba(plotting.THEMES["dark"][hue], FILL) for hue in hues]  # on black, in any theme
    framed = int(marked.sum())  # drawn once more, on top
    ax.add_collection(
        PolyCollection(
            _corners(np.concatenate([cells, cells[marked]])),
            facecolors=colors + ["none"] * framed,
            edgecolors=["black"] * len(cells) + ["white"] * framed,
            linewidths=[1.5] * len(cells) + [3.5] * framed,
        )
    )
    for value, (y0, y1, x0, x1) in zip(mae, cells, strict=True):
        ax.text((x0 + x1) / 2, (y0 + y1) / 2, f"{value:.1f}", ha="center", va="center", color="white",
            fontsize=13, fontweight="bold")  # fmt: skip


def _draw_dots(cells: np.ndarray, ax) -> None:
    if len(cells):
        _, y1, x0, _ = cells.T
        ax.plot(x0 + INSET, y1 - INSET, "o", color="white", markersize=8, markeredgecolor="black")


def _draw_numbers(numbers: np.ndarray, cells: np.ndarray, ax) -> None:
    for number, (_, y1, _, x1) in zip(numbers, cells, strict=True):
        ax.text(x1 - INSET / 2, y1 - INSET / 2, f"{number}", ha="right", va="top", color="white", fontsize=11)


def _corners(cells: np.ndarray) -> np.ndarray:
    """Of cells (K, 4), as (x, y) in voxels: (K, 4, 2)."""
    y0, y1, x0, x1 = cells.T
    return np.stack([np.stack([x0, x1, x1, x0], axis=1), np.stack([y0, y0, y1, y1], axis=1)], axis=2)


def _legend(bands: Sequence[float], figure) -> None:
    low, middle, high = (f"{value:g}" for value in bands)
    words = f"< {low}", f"{low} to {middle}", f"{middle} to {high}", f"≥ {high}"
    colors = [plotting.THEMES["dark"][hue] for hue in HUES]
    handles = [Patch(facecolor=color, label=label) for color, label in zip(colors, words, strict=True)]
    title = "MAE of the patch (years); patches overlap, a cell is what lies nearest to its center"
    figure.legend(handles=handles, title=title, loc="outside lower center", ncols=4, frameon=False)
