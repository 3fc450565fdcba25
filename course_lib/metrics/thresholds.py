"""Choose a threshold on one set of images, and apply it to another."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from numbers import Real

import numpy as np
from numpy.typing import ArrayLike

from .counts import ConfusionCounts
from .curves import OperatingPoints, operating_points
from .seen import check_unseen, checked_ids, column_names, fingerprint
from .validation import Prepared, as_floats, prepare, warn_undefined

NEEDS = {  # what each criterion must have seen
    "f1": ("positive",),
    "youden": ("positive", "negative"),
    "sensitivity": ("positive",),
    "specificity": ("negative",),
    "cost": (),
}
TARGETED = ("sensitivity", "specificity")


@dataclass(frozen=True, eq=False)
class Threshold:
    """A threshold, and what it was chosen on: positive is called whose score is at least `value`.

    Attributes
    ----------
    value : float, or array (L,)
        An observed score; infinity where calling nobody positive is best; NaN where it is undefined.
    criterion : str
    counts : ConfusionCounts
        On the set that it was chosen on, where it looks better than it is.
    """

    value: float | np.ndarray
    criterion: str
    counts: ConfusionCounts
    _ids: frozenset | None = field(repr=False)
    _fingerprint: str = field(repr=False)
    _uncertain: str | None = field(repr=False)
    _names: tuple[str, ...] = field(repr=False)
    _columns: dict[str, tuple[str, ...] | None] = field(repr=False)  # of y_true and of y_score

    def evaluate(self, y_true: ArrayLike, y_score: ArrayLike, *, ids: ArrayLike | None = None) -> ConfusionCounts:
        """Count on other images, TP = #{s₊ ≥ t}, FP = #{s₋ ≥ t}.

        Parameters
        ----------
        y_true, y_score : array, (M,) or (M, L)
            As `choose_threshold` takes them; −1 is read as `uncertain` said there. The columns of a DataFrame must have
            the labels' names, in their order, if names were given there.
        ids : array of str or int, (M,)
            Of the kind that `choose_threshold` was given, and only if it was: image ids, or better patient ids.

        Returns
        -------
        ConfusionCounts
            Of numbers, or of arrays (L,); all 0, for nothing is decided, for a label whose threshold is NaN.

        Raises
        ------
        ValueError
            If any id was among those the threshold was chosen on; without ids, if the same rows come back, in
            whatever order and rounded to float32 or not; if ids came only once, or of another kind; if the number or
            the names of the labels differ; if there is a −1 and `choose_threshold` was not told what it means.
        """
        truth = as_floats("y_true", y_true)
        if truth.shape[1:] != np.shape(self.value):
            raise ValueError(f"y_true: got shape {truth.shape}, the threshold was chosen for {np.shape(self.value)}")
        if self._uncertain is None and (truth == -1).any():
            raise ValueError(
                f"y_true: {(truth == -1).sum()} labels are −1 (uncertain); say what they mean where the threshold is "
                "chosen, choose_threshold(uncertain='ignore', 'zeros' or 'ones')"
            )
        self._check_columns(y_true=y_true, y_score=y_score)
        data = prepare(y_true, y_score, uncertain=self._uncertain, names=self._names)
        check_unseen(self._ids, None if ids is None else checked_ids(ids, len(data.y)))
        if ids is None and fingerprint(data) == self._fingerprint:
            raise ValueError(
                "y_true, y_score: these are the data that the threshold was chosen on; evaluate it on images that it "
                "has not seen, and give ids= both times to be sure that no patient is in both"
            )
        return _count(data, np.atleast_1d(self.value))

    def _check_columns(self, **tables: ArrayLike) -> None:
        """Refuse a DataFrame of other labels."""
        for name, values in tables.items():
            columns, fitted = column_names(values), self._columns[name]
            if None not in (columns, fitted) and columns != fitted:
                raise ValueError(
                    f"{name}: got columns {list(columns)}, the threshold was chosen for {list(fitted)}, in this order"
                )


def choose_threshold(
    y_true: ArrayLike,
    y_score: ArrayLike,
    *,
    criterion: str = "f1",
    target: float | None = None,
    cost_fp: float = 1.0,
    cost_fn: float = 1.0,
    ids: ArrayLike | None = None,
    uncertain: str | None = None,
    names: Sequence[str] | None = None,
) -> Threshold:
    """Choose the observed score t whose decisions s ≥ t meet a criterion best; of equals, the highest.

    - "f1": maximal F1 = 2TP/(2TP + FP + FN).
    - "youden": maximal sensitivity + specificity − 1.
    - "sensitivity": the highest t with TP/(TP + FN) ≥ `target`, which spares the most negatives.
    - "specificity": the lowest t with TN/(TN + FP) ≥ `target`, which finds the most positives; infinity (nobody is
      called positive) if no score will do.
    - "cost": minimal `cost_fp`·FP + `cost_fn`·FN; infinity if it is cheapest to call nobody positive. For calibrated
      probabilities the best t is cost_fp/(cost_fp + cost_fn) without any search, whatever the prevalence: calling a
      patient of probability p positive costs (1 − p)·cost_fp, calling her negative p·cost_fn.

    Parameters
    ----------
    y_true : array, (N,) or (N, L)
        0 or 1; NaN where the truth is unknown, which is left out.
    y_score : array of the same shape
        Higher means more positive.
    criterion : str
        One of those above.
    target : float
        In (0, 1], for "sensitivity" and "specificity" only.
    cost_fp, cost_fn : float
        Positive, for "cost" only.
    ids : array of str or int, (N,), optional
        Of the images, or better of the patients: `Threshold.evaluate` refuses those that it finds here.
    uncertain : "ignore", "zeros" or "ones", optional
        What −1 in `y_true` means; needed where there is a −1.
    names : sequence of L str, optional

    Returns
    -------
    Threshold
        With a value of NaN, and a warning that names the label, where a class is missing that the criterion needs
        ("cost" needs none).

    Raises
    ------
    ValueError
        If an argument is not allowed, or does not belong to the criterion.

    References
    ----------
    Youden, W. J. (1950). Cancer 3(1), 32-35.
    Elkan, C. (2001). The foundations of cost-sensitive learning. IJCAI, 973-978.

    Examples
    --------
    >>> threshold = choose_threshold([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], criterion="sensitivity", target=1)
    >>> threshold.value
    0.35
    >>> threshold.evaluate([0, 1, 1], [0.2, 0.3, 0.9]).sensitivity
    0.5
    """
    _check_criterion(criterion, target, cost_fp, cost_fn)
    data = prepare(y_true, y_score, uncertain=uncertain, names=names)
    seen = None if ids is None else checked_ids(ids, len(data.y))
    missing = [_missing(y, criterion) for y, _, _ in data.columns()]
    reasons = {name: reason for name, reason in zip(data.names, missing, strict=True) if reason}
    warn_undefined(f"the threshold ({criterion})", reasons)
    values = np.full(len(data.names), np.nan)
    for label, (y, score, _) in enumerate(data.columns()):
        if not missing[label]:
            values[label] = _best(operating_points(y, score), criterion, target, cost_fp, cost_fn)
    of_truth, of_score = column_names(y_true), column_names(y_score)
    named = of_truth or of_score or (None if names is None else data.names)
    return Threshold(
        value=data.answer(values),
        criterion=criterion,
        counts=_count(data, values),
        _ids=seen,
        _fingerprint=fingerprint(data),
        _uncertain=uncertain,
        _names=data.names,
        _columns={"y_true": named, "y_score": of_score or named},
    )


def _check_criterion(criterion: str, target: float | None, cost_fp: float, cost_fn: float) -> None:
    if criterion not in tuple(NEEDS):
        raise ValueError(f"criterion: got {criterion!r}, allowed are {', '.join(map(repr, NEEDS))}")
    if criterion not in TARGETED and target is not None:
        raise ValueError(f"target: got {target!r}, but criterion {criterion!r} takes none")
    if criterion in TARGETED and not (isinstance(target, Real) and 0 < target <= 1):
        raise ValueError(f"target: got {target!r}, criterion {criterion!r} needs a number above 0 and at most 1")
    for name, cost in {"cost_fp": cost_fp, "cost_fn": cost_fn}.items():
        if not (isinstance(cost, Real) and 0 < cost < np.inf):
            raise ValueError(f"{name}: got {cost!r}, allowed is a positive number")
        if criterion != "cost" and cost != 1:
            raise ValueError(f"{name}: got {cost!r}, but criterion {criterion!r} takes no costs")


def _missing(y: np.ndarray, criterion: str) -> str:
    """Say what the criterion needs and known labels `y` lack; empty if nothing."""
    if not y.size:
        return "no label is known"
    lacking = [kind for kind in NEEDS[criterion] if not (y == (kind == "positive")).any()]
    return f"there is no {' and no '.join(lacking)} image" if lacking else ""


def _best(points: OperatingPoints, criterion: str, target: float | None, cost_fp: float, cost_fn: float) -> float:
    tp, fn, fp, tn = points.counts.tp, points.counts.fn, points.counts.fp, points.counts.tn
    if criterion == "sensitivity":
        return float(points.thresholds[np.argmax(tp / (tp + fn) >= target)])
    if criterion == "specificity":
        return float(points.thresholds[tn / (tn + fp) >= target][-1])
    if criterion == "cost":
        gain = -(cost_fp * fp + cost_fn * fn)
    elif criterion == "f1":
        gain = 2 * tp / (2 * tp + fp + fn)
    else:  # Youden's index times positives times negatives: whole numbers, of which equals are equal
        gain = tp * (fp + tn)[0] - fp * (tp + fn)[0]
    if criterion != "cost":  # a threshold that calls nobody positive is no answer to "which score?"
        gain[0] = -np.inf
    close = 1e-14 * abs(gain.max())  # costs that differ by rounding alone are equal
    return float(points.thresholds[np.argmax(gain >= gain.max() - close)])


def _count(data: Prepared, values: np.ndarray) -> ConfusionCounts:
    """Count decisions at one threshold per label; none where it is NaN."""
    undefined = np.isnan(values)
    y, t = np.where(undefined, np.nan, data.y), np.where(undefined, np.inf, values)
    if data.single:
        return ConfusionCounts.at_threshold(y[:, 0], data.score[:, 0], t[0])
    return ConfusionCounts.at_threshold(y, data.score, t, names=data.names)
