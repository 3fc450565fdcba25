"""The bootstraps to call: of AUROC, of average precision, of any quantity of the confusion matrix, of a regression."""

from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256

import numpy as np
from numpy.typing import ArrayLike

from ..arguments import prepare_as
from ..counts import ConfusionCounts
from ..quantities import find_quantity
from ..ranking import absent_classes
from ..regression import checked_pairs
from ..validation import Prepared, prepare, warn_caller, warn_undefined
from .resampling import Resampling, resample
from .result import Bootstrap
from .statistics import Statistic, area_under_precision_recall, area_under_roc, from_confusion, regression_errors

MENTIONED_FROM = 0.01  # share of replicates without a value that is worth a warning


def bootstrap_auroc(
    y_true: ArrayLike,
    y_score: ArrayLike,
    *,
    groups: ArrayLike | None = None,
    n_replicates: int = 1000,
    seed: int = 0,
    sample_weight: ArrayLike | None = None,
    uncertain: str | None = None,
    names: Sequence[str] | None = None,
) -> Bootstrap:
    """Bootstrap of the area under the ROC curve, of each label and of their mean.

    Every replicate draws samples with replacement, as many as there are; with `groups` it draws whole groups (patients)
    with all their samples, as it must where one patient has several images: those are not independent.

    Parameters
    ----------
    y_true, y_score, sample_weight, uncertain, names
        As `auroc` takes them. One-dimensional labels count as L = 1.
    groups : array, (N,), optional
        Whose sample it is: numbers or names.
    n_replicates, seed : int
        The same number of units, replicates and seed give the same draws.

    Returns
    -------
    Bootstrap
        ``.estimate`` (L,), ``.replicates`` (R, L), ``.interval(level)`` (L, 2), ``.macro`` (the same of the mean).

    Raises
    ------
    ValueError
        If shapes disagree, a value is not allowed, or there are fewer than two units to draw from.

    Notes
    -----
    Each replicate equals scikit-learn's ``roc_auc_score`` with the draws as weights, to rounding. The scores are sorted
    once; a replicate only adds up how often the samples of each bin were drawn.

    References
    ----------
    Efron, B. and Tibshirani, R. J. (1993). An introduction to the bootstrap. Chapman & Hall.
    Field, C. A. and Welsh, A. H. (2007). Bootstrapping clustered data. J. R. Stat. Soc. B 69(3), 369-390.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> y = rng.integers(0, 2, 200)
    >>> result = bootstrap_auroc(y, y + rng.normal(size=200))
    >>> result.estimate.round(2), result.interval().round(2)
    (array([0.76]), array([[0.68, 0.82]]))
    """
    data = prepare(y_true, y_score, sample_weight=sample_weight, uncertain=uncertain, names=names)
    return _of_ranking("AUROC", data, area_under_roc, groups, n_replicates, seed)


def bootstrap_average_precision(
    y_true: ArrayLike,
    y_score: ArrayLike,
    *,
    groups: ArrayLike | None = None,
    n_replicates: int = 1000,
    seed: int = 0,
    sample_weight: ArrayLike | None = None,
    uncertain: str | None = None,
    names: Sequence[str] | None = None,
) -> Bootstrap:
    """Bootstrap of the average precision, of each label and of their mean; everything else is as in `bootstrap_auroc`.

    Each replicate equals scikit-learn's ``average_precision_score`` with the draws as weights, to rounding.

    Examples
    --------
    >>> result = bootstrap_average_precision([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], n_replicates=500)
    >>> result.estimate.round(4), result.replicates.shape
    (array([0.8333]), (500, 1))
    """
    data = prepare(y_true, y_score, sample_weight=sample_weight, uncertain=uncertain, names=names)
    return _of_ranking("average precision", data, area_under_precision_recall, groups, n_replicates, seed)


