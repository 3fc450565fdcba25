"""What is laid over a gray image: borders of masks, and colors that are clear where there is nothing to say."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from course_lib import plotting

OUTLINE = plotting.THEMES["dark"]["gold"]  # on an image, whatever the theme


def draw_outline(mask: ArrayLike, *, ax, color: str = OUTLINE) -> None:
    """The border of a mask, or of a share at one half, (H, W), with a dark edge so that it is seen on bright ground.

    The limits of `ax` stay as they are; nothing is drawn where the mask is empty.
    """
    from matplotlib.patheffects import withStroke

    mask = np.pad(np.asarray(mask, float), 1)  # so that a mask at the image's border is closed there
    if (mask > 0.5).any():
        limits = ax.get_xlim(), ax.get_ylim()
        rows, columns = (np.arange(-1, length - 1) for length in mask.shape)
        line = ax.contour(columns, rows, mask, [0.5], colors=[color], linewidths=1.8)
        line.set_path_effects([withStroke(linewidth=3.2, foreground="#00000090")])
        ax.set(xlim=limits[0], ylim=limits[1])


def signed_colors(opaque: float = 0.72):
    """The course's diverging colors without their pale middle, the clearer the nearer to zero.

    Parameters
    ----------
    opaque : float
        Of the strongest values, up to 1.

    Returns
    -------
    matplotlib ListedColormap, for values from −1 to 1

    Examples
    --------
    >>> float(abs(signed_colors()(0.5)[3])) < 0.01
    True
    """
    import matplotlib as mpl
    from matplotlib.colors import ListedColormap

    strength = np.linspace(-1, 1, 256)
    colors = mpl.colormaps[plotting.DIVERGING](0.5 + np.sign(strength) * (0.3 + 0.12 * abs(strength)))
    colors[:, 3] = opaque * abs(strength)
    return ListedColormap(colors)
