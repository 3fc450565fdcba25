"""Convolution, pooling and upsampling, cell by cell."""

from collections.abc import Mapping

import numpy as np
from matplotlib.colors import Normalize
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from course_lib import plotting

from ..convolution import Step, convolve2d
from .cells import bare, draw_cells, number, outline


def draw_convolution_step(
    image: ArrayLike,
    kernel: ArrayLike,
    step: Step,
    output: ArrayLike,
    *,
    axes,
    at: tuple[int, int] = (0, 0),
    padding: int = 0,
    inserted: np.ndarray | None = None,
):
    """One step of a convolution: window, kernel, products, output.

    Parameters
    ----------
    image : array (rows, columns)
    kernel : array (rows, columns)
        As given; what lies on the image is the step's kernel.
    step : Step
        From `convolution_step`.
    output : array (rows, columns)
        From `convolve2d`.
    axes : array of 4 Axes
    at : (row, column)
        Of the step's value in the output.
    padding : int
        Zeros to show around the image, gray.
    inserted : array of bool (rows, columns), optional
        Cells of the image that are zeros put in, gray as well.

    Returns
    -------
    array of 4 Axes
    """
    image, output = np.asarray(image), np.asarray(output)
    own = np.ones(image.shape, bool) if inserted is None else ~inserted
    padded, muted = np.pad(image, padding), ~np.pad(own, padding)
    size = f"{image.shape[0]} × {image.shape[1]}"
    draw_cells(padded, ax=axes[0], muted=muted, title=f"Image, {size}" if inserted is None else f"Zeros put in, {size}")
    taps = [(row + padding, col + padding) for row in step.rows for col in step.cols]
    _mark_taps(taps, ax=axes[0])
    outline([taps[0][0], taps[-1][0]], [taps[0][1], taps[-1][1]], ax=axes[0])
    turned = not np.array_equal(step.kernel, kernel)
    draw_cells(step.kernel, ax=axes[1], color="purple", title="Kernel, turned" if turned else "Kernel")
    draw_cells(step.products, ax=axes[2], color="orange", title=f"Products: {number(step.value)}")
    draw_cells(output, ax=axes[3], color="green", title=f"Output, {output.shape[0]} × {output.shape[1]}")
    outline([at[0]], [at[1]], ax=axes[3])
    return axes


def _mark_taps(taps: list[tuple[int, int]], *, ax) -> None:
    """Dot the cells that are multiplied, where dilation leaves others between them."""
    rows, cols = np.array(taps).T
    if len(set(rows)) < np.ptp(rows) + 1 or len(set(cols)) < np.ptp(cols) + 1:
        ax.plot(cols - 0.36, rows - 0.36, "o", color=plotting.COLORS["orange"], markersize=5)


def draw_filtered(image: ArrayLike, kernels: Mapping[str, ArrayLike], *, axes):
    """A photograph and what each kernel makes of it.

    Parameters
    ----------
    image : array (rows, columns)
        Gray values.
    kernels : mapping of str to array
        By the title of their panel. The response of a kernel that sums to zero is shown around zero.
    axes : array of len(kernels) + 1 Axes

    Returns
    -------
    array of Axes
    """
    image = np.asarray(image, float)
    axes[0].imshow(image, cmap="gray")
    bare(axes[0], "Photograph")
    for ax, (name, kernel) in zip(axes[1:], kernels.items(), strict=True):
        response = convolve2d(image, kernel)
        if abs(np.sum(kernel)) < 1e-9:
            reach = np.percentile(abs(response), 99.5)
            ax.imshow(response, cmap=plotting.DIVERGING, vmin=-reach, vmax=reach)
        else:
            ax.imshow(response, cmap="gray", vmin=image.min(), vmax=image.max())
        bare(ax, name)
    return axes