def bootstrap_quantity(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    quantity: str,
    *,
    groups: ArrayLike | None = None,
    n_replicates: int = 1000,
    seed: int = 0,
    uncertain: str | None = None,
    names: Sequence[str] | None = None,
) -> Bootstrap:
    """Bootstrap of any quantity of the confusion matrix, such as F1 or MCC, at decisions that are already made.

    Parameters
    ----------
    y_true : array, (N,) or (N, L)
    y_pred : array of the same shape
        Decisions, 0 or 1: choose the threshold before, on other data.
    quantity : str
        Any name that `ConfusionCounts` knows.
    groups, n_replicates, seed, uncertain, names
        As in `bootstrap_auroc`.

    Raises
    ------
    ValueError
        If a decision is neither 0 nor 1, or the quantity is unknown; and as in `bootstrap_auroc`.

    Examples
    --------
    >>> result = bootstrap_quantity([0, 0, 1, 1] * 50, [0, 1, 1, 1] * 50, "f1")
    >>> result.estimate.round(2), result.interval().round(2)
    (array([0.8]), array([[0.74, 0.85]]))
    """
    data = prepare_as("y_pred", y_true, y_pred, uncertain=uncertain, names=names)
    if (other := data.score[~np.isnan(data.y) & (data.score != 0) & (data.score != 1)]).size:
        raise ValueError(
            f"y_pred: got {other[0]:g}, allowed are the decisions 0 and 1; compare scores with a threshold"
        )
    name = find_quantity(quantity).name
    statistics = [from_confusion(y, called, name) for y, called in zip(data.y.T, data.score.T, strict=True)]
    counts = ConfusionCounts.from_labels(data.y, np.nan_to_num(data.score), names=data.names)
    reasons = dict(zip(data.names, counts.reason(name), strict=True))
    return _run(name, data, statistics, reasons, groups, n_replicates, seed)


def bootstrap_regression(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    groups: ArrayLike | None = None,
    n_replicates: int = 1000,
    seed: int = 0,
) -> Bootstrap:
    """Bootstrap of a regression's errors: its "labels" are MAE, RMSE and R².

    Parameters
    ----------
    y_true, y_pred : array, (N,)
        True and predicted values; a pair with NaN is left out.
    groups, n_replicates, seed
        As in `bootstrap_auroc`.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> age = rng.uniform(45, 80, 300)
    >>> bootstrap_regression(age, age + rng.normal(0, 3, 300)).table().round(2)["estimate"].tolist()
    [2.31, 2.91, 0.92]
    """
    truth, predicted = checked_pairs(y_true, y_pred)
    unknown = np.isnan(truth + predicted)
    data = Prepared(np.where(unknown, np.nan, truth)[:, None], predicted[:, None], None, ("MAE", "RMSE", "R²"), False)
    statistics = regression_errors(truth, predicted)
    differ = len(np.unique(truth[~unknown])) > 1
    reasons = dict.fromkeys(data.names, "no pair is known") if unknown.all() else {}
    reasons |= {} if differ or unknown.all() else {"R²": "all true values are equal"}
    return _run("error", data, list(statistics.values()), reasons, groups, n_replicates, seed)


def _of_ranking(metric: str, data: Prepared, statistic: Callable, groups, n_replicates: int, seed: int) -> Bootstrap:
    reasons = absent_classes(data, needs_negatives=metric == "AUROC")
    statistics = [statistic(y, score, data.weight) for y, score in zip(data.y.T, data.score.T, strict=True)]
    return _run(metric, data, statistics, reasons, groups, n_replicates, seed)


def _run(
    metric: str,
    data: Prepared,
    statistics: Sequence[Statistic],
    reasons: Mapping[str, str],
    groups: ArrayLike | None,
    n_replicates: int,
    seed: int,
) -> Bootstrap:
    """Resample; warn of labels without a value and of replicates without one."""
    warn_undefined(metric, {name: reason for name, reason in reasons.items() if reason})
    resampling = Resampling.of(len(data.y), groups, n_replicates, seed)
    values = resample(statistics, resampling)
    judged = [data.y] if data.weight is None else [data.y, data.weight[:, None]]
    digest = sha256(np.ascontiguousarray(np.hstack(judged)).tobytes()).digest()
    n_positive = None if metric == "error" else (data.y == 1).sum(axis=0)
    n = int((~np.isnan(data.y)).any(axis=1).sum())
    result = Bootstrap(metric, data.names, *values, n, n_positive, resampling, digest)
    _warn_of_empty_replicates(result)
    return result


def _warn_of_empty_replicates(result: Bootstrap) -> None:
    """Say which labels, and whether the macro mean, rest on clearly fewer replicates than were asked for."""
    macro = result.macro
    empty = dict(zip(result.names, result.n_undefined * ~np.isnan(result.estimate), strict=True))
    if macro.n_labels > 1 and result.n_positive is not None:
        empty["the macro mean"] = macro.n_undefined if macro.n_used else 0
    shares = {name: n / len(result.replicates) for name, n in empty.items()}
    if said := [f"{name} ({share:.0%})" for name, share in shares.items() if share > MENTIONED_FROM]:
        warn_caller(
            f"bootstrap of {result.metric}: replicates in which it is undefined, such as for want of a class, are left "
            f"out: {', '.join(said)}"
        )
