"""Choose a threshold on one set of images, and apply it to another."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from numbers import Integral

import numpy as np
from numpy.typing import ArrayLike

from .counts import ConfusionCounts
from .curves import OperatingPoints, operating_points
from .validation import Prepared, prepare, warn_undefined

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

    def evaluate(self, y_true: ArrayLike, y_score: ArrayLike, *, ids: ArrayLike | None = None) -> ConfusionCounts:
        """Count on other images, TP = #{s₊ ≥ t}, FP = #{s₋ ≥ t}.

        Parameters
        ----------
        y_true, y_score : array, (M,) or (M, L)
            As `choose_threshold` takes them; −1 is read as it was there.
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
            whatever order; if ids came only once, or of another kind; if the number of labels differs.
        """
        if np.shape(y_true)[1:] != np.shape(self.value):
            raise ValueError(
                f"y_true: got shape {np.shape(y_true)}, the threshold was chosen for {np.shape(self.value)}"
            )
        data = prepare(y_true, y_score, uncertain=self._uncertain, names=self._names)
        _check_unseen(self._ids, None if ids is None else _checked_ids(ids, len(data.y)))
        if ids is None and _fingerprint(data) == self._fingerprint:
            raise ValueError(
                "y_true, y_score: these are the data that the threshold was chosen on; evaluate it on images that it "
                "has not seen, and give ids= both times to be sure that no patient is in both"
            )
        return _count(data, np.atleast_1d(self.value))


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
    seen = None if ids is None else _checked_ids(ids, len(data.y))
    missing = {name: _missing(y, criterion) for name, (y, _, _) in zip(data.names, data.columns(), strict=True)}
    warn_undefined(f"the threshold ({criterion})", {name: reason for name, reason in missing.items() if reason})
    values = np.full(len(data.names), np.nan)
    for label, (y, score, _) in enumerate(data.columns()):
        if not missing[data.names[label]]:
            values[label] = _best(operating_points(y, score), criterion, target, cost_fp, cost_fn)
    return Threshold(
        data.answer(values), criterion, _count(data, values), seen, _fingerprint(data), uncertain, data.names
    )


def _check_criterion(criterion: str, target: float | None, cost_fp: float, cost_fn: float) -> None:
    if criterion not in NEEDS:
        raise ValueError(f"criterion: got {criterion!r}, allowed are {', '.join(map(repr, NEEDS))}")
    if criterion not in TARGETED and target is not None:
        raise ValueError(f"target: got {target!r}, but criterion {criterion!r} takes none")
    if criterion in TARGETED and not (isinstance(target, (int, float, np.number)) and 0 < target <= 1):
        raise ValueError(f"target: got {target!r}, criterion {criterion!r} needs a number above 0 and at most 1")
    for name, cost in {"cost_fp": cost_fp, "cost_fn": cost_fn}.items():
        if not 0 < cost < np.inf:
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


def _fingerprint(data: Prepared) -> str:
    """Hash of the rows, whatever their order."""
    rows = np.hstack([data.y, data.score]) + 0.0  # −0 becomes 0
    return sha256(repr(rows.shape).encode() + rows[np.lexsort(rows.T)].tobytes()).hexdigest()


def _checked_ids(ids: ArrayLike, n: int) -> frozenset:
    """Return ids as a set: all str or all int."""
    values = np.asarray(ids, dtype=object)
    if values.shape != (n,):
        raise ValueError(f"ids: got shape {values.shape}, allowed is {(n,)}, one per image")
    odd = [one for one in values if isinstance(one, bool) or not isinstance(one, (str, Integral))]
    if odd or len({isinstance(one, str) for one in values}) > 1:
        got = f"{odd[0]!r} among them" if odd else "both text and numbers"
        raise ValueError(f"ids: got {got}, allowed are text or whole numbers, all of one kind")
    return frozenset(values)


def _check_unseen(seen: frozenset | None, ids: frozenset | None) -> None:
    """Refuse ids that were seen, or that cannot be compared."""
    if (seen is None) != (ids is None):
        when = "choosing the threshold" if ids is None else "evaluating it"
        raise ValueError(f"ids: given only when {when}; give them both times, so that they can be compared")
    if not seen or not ids:
        return
    kinds = {isinstance(next(iter(group)), str) for group in (seen, ids)}
    if len(kinds) > 1:
        raise ValueError("ids: text on one side and whole numbers on the other cannot be compared; use one kind")
    if shared := sorted(seen & ids):
        named = ", ".join(map(repr, shared[:3])) + (", …" if len(shared) > 3 else "")
        raise ValueError(
            f"ids: {len(shared)} of {len(ids)} were in the set that the threshold was chosen on ({named}); evaluate it "
            "on images and patients that it has not seen"
        )
