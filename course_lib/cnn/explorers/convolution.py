"""Convolution one output cell at a time, and its transpose."""

import re
from contextlib import suppress

import numpy as np
from numpy.typing import ArrayLike

from course_lib.explorer import Choice, Explorer, IntSlider, Scene, Switch, TextBox

from ..convolution import MODES, Step, convolution_step, convolve2d, transposed_grid
from ..figures import draw_convolution_step

LECTURE = {
    "image": "3 3 2 1 0\n0 0 1 3 1\n3 1 2 2 3\n2 0 0 2 2\n2 0 0 0 1",
    "kernel": "0 1 2\n2 2 0\n0 1 2",
    "padding": 0,
    "stride": 1,
    "output_padding": 0,
    "transposed": False,
}
UPSAMPLING = {
    "image": "5 3 1\n0 2 4\n4 3 5",
    "kernel": ".25 .5 .25\n.5 1 .5\n.25 .5 .25",
    "padding": 1,
    "stride": 2,
    "output_padding": 1,
    "transposed": True,
}
START = {"i": 0, "k": 0, "dilation": 1, "step": 1, "flip": False}
PRESETS = {"5×5 image, 3×3 kernel": {**START, **LECTURE}, "upsampling 3×3 to 6×6": {**START, **UPSAMPLING}}
LARGEST = 15  # cells per side that can still be read
IMAGE, OUTPUT = 0, 3  # panels that answer to the pointer


def convolution_explorer(image: ArrayLike | None = None, kernel: ArrayLike | None = None) -> Explorer:
    """Step through a convolution and read the products and their sum; edit image and kernel at will.

    Parameters
    ----------
    image, kernel : array (rows, columns), optional
        To start with; the lecture's worked example where left out.
    """
    first = next(iter(PRESETS.values())).copy()
    if image is not None:
        first["image"] = write_matrix(image)
    if kernel is not None:
        first["kernel"] = write_matrix(kernel)
    explorer = Explorer(
        convolution_scene,
        title="Convolution, cell by cell",
        panels=4,
        size=(11.5, 3.5),
        point=convolution_point,
        hover=True,
        preset=Choice("Example", list(PRESETS)),
        step=IntSlider("Output cell", 1, min=1, max=9),
        stride=IntSlider("Stride s", first["stride"], min=1, max=4),
        padding=IntSlider("Padding p", first["padding"], max=4),
        dilation=IntSlider("Dilation d", 1, min=1, max=4),
        i=IntSlider("Image side i (0: as written)", 0, max=9),
        k=IntSlider("Kernel side k (0: as written)", 0, max=5),
        output_padding=IntSlider("Output padding (transposed)", first["output_padding"], max=3),
        flip=Switch("Flip the kernel (true convolution)"),
        transposed=Switch("Transposed (put zeros in, then convolve)"),
        image=TextBox("Image", first["image"], rows=5),
        kernel=TextBox("Kernel", first["kernel"], rows=5),
    )
    explorer.controls["preset"].observe(lambda change: explorer.move(**PRESETS[change.new]), "value")
    explorer.picture.observe(lambda _: _fit_steps(explorer), "png")
    _fit_steps(explorer)
    return explorer


def convolution_scene(preset, step, stride, padding, dilation, i, k, output_padding, flip, transposed, image, kernel):
    """What `convolution_explorer` shows for these values of its controls; the preset only fills in the others.

    Returns
    -------
    Scene

    Raises
    ------
    ValueError
        If image or kernel cannot be read, the kernel does not fit, or the cells would be too small to read.
    """
    image, kernel = resized(read_matrix("image", image), i), resized(read_matrix("kernel", kernel), k)
    settings = stride, padding, dilation, output_padding, flip, transposed
    grid, slides, inserted = _plan(image, kernel, *settings)
    output = convolve2d(grid, kernel, **slides)
    if max(output.shape + tuple(n + 2 * slides["padding"] for n in grid.shape)) > LARGEST:
        raise ValueError(f"more than {LARGEST} cells per side are too small to read; make image or padding smaller")
    at = divmod(min(step, output.size) - 1, output.shape[1])
    one = convolution_step(grid, kernel, *at, **slides)
    size = _transposed_sizes if transposed else _sizes
    sizes = size(image.shape, kernel.shape, stride, padding, output_padding if transposed else dilation)
    shape = f"{output.shape[0]}×{output.shape[1]}"
    return Scene(
        text=f"row {at[0] + 1}, column {at[1] + 1}: {arithmetic(one)}; output {shape} = {sizes}",
        alt=f"Image, kernel, products and {shape} output; the cell in row {at[0] + 1}, column {at[1] + 1} is framed.",
        figure=lambda axes: draw_convolution_step(
            grid, kernel, one, output, axes=axes, at=at, padding=slides["padding"], inserted=inserted
        ),
    )


def convolution_point(panel: int, x: float, y: float, values: dict) -> dict:
    """The output cell under the pointer, or the one whose window is centered nearest to it."""
    if panel not in (IMAGE, OUTPUT):
        return {}
    with suppress(ValueError):  # of boxes that cannot be read there is no cell to point at
        return {"step": _nearest(panel, x, y, *_slid(values))}
    return {}


