"""What an :class:`~course_lib.data.ImageSet` accepts: each function checks one field and returns a read-only view."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

SHAPES = "(N, H, W), (N, H, W, 3) or (N, D, H, W)"
MOST_CLASSES = 2**20  # they are counted from 0 on, so that a class 2³¹ would need 17 GB
CHUNK = 32 * 2**20  # bytes looked at together, so that a memory-mapped set is never in memory as a whole


def images(array: np.ndarray) -> np.ndarray:
    """uint8, or finite float32; three or four axes."""
    if not isinstance(array, np.ndarray):
        raise ValueError(f"images: a {type(array).__name__} came; a NumPy array is needed")
    if array.ndim not in (3, 4) or 0 in array.shape[1:]:
        raise ValueError(f"images: shape {array.shape} is not one of {SHAPES}")
    if array.dtype == np.float32:
        _finite(array)
    elif array.dtype != np.uint8:
        raise ValueError(f"images: {array.dtype} is not allowed; convert to uint8 (0 to 255) or float32")
    return frozen(array)


def _finite(array: np.ndarray) -> None:
    step = max(1, CHUNK // array[:1].nbytes) if len(array) else 1
    for start in range(0, len(array), step):
        chunk = array[start : start + step]
        if not (np.isfinite(chunk.min()) and np.isfinite(chunk.max())):  # both are NaN if there is any
            wrong = ~np.isfinite(chunk).all(axis=tuple(range(1, chunk.ndim)))
            raise ValueError(f"images: image {start + int(np.flatnonzero(wrong)[0])} has infinite or missing values")


def class_names(names: Iterable[str]) -> tuple[str, ...]:
    """Distinct names, as a tuple."""
    if isinstance(names, str):
        raise ValueError(f"class_names: the text {names!r} came; a sequence of names is needed")
    names = tuple(str(name) for name in names)
    if len(set(names)) < len(names):
        raise ValueError(f"class_names: {next(name for name in names if names.count(name) > 1)!r} stands twice")
    return names


def labels(values: np.ndarray | None, n: int, names: tuple[str, ...]) -> np.ndarray | None:
    """Classes (N,), findings (N, L) of zeros and ones, or measurements (N,) of floats."""
    if values is None:
        if names:
            raise ValueError(f"class_names: {len(names)} came, but labels are missing")
        return None
    values = _array("labels", values)
    if values.ndim not in (1, 2) or len(values) != n:
        raise ValueError(f"labels: shape {values.shape} does not fit {n} images; ({n},) or ({n}, L) is needed")
    if values.ndim == 2:
        _findings(values, names)
    elif values.dtype.kind in "iu":
        _classes(values, names)
    elif values.dtype.kind == "f":
        _measurements(values, names)
    else:
        raise ValueError(f"labels: {values.dtype} is not allowed; integers, floats, or (N, L) of zeros and ones")
    return frozen(values)


def _classes(values: np.ndarray, names: tuple[str, ...]) -> None:
    if not len(values):
        return
    low, high = int(values.min()), int(values.max())
    if low < 0:
        raise ValueError(f"labels: {low} came; classes are numbered from 0")
    if high >= MOST_CLASSES:
        raise ValueError(
            f"labels: the class {high} came, allowed are 0 to {MOST_CLASSES - 1}; give other integers as groups, and "
            "measurements as floats"
        )
    if names and high >= len(names):
        raise ValueError(f"labels: {high} came, but class_names has only {len(names)} (0 to {len(names) - 1})")


def _findings(values: np.ndarray, names: tuple[str, ...]) -> None:
    if not values.shape[1]:
        raise ValueError(
            f"labels: shape {values.shape} came; with two axes there is one column a finding, one at least"
        )
    if values.dtype.kind not in "biuf" or not np.isin(values, (0, 1)).all():
        raise ValueError("labels: with two axes they say which findings an image has; only 0 and 1 are allowed")
    if names and len(names) != values.shape[1]:
        raise ValueError(f"labels: {values.shape[1]} findings came, but class_names has {len(names)}")


def _measurements(values: np.ndarray, names: tuple[str, ...]) -> None:
    if names:
        raise ValueError(f"class_names: {len(names)} came, but labels are measurements ({values.dtype}), not classes")
    if not np.isfinite(values).all():
        raise ValueError(f"labels: image {int(np.flatnonzero(~np.isfinite(values))[0])} has no finite value")


def groups(values: np.ndarray | None, n: int) -> np.ndarray | None:
    """One name or number per image, none missing."""
    if values is None:
        return None
    values = _array("groups", values)
    if values.shape != (n,):
        raise ValueError(f"groups: shape {values.shape} does not fit {n} images; ({n},) is needed")
    # NaN and NaT are the values that do not equal themselves
    missing = np.array([value is None or value != value for value in values.tolist()], bool)
    if missing.any():
        raise ValueError(f"groups: missing for {missing.sum()} images, the first being image {int(missing.argmax())}")
    return frozen(values)


def covariates(table: pd.DataFrame | None, n: int) -> pd.DataFrame | None:
    """One row per image, numbered from 0."""
    if table is None:
        return None
    import pandas as pd

    if not isinstance(table, pd.DataFrame):
        raise ValueError(f"covariates: a {type(table).__name__} came; a pandas.DataFrame is needed")
    if len(table) != n:
        raise ValueError(f"covariates: {len(table)} rows do not fit {n} images")
    return table.reset_index(drop=True)


def extras(arrays: Mapping[str, np.ndarray], n: int) -> dict[str, np.ndarray]:
    """Arrays with one row per image."""
    views = {name: _array(f"extras: {name!r}", values) for name, values in arrays.items()}
    for name, values in views.items():
        if values.ndim == 0 or len(values) != n:
            raise ValueError(f"extras: {name!r} has shape {values.shape}, which does not fit {n} images")
    return {name: frozen(values) for name, values in views.items()}


def index(chosen: object, n: int) -> slice | np.ndarray:
    """A slice as it is; an integer, integers or a mask as row numbers."""
    if isinstance(chosen, slice):
        return chosen
    rows = np.atleast_1d(np.asarray(chosen))
    if rows.ndim == 1 and rows.dtype == bool:
        if len(rows) != n:
            raise ValueError(f"index: a mask of {len(rows)} does not fit {n} images")
        return np.flatnonzero(rows)
    if rows.ndim != 1 or (rows.size and rows.dtype.kind not in "iu"):
        raise ValueError(f"index: {chosen!r} is not allowed; a slice, integers or a mask of {n} is needed")
    rows = rows.astype(np.intp)
    if rows.size and not (-n <= rows.min() and rows.max() < n):
        raise IndexError(f"index: {chosen!r} is outside a set of {n} images")
    return rows


def _array(field: str, values: object) -> np.ndarray:
    try:
        return np.asarray(values)
    except ValueError as problem:
        raise ValueError(f"{field}: its parts differ in length; an array is needed") from problem


def frozen(array: np.ndarray) -> np.ndarray:
    """A view of the array that cannot be written to."""
    view = array.view()
    view.flags.writeable = False
    return view