def draw_pooling(image: ArrayLike, *, axes):
    """An image, its 2×2 blocks' maxima and their means.

    Parameters
    ----------
    image : array (rows, columns)
        Both even.
    axes : array of 3 Axes

    Returns
    -------
    array of 3 Axes
    """
    image = np.asarray(image)
    rows, cols = image.shape
    if rows % 2 or cols % 2:
        raise ValueError(f"image: got shape {image.shape}; allowed are even numbers of rows and columns")
    blocks = image.reshape(rows // 2, 2, cols // 2, 2)
    limits = image.min(), image.max()
    draw_cells(image, ax=axes[0], limits=limits, title=f"{rows} × {cols} values")
    for row, col in np.ndindex(rows // 2, cols // 2):
        outline([2 * row, 2 * row + 1], [2 * col, 2 * col + 1], ax=axes[0], color="ink", width=2.5)
    draw_cells(blocks.max((1, 3)), ax=axes[1], limits=limits, title="Max keeps the peak")
    draw_cells(blocks.mean((1, 3)), ax=axes[2], limits=limits, title="Mean blurs it")
    return axes


def draw_shift(original_map: ArrayLike, shifted_map: ArrayLike, *, axes, shift: tuple[int, int] = (0, 0)):
    """A feature map, the map of the shifted input, and their difference once the shift is undone.

    Parameters
    ----------
    original_map, shifted_map : array (rows, columns)
    axes : array of 3 Axes
    shift : (rows, columns)
        By how much the map should have moved; the difference covers what both maps show.

    Returns
    -------
    array of 3 Axes
    """
    original_map, shifted_map = np.asarray(original_map, float), np.asarray(shifted_map, float)
    here, there = zip(*(_overlap(by, n) for by, n in zip(shift, original_map.shape, strict=True)), strict=True)
    difference = shifted_map[there] - original_map[here]
    reach = max(abs(original_map).max(), abs(shifted_map).max()) or 1
    colors = {"cmap": plotting.DIVERGING, "norm": Normalize(-reach, reach)}
    largest = abs(difference).max()
    back = f"≤ {largest:.1g} off" if largest else "identical"
    titles = "Feature map", f"Input moved by {max(map(abs, shift))} px", f"Moved back: {back}"
    for ax, picture, title in zip(axes, (original_map, shifted_map, difference), titles, strict=True):
        ax.imshow(picture, interpolation="nearest", **colors)
        bare(ax, title)
        ax.add_patch(_border(picture.shape))
    return axes


def _overlap(by: int, n: int) -> tuple[slice, slice]:
    """The part of n places that stays in view after a move, in old and in new coordinates."""
    return slice(max(0, -by), n - max(0, by)), slice(max(0, by), n - max(0, -by))


def _border(shape: tuple[int, int]):
    size = shape[1], shape[0]
    return Rectangle((-0.5, -0.5), *size, fill=False, edgecolor=plotting.COLORS["muted"], linewidth=1.5)


def draw_upsampling(image: ArrayLike, inserted: ArrayLike, kernel: ArrayLike, output: ArrayLike, *, axes):
    """Upsampling in four matrices: the image, zeros put in, the kernel, the result.

    Parameters
    ----------
    image : array (rows, columns)
    inserted : array
        The image with zeros between its pixels, from `zero_insert`, or `transposed_grid`, with those around it.
    kernel : array
    output : array
    axes : array of 4 Axes

    Returns
    -------
    array of 4 Axes
    """
    image, inserted, output = np.asarray(image), np.asarray(inserted), np.asarray(output)
    limits = 0, max(image.max(), output.max())
    draw_cells(image, ax=axes[0], limits=limits, title=f"Image, {image.shape[0]} × {image.shape[1]}")
    draw_cells(inserted, ax=axes[1], limits=limits, muted=~_own_pixels(image, inserted), title="Zeros put in")
    draw_cells(kernel, ax=axes[2], color="purple", title="Kernel")
    title = f"Result, {output.shape[0]} × {output.shape[1]}"
    draw_cells(output, ax=axes[3], limits=limits, color="green", title=title)
    return axes


def _own_pixels(image: np.ndarray, inserted: np.ndarray) -> np.ndarray:
    """Where the image's pixels lie among the zeros, found at the widest spacing at which they are all there."""
    own = np.zeros(inserted.shape, bool)
    rows, cols = image.shape
    for spacing in range(max(inserted.shape), 0, -1):
        for top, left in np.ndindex(spacing + 2, spacing + 2):
            place = np.s_[
                top : top + spacing * (rows - 1) + 1 : spacing, left : left + spacing * (cols - 1) + 1 : spacing
            ]
            if inserted[place].shape == image.shape and np.array_equal(inserted[place], image):
                own[place] = True
                return own
    return inserted != 0
