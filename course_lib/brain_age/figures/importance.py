"""Which voxels a predictor looks at, beside where aging truly changes the image."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib as mpl
import numpy as np
from matplotlib.colors import ListedColormap
from numpy.typing import ArrayLike

from course_lib.metrics import auroc
from course_lib.overlays import draw_outline

from .brains import LABEL, OUTLINES, PLANES, Cut, draw_plane, name_outlines, slice_of
from .words import headed

STRONG = 0.99  # quantile of a map, inside the brain, that gets the full color
TRUTH = "where aging truly changes the image"


def draw_importance(
    volume: ArrayLike,
    maps: Mapping[str, ArrayLike],
    truth: ArrayLike,
    *,
    axes,
    simulated: bool,
    within: ArrayLike | None = None,
    areas: Mapping[str, float] | None = None,
    plane: str = "coronal",
    cut: Cut | None = None,
    told: str = TRUTH,
):
    """Each importance map over the brain, the true effect outlined; the title says how well the map finds it.

    A map's color is full from the 99th percentile of its values in the brain on, for each map by itself: methods have
    no scale in common, and the AUROC asks for the order alone.

    Parameters
    ----------
    volume : array, (D, H, W)
        The brain behind, uint8 or floats in [0, 1].
    maps : dict name -> array, (D, H, W)
        The larger, the more important.
    truth : array of bool, (D, H, W)
        Voxels that truly change.
    axes : array of Axes, (K,) for K maps, or (3, K) for all three planes
    simulated : bool
    within : array of bool, (D, H, W), optional
        Voxels that count; by default the brain, where the volume is above zero.
    areas : dict name -> float, optional
        AUROCs to write, if others than those of these maps in these voxels.
    plane : str
        Where there is one row.
    cut : (z, y, x), optional
    told : str
        What the legend says is outlined.

    Returns
    -------
    array of Axes

    Raises
    ------
    ValueError
        If shapes differ, there are not as many columns as maps, or the truth is everywhere or nowhere.
    """
    volume, truth, panels = np.asarray(volume), np.asarray(truth, bool), np.atleast_2d(axes)
    within = volume > 0 if within is None else np.asarray(within, bool)
    if panels.shape not in {(1, len(maps)), (3, len(maps))}:
        raise ValueError(f"axes: got shape {np.shape(axes)} for {len(maps)} maps")
    for name, values in {"truth": truth, "within": within, **maps}.items():
        if np.shape(values) != volume.shape:
            raise ValueError(f"{name}: shape {np.shape(values)} does not match the volume's {volume.shape}")
    if truth[within].all() or not truth[within].any():
        raise ValueError("truth: every voxel of the brain has one value; a map can find nothing")
    cut = tuple(length // 2 for length in volume.shape) if cut is None else cut
    for column, (name, values) in enumerate(maps.items()):
        area = auroc(truth[within], np.asarray(values, float)[within]) if areas is None else areas[name]
        for ax, shown in zip(panels[:, column], PLANES if len(panels) == 3 else (plane,), strict=True):
            draw_plane(volume, shown, ax=ax, cut=cut)
            _draw_map(np.asarray(values, float), within, shown, cut, ax)
            draw_outline(slice_of(truth, shown, cut), ax=ax, color=OUTLINES[1])
        headed(panels[0, column], f"{name[:1].upper()}{name[1:]}: AUROC {area:.2f}", simulated=simulated, size=LABEL)
    name_outlines([told], panels[0, 0].figure, OUTLINES[1:])  # the first color is too near to the map's
    return axes


def _draw_map(values: np.ndarray, within: np.ndarray, plane: str, cut: Cut, ax) -> None:
    low, high = np.quantile(values[within], [0.5, STRONG])
    shown = np.where(within, values, low)
    reach = high if high > low else low + 1
    ax.imshow(slice_of(shown, plane, cut), cmap=_hot(), vmin=low, vmax=reach, origin="lower", interpolation="bilinear")


def _hot() -> ListedColormap:
    """From clear to red to yellow."""
    strength = np.linspace(0, 1, 256)
    colors = mpl.colormaps["inferno"](0.35 + 0.6 * strength)
    colors[:, 3] = 0.85 * np.minimum(1, 1.6 * strength)
    return ListedColormap(colors)
