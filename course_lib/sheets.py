"""Many images at one glance, and one value of each: what one looks at before anything is computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from course_lib import plotting
from course_lib.titles import titled

GAP, LINE = 0.3, 0.2  # between images, and of a line of a caption, in widths of an image
DOTS = 400  # of a class: more would be a smear


def draw_sheet(
    images: ArrayLike, captions: Sequence[str], *, ax, columns: int = 8, title: str = "", simulated: bool = False
):
    """Images in rows, each with its caption below it.

    Parameters
    ----------
    images : array, (N, H, W) or (N, H, W, 3)
        uint8, or floats from 0 to 1.
    captions : sequence of str, N
        Of one or more lines, about 14 letters each.
    columns : int
        Images in a row.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ValueError
        If there are not as many captions as images.
    """
    images = np.asarray(images)
    if len(captions) != len(images):
        raise ValueError(f"captions: got {len(captions)}, allowed are as many as images, {len(images)}")
    lines = max((caption.count("\n") + 1 for caption in captions if caption), default=0)
    tall = images.shape[1] / images.shape[2]
    step = tall + GAP / 2 + LINE * lines
    for place, (image, caption) in enumerate(zip(images, captions, strict=True)):
        row, column = divmod(place, columns)
        left, top = column * (1 + GAP), row * step
        _show(image, left, top, ax)
        ax.text(left + 0.5, top + tall + 0.06, caption, ha="center", va="top", fontsize=10.5, linespacing=1.1)
    rows = max(-(-len(images) // columns), 1)
    return _finish(ax, columns * (1 + GAP), rows * step, title, simulated)


def draw_rows(rows: Mapping[str, ArrayLike], *, ax, title: str = "", simulated: bool = False):
    """Rows of images, each with its name at the left; they need not be equally long.

    Parameters
    ----------
    rows : mapping of str to array, (K, H, W) or (K, H, W, 3)
        uint8, or floats from 0 to 1; all images of one size.

    Returns
    -------
    matplotlib Axes
    """
    height, width = next((np.shape(images)[1:3] for images in rows.values() if len(images)), (1, 1))
    tall, longest = height / width, max(map(len, rows.values()), default=0)
    step = tall + GAP / 2
    for row, images in enumerate(rows.values()):
        for column, image in enumerate(np.asarray(images)):
            _show(image, column * (1 + GAP / 2), row * step, ax)
    _finish(ax, max(longest, 1) * (1 + GAP / 2), max(len(rows), 1) * step, title, simulated)
    ax.set_yticks(np.arange(len(rows)) * step + tall / 2, list(rows), color=plotting.COLORS["ink"])
    return ax


def _show(image: np.ndarray, left: float, top: float, ax) -> None:
    """An image one unit wide."""
    scale = {} if image.ndim == 3 else {"cmap": "gray", "vmin": 0, "vmax": 255 if image.dtype == np.uint8 else 1}
    extent = (left, left + 1, top + image.shape[0] / image.shape[1], top)
    ax.imshow(image, extent=extent, interpolation="nearest", **scale)


def _finish(ax, right: float, bottom: float, title: str, simulated: bool):
    ax.set(xlim=(-GAP / 2, right - GAP / 2), ylim=(bottom, -0.05), xticks=[], yticks=[], aspect="equal")
    ax.grid(False)
    ax.spines[:].set_visible(False)
    return titled(ax, title, simulated=simulated)


def draw_values(
    values: ArrayLike,
    labels: ArrayLike,
    names: Sequence[str],
    *,
    ax,
    label: str,
    marked: ArrayLike = (),
    title: str = "",
    simulated: bool = False,
):
    """One dot per image in the row of its class, the class's median as a stroke, and some images marked.

    Parameters
    ----------
    values : array, (N,)
    labels : array of int, (N,)
    names : sequence of str
        Of the classes.
    label : str
        What the values are.
    marked : array of int
        Images that stand out, such as suspects.

    Returns
    -------
    matplotlib Axes
    """
    values, labels = np.asarray(values, float), np.asarray(labels)
    rng, special = np.random.default_rng(0), np.isin(np.arange(len(values)), marked)
    for number in range(len(names)):
        here = np.flatnonzero((labels == number) & ~special)
        here = rng.permutation(here)[:DOTS]
        up = rng.uniform(-0.26, 0.26, len(here))
        color = plotting.CYCLE[0]
        ax.plot(values[here], number + up, "o", ms=4, mew=0, alpha=0.4, color=color)
        if len(here):
            ax.vlines(np.median(values[here]), number - 0.36, number + 0.36, color=plotting.COLORS["ink"], lw=3)
    if special.any():
        ax.plot(values[special], labels[special], "X", ms=11, color=plotting.COLORS["orange"], label="suspect")
        ax.legend(loc="upper right", bbox_to_anchor=(1, -0.1), frameon=False, borderaxespad=0.3)
    ax.set_yticks(range(len(names)), names)
    ax.set(ylim=(len(names) - 0.4, -0.6), xlabel=label)
    ax.grid(axis="x")
    ax.grid(False, axis="y")
    return titled(ax, title, simulated=simulated)


def short_name(file: str, letters: int = 14) -> str:
    """A file's name without folders and ending, its middle left out where it is long.

    Examples
    --------
    >>> short_name("lymphocyte/patient026_0.png"), short_name("a/examination_2024_left.png")
    ('patient026_0', 'examin…24_left')
    """
    stem = file.rpartition("/")[2].partition(".")[0]
    if len(stem) <= letters:
        return stem
    head = letters // 2 - 1
    return f"{stem[:head]}…{stem[len(stem) - letters + head + 1 :]}"
