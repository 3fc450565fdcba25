"""Nearest neighbors of 8-bit images in whole numbers: no rounding, no cancellation, ties seen as ties."""

from __future__ import annotations

import time
from collections.abc import Iterable
from functools import lru_cache
from itertools import chain

import numpy as np
import torch
from torch.nn.functional import pad

from .rows import Rows
from .selection import lowest

NOBODY = np.iinfo(np.int64).max
LARGEST_PRODUCT = 2**14  # of two values from -128 to 127
CHUNKS = {  # features that may be summed before the sum could leave the type
    "int8": (2**31 - 1) // LARGEST_PRODUCT // 8 * 8,  # 131,064
    "float32": 2**24 // LARGEST_PRODUCT,  # 1,024: whole numbers up to 2**24 are exact in float32
}
MULTIPLE = 32  # of rows and features: what integer units want, whoever made them


def signed(block: np.ndarray) -> torch.Tensor:
    """8-bit values minus 128, as int8: the same distances, in a type that can be multiplied."""
    return torch.from_numpy(np.bitwise_xor(block.view(np.uint8), np.uint8(128)).view(np.int8))


def products(a: torch.Tensor, b: torch.Tensor, arithmetic: str) -> torch.Tensor:
    """All inner products of the rows of two int8 matrices, exactly.

    Parameters
    ----------
    a, b : tensor of int8, (Q, D) and (R, D)
    arithmetic : str
        "int8" (with sums in int32) or "float32", both in chunks of features whose sums are exact.

    Returns
    -------
    tensor, (Q, R)
        int32 where one chunk of "int8" holds all features, else int64.
    """
    step, multiply = CHUNKS[arithmetic], _MULTIPLY[arithmetic]
    if arithmetic == "int8" and a.shape[1] <= step:
        return multiply(a, b)
    total = torch.zeros(len(a), len(b), dtype=torch.int64, device=a.device)
    for first in range(0, a.shape[1], step):
        total += multiply(a[:, first : first + step], b[:, first : first + step]).to(torch.int64)
    return total


def _by_integers(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    return torch._int_mm(_padded(a), _padded(b).T)[: len(a), : len(b)]


def _by_floats(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    return a.to(torch.float32) @ b.to(torch.float32).T


_MULTIPLY = {"int8": _by_integers, "float32": _by_floats}


def _padded(values: torch.Tensor) -> torch.Tensor:
    """The matrix with zeros below and to the right, up to the next multiples."""
    below, right = (-size % MULTIPLE for size in values.shape)
    return pad(values, (0, right, 0, below)) if below or right else values.contiguous()


@lru_cache
def exact_arithmetic(device: torch.device) -> str:
    """How this device multiplies int8 exactly, and faster: "int8" or "float32".

    The integer product is a private call of torch. Some processors saturate its sums, and on those without
    instructions for it it is many times slower than floats. So each device is tried once in a process, on matrices
    that hold the extremes, and where both are exact with a stopwatch: what it decides changes no distance.

    Raises
    ------
    ValueError
        If neither is exact.
    """
    exact = [arithmetic for arithmetic in _MULTIPLY if is_exact(arithmetic, device)]
    if not exact:
        raise ValueError(f"device: {str(device)!r} multiplies 8-bit numbers wrongly; choose another one")
    return exact[0] if len(exact) == 1 else min(exact, key=lambda arithmetic: _seconds(arithmetic, device))


def _seconds(arithmetic: str, device: torch.device) -> float:
    """For one product, at best of three."""
    a = torch.ones(256, 1024, dtype=torch.int8, device=device)
    times = []
    for _ in range(3):
        start = time.perf_counter()
        products(a, a, arithmetic)[0, 0].item()  # asks for a number, so that a card has to finish
        times.append(time.perf_counter() - start)
    return min(times)


@lru_cache
def is_exact(arithmetic: str, device: torch.device) -> bool:
    """Whether a device multiplies 8-bit numbers rightly so, the extremes among them."""
    rng = np.random.default_rng(0)
    a, b = rng.integers(-128, 128, (2, 67, 2100), dtype=np.int8)
    a[:8], b[:8] = np.array([-128, 127])[np.arange(8) % 2, None], -128
    a[8:16:2], b[8:16] = 127, 127
    truth = a.astype(np.int64) @ b.astype(np.int64).T
    try:
        found = products(*(torch.from_numpy(values).to(device) for values in (a, b)), arithmetic)
    except (AttributeError, RuntimeError, TypeError):  # no such call, or none for this device: torch says it so
        return False
    return bool(np.array_equal(found.cpu().numpy(), truth))


def squares(rows: Rows) -> np.ndarray:
    """Squared length of each row minus 128, (N,) of int64."""
    found = np.empty(len(rows), np.int64)
    for start, stop in rows.small_spans():
        block = signed(rows.block(start, stop)).to(torch.float64)  # exact: sums stay far below 2**53
        found[start:stop] = (block * block).sum(dim=1).numpy()
    return found


def search(
    rows: Rows, lengths: np.ndarray, span: tuple[int, int], k: int, step: int, device: torch.device
) -> list[tuple[int, np.ndarray]]:
    """What the products of the rows in a span with themselves and all later rows tell of both.

    A distance is found once for its two ends. What is sorted is (|b|² − 2ab)·N + the index of b, so that one whole
    number holds distance and index, and equal distances come in order of the index.

    Parameters
    ----------
    rows : Rows
    lengths : array of int64, (N,)
        As `squares` gives them.
    span : (int, int)
        First row, and the one after the last.
    k : int
    step : int
        Later rows that are taken at a time.
    device : torch.device

    Returns
    -------
    list of (int, array of int64)
        Index of a first row, and for it and those that follow their lowest numbers, up to k.
    """
    n, (start, stop), arithmetic = len(rows), span, exact_arithmetic(device)
    own = signed(rows.block(start, stop)).to(device)
    offset = torch.from_numpy(lengths * n + np.arange(n)).to(device)
    keys = products(own, own, arithmetic).to(torch.int64).mul_(-2 * n).add_(offset[start:stop])
    best, found = lowest(keys.fill_diagonal_(NOBODY), k)[0], []
    for first in range(stop, n, step):
        last = min(first + step, n)
        later = signed(rows.block(first, last)).to(device)
        inner = products(own, later, arithmetic).to(torch.int64).mul_(-2 * n)  # (Q, R)
        found.append((first, lowest((inner + offset[start:stop, None]).T, k)[0].cpu().numpy()))
        best, _ = lowest(torch.cat([best, lowest(inner.add_(offset[first:last]), k)[0]], dim=1), k)
    return [(start, best.cpu().numpy()), *found]


def collect(
    lengths: np.ndarray, k: int, searches: Iterable[list[tuple[int, np.ndarray]]]
) -> tuple[np.ndarray, np.ndarray]:
    """Distances and indices, (N, k) each, from the searches of all spans."""
    n = len(lengths)
    best = np.full((n, k), NOBODY)
    for first, keys in chain.from_iterable(searches):
        part = slice(first, first + len(keys))
        best[part] = np.partition(np.concatenate([best[part], keys], axis=1), k - 1, axis=1)[:, :k]
    best.sort(axis=1)
    return np.sqrt(best // n + lengths[:, None]), best % n
