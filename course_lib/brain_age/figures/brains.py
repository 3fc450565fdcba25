"""Brains in slices: in neurological convention, as if the person looked where the reader looks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.lines import Line2D
from numpy.typing import ArrayLike

from course_lib import plotting
from course_lib.overlays import draw_outline, signed_colors
from course_lib.titles import marked

from .words import headed

OUTLINES = tuple(plotting.THEMES["dark"][hue] for hue in ("gold", "sky", "orange", "green"))  # on black, in any theme
LETTER = plotting.THEMES["dark"]["muted"]
ROOM = 1.14  # of the frame, for the letters around the brain
PLANES = ("axial", "coronal", "sagittal")
SIDES = {"axial": "LRPA", "coronal": "LRIS", "sagittal": "PAIS"}  # left, right, below, above
OPAQUE = 0.85
LABEL = 12.5
Cut = tuple[int, int, int]


def draw_brains(
    volumes: ArrayLike,
    titles: Sequence[str],
    *,
    axes,
    simulated: bool,
    outlines: Mapping[str, ArrayLike] | None = None,
    plane: str = "axial",
    cut: Cut | None = None,
):
    """One slice of each brain side by side, or all three planes of each, one below the other.

    Parameters
    ----------
    volumes : array, (K, D, H, W)
        In (z, y, x) order, indices growing to the top, front and right; uint8, or floats in [0, 1].
    titles : sequence of K str
    axes : array of Axes, (K,), or (3, K) for the three planes
    simulated : bool
        Whether it is to be said: in the title, or for several brains once, in the first line of the figure.
    outlines : dict name -> array of bool, or of shares in [0, 1], (K, D, H, W), optional
        Structures to be outlined, at half a share; the figure gets a legend with their names.
    plane : "axial", "coronal" or "sagittal"
        Where there is one row.
    cut : (z, y, x), optional
        Voxel that the slices go through; the middle by default.

    Returns
    -------
    array of Axes

    Raises
    ------
    ValueError
        If titles, outlines or axes do not match the volumes, or the plane is unknown.
    """
    volumes, panels = np.asarray(volumes), np.atleast_2d(axes)
    if volumes.ndim != 4:
        raise ValueError(f"volumes: got shape {volumes.shape}, allowed is (K, D, H, W)")
    if plane not in PLANES:
        raise ValueError(f"plane: got {plane!r}, allowed are {', '.join(map(repr, PLANES))}")
    if panels.shape not in {(1, len(volumes)), (3, len(volumes))} or len(titles) != len(volumes):
        raise ValueError(f"axes: got shape {np.shape(axes)} and {len(titles)} titles for {len(volumes)} brains")
    planes = PLANES if len(panels) == 3 else (plane,)
    for column, volume in enumerate(volumes):
        masks = {name: np.asarray(mask)[column] for name, mask in (outlines or {}).items()}
        for row, shown in enumerate(planes):
            draw_plane(volume, shown, ax=panels[row, column], cut=cut, outlines=masks)
        headed(panels[0, column], titles[column], simulated=simulated and len(volumes) == 1, size=LABEL)
    if simulated and len(volumes) > 1:
        _say_simulated(panels[0, 0].figure)
    name_outlines(list(outlines or {}), panels[0, 0].figure)
    return axes


def draw_three_planes(
    volume: ArrayLike,
    title: str,
    *,
    axes,
    simulated: bool,
    outlines: Mapping[str, ArrayLike] | None = None,
    cut: Cut | None = None,
    overlay: ArrayLike | None = None,
    reach: float = 1.0,
):
    """An axial, a coronal and a sagittal slice of one brain, all on one scale.

    Parameters
    ----------
    volume : array, (D, H, W)
        In (z, y, x) order; uint8, or floats in [0, 1].
    title : str
        Of the first panel; the others say where they cut.
    axes : three Axes
    simulated : bool
    outlines : dict name -> array of bool, or of shares in [0, 1], (D, H, W), optional
        As `draw_brains`.
    cut : (z, y, x), optional
        Voxel that the slices go through; the middle by default.
    overlay : array, (D, H, W), optional
        Signed values in color over the image: red above zero, blue below, clear at zero.
    reach : float
        Value of the overlay with the full color.

    Returns
    -------
    array of Axes

    Raises
    ------
    ValueError
        If a shape differs from the volume's, or the cut lies outside.
    """
    for plane, ax in zip(PLANES, np.ravel(axes), strict=True):
        draw_plane(volume, plane, ax=ax, cut=cut, outlines=outlines, overlay=overlay, reach=reach)
        headed(ax, title if plane == PLANES[0] else plane.capitalize(), simulated=simulated, size=LABEL)
    name_outlines(list(outlines or {}), np.ravel(axes)[0].figure)
    return axes


def draw_plane(
    volume: ArrayLike,
    plane: str,
    *,
    ax,
    cut: Cut | None = None,
    outlines: Mapping[str, ArrayLike] | None = None,
    overlay: ArrayLike | None = None,
    reach: float = 1.0,
    dimmed: float = 1.0,
    letters: bool = True,
):
    """One slice on black, with the letters of its sides; the frame is a square, so that all planes have one scale."""
    volume = np.asarray(volume)
    cut = tuple(length // 2 for length in volume.shape) if cut is None else cut
    plotting.image_axes(ax, slice_of(volume, plane, cut), vmin=0, origin="lower",
        vmax=(255 if volume.dtype == np.uint8 else 1) * dimmed, interpolation="bilinear")  # fmt: skip
    if overlay is not None:
        values = slice_of(_same_shape(overlay, volume, "overlay"), plane, cut)
        ax.imshow(values, cmap=signed_colors(OPAQUE), vmin=-reach, vmax=reach, origin="lower", interpolation="bilinear")
    for color, (name, mask) in zip(OUTLINES, (outlines or {}).items(), strict=False):
        draw_outline(slice_of(_same_shape(mask, volume, f"outlines[{name!r}]"), plane, cut), ax=ax, color=color)
    _frame(volume.shape, plane, ax)
    if letters:
        _name_sides(plane, ax)
    return ax


def slice_of(volume: ArrayLike, plane: str, cut: Cut) -> np.ndarray:
    """The slice of a volume (D, H, W) through the voxel `cut`, rows growing upwards.

    Raises
    ------
    ValueError
        If the cut lies outside.

    Examples
    --------
    >>> slice_of(np.zeros((4, 5, 6)), "coronal", (0, 2, 0)).shape
    (4, 6)
    """
    volume, axis = np.asarray(volume), PLANES.index(plane)
    if not 0 <= cut[axis] < volume.shape[axis]:
        raise ValueError(f"cut: got {tuple(cut)}, allowed are voxels of a volume of shape {volume.shape}")
    return np.take(volume, cut[axis], axis=axis)


def name_outlines(names: Sequence[str], figure, colors: Sequence[str] = OUTLINES) -> None:
    """Say below the panels what is outlined in which color; on black, as the outlines are."""
    look = {"facecolor": "black", "framealpha": 1, "labelcolor": "white", "borderpad": 0.6}
    if lines := [
        Line2D([], [], color=color, linewidth=4, label=name) for color, name in zip(colors, names, strict=False)
    ]:
        figure.legend(handles=lines, loc="outside lower center", ncols=len(lines), **look)


def _say_simulated(figure) -> None:
    """Once for all panels: in each title it would take a line."""
    words = figure.get_suptitle()
    if not words:
        look = {"fontsize": LABEL, "fontweight": "normal", "color": plotting.COLORS["muted"]}
        figure.suptitle("Simulated", x=0.01, ha="left", **look)
    elif "imulated" not in words:
        figure.suptitle(marked(words, simulated=True))


def _same_shape(values: ArrayLike, volume: np.ndarray, name: str) -> np.ndarray:
    values = np.asarray(values)
    if values.shape != volume.shape:
        raise ValueError(f"{name}: shape {values.shape} does not match the volume's {volume.shape}")
    return values


def _frame(shape: tuple[int, ...], plane: str, ax) -> None:
    """A black square around the brain, for any plane of one size."""
    height, width = (length for axis, length in enumerate(shape) if axis != PLANES.index(plane))
    half, (x, y) = ROOM * max(shape) / 2, ((width - 1) / 2, (height - 1) / 2)
    ax.set(xlim=(x - half, x + half), ylim=(y - half, y + half), facecolor="black")
    ax.patch.set_visible(True)


def _name_sides(plane: str, ax) -> None:
    places = ((0.02, 0.5), (0.98, 0.5), (0.5, 0.015), (0.5, 0.985))
    turns = (("left", "center"), ("right", "center"), ("center", "bottom"), ("center", "top"))
    for letter, place, (ha, va) in zip(SIDES[plane], places, turns, strict=True):
        ax.text(*place, letter, transform=ax.transAxes, ha=ha, va=va, color=LETTER, fontsize=11, fontweight="bold")
