"""Convolution of one image with one kernel, one product at a time where somebody wants to see it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike

from .arithmetic import output_size, transposed_output_size, whole_number

MODES = ("cross-correlation", "convolution")


@dataclass(frozen=True)
class Step:
    """One output value of a convolution and everything that went into it.

    Attributes
    ----------
    window : array (h, w)
        The input values under the kernel, zeros where it covers padding.
    kernel : array (h, w)
        The kernel as it lies on them: turned by 180° in a true convolution.
    products : array (h, w)
        window · kernel.
    value : int or float
        The sum of the products.
    rows, cols : array (h,), array (w,) of int
        The image's rows and columns under the kernel; negative or past the end in the padding.
    """

    window: np.ndarray
    kernel: np.ndarray
    products: np.ndarray
    value: float
    rows: np.ndarray
    cols: np.ndarray


def convolve2d(
    image: ArrayLike,
    kernel: ArrayLike,
    mode: str = "cross-correlation",
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
) -> np.ndarray:
    """Σᵢⱼ image[s·x + d·i − p, s·y + d·j − p] kernel[i, j], the kernel turned by 180° first for "convolution".

    Parameters
    ----------
    image, kernel : array (height, width)
        Of numbers. Whole numbers are summed as 64-bit integers and so exactly.
    mode : {"cross-correlation", "convolution"}
        Deep-learning frameworks compute the first and call it convolution. The second is the mathematical one.
    stride, padding, dilation : int
        As in `output_size`, the same for both axes; the padding is zeros.

    Returns
    -------
    array (height, width)
        int64, float64 or complex128.

    Raises
    ------
    ValueError
        If an array is not two-dimensional, empty or not numeric, the kernel does not fit, or the mode is unknown.

    References
    ----------
    Goodfellow, I., Bengio, Y. and Courville, A. (2016). Deep Learning, equations 9.4 and 9.6. MIT Press.

    Examples
    --------
    >>> convolve2d([[1, 2, 3], [4, 5, 6]], [[0, 1]])
    array([[2, 3],
           [5, 6]])
    >>> convolve2d([[1, 2, 3], [4, 5, 6]], [[0, 1]], mode="convolution")
    array([[1, 2],
           [4, 5]])
    """
    image, kernel = _matrix("image", image), _laid(kernel, mode)
    windows = _windows(image, kernel, stride, padding, dilation)
    return np.einsum("xyij,ij->xy", windows, kernel)


def convolution_step(
    image: ArrayLike,
    kernel: ArrayLike,
    row: int,
    col: int,
    mode: str = "cross-correlation",
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
) -> Step:
    """How `convolve2d` comes by the output value at (row, col).

    Parameters
    ----------
    image, kernel, mode, stride, padding, dilation
        As in `convolve2d`.
    row, col : int
        Place in the output, from 0.

    Raises
    ------
    ValueError
        As `convolve2d`, and if (row, col) lies outside the output.

    Examples
    --------
    >>> step = convolution_step([[1, 2, 3], [4, 5, 6]], [[0, 1]], row=1, col=1)
    >>> step.window, step.products, step.value
    (array([[5, 6]]), array([[0, 6]]), 6)
    """
    image, kernel = _matrix("image", image), _laid(kernel, mode)
    windows = _windows(image, kernel, stride, padding, dilation)
    row, col = whole_number("row", row, 0), whole_number("col", col, 0)
    for name, place, size in (("row", row, windows.shape[0]), ("col", col, windows.shape[1])):
        if place >= size:
            raise ValueError(f"{name}: got {place}; the output allows 0 to {size - 1}")
    window = windows[row, col].copy()
    rows, cols = (
        start * stride - padding + dilation * np.arange(n) for start, n in zip((row, col), kernel.shape, strict=True)
    )
    products = window * kernel
    return Step(window, kernel, products, products.sum().item(), rows, cols)


def zero_insert(image: ArrayLike, s: int) -> np.ndarray:
    """Spread an image out with s − 1 zeros between neighboring pixels; a side n becomes s(n − 1) + 1.

    Examples
    --------
    >>> zero_insert([[5, 3], [0, 2]], 2)
    array([[5, 0, 3],
           [0, 0, 0],
           [0, 0, 2]])
    """
    image, s = _matrix("image", image), whole_number("s", s, 1)
    spread = np.zeros([s * (n - 1) + 1 for n in image.shape], image.dtype)
    spread[::s, ::s] = image
    return spread


def transposed_grid(
    image: ArrayLike, kernel_shape: tuple[int, int], stride: int = 2, padding: int = 1, output_padding: int = 1
) -> np.ndarray:
    """The grid of zeros and pixels over which a transposed convolution slides its kernel with stride 1.

    Zeros are inserted between the pixels, then k − 1 − p zeros put around them (taken away where that is negative)
    and `output_padding` more below and to the right.

    Examples
    --------
    >>> transposed_grid([[5, 3], [0, 2]], (3, 3))
    array([[0, 0, 0, 0, 0, 0],
           [0, 5, 0, 3, 0, 0],
           [0, 0, 0, 0, 0, 0],
           [0, 0, 0, 2, 0, 0],
           [0, 0, 0, 0, 0, 0],
           [0, 0, 0, 0, 0, 0]])
    """
    image = _matrix("image", image)
    for n, k in zip(image.shape, kernel_shape, strict=True):
        transposed_output_size(n, k, padding, stride, 1, output_padding)
    border = [(k - 1, k - 1 + output_padding) for k in kernel_shape]
    grid = np.pad(zero_insert(image, stride), border)
    return grid[padding : grid.shape[0] - padding, padding : grid.shape[1] - padding]


def transposed_convolve2d(
    image: ArrayLike, kernel: ArrayLike, stride: int = 2, padding: int = 1, output_padding: int = 1
) -> np.ndarray:
    """Upsample: insert zeros, then convolve; equal to a framework's transposed convolution.

    Each input pixel lays down a copy of the kernel times its value, `stride` pixels from its neighbor's; overlaps add
    up. Gathered output by output, that is a true convolution of the zero-inserted image (`transposed_grid`). The
    defaults double the size with a 3×3 kernel.

    Parameters
    ----------
    image, kernel : array (height, width)
    stride, padding, output_padding : int
        As in `transposed_output_size`.

    Raises
    ------
    ValueError
        As `convolve2d` and `transposed_output_size`.

    References
    ----------
    Dumoulin and Visin (2016), chapter 4.

    Examples
    --------
    >>> linear = [[.25, .5, .25], [.5, 1, .5], [.25, .5, .25]]
    >>> transposed_convolve2d([[5, 3], [0, 2]], linear)
    array([[5.  , 4.  , 3.  , 1.5 ],
           [2.5 , 2.5 , 2.5 , 1.25],
           [0.  , 1.  , 2.  , 1.  ],
           [0.  , 0.5 , 1.  , 0.5 ]])
    """
    kernel = _matrix("kernel", kernel)
    return convolve2d(transposed_grid(image, kernel.shape, stride, padding, output_padding), kernel, "convolution")


def _matrix(name: str, values: ArrayLike) -> np.ndarray:
    """The values as a 2-D array of int64, float64 or complex128, wide enough to sum in."""
    array = np.asarray(values)
    if array.ndim != 2 or array.size == 0:
        raise ValueError(f"{name}: got shape {array.shape}; allowed is two-dimensional (height, width), not empty")
    if array.dtype.kind not in "buifc":
        raise ValueError(f"{name}: got dtype {array.dtype}; allowed are numbers")
    return array.astype(np.result_type(array.dtype, np.int64))


def _laid(kernel: ArrayLike, mode: str) -> np.ndarray:
    """The kernel as it is laid on the image."""
    if mode not in MODES:
        raise ValueError(f"mode: got {mode!r}; allowed are {MODES[0]!r} and {MODES[1]!r}")
    kernel = _matrix("kernel", kernel)
    return kernel[::-1, ::-1].copy() if mode == "convolution" else kernel


def _windows(image: np.ndarray, kernel: np.ndarray, stride: int, padding: int, dilation: int) -> np.ndarray:
    """Every window under the kernel, (rows, cols, h, w), as a view."""
    for n, k in zip(image.shape, kernel.shape, strict=True):
        output_size(n, k, padding, stride, dilation)
    spans = [dilation * (k - 1) + 1 for k in kernel.shape]
    windows = sliding_window_view(np.pad(image, padding), spans)
    return windows[::stride, ::stride, ::dilation, ::dilation]