def _nearest(panel: int, x: float, y: float, grid: np.ndarray, kernel: np.ndarray, slides: dict) -> int:
    rows, cols = convolve2d(grid, kernel, **slides).shape
    place = np.array([y, x])
    if panel == IMAGE:
        middle = slides["dilation"] * (np.array(kernel.shape) - 1) / 2
        place = (place - middle) / slides["stride"]
    row, col = np.clip(np.round(place), 0, [rows - 1, cols - 1]).astype(int)
    return int(row * cols + col + 1)


def _slid(values: dict) -> tuple[np.ndarray, np.ndarray, dict]:
    """The grid, the kernel and how it slides, from the controls' values."""
    image, kernel = (resized(read_matrix(n, values[n]), values[n[0]]) for n in ("image", "kernel"))
    settings = [values[n] for n in ("stride", "padding", "dilation", "output_padding", "flip", "transposed")]
    grid, slides, _ = _plan(image, kernel, *settings)
    return grid, kernel, slides


def arithmetic(step: Step) -> str:
    """The products of a step written out with their sum; the sum alone where there are more than 16.

    Examples
    --------
    >>> arithmetic(convolution_step([[1, 2]], [[3, -1]], 0, 0))
    '1×3 + 2×(−1) = 1'
    """
    if step.products.size > 16:
        return f"{step.products.size} products, sum {_exact(step.value)}"
    signed = [
        (_exact(value), _signed(weight)) for value, weight in zip(step.window.flat, step.kernel.flat, strict=True)
    ]
    return " + ".join(f"{value}×{weight}" for value, weight in signed) + f" = {_exact(step.value)}"


def read_matrix(name: str, text: str) -> np.ndarray:
    """Rows of numbers, one per line or separated by "/", as a matrix; whole numbers stay whole.

    Raises
    ------
    ValueError
        If there is none, one is no number, or the rows differ in length; the message says which row.

    Examples
    --------
    >>> read_matrix("kernel", "0 1 / 2 .5").tolist()
    [[0.0, 1.0], [2.0, 0.5]]
    """
    rows = [line.replace(",", " ").replace("−", "-").split() for line in re.split(r"[\n/;]", text) if line.strip()]
    if not rows:
        raise ValueError(f"{name}: got nothing; write rows of numbers, such as “0 1 2”")
    for place, row in enumerate(rows, start=1):
        for word in row:
            if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)", word):
                raise ValueError(f"{name}: row {place} has “{word}”, which is no number")
        if len(row) != len(rows[0]):
            raise ValueError(f"{name}: row {place} has {len(row)} of the {len(rows[0])} numbers of row 1")
    matrix = np.array(rows, float)
    return matrix.astype(int) if (matrix == matrix.round()).all() else matrix


def write_matrix(matrix: ArrayLike) -> str:
    """A matrix as `read_matrix` reads it.

    Examples
    --------
    >>> write_matrix([[0, 1], [2, 0.5]])
    '0 1\\n2 0.5'
    """
    return "\n".join(" ".join(f"{value:g}" for value in row) for row in np.atleast_2d(matrix))


def resized(matrix: np.ndarray, side: int) -> np.ndarray:
    """The matrix cut to side × side, its pattern repeated where it is smaller; as it is for side 0.

    Examples
    --------
    >>> resized(np.array([[1, 2], [3, 4]]), 3).tolist()
    [[1, 2, 1], [3, 4, 3], [1, 2, 1]]
    """
    return np.pad(matrix, [(0, max(0, side - n)) for n in matrix.shape], mode="wrap")[:side, :side] if side else matrix


def _plan(image, kernel, stride, padding, dilation, output_padding, flip, transposed):
    """The grid that the kernel slides over, how it slides, and which cells are zeros put in."""
    if not transposed:
        return image, {"mode": MODES[flip], "stride": stride, "padding": padding, "dilation": dilation}, None
    if dilation > 1:
        raise ValueError(f"dilation: got {dilation}; the transposed convolution is shown with 1 only")
    settings = kernel.shape, stride, padding, output_padding
    own = transposed_grid(np.ones_like(image), *settings)
    slides = {"mode": MODES[not flip], "stride": 1, "padding": 0, "dilation": 1}
    return transposed_grid(image, *settings), slides, own == 0


def _sizes(image, kernel, stride, padding, dilation) -> str:
    def one(i, k):
        taken = f"{k}" if dilation == 1 else f"{dilation}·({k}−1)−1"
        return f"⌊({i}−{taken}+{2 * padding})/{stride}⌋+1"

    return _for_both(one, image, kernel)


def _transposed_sizes(image, kernel, stride, padding, output_padding) -> str:
    return _for_both(lambda i, k: f"{stride}·({i}−1)+{k}−{2 * padding}+{output_padding}", image, kernel)


def _for_both(formula, image, kernel) -> str:
    rows, cols = (formula(i, k) for i, k in zip(image, kernel, strict=True))
    return rows if rows == cols else f"{rows} by {cols}"


def _signed(value: float) -> str:
    return f"({_exact(value)})" if value < 0 else _exact(value)


def _exact(value: float) -> str:
    return f"{value:.6g}".replace("-", "−")


def _fit_steps(explorer: Explorer) -> None:
    """Let the slider end at the last output cell that is on screen."""
    if explorer.error is None:
        grid, kernel, slides = _slid(explorer.values)
        explorer.controls["step"].max = convolve2d(grid, kernel, **slides).size
