"""What a bootstrap can repeat: statistics that depend on the samples only through sums of their weights.

Each has a sparse matrix `members`, (rows, N): a weighting w of the samples gives the sums ``members @ w``, and `value`
turns these sums, (rows, R), into R values of the statistic; `gradient` says how it changes with each sum.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from ..counts import ConfusionCounts
from ..ranking import Ranking

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix


class Statistic(Protocol):
    """What `resample` asks of a statistic."""

    members: "csr_matrix"

    def value(self, sums: np.ndarray) -> np.ndarray:
        """Sums (rows, R) → values (R,)."""

    def gradient(self, sums: np.ndarray) -> np.ndarray:
        """Sums (rows,) → derivative by each, (rows,)."""


@dataclass(frozen=True)
class FromSums:
    """A statistic made of its three parts."""

    members: "csr_matrix"
    value: Callable[[np.ndarray], np.ndarray]
    gradient: Callable[[np.ndarray], np.ndarray]


def area_under_roc(y: np.ndarray, score: np.ndarray, weight: np.ndarray | None) -> FromSums:
    """AUROC of one label, (N,) each."""
    ranking = Ranking.of(y, score, weight)
    return FromSums(ranking.members, ranking.auroc, ranking.auroc_gradient)


def area_under_precision_recall(y: np.ndarray, score: np.ndarray, weight: np.ndarray | None) -> FromSums:
    """Average precision of one label, (N,) each."""
    ranking = Ranking.of(y, score, weight)
    return FromSums(ranking.members, ranking.average_precision, ranking.average_precision_gradient)


def from_confusion(y: np.ndarray, predicted: np.ndarray, quantity: str) -> FromSums:
    """A quantity of the confusion matrix, such as "f1", from labels and decisions, (N,) each."""
    from scipy.sparse import csr_matrix

    rows = np.stack([(y == true) & (predicted == called) for true in (1, 0) for called in (1, 0)])  # TP, FN, FP, TN

    def value(sums: np.ndarray) -> np.ndarray:
        tp, fn, fp, tn = sums.astype(float)
        return np.asarray(ConfusionCounts(tp, fn, fp, tn)[quantity], float)

    def gradient(sums: np.ndarray) -> np.ndarray:
        """Central differences, each cell with a step of its own size; an empty cell has no sample to ask for."""
        steps = np.diag(1e-6 * sums)
        change = value(sums[:, None] + steps) - value(sums[:, None] - steps)
        return np.where(sums > 0, _per(change, 2e-6 * sums), 0.0)

    return FromSums(csr_matrix(rows.astype(np.float32)), value, gradient)


def regression_errors(truth: np.ndarray, predicted: np.ndarray) -> dict[str, FromSums]:
    """MAE, RMSE and R² from true and predicted values, (N,) each; NaN in either leaves the sample out."""
    from scipy.sparse import csr_matrix

    known = ~np.isnan(truth + predicted)
    centered = np.where(known, truth - truth[known].mean() if known.any() else 0.0, 0.0)
    error = np.where(known, predicted - truth, 0.0)
    rows = np.stack([known, np.abs(error), error**2, centered, centered**2])

    members = csr_matrix(rows.astype(float))

    def mean_of(row: int) -> Callable[[np.ndarray], np.ndarray]:
        return lambda sums: _per(sums[row], sums[0])

    def slope_of_mean(row: int) -> Callable[[np.ndarray], np.ndarray]:
        return lambda sums: _per((np.arange(5) == row) - mean_of(row)(sums) * (np.arange(5) == 0), sums[0])

    def rmse(sums: np.ndarray) -> np.ndarray:
        return np.sqrt(mean_of(2)(sums))

    return {
        "MAE": FromSums(members, mean_of(1), slope_of_mean(1)),
        "RMSE": FromSums(members, rmse, lambda sums: _per(slope_of_mean(2)(sums), 2 * rmse(sums))),
        "R²": FromSums(members, _r_squared, _slope_of_r_squared),
    }


def _r_squared(sums: np.ndarray) -> np.ndarray:
    return 1 - _per(sums[2], _around_mean(sums))


def _slope_of_r_squared(sums: np.ndarray) -> np.ndarray:
    n, _, squares, total, _ = sums
    spread = _around_mean(sums)
    by_spread, mean = _per(squares, spread**2), _per(total, n)
    return np.stack([by_spread * mean**2, 0 * n, -_per(np.ones(()), spread), -2 * by_spread * mean, by_spread])


def _around_mean(sums: np.ndarray) -> np.ndarray:
    """Σ (y − ȳ)², and exactly 0 where only rounding is left of it."""
    n, _, _, total, total_squares = sums
    spread = total_squares - _per(total**2, n)
    return np.where(spread > 1e-12 * total_squares, spread, 0.0)


def _per(over: np.ndarray, under: np.ndarray) -> np.ndarray:
    return np.divide(over, under, out=np.full(np.shape(over), np.nan), where=under != 0)
