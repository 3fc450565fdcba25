"""The confusion matrix: four counts, and everything that comes out of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from .cells import CELLS, checked_cells, decided_cells
from .class_matrix import class_matrix
from .counts_table import matrix_html, quantity_table
from .quantified import Quantified
from .quantities import find_quantity
from .validation import Prepared, as_floats, check_aligned, prepare


@dataclass(frozen=True, eq=False)
class ConfusionCounts(Quantified):
    """How often truth and decision agreed and disagreed: TP, FN, FP, TN.

    Everything the lecture derives from them is a property, such as ``tpr``, ``ppv`` or ``mcc``, and is found under the
    field's other names too: ``counts.sensitivity``, ``counts["Matthews correlation coefficient"]``, ``counts["LR+"]``.
    What is undefined is NaN, never 0 and never infinite, and `reason` says why.

    Parameters
    ----------
    tp, fn, fp, tn : int, float, or arrays that broadcast to one shape
        Not negative. Arrays hold one matrix per label, class or threshold along their last axis; they become float64.
        Counts need not be whole: expected shares are welcome.
    names : sequence of str, optional
        Names along the last axis.
    expected : bool
        Whether these are expected shares, as `at_prevalence` gives them, and not counts: then there are no intervals.

    Raises
    ------
    ValueError
        If a count is negative, NaN or infinite, or shapes do not fit.

    Examples
    --------
    >>> counts = ConfusionCounts(tp=63, fn=37, fp=28, tn=72)
    >>> counts.sensitivity, counts.fpr, counts["accuracy"]
    (0.63, 0.28, 0.675)
    >>> low, high = counts.interval("sensitivity")
    >>> round(low, 3), round(high, 3)
    (0.532, 0.718)
    >>> ConfusionCounts(0, 5, 0, 95).reason("PPV")
    'nothing was predicted positive (TP + FP = 0)'
    """

    tp: float | np.ndarray
    fn: float | np.ndarray
    fp: float | np.ndarray
    tn: float | np.ndarray
    names: tuple[str, ...] | None = field(default=None, kw_only=True, repr=False)
    expected: bool = field(default=False, kw_only=True, repr=False)

    def __post_init__(self):
        for name, value in checked_cells(**{name: getattr(self, name) for name in CELLS}).items():
            object.__setattr__(self, name, value)
        if self.names is not None:
            names = tuple(map(str, self.names))
            if (len(names),) != self.shape[-1:]:
                raise ValueError(f"names: got {len(names)} names for counts of shape {self.shape}")
            object.__setattr__(self, "names", names)

    @classmethod
    def from_labels(
        cls,
        y_true: ArrayLike,
        y_pred: ArrayLike,
        *,
        uncertain: str | None = None,
        names: Sequence[str] | None = None,
    ) -> "ConfusionCounts":
        """Count decisions: one matrix for labels (N,), one per label for (N, L).

        Parameters
        ----------
        y_true : array, (N,) or (N, L)
            0 or 1 (or bool); NaN where the truth is unknown, which is not counted; −1 where it is uncertain.
        y_pred : array of the same shape
            0 or 1 (or bool).
        uncertain : "ignore", "zeros" or "ones", optional
            What −1 means; needed where there is a −1.
        names : sequence of L str, optional

        Raises
        ------
        ValueError
            If shapes disagree or a value is not allowed.

        Examples
        --------
        >>> ConfusionCounts.from_labels([1, 1, 0, 0], [1, 0, 0, 0])
        ConfusionCounts(tp=1, fn=1, fp=0, tn=2)
        """
        check_aligned("y_pred", y_true, y_pred)
        decided = as_floats("y_pred", y_pred)
        shape = as_floats("y_true", y_true).shape
        if shape != decided.shape:
            raise ValueError(f"y_pred: shape {decided.shape} does not match y_true's {shape}")
        if names is None:
            names = getattr(y_true, "columns", getattr(y_pred, "columns", None))
        prepared = prepare(y_true, np.nan_to_num(decided), uncertain=uncertain, names=names)
        wrong = decided.reshape(prepared.y.shape)[~np.isnan(prepared.y)]
        wrong = wrong[(wrong != 0) & (wrong != 1)]
        if wrong.size:
            advice = "for scores there is at_threshold, for classes one_vs_rest"
            raise ValueError(f"y_pred: got {wrong[0]:g}, allowed are 0 and 1; {advice}")
        return _counted(prepared, prepared.score == 1)

    @classmethod
    def at_threshold(
        cls,
        y_true: ArrayLike,
        score: ArrayLike,
        t: ArrayLike,
        *,
        uncertain: str | None = None,
        names: Sequence[str] | None = None,
    ) -> "ConfusionCounts":
        """Count the decisions score ≥ t.

        Parameters
        ----------
        y_true, score : array, (N,) or (N, L)
            As in `from_labels`; a higher score is more positive.
        t : float, or array (L,) with one threshold per label
            Infinity, nobody is positive, is allowed.
        uncertain, names
            As in `from_labels`.

        Raises
        ------
        ValueError
            If shapes disagree or a value is not allowed.

        Examples
        --------
        >>> ConfusionCounts.at_threshold([1, 1, 0, 0], [0.9, 0.4, 0.5, 0.1], t=0.5)
        ConfusionCounts(tp=1, fn=1, fp=1, tn=1)
        """
        prepared = prepare(y_true, score, uncertain=uncertain, names=names)
        threshold = as_floats("t", t)
        allowed = [()] if prepared.single else [(), (len(prepared.names),)]
        if threshold.shape not in allowed:
            raise ValueError(f"t: got shape {threshold.shape}, allowed is {' or '.join(map(str, allowed))}")
        if np.isnan(threshold).any():
            raise ValueError("t: got NaN, allowed are numbers")
        return _counted(prepared, prepared.score >= threshold)

    @classmethod
    def one_vs_rest(cls, y_true: ArrayLike, y_pred: ArrayLike, classes: Sequence | None = None) -> "ConfusionCounts":
        """Count each of K classes against all others: arrays (K,), with the classes' names.

        Parameters are those of `class_matrix`. Each of the K accuracies counts the true negatives of its class; the
        share of right decisions among all is ``counts.sum().tpr``.

        Examples
        --------
        >>> counts = ConfusionCounts.one_vs_rest(["cat", "dog", "dog"], ["cat", "cat", "dog"])
        >>> counts.names, counts.recall
        (('cat', 'dog'), array([1. , 0.5]))
        """
        matrix, names = class_matrix(y_true, y_pred, classes)
        tp = matrix.diagonal()
        fn, fp = matrix.sum(1) - tp, matrix.sum(0) - tp
        return cls(tp, fn, fp, matrix.sum() - tp - fn - fp, names=names)

    def inverted(self) -> "ConfusionCounts":
        """Counts after every decision has been turned around: a classifier below chance gets above it."""
        return replace(self, tp=self.fn, fn=self.tp, fp=self.tn, tn=self.fp)

    def sum(self) -> "ConfusionCounts":
        """Counts added up over the last axis, from which a micro average is computed.

        After `one_vs_rest`, the sum's accuracy is the mean of the K accuracies, in which every wrong decision counts
        twice and every right one also as K − 1 true negatives. Multi-class accuracy, the share of right decisions, is
        the sum's F1, sensitivity or precision, which are equal, or the trace of the `class_matrix` over n.

        Examples
        --------
        >>> counts = ConfusionCounts.one_vs_rest(["a", "b", "c", "c"], ["a", "b", "a", "b"])
        >>> counts.sum().f1, counts.sum().accuracy
        (0.5, 0.6666666666666666)
        """
        return replace(self, **{name: np.sum(getattr(self, name), axis=-1) for name in CELLS}, names=None)

    def at_prevalence(self, prevalence: ArrayLike) -> "ConfusionCounts":
        """Expected shares (n = 1) where `prevalence` of all are positive, with the same TPR and TNR, and no intervals.

        Raises
        ------
        ValueError
            If the prevalence is outside [0, 1], or TPR or TNR is undefined.

        Examples
        --------
        >>> round(ConfusionCounts(90, 10, 10, 90).at_prevalence(0.0019).ppv, 4)
        0.0168
        """
        share = as_floats("prevalence", prevalence)
        if not ((share >= 0) & (share <= 1)).all():
            raise ValueError(f"prevalence: got {prevalence!r}, allowed are numbers from 0 to 1")
        for rate in ("tpr", "tnr"):
            why = np.asarray(self.reason(rate))
            if (why != "").any():
                raise ValueError(f"at_prevalence: {rate.upper()} is undefined: {why[why != ''][0]}")
        cells = (share * self.tpr, share * self.fnr, (1 - share) * self.fpr, (1 - share) * self.tnr)
        kept = self.names if np.shape(cells[0])[-1:] == self.shape[-1:] else None
        return ConfusionCounts(*cells, names=kept, expected=True)

    def table(self, level: float = 0.95) -> pd.DataFrame:
        """All that comes out of one matrix, a row each: quantity, value, low, high, formula, synonyms, reason, ….

        Raises
        ------
        ValueError
            If these are several matrices: take one, ``counts[3]``, or their sum.
        """
        return quantity_table(self, level)

    def _repr_html_(self) -> str | None:
        return None if self.shape else matrix_html(self)

    def __getitem__(self, key):
        """Look up a quantity by any of its names, or matrices by their place along the last axis."""
        if isinstance(key, str):
            return getattr(self, find_quantity(key).name)
        if not self.shape:
            raise ValueError(f"key: got {key!r}, allowed is a quantity's name, for this is one matrix")
        names = None if self.names is None else np.array(self.names, object)[key]
        names = None if isinstance(names, str) else names
        return replace(self, **{name: getattr(self, name)[..., key] for name in CELLS}, names=names)

    def __eq__(self, other) -> bool:
        if not isinstance(other, ConfusionCounts):
            return NotImplemented
        same = all(np.array_equal(getattr(self, name), getattr(other, name)) for name in CELLS)
        return same and (self.names, self.expected) == (other.names, other.expected)


def _counted(prepared: Prepared, decided: np.ndarray) -> ConfusionCounts:
    """Count decisions (N, L) against labels."""
    cells = decided_cells(prepared.y, decided)
    if prepared.single:
        return ConfusionCounts(**{name: int(cell[0]) for name, cell in cells.items()})
    return ConfusionCounts(**cells, names=prepared.names)
