"""What must not be on two sides: the same image, the same patient."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

if TYPE_CHECKING:
    import pandas as pd

    from course_lib.data.imageset import ImageSet


def fingerprints(images: np.ndarray) -> list[bytes]:
    """One hash per image; equal exactly where all pixels are equal."""
    return [hashlib.blake2b(np.ascontiguousarray(image), digest_size=16).digest() for image in images]


def duplicates(images: np.ndarray) -> list[list[int]]:
    """Which images are exactly the same, pixel by pixel.

    Parameters
    ----------
    images : ndarray, (N, …)

    Returns
    -------
    list of list of int
        The row numbers of each image that is there more than once.

    Examples
    --------
    >>> duplicates(np.array([[[1]], [[2]], [[1]]], np.uint8))
    [[0, 2]]
    """
    rows = defaultdict(list)
    for row, mark in enumerate(fingerprints(images)):
        rows[mark].append(row)
    return [same for same in rows.values() if len(same) > 1]


def leakage(*sets: ImageSet, names: tuple[str, ...] = ("train", "validation", "test")) -> pd.DataFrame:
    """What two parts of a split have in common: groups (patients), and images that are exactly the same.

    Parameters
    ----------
    *sets : ImageSet
        The parts, two or more.
    names : tuple of str
        What to call them.

    Returns
    -------
    pandas.DataFrame
        One row per pair of parts: groups (how many stand in both), images_in_first and images_in_second (how many have
        an exact copy on the other side). All zero where nothing leaks.

    Raises
    ------
    ValueError
        If there are more sets than names.

    Examples
    --------
    >>> from course_lib.data import load
    >>> leakage(load("natural-patches", "train"), load("natural-patches", "test"), names=("train", "test"))
       first second  groups  images_in_first  images_in_second
    0  train   test       0                0                 0
    """
    import pandas as pd

    if len(sets) > len(names):
        raise ValueError(f"names: {len(names)} names for {len(sets)} sets")
    marks = [fingerprints(part.images) for part in sets]
    patients = [set() if part.groups is None else set(part.groups.tolist()) for part in sets]
    columns = ["first", "second", "groups", "images_in_first", "images_in_second"]
    rows = [
        (names[a], names[b], len(patients[a] & patients[b]), _copies(marks[a], marks[b]), _copies(marks[b], marks[a]))
        for a, b in combinations(range(len(sets)), 2)
    ]
    return pd.DataFrame(rows, columns=columns)


def linked_groups(groups: ArrayLike, pairs: ArrayLike) -> np.ndarray:
    """Groups joined wherever they share an image, so that a split keeps what is linked on one side.

    Whether the same image under two patients' names is one patient with two names, or an image in the wrong place,
    nobody can tell from here; in either case the two must not be on two sides.

    Parameters
    ----------
    groups : array, (N,)
        Whose image each is.
    pairs : array of int, (P, 2)
        Rows that show the same.

    Returns
    -------
    ndarray, (N,)
        The name of the first group, in sorted order, of those that are joined.

    Raises
    ------
    ValueError
        If the shape of `pairs` is another, or it names a row that is not there.

    Examples
    --------
    >>> linked_groups(["a", "a", "b", "c"], [[1, 2]]).tolist()
    ['a', 'a', 'a', 'c']
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    names, members = np.unique(np.asarray(groups), return_inverse=True)
    rows = np.asarray(pairs, int) if np.size(pairs) else np.empty((0, 2), int)
    last = len(members) - 1
    if rows.ndim != 2 or rows.shape[1] != 2 or ((rows < 0) | (rows > last)).any():
        raise ValueError(f"pairs: got shape {rows.shape}, allowed is (P, 2), of rows from 0 to {last}")
    links = coo_array((np.ones(len(rows)), tuple(members[rows].T)), shape=(len(names), len(names)))
    parts = connected_components(links, directed=False)[1]
    first = names[np.unique(parts, return_index=True)[1]]  # names are sorted, so the first of a part is its lowest
    return first[parts[members]]


def _copies(here: list[bytes], there: list[bytes]) -> int:
    known = set(there)
    return sum(mark in known for mark in here)
