"""Comparing what came with what was expected, and saying where they first differ."""

from collections.abc import Mapping
from typing import Any

import numpy as np

KINDS = {"b": "true/false", "i": "whole numbers", "u": "whole numbers", "f": "decimal numbers", "c": "complex numbers"}


class Unexpected(AssertionError):
    """What came is not what was expected."""


def expect(got: Any, expected: Any, *, rtol: float = 1e-6, atol: float = 1e-8, message: str = "") -> None:
    """Raise unless `got` equals `expected`.

    Decimal numbers may differ by ``atol + rtol * |expected|``, whole ones not at all; NaN equals NaN. Arrays and
    tensors must also agree in shape and kind (whole, decimal, true/false). Tuples, lists, dicts and DataFrames are
    compared item by item, anything else by ``==``.

    Raises
    ------
    Unexpected
        Saying what was expected, what came, and the first place where they differ.

    Examples
    --------
    >>> expect(0.1 + 0.2, 0.3)
    >>> expect([1, 2, 3], [1, 2, 4])
    Traceback (most recent call last):
    ...
    course_lib.comparison.Unexpected: at [2]: expected 4, got 3
    """
    problem = _difference(got, expected, rtol, atol)
    if problem:
        raise Unexpected(f"{problem}\n{message}" if message else problem)


def _difference(got, expected, rtol: float, atol: float, place: str = "") -> str:
    """Describe the first difference; empty where there is none."""
    at = f"at {place}: " if place else ""
    if got is None and expected is not None:
        return f"{at}expected {_short(expected)}, got None (is a return missing?)"
    if type(expected).__name__ == "DataFrame":
        return _table_difference(got, expected, rtol, atol, at, place)
    if isinstance(expected, Mapping):
        return _mapping_difference(got, expected, rtol, atol, at, place)
    if isinstance(expected, np.ndarray) and not _is_numeric(expected):  # an array of names
        got, expected = (value.tolist() if isinstance(value, np.ndarray) else value for value in (got, expected))
    if isinstance(expected, (list, tuple)):
        return _sequence_difference(got, expected, rtol, atol, at, place)
    if _is_numeric(expected):
        return _array_difference(got, expected, rtol, atol, at, place)
    same = type(got) is type(expected) if isinstance(expected, type(None)) else _equal(got, expected)
    return "" if same else f"{at}expected {_short(expected)}, got {_short(got)}"


def _table_difference(got, expected, rtol, atol, at, place) -> str:
    if type(got).__name__ != "DataFrame":
        return f"{at}expected a DataFrame, got {_short(got)}"
    if list(got.columns) != list(expected.columns):
        return f"{at}expected the columns {list(expected.columns)}, got {list(got.columns)}"
    if len(got) != len(expected):
        return f"{at}expected {len(expected)} rows, got {len(got)}"
    columns = (
        _difference(got[name].to_list(), expected[name].to_list(), rtol, atol, f"{place}[{name!r}]")
        for name in expected.columns
    )
    return next(filter(None, columns), "")


def _mapping_difference(got, expected, rtol, atol, at, place) -> str:
    if not isinstance(got, Mapping):
        return f"{at}expected a dict, got {_short(got)}"
    if missing := [key for key in expected if key not in got]:
        return f"{at}expected the key {missing[0]!r}, which is missing"
    if extra := [key for key in got if key not in expected]:
        return f"{at}got the key {extra[0]!r}, which does not belong there"
    return next(filter(None, (_difference(got[k], expected[k], rtol, atol, f"{place}[{k!r}]") for k in expected)), "")


def _sequence_difference(got, expected, rtol, atol, at, place) -> str:
    kind = type(expected).__name__
    if hasattr(got, "tolist") and np.ndim(_plain(got)):
        got = list(got)
    elif not isinstance(got, (list, tuple)):
        return f"{at}expected a {kind} of {len(expected)}, got {_short(got)}"
    if len(got) != len(expected):
        return f"{at}expected {len(expected)} items, {_short(expected)}, got {len(got)}: {_short(got)}"
    pairs = enumerate(zip(got, expected, strict=True))
    return next(filter(None, (_difference(g, e, rtol, atol, f"{place}[{i}]") for i, (g, e) in pairs)), "")


def _array_difference(got, expected, rtol, atol, at, place) -> str:
    wanted = _plain(expected)
    if not _is_numeric(got) and not isinstance(got, (list, tuple)):
        return f"{at}expected {_short(expected)}, got {_short(got)}"
    came = _plain(got)
    if came.dtype.kind not in KINDS or (came.ndim and not wanted.ndim):
        return f"{at}expected {_short(expected)}, got {_short(got)}"
    if came.shape != wanted.shape:
        return f"{at}expected the shape {wanted.shape}, got {came.shape}"
    if not _same_kind(came, wanted):
        return f"{at}expected {KINDS[wanted.dtype.kind]} ({wanted.dtype}), got {KINDS[came.dtype.kind]} ({came.dtype})"
    exact = came.dtype.kind in "biu" and wanted.dtype.kind in "biu"
    wrong = came != wanted if exact else ~np.isclose(came, wanted, rtol=rtol, atol=atol, equal_nan=True)
    if not np.any(wrong):
        return ""
    if not wanted.ndim:
        return f"{at}expected {_short(expected)}, got {_short(got)}"
    return _first_place(came, wanted, np.asarray(wrong), place)


def _first_place(came: np.ndarray, wanted: np.ndarray, wrong: np.ndarray, place: str) -> str:
    first = tuple(int(i) for i in np.argwhere(wrong)[0])
    where = f"{place}[{', '.join(map(str, first))}]"
    rest = f" ({wrong.sum()} of {wrong.size} values differ)" if wrong.sum() > 1 else ""
    return f"at {where}: expected {_short(wanted[first])}, got {_short(came[first])}{rest}"


def _same_kind(came: np.ndarray, wanted: np.ndarray) -> bool:
    """Whether the kinds agree; a single number may be whole or decimal, but is not true or false."""
    kinds = [array.dtype.kind.replace("u", "i") for array in (came, wanted)]
    return kinds[0] == kinds[1] or (not wanted.ndim and "b" not in kinds)


def _is_numeric(value) -> bool:
    if isinstance(value, (bool, int, float, complex, np.generic, np.ndarray)):
        return np.asarray(value).dtype.kind in KINDS
    if type(value).__name__ == "Series":
        return np.asarray(value).dtype.kind in KINDS
    return hasattr(value, "detach")  # a torch tensor, without importing torch


def _plain(value) -> np.ndarray:
    if hasattr(value, "detach"):
        value = value.detach().cpu()
        value = value.float() if str(value.dtype) == "torch.bfloat16" else value
    try:
        return np.asarray(value)
    except ValueError:  # ragged lists
        return np.asarray(value, dtype=object)


def _equal(got, expected) -> bool:
    try:
        return bool(got == expected)
    except (ValueError, TypeError):  # such as an array where a string belongs
        return False


def _short(value) -> str:
    """Return `value` in at most a line, numbers with six significant digits."""
    if hasattr(value, "detach") or isinstance(value, np.ndarray):
        array = _plain(value)
        if array.size > 12:
            return f"an array of shape {array.shape}"
        return np.array2string(array, precision=6, separator=", ").replace("\n", "")
    if isinstance(value, (float, np.floating)):
        return f"{float(value):.6g}"
    text = str(value.item()) if isinstance(value, np.generic) else repr(value)
    return text if len(text) <= 100 else f"{text[:97]}..."
