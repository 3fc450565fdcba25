"""Every threshold at once: the ROC curve and the precision-recall curve, both read off confusion counts."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from .counts import ConfusionCounts
from .validation import prepare


@dataclass(frozen=True)
class OperatingPoints:
    """What each threshold of a score would decide.

    Attributes
    ----------
    thresholds : array of float, (T,)
        Infinity (nobody is called positive), then each different score, descending.
    counts : ConfusionCounts of arrays, (T,)
        Positive is called whose score is at least the threshold.
    """

    thresholds: np.ndarray
    counts: ConfusionCounts


def operating_points(y_true: ArrayLike, y_score: ArrayLike, *, uncertain: str | None = None) -> OperatingPoints:
    """Count true and false positives at every threshold, TP(t) = #{s₊ ≥ t}, FP(t) = #{s₋ ≥ t}.

    Parameters
    ----------
    y_true, y_score : array, (N,)
        As `auroc` takes them; one label at a time.
    uncertain : "ignore", "zeros" or "ones", optional

    Returns
    -------
    OperatingPoints

    Raises
    ------
    ValueError
        If more than one label came, or a value is not allowed.

    Examples
    --------
    >>> points = operating_points([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    >>> points.thresholds
    array([ inf, 0.8 , 0.4 , 0.35, 0.1 ])
    >>> points.counts.tp
    array([0., 1., 1., 2., 2.])
    """
    data = prepare(y_true, y_score, uncertain=uncertain)
    if len(data.names) != 1:
        raise ValueError(f"y_true: got {len(data.names)} labels, allowed is one; take one column at a time")
    y, score, _ = next(data.columns())
    thresholds, place = np.unique(-score, return_inverse=True)
    positives, negatives = (
        np.append(0.0, np.bincount(place[y == value], minlength=len(thresholds)).cumsum()) for value in (1, 0)
    )
    counts = ConfusionCounts(tp=positives, fn=positives[-1] - positives, fp=negatives, tn=negatives[-1] - negatives)
    return OperatingPoints(np.append(np.inf, -thresholds), counts)


def roc_curve(y_true: ArrayLike, y_score: ArrayLike, *, uncertain: str | None = None) -> pd.DataFrame:
    """The ROC curve: true positive rate against false positive rate, threshold by threshold.

    Returns
    -------
    DataFrame
        Columns ``threshold``, ``fpr``, ``tpr``, from (0, 0) to (1, 1); NaN where a class is absent.

    Examples
    --------
    >>> roc_curve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])["tpr"].tolist()
    [0.0, 0.5, 0.5, 1.0, 1.0]
    """
    points = operating_points(y_true, y_score, uncertain=uncertain)
    return pd.DataFrame({"threshold": points.thresholds, "fpr": points.counts.fpr, "tpr": points.counts.tpr})


def precision_recall_curve(y_true: ArrayLike, y_score: ArrayLike, *, uncertain: str | None = None) -> pd.DataFrame:
    """The precision-recall curve: positive predictive value against sensitivity, threshold by threshold.

    Returns
    -------
    DataFrame
        Columns ``threshold``, ``recall``, ``precision``. The first precision, where nobody is called positive, is
        NaN: it is undefined, not 1.

    Examples
    --------
    >>> precision_recall_curve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])["precision"].round(2).tolist()
    [nan, 1.0, 0.5, 0.67, 0.5]
    """
    points = operating_points(y_true, y_score, uncertain=uncertain)
    return pd.DataFrame({"threshold": points.thresholds, "recall": points.counts.tpr, "precision": points.counts.ppv})
