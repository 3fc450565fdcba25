"""AUROC and average precision: both ask only how the scores rank the positives among the negatives.

Sorted by score, the samples fall into few bins: a *group* of positives with one score, and the negatives between two
groups. How much weight stands in each bin is all that either metric needs, so one sparse matrix, bins × samples, turns
any weighting of the samples (such as a bootstrap replicate) into bin counts, and whole numbers stay exact.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from .validation import Prepared, prepare, warn_undefined

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix


@dataclass(frozen=True)
class Ranking:
    """The bins of one label's samples, and what follows from the weight in each.

    The rows are G groups of positives (ascending score), then G + 1 bins of negatives (row g: at least as high as group
    g − 1, below group g), then one row for each group that negatives tie with, holding these once more.

    Attributes
    ----------
    members : sparse array of float, (rows, N)
        Which samples each bin holds, times their weight.
    n_groups : int
    tied : array of int, (T,)
        The groups that negatives tie with.
    """

    members: "csr_matrix"
    n_groups: int
    tied: np.ndarray

    @classmethod
    def of(cls, y: np.ndarray, score: np.ndarray, weight: np.ndarray | None = None) -> "Ranking":
        """Sort the samples of one label, (N,) each, into their bins; NaN in `y` leaves a sample out."""
        from scipy.sparse import csr_matrix

        positive, negative = np.flatnonzero(y == 1), np.flatnonzero(y == 0)
        groups, group = np.unique(score[positive], return_inverse=True)
        size = len(groups)
        bin_ = np.searchsorted(groups, score[negative], side="right")
        is_tied = np.searchsorted(groups, score[negative], side="left") < bin_
        tied, tie = np.unique(bin_[is_tied] - 1, return_inverse=True)
        rows = np.concatenate([group, size + bin_, 2 * size + 1 + tie])
        columns = np.concatenate([positive, negative, negative[is_tied]])
        data = np.ones(len(rows), np.float32) if weight is None else weight[columns]
        return cls(csr_matrix((data, (rows, columns)), shape=(2 * size + 1 + len(tied), len(y))), size, tied)

    def auroc(self, counts: np.ndarray) -> np.ndarray:
        """P(s₊ > s₋) + ½ P(s₊ = s₋) from `counts` (rows, R), the weight in each bin: (R,), NaN without both classes."""
        positive, negative, tied = self._parts(counts)
        below = np.cumsum(negative, axis=0)
        wins = np.einsum("gr,gr->r", positive, below[:-1]) + np.einsum("gr,gr->r", positive[self.tied], tied) / 2
        return _ratio(wins, positive.sum(axis=0) * below[-1])

    def average_precision(self, counts: np.ndarray) -> np.ndarray:
        """Σ (share of positives at a threshold) · (precision there) from `counts` (rows, R): (R,)."""
        positive, negative, _ = self._parts(counts)
        true, false = _at_least(positive), _at_least(negative[1:])
        return _ratio(np.einsum("gr,gr->r", positive, _ratio(true, true + false, 0.0)), positive.sum(axis=0))

    def auroc_gradient(self, counts: np.ndarray) -> np.ndarray:
        """The derivative of `auroc` by the weight in each bin, (rows,), at `counts` (rows,)."""
        positive, negative, tied = (part[:, 0] for part in self._parts(counts[:, None]))
        below = np.cumsum(negative)
        pairs, value = positive.sum() * below[-1], self.auroc(counts[:, None])[0]
        by_group = below[:-1].copy()
        by_group[self.tied] += tied / 2
        above = np.append(_at_least(positive), 0.0)
        by_negative, by_tie = above, positive[self.tied] / 2  # a tied negative stands in two rows
        return np.concatenate(
            [
                _ratio(by_group, pairs) - _ratio(value, positive.sum()),
                _ratio(by_negative, pairs) - _ratio(value, below[-1]),
                _ratio(by_tie, pairs),
            ]
        )

    def average_precision_gradient(self, counts: np.ndarray) -> np.ndarray:
        """The derivative of `average_precision` by the weight in each bin, (rows,), at `counts` (rows,)."""
        positive, negative, _ = (part[:, 0] for part in self._parts(counts[:, None]))
        true, false = _at_least(positive), _at_least(negative[1:])
        flagged, total = true + false, positive.sum()
        own = _ratio(true, flagged, 0.0) + np.cumsum(positive * _ratio(false, flagged**2, 0.0))
        lost = np.append(0.0, np.cumsum(positive * _ratio(true, flagged**2, 0.0)))
        value = self.average_precision(counts[:, None])[0]
        return np.concatenate([_ratio(own - value, total), _ratio(-lost, total), np.zeros(len(self.tied))])

    def _parts(self, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Weight of each group of positives, of each bin of negatives, and of the negatives tied with a group."""
        return tuple(np.split(counts.astype(float), [self.n_groups, 2 * self.n_groups + 1]))


