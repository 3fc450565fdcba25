"""Exact nearest neighbors, block by block: never an N×N matrix in memory."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import joblib
import numpy as np
from numpy.typing import ArrayLike
from tqdm.auto import tqdm

from course_lib import config

from . import eight_bit, single
from .rows import Rows

if TYPE_CHECKING:
    import torch

    from course_lib.data import ImageSet

# Bytes of a block of queries, and the rows that queries and references may have at most: on a processor so that the
# table between them stays in its cache, on a card so that it keeps busy.
BLOCKS = {"cpu": (2**28, 1024, 2048), "other": (2**30, 8192, 8192)}
MOST = 2**45  # values of 8-bit images: up to here an int64 holds a distance and an index


class _Pair(NamedTuple):
    distances: np.ndarray
    indices: np.ndarray


class Neighbors(_Pair):
    """Distances and indices, a tuple of two, that remembers how it was computed.

    Attributes
    ----------
    distances : array of float64, (N, k)
        Ascending in each row.
    indices : array of int64, (N, k)
        Rows of X; of equal distances the lower index comes first.
    arithmetic : str
        "int8": whole numbers, exact. "8-bit in float32": the same numbers, where a processor is faster so. "float32":
        products in float32, nearly coinciding pairs by difference in float64. "float64": all candidates by difference.
    """

    arithmetic: str = ""


def nearest_neighbors(
    X: ArrayLike | ImageSet,
    k: int,
    device: str | torch.device = "auto",
    *,
    n_jobs: int | None = None,
    progress: bool = True,
) -> Neighbors:
    """Euclidean distances to the k nearest other points, and which these are: d² = |a|² + |b|² − 2ab, exact search.

    8-bit images are compared in whole numbers, so that every distance is right to the last digit. Others are centered
    and multiplied in float32; where that loses digits (d² below 1 % of |a|² + |b|², duplicates above all), and for all
    candidates of float64 rows, distances are computed again by difference in float64.

    Parameters
    ----------
    X : array, (N, ...), or ImageSet
        Points as rows; images are flattened. Booleans, integers or floats; a memory-mapped array is read in blocks.
    k : int
        From 1 to N − 1.
    device : str or torch.device
        As for :func:`course_lib.config.device`.
    n_jobs : int, optional
        Of joblib, over blocks of queries. With ``joblib.parallel_config(backend="dask")`` a cluster serves them.
    progress : bool
        Show a bar where there is more than one block of queries.

    Returns
    -------
    Neighbors
        The tuple (distances, indices), (N, k) each, the point itself excluded; a duplicate of it is at distance 0. Of
        equal distances the lower index comes first (for float32 rows that are no duplicates: up to rounding). A
        UserWarning says where a device has no exact integers: 8-bit images are then multiplied in exact float32.

    Raises
    ------
    ValueError
        If X has fewer than two rows, values that are no finite numbers, or k or the device is not allowed.

    Examples
    --------
    >>> distances, indices = nearest_neighbors(np.array([[0.0], [1.0], [3.0]]), k=2)
    >>> distances.tolist()
    [[1.0, 3.0], [1.0, 2.0], [2.0, 3.0]]
    >>> indices.tolist()
    [[1, 2], [0, 2], [1, 0]]
    """
    rows = Rows.of(X)
    k = _checked_k(k, len(rows))
    where = config.device(device)
    arithmetic, search, collect = _search(rows, k, where)
    of_queries, of_references = _block_sizes(rows, where)
    tasks = (joblib.delayed(search)(span, k, of_references, where) for span in rows.spans(of_queries))
    n_blocks = -(-len(rows) // of_queries)
    found = joblib.Parallel(n_jobs=n_jobs, return_as="generator")(tasks)
    bar = tqdm(found, total=n_blocks, desc="Neighbors", unit="block", leave=False, disable=not progress or n_blocks < 2)
    result = Neighbors(*collect(bar))
    result.arithmetic = arithmetic
    return result


def _checked_k(k: int, n: int) -> int:
    if isinstance(k, bool) or not isinstance(k, int | np.integer) or not 1 <= k < n:
        raise ValueError(f"k: got {k!r}, allowed are whole numbers from 1 to {n - 1}, one less than the {n} rows")
    return int(k)


def _search(rows: Rows, k: int, device: torch.device) -> tuple[str, Callable, Callable]:
    """How these rows are compared on this device, what does it for a block, and what puts the blocks together."""
    if not rows.eight_bit or len(rows) * rows.features > MOST:
        lengths = single.lengths_of(rows)
        search, collect = partial(single.search, rows, lengths), partial(single.collect, rows, lengths, k)
        return ("float64" if rows.double else "float32"), search, collect
    arithmetic = eight_bit.exact_arithmetic(device)
    if not eight_bit.is_exact("int8", device):
        warnings.warn(
            f"device: {str(device)!r} has no exact product of 8-bit numbers; they are multiplied in float32, in chunks "
            "of features that keep it exact",
            stacklevel=3,
        )
    name = "int8" if arithmetic == "int8" else "8-bit in float32"
    lengths = eight_bit.squares(rows)
    return name, partial(eight_bit.search, rows, lengths), partial(eight_bit.collect, lengths, k)


def _block_sizes(rows: Rows, device: torch.device) -> tuple[int, int]:
    """Points of a block of queries, and of a block of references."""
    size, queries, references = BLOCKS["cpu" if device.type == "cpu" else "other"]
    fit = max(1, size // (rows.features * (1 if rows.eight_bit else 4)))
    return min(queries, fit), min(references, fit)
