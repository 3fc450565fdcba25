"""Matrices as grids of numbered cells, and small pictures side by side in one image."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.colors import to_rgb
from matplotlib.patches import Rectangle
from matplotlib.path import Path
from matplotlib.textpath import TextPath
from numpy.typing import ArrayLike

from course_lib import plotting

DEEPEST = 0.58  # share of the color at the largest value: in both themes a number stays easy to read on it


def draw_cells(
    values: ArrayLike,
    *,
    ax,
    title: str = "",
    color: str = "blue",
    limits: tuple[float, float] | None = None,
    muted: np.ndarray | None = None,
    numbers: bool = True,
    shades: np.ndarray | None = None,
    texts: np.ndarray | None = None,
):
    """A matrix as colored cells with their numbers in them.

    The numbers are one artist and not one text each: a picture of 200 numbers is drawn in milliseconds.

    Parameters
    ----------
    values : array (rows, columns)
    ax : matplotlib Axes
    title : str
    color : str
        Name of the course color that stands for the largest value; the smallest is the page's own background.
    limits : (low, high), optional
        Values for the two ends of the colors; those of `values` where left out.
    muted : array of bool (rows, columns), optional
        Cells that are not the image's own, such as padding: gray, with gray numbers.
    numbers : bool
        Whether anything is written into the cells.
    shades : array in [0, 1] (rows, columns), optional
        How dark each cell is, where that is not to follow its value.
    texts : array of str (rows, columns), optional
        What is written into the cells instead of the values.

    Returns
    -------
    matplotlib Axes
    """
    values = np.asarray(values)
    muted = np.zeros(values.shape, bool) if muted is None else muted
    if shades is None:
        low, high = limits or (values.min(), values.max())
        shades = np.clip((values - low) / (high - low or 1), 0, 1)
    colors = tint(color, DEEPEST * shades[..., None])
    colors[muted] = to_rgb(plotting.COLORS["grid"])
    ax.imshow(colors, interpolation="nearest")
    _lines_between(values.shape, ax)
    if numbers:
        ink = np.where(_luminance(colors) > 0.21, "#1F2933", "#FFFFFF").astype(object)
        ink[muted] = plotting.COLORS["muted"]
        _write(
            [number(value) for value in values.flat] if texts is None else list(texts.flat),
            ink.ravel(),
            values.shape,
            ax,
        )
    return bare(ax, title)


def bare(ax, title: str = ""):
    """Leave of an Axes the picture and its title only."""
    ax.set(xticks=[], yticks=[])
    ax.set_axis_off()
    return headed(ax, title)


def headed(ax, title: str):
    """Put a title above an Axes, at a place of its own: searching for one takes Matplotlib a quarter of the drawing."""
    if title:
        ax.set_title(title, y=1.0)
    return ax


def outline(rows: Sequence[int], cols: Sequence[int], *, ax, color: str = "orange", width: float = 3.5):
    """Frame the cells from the first to the last row and column, both included."""
    place = cols[0] - 0.5, rows[0] - 0.5
    size = cols[-1] - cols[0] + 1, rows[-1] - rows[0] + 1
    frame = Rectangle(place, *size, fill=False, edgecolor=plotting.COLORS[color], linewidth=width, zorder=4)
    frame.set_clip_on(False)
    return ax.add_patch(frame)


def tint(color: str, share: float | np.ndarray) -> np.ndarray:
    """A course color thinned with the card it lies on, (…, 3); share 1 is the color itself, 0 the card."""
    return share * np.array(to_rgb(plotting.COLORS[color])) + (1 - share) * np.array(to_rgb(plotting.COLORS["card"]))


def number(value: float) -> str:
    """A number as short as it can be read: 3, 2.5, 0.125, −4, 12,000, 3e+08.

    Examples
    --------
    >>> number(3.0), number(-2.5), number(1 / 3)
    ('3', '−2.5', '0.333')
    """
    form = "{:,.0f}" if 1000 <= abs(value) < 1e6 else "{:.3g}"
    return form.format(value).replace("-", "−")


def mosaic(pictures: ArrayLike, columns: int | None = None, gap: int = 1) -> np.ndarray:
    """Pictures (N, H, W) in one image, row by row, NaN between them.

    Examples
    --------
    >>> mosaic(np.ones((3, 2, 2)), columns=2).shape
    (5, 5)
    """
    pictures = np.asarray(pictures, float)
    count, height, width = pictures.shape
    wide = int(np.ceil(np.sqrt(2 * count)))
    columns = columns or next((n for n in range(wide, 2 * wide) if count % n == 0), wide)
    rows = -(-count // columns)
    sheet = np.full((rows * (height + gap) - gap, columns * (width + gap) - gap), np.nan)
    for place, picture in enumerate(pictures):
        top, left = place // columns * (height + gap), place % columns * (width + gap)
        sheet[top : top + height, left : left + width] = picture
    return sheet


def _luminance(colors: np.ndarray) -> np.ndarray:
    """Relative luminance, WCAG 2.2."""
    return np.where(colors > 0.04, ((colors + 0.055) / 1.055) ** 2.4, colors / 12.92) @ [0.2126, 0.7152, 0.0722]


def _lines_between(shape: tuple[int, int], ax) -> None:
    rows, cols = shape
    across = [[(-0.5, y - 0.5), (cols - 0.5, y - 0.5)] for y in range(rows + 1)]
    down = [[(x - 0.5, -0.5), (x - 0.5, rows - 0.5)] for x in range(cols + 1)]
    lines = LineCollection(across + down, colors=plotting.COLORS["muted"], linewidths=0.6, zorder=2)
    lines.set_clip_on(False)
    ax.add_collection(lines, autolim=False)


def _write(texts: list[str], colors: np.ndarray, shape: tuple[int, int], ax) -> None:
    size = min(0.5, 0.8 / max(_width(text) for text in texts))
    rows, cols = np.indices(shape)
    paths = [
        Path(_glyphs(text).vertices * [size, -size] + [col, row], _glyphs(text).codes)
        for text, row, col in zip(texts, rows.flat, cols.flat, strict=True)
    ]
    written = PathCollection(paths, facecolors=list(colors), linewidths=0, zorder=3)
    written.set_in_layout(False)
    ax.add_collection(written, autolim=False)


def _width(text: str) -> float:
    return float(np.ptp(_glyphs(text).vertices[:, 0])) if text else 0.1


@lru_cache(maxsize=4096)
def _glyphs(text: str) -> Path:
    """The outline of a text of size 1, its middle at the origin."""
    if not text:
        return Path(np.zeros((0, 2)))
    outline_of_text = TextPath((0, 0), text, size=1)
    box = outline_of_text.get_extents()
    return Path(outline_of_text.vertices - [(box.x0 + box.x1) / 2, 0.36], outline_of_text.codes)
