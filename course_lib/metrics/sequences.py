"""What came as a sequence: arrays of any kind, lists, and groups by any name."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike


def as_array(name: str, values: ArrayLike) -> np.ndarray:
    """Return `values` as an array of whatever kind, or say which argument has rows of different lengths.

    Examples
    --------
    >>> as_array("groups", [[1], [1, 2]])
    Traceback (most recent call last):
    ValueError: groups: got list whose parts differ in length, allowed is an array
    """
    try:
        return np.asanyarray(values)
    except ValueError as problem:
        kind = type(values).__name__
        raise ValueError(f"{name}: got {kind} whose parts differ in length, allowed is an array") from problem


def group_codes(name: str, values: ArrayLike, n: int) -> tuple[np.ndarray, int]:
    """Return the number of each sample's group, (n,), and how many groups there are: names may be of any kind.

    Raises
    ------
    ValueError
        If there is not one group per sample, or a sample has none.

    Examples
    --------
    >>> group_codes("groups", ["Kim", "Ada", "Kim"], 3)
    (array([0, 1, 0]), 2)
    """
    import pandas as pd

    names = as_array(name, values)
    if names.shape != (n,):
        raise ValueError(f"{name}: got shape {names.shape}, allowed is {(n,)}, one per sample")
    codes, units = pd.factorize(np.asarray(names))
    if (codes < 0).any():
        raise ValueError(f"{name}: {(codes < 0).sum()} samples have none (NaN); each needs one")
    return codes, len(units)


def listed(name: str, values: Iterable) -> list:
    """Return `values` as a list, or say which argument is none.

    Examples
    --------
    >>> listed("names", 3)
    Traceback (most recent call last):
    ValueError: names: got 3, allowed is a sequence
    """
    if not isinstance(values, Iterable):
        raise ValueError(f"{name}: got {values!r}, allowed is a sequence")
    return list(values)