def auroc(
    y_true: ArrayLike,
    y_score: ArrayLike,
    *,
    sample_weight: ArrayLike | None = None,
    uncertain: str | None = None,
    names: Sequence[str] | None = None,
) -> float | np.ndarray:
    """Area under the ROC curve: P(s₊ > s₋) + ½ P(s₊ = s₋), for a positive and a negative drawn at random.

    Only the order of the scores counts: probabilities and logits give the same value.

    Parameters
    ----------
    y_true : array, (N,) or (N, L)
        0 or 1; NaN where the truth is unknown (left out); −1 where it is uncertain.
    y_score : array of the same shape
        Higher means more positive.
    sample_weight : array, (N,), optional
    uncertain : "ignore", "zeros" or "ones", optional
        What −1 in `y_true` means.
    names : sequence of L str, optional
        The labels' names, for warnings; by default a DataFrame's columns.

    Returns
    -------
    float, or array (L,)
        In [0, 1]; NaN, with a warning that names the label, where a class is absent.

    Raises
    ------
    ValueError
        If shapes disagree or a value is not allowed.

    References
    ----------
    Hanley, J. A. and McNeil, B. J. (1982). Radiology 143(1), 29-36.

    Examples
    --------
    >>> auroc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    0.75
    """
    data = prepare(y_true, y_score, sample_weight=sample_weight, uncertain=uncertain, names=names)
    return _evaluate("auroc", data, Ranking.auroc)


def average_precision(
    y_true: ArrayLike,
    y_score: ArrayLike,
    *,
    sample_weight: ArrayLike | None = None,
    uncertain: str | None = None,
    names: Sequence[str] | None = None,
) -> float | np.ndarray:
    """Average precision: Σₙ (Rₙ − Rₙ₋₁) Pₙ over the thresholds, with recall R and precision P.

    Parameters and errors are those of `auroc`. A ranking at random scores the prevalence, not ½.

    Returns
    -------
    float, or array (L,)
        In (0, 1]; NaN, with a warning that names the label, where there are no positives.

    References
    ----------
    Manning, C. D., Raghavan, P. and Schütze, H. (2008). Introduction to Information Retrieval, section 8.4.

    Examples
    --------
    >>> round(average_precision([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]), 4)
    0.8333
    """
    data = prepare(y_true, y_score, sample_weight=sample_weight, uncertain=uncertain, names=names)
    return _evaluate("average_precision", data, Ranking.average_precision, needs_negatives=False)


def absent_classes(data: Prepared, needs_negatives: bool = True) -> dict[str, str]:
    """Which labels lack a class that a metric needs, and which class."""
    reasons = {}
    for name, (y, _, weight) in zip(data.names, data.columns(), strict=True):
        mass = np.ones(len(y)) if weight is None else weight
        absent = [word for word, value in (("positives", 1), ("negatives", 0)) if not mass[y == value].any()]
        if "positives" in absent or (needs_negatives and absent):
            reasons[name] = f"no {' and no '.join(absent)} among {len(y)} samples"
    return reasons


def _evaluate(name: str, data: Prepared, metric, needs_negatives: bool = True) -> float | np.ndarray:
    warn_undefined(name, absent_classes(data, needs_negatives))
    values = []
    for y, score, weight in data.columns():
        ranking = Ranking.of(y, score, weight)
        values.append(metric(ranking, ranking.members @ np.ones((len(y), 1)))[0])
    return data.answer(values)


def _at_least(weight: np.ndarray) -> np.ndarray:
    """Weight in each row and all that follow: of the samples that score at least as high."""
    return np.cumsum(weight[::-1], axis=0)[::-1]


def _ratio(over, under, undefined: float = np.nan) -> np.ndarray:
    over, under = np.asarray(over, float), np.asarray(under, float)
    shape = np.broadcast_shapes(over.shape, under.shape)
    return np.divide(over, under, out=np.full(shape, undefined), where=under != 0)
