"""Which image goes to which part of a split."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def split_indices(
    n: int,
    fractions: Sequence[float],
    labels: np.ndarray | None = None,
    groups: np.ndarray | None = None,
    seed: int = 0,
) -> list[np.ndarray]:
    """Row numbers of each part: disjoint, together everything, each in ascending order.

    Parameters
    ----------
    n : int
        How many images there are.
    fractions : sequence of float
        The share of each part.
    labels : ndarray, (N,) or (N, L), optional
        What is to be mixed alike in every part.
    groups : ndarray, (N,), optional
        What must not be torn apart.
    seed : int

    Examples
    --------
    >>> [rows.tolist() for rows in split_indices(4, (0.5, 0.5), labels=np.array([0, 0, 1, 1]))]
    [[0, 2], [1, 3]]
    """
    shares = _shares(fractions)
    rng = np.random.default_rng(seed)
    if groups is None:
        _enough(n, len(shares), "images")
        part = _balanced(n, shares, labels, rng)
    else:
        members = np.unique(groups, return_inverse=True)[1]
        _enough(int(members.max(initial=-1)) + 1, len(shares), "groups")
        part = _greedy(members, shares, labels, rng)[members]
    return [np.flatnonzero(part == number) for number in range(len(shares))]


def _shares(fractions: Sequence[float]) -> np.ndarray:
    shares = np.asarray(fractions, float)
    if shares.ndim != 1 or not len(shares) or not (shares > 0).all() or abs(shares.sum() - 1) > 1e-6:
        raise ValueError(f"fractions: {fractions!r} came; positive numbers that add up to 1 are needed")
    return shares


def _enough(units: int, parts: int, name: str) -> None:
    if units < parts:
        raise ValueError(f"fractions: {units} {name} cannot fill {parts} parts")


def _balanced(n: int, shares: np.ndarray, labels: np.ndarray | None, rng: np.random.Generator) -> np.ndarray:
    """Shuffle, order by label, then deal the parts out evenly along that order.

    Part p's cards lie at the moments (j + 1/2) / n_p. Any run of equal labels, however long, then gets each part in
    proportion to within about one image, and the parts' sizes are exact.
    """
    sizes = _whole_numbers(n, shares)
    moments = np.concatenate([(np.arange(size) + 0.5) / size for size in sizes])
    dealt = np.repeat(np.arange(len(sizes)), sizes)[np.argsort(moments, kind="stable")]
    order = rng.permutation(n)
    if labels is not None:
        order = order[_by_label(labels[order])]
    part = np.empty(n, int)
    part[order] = dealt
    return part


def _whole_numbers(n: int, shares: np.ndarray) -> np.ndarray:
    """Sizes that add up to n: the largest remainders are rounded up, and no part stays empty."""
    sizes = np.floor(n * shares + 1e-9).astype(int)
    remainders = np.round(n * shares - sizes, 9)  # equal shares must not differ by a rounding error
    sizes[np.argsort(-remainders, kind="stable")[: n - sizes.sum()]] += 1
    while (sizes == 0).any():
        sizes[sizes.argmax()] -= 1
        sizes[sizes.argmin()] += 1
    return sizes


def _by_label(labels: np.ndarray) -> np.ndarray:
    if labels.ndim == 1:
        return np.argsort(labels, kind="stable")
    rarest_first = labels[:, np.argsort(labels.sum(axis=0), kind="stable")]
    return np.lexsort(rarest_first.T[::-1])  # lexsort's last key is its first


def _greedy(members: np.ndarray, shares: np.ndarray, labels: np.ndarray | None, rng: np.random.Generator) -> np.ndarray:
    """Give one group after the other, large ones first, to the part that lacks most of what the group has."""
    contents = _contents(members, labels)  # (G, 1 + L): images, and images of each label
    totals = contents.sum(axis=0)
    kept = totals > 0
    contents, totals = contents[:, kept], totals[kept]
    lacking = np.outer(shares, totals)  # (P, 1 + L)
    order = rng.permutation(len(contents))
    order = order[np.argsort(-contents[order, 0], kind="stable")]
    part, empty = np.empty(len(contents), int), np.ones(len(shares), bool)
    for left, group in zip(range(len(order), 0, -1), order, strict=True):
        need = lacking @ (contents[group] / totals)
        if left == empty.sum():  # the last groups go to parts that would otherwise stay empty
            need[~empty] = -np.inf
        part[group] = chosen = need.argmax()
        lacking[chosen] -= contents[group]
        empty[chosen] = False
    return part


def _contents(members: np.ndarray, labels: np.ndarray | None) -> np.ndarray:
    columns = np.ones((len(members), 1))
    if labels is not None:
        columns = np.hstack([columns, _one_hot(labels)])
    return np.stack([np.bincount(members, weights=column) for column in columns.T], axis=1)


def _one_hot(labels: np.ndarray) -> np.ndarray:
    if labels.ndim == 2:
        return labels.astype(float)
    if labels.dtype.kind == "f":  # a measured quantity is mixed by its fifths
        labels = np.searchsorted(np.quantile(labels, (0.2, 0.4, 0.6, 0.8)), labels)
    values, positions = np.unique(labels, return_inverse=True)
    return np.eye(len(values))[positions]
