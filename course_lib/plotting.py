"""The course's look: one style, one palette, light or dark, readable from the back row.

Figures stand on an opaque, soft card, so that they are legible whatever the page behind them. The colors keep a
contrast of 3 : 1 to the card and stay apart under the three kinds of dichromacy (tests/test_plotting.py).
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import matplotlib as mpl
import numpy as np
from cycler import cycler

from course_lib.described import DescribedFigure
from course_lib.tables import errata, table

__all__ = [
    "COLORS",
    "CYCLE",
    "DIVERGING",
    "SEQUENTIAL",
    "annotate_matrix",
    "errata",
    "figure",
    "image_axes",
    "style",
    "table",
    "use",
]

THEMES = {
    "light": {
        "blue": "#0261A9",
        "orange": "#BE4700",
        "green": "#098662",
        "purple": "#9E2A7E",
        "gold": "#A7863B",
        "sky": "#0F96BC",
        "ink": "#1B2530",
        "muted": "#52606D",
        "grid": "#DCE1E7",
        "card": "#F7F8FA",
    },
    "dark": {
        "blue": "#68A1F5",
        "orange": "#F4813D",
        "green": "#3BC99E",
        "purple": "#CE7EC5",
        "gold": "#F1D470",
        "sky": "#97E1FE",
        "ink": "#ECEFF3",
        "muted": "#A9B4C0",
        "grid": "#37414C",
        "card": "#1B2027",
    },
}
HUES = ("blue", "orange", "green", "purple", "gold", "sky")
SEQUENTIAL = "viridis"
DIVERGING = "RdBu_r"
DPI = 80

COLORS = dict(THEMES["light"])  # of the theme in use: `use` changes it in place, so read it when drawing
CYCLE = [COLORS[hue] for hue in HUES]


def use(theme: str = "light") -> None:
    """Apply the course's style to every figure from here on.

    Parameters
    ----------
    theme : "light" or "dark"
        The environment variable COURSE_THEME, where set, goes before it.

    Raises
    ------
    ValueError
        If there is no such theme.
    """
    chosen = os.environ.get("COURSE_THEME") or theme
    if chosen not in THEMES:
        raise ValueError(f"theme: got {chosen!r}, allowed are {sorted(THEMES)}")
    COLORS.update(THEMES[chosen])
    CYCLE[:] = [COLORS[hue] for hue in HUES]
    mpl.rcParams.update(_parameters())


@contextmanager
def style() -> Iterator[None]:
    """Draw in the theme in use and put the style's settings back after.

    Only those: Matplotlib's `rc_context` would also undo what happens inside for other reasons, such as the inline
    backend turning "interactive" on with the first figure, and no later figure would be shown.
    """
    during = _parameters()
    before = {name: mpl.rcParams[name] for name in during}
    mpl.rcParams.update(during)
    try:
        yield
    finally:
        mpl.rcParams.update(before)


def _parameters() -> dict:
    ink, muted, card, grid = (COLORS[name] for name in ("ink", "muted", "card", "grid"))
    return {
        "figure.dpi": DPI,
        "savefig.dpi": DPI,
        "figure.constrained_layout.use": True,
        "figure.constrained_layout.w_pad": 0.14,
        "figure.constrained_layout.h_pad": 0.14,
        "figure.facecolor": card,
        "savefig.facecolor": card,
        "axes.facecolor": card,
        "text.color": ink,
        "font.family": "DejaVu Sans",  # comes with Matplotlib: the same picture on every machine
        "font.size": 13,
        "figure.titlesize": 16,
        "figure.titleweight": "bold",
        "axes.titlesize": 14.5,
        "axes.titleweight": "bold",
        "axes.titlelocation": "left",
        "axes.titlepad": 9,
        "axes.titlecolor": ink,
        "axes.labelsize": 13,
        "axes.labelcolor": ink,
        "axes.labelpad": 5,
        "axes.edgecolor": muted,
        "axes.linewidth": 1.0,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "axes.grid.axis": "y",
        "axes.axisbelow": True,
        "axes.prop_cycle": cycler(color=CYCLE),
        "grid.color": grid,
        "grid.linewidth": 1.0,
        "xtick.color": muted,
        "ytick.color": muted,
        "xtick.labelsize": 12,
        "ytick.labelsize": 12,
        "xtick.major.size": 4,
        "ytick.major.size": 0,
        "legend.facecolor": card,
        "legend.edgecolor": card,
        "legend.framealpha": 0.85,
        "legend.fontsize": 12,
        "lines.linewidth": 2.6,
        "lines.markersize": 7,
        "lines.solid_capstyle": "round",
        "patch.edgecolor": card,
        "image.cmap": SEQUENTIAL,
        "image.interpolation": "nearest",
    }


def figure(panels: int | tuple[int, int] = 1, size: tuple[float, float] = (9.0, 4.0)):
    """Return a figure and its Axes, in the course's style; in a notebook its picture has an alternative text.

    Parameters
    ----------
    panels : int or (rows, columns)
        1 gives one Axes, anything else an array of them.
    size : (width, height) in inches, at 80 px each
    """
    import matplotlib.pyplot as plt

    rows, columns = (1, panels) if isinstance(panels, int) else panels
    with style():
        return plt.subplots(rows, columns, figsize=size, FigureClass=DescribedFigure)


def image_axes(ax, image, title: str = "", cmap: str = "gray", **settings):
    """Show `image`, (H, W) or (H, W, 3), without ticks and frame; further settings go to ``imshow``."""
    ax.imshow(image, cmap=cmap, **settings)
    ax.set(xticks=[], yticks=[], title=title)
    ax.grid(False)
    ax.spines[:].set_visible(False)
    return ax


def annotate_matrix(
    ax, values, *, form: str = "{:g}", size: float = 13, color: str | None = None, weight: str = "normal"
):
    """Write each of `values`, (rows, columns), into its cell of the image on `ax`.

    Parameters
    ----------
    values : array or nested list of numbers or strings; NaN and "" leave their cell empty
    form : str
        Format of a number.
    color : str, optional
        Of the text; by default black or white, whichever stands out from the cell, and the theme's ink where `ax` has
        no image.
    """
    values = np.asarray(values)
    cells = _cell_colors(ax, values.shape) if color is None and ax.images else None
    for (row, column), value in np.ndenumerate(values):
        number = isinstance(value, (np.number, np.bool_))
        if value == "" or (number and np.isnan(value)):
            continue
        ink = color or (COLORS["ink"] if cells is None else _ink_on(cells[row, column]))
        label = form.format(value) if number else str(value)
        ax.text(column, row, label, ha="center", va="center", fontsize=size, color=ink, fontweight=weight)
    return ax


def _cell_colors(ax, shape: tuple[int, int]) -> np.ndarray:
    image = ax.images[-1]
    shown = np.asarray(image.get_array())[: shape[0], : shape[1]]
    return image.to_rgba(shown)[..., :3]


def _ink_on(rgb: np.ndarray) -> str:
    """Return black or white, whichever contrasts more with `rgb` (WCAG 2.2, relative luminance)."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return "black" if linear @ [0.2126, 0.7152, 0.0722] > 0.179 else "white"
