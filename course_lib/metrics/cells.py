"""The four cells of a confusion matrix, the sums of them that must not be empty, and what an empty one means."""

from collections.abc import Mapping
from numbers import Integral

import numpy as np
from numpy.typing import ArrayLike

from .validation import as_floats

Cells = tuple[str, ...]

CELLS: Cells = ("tp", "fn", "fp", "tn")
POSITIVES: Cells = ("tp", "fn")
NEGATIVES: Cells = ("fp", "tn")
PREDICTED_POSITIVES: Cells = ("tp", "fp")
PREDICTED_NEGATIVES: Cells = ("fn", "tn")
ALL_BUT_TN: Cells = ("tp", "fn", "fp")
MARGINS = (POSITIVES, NEGATIVES, PREDICTED_POSITIVES, PREDICTED_NEGATIVES)

WHY_EMPTY = {
    CELLS: "nobody was counted (n = 0)",
    POSITIVES: "there are no positives (TP + FN = 0)",
    NEGATIVES: "there are no negatives (FP + TN = 0)",
    PREDICTED_POSITIVES: "nothing was predicted positive (TP + FP = 0)",
    PREDICTED_NEGATIVES: "nothing was predicted negative (FN + TN = 0)",
    ALL_BUT_TN: "nothing is positive, neither in truth nor predicted (TP + FN + FP = 0)",
    ("tp",): "there are no true positives (TP = 0)",
    ("fn",): "there are no false negatives (FN = 0)",
    ("fp",): "there are no false positives (FP = 0)",
    ("tn",): "there are no true negatives (TN = 0)",
}

Counted = Mapping[str, np.ndarray]


def checked_cells(**cells: ArrayLike) -> dict[str, float | np.ndarray]:
    """Return counts as ints or floats, or all as arrays of float of one shape that cannot be written to.

    Raises
    ------
    ValueError
        If a count is negative, NaN or infinite, or the shapes do not fit.
    """
    checked = {name: _checked(name, value) for name, value in cells.items()}
    shapes = [np.shape(value) for value in checked.values()]
    try:
        shape = np.broadcast_shapes(*shapes)
    except ValueError:
        raise ValueError(f"{', '.join(cells)}: shapes {', '.join(map(str, shapes))} do not fit each other") from None
    return {name: _frozen(value, shape) for name, value in checked.items()} if shape else checked


def decided_cells(y: np.ndarray, decided: np.ndarray) -> dict[str, np.ndarray]:
    """Count decisions (N, L), which are bool, against labels 0, 1 or NaN, which is not counted: four arrays (L,)."""
    positive, negative = y == 1, y == 0
    return {
        "tp": (positive & decided).sum(0),
        "fn": (positive & ~decided).sum(0),
        "fp": (negative & decided).sum(0),
        "tn": (negative & ~decided).sum(0),
    }


def total(counted: Counted, cells: Cells) -> np.ndarray:
    """Sum of the named cells."""
    return sum(counted[cell] for cell in cells)


def _checked(name: str, value: ArrayLike) -> float | np.ndarray:
    """Return a count as int, float, or array of float."""
    values = as_floats(name, value)
    bad = values[~(np.isfinite(values) & (values >= 0))]
    if bad.size:
        raise ValueError(f"{name}: got {bad[0]:g}, allowed are finite counts that are not negative")
    if values.ndim:
        return values
    return int(value) if isinstance(value, Integral) else float(values)


def _frozen(value: float | np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Return an array of its own that cannot be written to."""
    own = np.array(np.broadcast_to(value, shape), dtype=float)
    own.setflags(write=False)
    return own
