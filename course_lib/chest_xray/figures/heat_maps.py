"""Where a network looks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from numpy.typing import ArrayLike

from course_lib.overlays import signed_colors

from ..explain import upsampled
from .radiographs import draw_radiographs


def draw_heat_maps(
    images: ArrayLike,
    maps: ArrayLike,
    titles: Sequence[str],
    *,
    axes,
    simulated: bool,
    masks: ArrayLike | None = None,
    label: str = "evidence (logits)",
):
    """Heat maps over their radiographs, all on one scale: red speaks for the finding, blue against, clear for neither.

    Parameters
    ----------
    images : array, (N, H, W)
    maps : array, (N, h, w)
        As `class_activation_map` gives them, or changed by `common_scale` or `min_max`; then with another label.
    titles : sequence of N str
    axes : Axes or array of Axes, of one figure
        A color bar is set beside them.
    simulated : bool
    masks : array of bool, (N, H, W), optional
        To be outlined.
    label : str
        Of the color bar.

    Returns
    -------
    what `axes` was

    Raises
    ------
    ValueError
        If there are fewer Axes than images, or maps, titles or masks do not match the images.
    """
    images = np.asarray(images)
    if len(maps) != len(images):
        raise ValueError(f"maps: got {len(maps)} for {len(images)} images")
    large = upsampled(maps, images.shape[1:])
    reach = float(np.abs(maps).max()) or 1.0
    scale = Normalize(-reach, reach)
    draw_radiographs(images, titles, axes=axes, simulated=simulated, masks=masks)
    panels = np.ravel(axes)
    for ax, values in zip(panels, large, strict=False):
        ax.imshow(values, cmap=signed_colors(), norm=scale, interpolation="nearest")
    bar = panels[0].figure.colorbar(ScalarMappable(scale, signed_colors()), ax=list(panels), label=label, shrink=0.9)
    bar.outline.set_visible(False)
    bar.solids.set(edgecolor="none", antialiased=False)
    return axes
