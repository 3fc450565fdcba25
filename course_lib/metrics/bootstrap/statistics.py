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
    rows = np.stack([(y == true) & (predicted == called) for true in (1, 0) for called in (1, 0)])  # TP, FN, FP, TN

    def value(sums: np.ndarray) -> np.ndarray:
        tp, fn, fp, tn = sums.astype(float)
        return np.asarray(ConfusionCounts(tp, fn, fp, tn)[quantity], float)

    return _smooth(rows.astype(float), value)


def regression_errors(truth: np.ndarray, predicted: np.ndarray) -> dict[str, FromSums]:
    """MAE, RMSE and R² from true and predicted values, (N,) each; NaN in either leaves the sample out."""
    known = ~np.isnan(truth + predicted)
    centered = np.where(known, truth - truth[known].mean() if known.any() else 0.0, 0.0)
    error = np.where(known, predicted - truth, 0.0)
    rows = np.stack([known, np.abs(error), error**2, centered, centered**2])

    def r_squared(sums: np.ndarray) -> np.ndarray:
        n, _, squares, total, total_squares = sums
        around_mean = total_squares - _per(total**2, n)
        return 1 - _per(squares, np.where(around_mean > 1e-12 * total_squares, around_mean, 0.0))

    return {
        "MAE": _smooth(rows, lambda sums: _per(sums[1], sums[0])),
        "RMSE": _smooth(rows, lambda sums: np.sqrt(_per(sums[2], sums[0]))),
        "R²": _smooth(rows, r_squared),
    }


def _smooth(rows: np.ndarray, value: Callable[[np.ndarray], np.ndarray]) -> FromSums:
    from scipy.sparse import csr_matrix

    return FromSums(csr_matrix(rows.astype(float)), value, lambda sums: _slopes(value, sums))


def _slopes(value: Callable[[np.ndarray], np.ndarray], sums: np.ndarray) -> np.ndarray:
    """Differences of a smooth function of few sums: central, or one-sided where a sum would fall below 0."""
    step = 1e-6 * max(float(np.abs(sums).max()), 1e-12)
    back = np.where((sums >= 0) & (sums < step), 0.0, step)
    up, down = sums[:, None] + step * np.eye(len(sums)), sums[:, None] - np.diag(back)
    return (value(up) - value(down)) / (step + back)


def _per(over: np.ndarray, under: np.ndarray) -> np.ndarray:
    return np.divide(over, under, out=np.full(np.shape(over), np.nan), where=under != 0)
