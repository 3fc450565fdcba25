"""Random views of an image."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from course_lib import plotting


def draw_views(rows: Mapping[str, object], *, axes, first=None):
    """Rows of views, each with its name at the left; the image itself may stand first in every row.

    Parameters
    ----------
    rows : mapping of str to array (K, H, W, 3) or (K, H, W)
        Values from 0 to 1.
    axes : array of Axes, (rows, K), or (rows, K + 1) with `first`
    first : array, (H, W, 3) or (H, W), optional
    """
    for line, (name, views) in zip(np.atleast_2d(axes), rows.items(), strict=True):
        shown = list(views) if first is None else [first, *views]
        for ax, view in zip(line, shown, strict=True):
            plotting.image_axes(ax, np.clip(view, 0, 1), vmin=0, vmax=1)
        line[0].set_ylabel(name, rotation=0, ha="right", va="center", labelpad=8)
    return axes
