"""Nearest neighbors by products in float32, and by difference in float64 where float32 cannot tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from threading import Lock

import numpy as np
import torch

from . import differences
from .rows import Rows
from .selection import lowest

ILL_CONDITIONED = 1e-2  # d²/(|a|² + |b|²): below it |a|² + |b|² − 2ab keeps too few digits of d²
SPARE = 8  # candidates beyond k: a rounded product may have put them behind
REFINED_AT_ONCE = 2**14  # rows
ROUNDING = 2.0**-24
_PRECISION = Lock()


def lengths_of(rows: Rows) -> np.ndarray:
    """Squared length of each centered row, (N,) of float32."""
    found = np.empty(len(rows), np.float32)
    for start, stop in rows.small_spans():
        block = _centered(rows, start, stop)
        found[start:stop] = (block * block).sum(dim=1).numpy()
    return found


def search(
    rows: Rows, lengths: np.ndarray, span: tuple[int, int], k: int, step: int, device: torch.device
) -> list[tuple[int, np.ndarray, np.ndarray]]:
    """What the products of the rows in a span with themselves and all later rows tell of both.

    Parameters
    ----------
    rows : Rows
    lengths : array of float32, (N,)
        As `lengths_of` gives them.
    span : (int, int)
        First row, and the one after the last.
    k : int
    step : int
        Later rows that are taken at a time.
    device : torch.device

    Returns
    -------
    list of (int, array of float32, array of int64)
        Index of a first row, and for it and those that follow the lowest |b|² − 2ab, and which b these are. They are
        `SPARE` more than k where there are so many.
    """
    (start, stop), width = span, k + SPARE
    own, squares = _centered(rows, start, stop).to(device), torch.from_numpy(lengths).to(device)
    with _full_precision():
        table = torch.addmm(squares[start:stop], own, own.T, alpha=-2).fill_diagonal_(torch.inf)
        (scores, indices), found = lowest(table, width), []
        indices = indices + start
        for first in range(stop, len(rows), step):
            last = min(first + step, len(rows))
            inner = (own @ _centered(rows, first, last).to(device).T).mul_(-2)  # (Q, R)
            values, columns = lowest((inner + squares[start:stop, None]).T, width)
            found.append((first, values.cpu().numpy(), columns.cpu().numpy() + start))
            values, columns = lowest(inner.add_(squares[first:last]), width)
            indices = torch.cat([indices, columns + first], dim=1)
            scores, columns = lowest(torch.cat([scores, values], dim=1), width)
            indices = indices.gather(1, columns)
    return [(start, scores.cpu().numpy(), indices.cpu().numpy()), *found]


def collect(
    rows: Rows, lengths: np.ndarray, k: int, searches: Iterable[list[tuple[int, np.ndarray, np.ndarray]]]
) -> tuple[np.ndarray, np.ndarray]:
    """Distances and indices, (N, k) each, from the searches of all spans."""
    n, width = len(rows), min(k + SPARE, len(rows) - 1)
    scores, indices = np.full((n, width), np.inf, np.float32), np.zeros((n, width), np.int64)
    for first, values, columns in chain.from_iterable(searches):
        part = slice(first, first + len(values))
        values, columns = np.hstack([scores[part], values]), np.hstack([indices[part], columns])
        kept = np.argpartition(values, width - 1, axis=1)[:, :width]
        scores[part], indices[part] = (np.take_along_axis(each, kept, axis=1) for each in (values, columns))
    blocks = [_refined(rows, lengths, scores[a:b], indices[a:b], a, k) for a, b in rows.spans(REFINED_AT_ONCE)]
    distances, indices = zip(*blocks, strict=True)
    return np.concatenate(distances), np.concatenate(indices)


def _refined(
    rows: Rows, lengths: np.ndarray, scores: np.ndarray, indices: np.ndarray, start: int, k: int
) -> tuple[np.ndarray, np.ndarray]:
    """Distances and indices, (Q, k) each, of the rows from `start`, from their candidates by products.

    Pairs for which d² < 0.01 (|a|² + |b|²) are computed again by difference, all candidates where the rows are of
    float64. Where a row outside the candidates could still be nearer than the k-th, given the rounding of a product,
    all distances of that query are computed again.
    """
    own = lengths[start : start + len(scores)].astype(np.float64)
    squared = scores + own[:, None]
    nearest_unseen = _lower_bound(squared.max(axis=1), own, rows.features)
    again = (squared <= ILL_CONDITIONED * (own[:, None] + lengths[indices])) | rows.double
    i, j = np.nonzero(again)
    _, scale = rows.center
    squared[i, j] = differences.squared_distances(rows, i + start, indices[i, j]) / scale**2
    order = np.lexsort((indices, squared))[:, :k]
    squared, indices = np.take_along_axis(squared, order, 1), np.take_along_axis(indices, order, 1)
    distances = np.sqrt(np.maximum(squared, 0)) * scale
    if again.shape[1] < len(rows) - 1:
        doubtful = np.flatnonzero(again.any(axis=1) & ~(squared[:, -1] < nearest_unseen))
        distances[doubtful], indices[doubtful] = differences.nearest(rows, doubtful + start, k)
    return distances, indices


def _lower_bound(farthest: np.ndarray, lengths: np.ndarray, features: int) -> np.ndarray:
    """No row outside the candidates has a smaller d² than this.

    A product's rounding is at most e(|a|² + |b|²), with |b|² ≤ 2|a|² + 2d²; e grows like √D (probable rounding).
    """
    e = ROUNDING * (8 + 2 * np.sqrt(features))
    return (farthest - 3 * e * lengths) / (1 + 2 * e)


def _centered(rows: Rows, start: int, stop: int) -> torch.Tensor:
    mean, scale = rows.center
    block = rows.block(start, stop)
    if rows.double or scale != 1:
        return torch.from_numpy(((block - mean) / scale).astype(np.float32))
    # Any point near the mean will do as the center, and the difference of two float32 rounds once.
    return torch.from_numpy(np.subtract(block, mean.astype(np.float32), dtype=np.float32))


@contextmanager
def _full_precision() -> Iterator[None]:
    """Products in all 24 bits of float32, whatever a training set before; one thread at a time, as it holds for all."""
    with _PRECISION:
        before = torch.get_float32_matmul_precision()
        torch.set_float32_matmul_precision("highest")
        try:
            yield
        finally:
            torch.set_float32_matmul_precision(before)
