"""Distances by difference, in float64: slow, and right even where two points nearly coincide."""

from __future__ import annotations

import numpy as np
import torch

from .rows import Rows

AT_ONCE = 2**22  # values held at a time


def squared_distances(rows: Rows, i: np.ndarray, j: np.ndarray) -> np.ndarray:
    """Squared distance of each pair of rows i and j, (P,)."""
    found, step = np.empty(len(i)), max(1, AT_ONCE // rows.features)
    for first in range(0, len(i), step):
        part = slice(first, first + step)
        gap = rows.take(i[part]) - rows.take(j[part])
        found[part] = np.einsum("pd,pd->p", gap, gap)
    return found


def nearest(rows: Rows, queries: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Neighbors of chosen rows among all rows, equal distances in order of the index.

    Parameters
    ----------
    rows : Rows
    queries : array of int, (Q,)
        Which rows.
    k : int

    Returns
    -------
    (array of float64, array of int64), (Q, k) each
        Distances and indices.
    """
    distances, indices = np.empty((len(queries), k)), np.empty((len(queries), k), np.int64)
    step = max(1, AT_ONCE // max(len(rows), rows.features))
    for first in range(0, len(queries), step):
        part = slice(first, first + step)
        for row, away in enumerate(_all_distances(rows, queries[part]), start=first):
            indices[row] = _lowest(away, k)
            distances[row] = away[indices[row]]
    return distances, indices


def _all_distances(rows: Rows, queries: np.ndarray) -> np.ndarray:
    """Distances of a few rows from all, (Q, N), infinite from themselves."""
    points = torch.from_numpy(rows.take(queries))
    found = np.empty((len(queries), len(rows)))
    for start, stop in rows.spans(max(1, AT_ONCE // rows.features)):
        references = torch.from_numpy(rows.take(np.arange(start, stop)))
        away = torch.cdist(points, references, compute_mode="donot_use_mm_for_euclid_dist")
        found[:, start:stop] = away.numpy()
    found[np.arange(len(queries)), queries] = np.inf
    return found


def _lowest(values: np.ndarray, k: int) -> np.ndarray:
    """Indices of the k lowest values in order; of equal ones, those that come first."""
    candidates = np.flatnonzero(values <= np.partition(values, k - 1)[k - 1])
    return candidates[np.argsort(values[candidates], kind="stable")[:k]]
