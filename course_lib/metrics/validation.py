"""Labels and scores as every metric takes them: checked, in two dimensions, and with what is unknown marked as NaN."""

import sys
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .sequences import listed

POLICIES = {"ignore": np.nan, "zeros": 0.0, "ones": 1.0}


@dataclass(frozen=True)
class Prepared:
    """Labels and scores that have been checked.

    Attributes
    ----------
    y : array of float, (N, L)
        0, 1, or NaN where the truth is unknown.
    score : array of float, (N, L)
    weight : array of float, (N,), or None
    names : tuple of str, L
    single : bool
        Whether one-dimensional labels came, so that one number is the answer.
    """

    y: np.ndarray
    score: np.ndarray
    weight: np.ndarray | None
    names: tuple[str, ...]
    single: bool

    def columns(self):
        """Yield (y, score, weight) of each label, without the samples whose truth is unknown."""
        for y, score in zip(self.y.T, self.score.T, strict=True):
            known = ~np.isnan(y)
            yield y[known], score[known], None if self.weight is None else self.weight[known]

    def answer(self, values: Sequence[float]) -> float | np.ndarray:
        """One float for one-dimensional labels, else an array (L,)."""
        return float(values[0]) if self.single else np.asarray(values, float)


def prepare(
    y_true: ArrayLike,
    y_score: ArrayLike,
    *,
    sample_weight: ArrayLike | None = None,
    uncertain: str | None = None,
    names: Sequence[str] | None = None,
) -> Prepared:
    """Check labels and scores and give them their common form.

    Parameters
    ----------
    y_true : array, (N,) or (N, L)
        0 or 1 (or bool); NaN where the truth is unknown; −1 where it is uncertain.
    y_score : array of the same shape
        Higher means more positive: probabilities or logits. NaN is allowed where the truth is unknown.
    sample_weight : array, (N,), optional
        Not negative.
    uncertain : "ignore", "zeros" or "ones", optional
        What −1 in `y_true` means; needed where there is a −1.
    names : sequence of L str, optional
        By default the columns of a DataFrame, else "label 0", "label 1", ….

    Returns
    -------
    Prepared

    Raises
    ------
    ValueError
        If shapes disagree or a value is not allowed.
    """
    check_aligned("y_score", y_true, y_score)
    names = _names(y_true, y_score, names)
    y, score = as_floats("y_true", y_true), as_floats("y_score", y_score)
    if y.shape != score.shape:
        raise ValueError(f"y_score: shape {score.shape} does not match y_true's {y.shape}")
    if y.ndim not in (1, 2) or y.shape[1:] == (0,):
        raise ValueError(f"y_true: got shape {y.shape}, allowed are (N,) and (N, L) with at least one label")
    single = y.ndim == 1
    if single:
        y, score = y[:, None], score[:, None]
    y = _decided(y, uncertain)
    if not np.isfinite(score[~np.isnan(y)]).all():
        raise ValueError("y_score: got NaN or infinity where the truth is known, allowed are finite numbers")
    if names is None:
        names = [f"label {number}" for number in range(y.shape[1])]
    if len(names) != y.shape[1]:
        raise ValueError(f"names: got {len(names)} names for {y.shape[1]} labels")
    if len(set(names)) < len(names):
        raise ValueError(f"names: got {list(names)}, allowed are names that differ")
    return Prepared(y, score, _weights(sample_weight, len(y)), tuple(map(str, names)), single)


def as_floats(name: str, values: ArrayLike) -> np.ndarray:
    """Return `values` as an array of float64, or say which argument holds what is no number."""
    try:
        return np.asarray(values, dtype=float)
    except (TypeError, ValueError, RuntimeError) as problem:  # torch raises the last where a gradient is kept
        raise ValueError(f"{name}: got {type(values).__name__} that is no array of numbers ({problem})") from problem


def probabilities(y_score: ArrayLike, *, logits: bool = False) -> np.ndarray:
    """Return scores as probabilities: σ(z) = 1/(1 + e⁻ᶻ) of logits, else as they came, once checked.

    Raises
    ------
    ValueError
        If a score that is not said to be a logit lies outside [0, 1].

    Examples
    --------
    >>> probabilities([0.0, 2.0], logits=True).round(3)
    array([0.5  , 0.881])
    """
    from scipy.special import expit

    score = as_floats("y_score", y_score)
    if logits:
        return expit(score)
    outside = score[(score < 0) | (score > 1)]
    if outside.size:
        raise ValueError(f"y_score: {outside[0]:g} lies outside [0, 1]; if these are logits, say logits=True")
    return score


def check_level(level: float) -> None:
    """Raise a ValueError unless 0 < `level` < 1."""
    if not (isinstance(level, (int, float, np.number)) and 0 < level < 1):
        raise ValueError(f"level: got {level!r}, allowed is a number between 0 and 1, such as 0.95")


def warn_undefined(metric: str, reasons: Mapping[str, str]) -> None:
    """Warn that `metric` is NaN for the labels that are the keys of `reasons`, at the line that called this package."""
    if reasons:
        said = "; ".join(f"{name}: {reason}" for name, reason in reasons.items())
        warn_caller(f"{metric} is undefined (NaN) for {said}")


def warn_caller(message: str) -> None:
    """Warn at the line outside `course_lib.metrics` from which this was reached.

    Python shows a warning once per line: told at a line of this package, only the first of a session would be seen.
    """
    from sklearn.exceptions import UndefinedMetricWarning

    level, frame = 1, sys._getframe()
    while frame.f_back and frame.f_globals.get("__name__", "").startswith("course_lib.metrics"):
        level, frame = level + 1, frame.f_back
    warnings.warn(message, UndefinedMetricWarning, stacklevel=level)


def check_aligned(name: str, y_true, y_score) -> None:
    """Refuse two tables whose rows or columns have the same names in another order: they are matched by place."""
    for axis in ("index", "columns"):
        first, second = getattr(y_true, axis, None), getattr(y_score, axis, None)
        if not (hasattr(first, "equals") and hasattr(second, "equals")) or first.equals(second):
            continue  # not both are pandas', or they agree
        shared = first.intersection(second)
        if len(shared) and (axis == "columns" or len(shared) == len(first) == len(second)):
            raise ValueError(
                f"{name}: its {axis} {_few(second)} is in another order than y_true's {_few(first)}, and values are "
                "matched by place; bring both into one order"
            )


def _few(items) -> str:
    return "[" + ", ".join(map(repr, items[:3])) + (", …]" if len(items) > 3 else "]")


def _names(y_true, y_score, names: Sequence[str] | None) -> list[str] | None:
    if names is not None:
        return [names] if isinstance(names, str) else listed("names", names)
    for values in (y_true, y_score):
        if hasattr(values, "columns"):
            return [str(column) for column in values.columns]
    name = getattr(y_true, "name", None)  # of a Series
    return [str(name)] if isinstance(name, str) else None


def _decided(y: np.ndarray, uncertain: str | None) -> np.ndarray:
    """Replace −1 as the policy says; refuse what is neither a label nor marked."""
    if uncertain is not None and uncertain not in tuple(POLICIES):
        raise ValueError(f"uncertain: got {uncertain!r}, allowed are {', '.join(map(repr, POLICIES))}")
    marked = y == -1
    if marked.any() and uncertain is None:
        raise ValueError(
            f"y_true: {marked.sum()} labels are −1 (uncertain); say what they mean with uncertain='ignore', "
            "'zeros' or 'ones'"
        )
    y = np.where(marked, POLICIES[uncertain], y) if marked.any() else y
    other = y[~np.isnan(y) & (y != 0) & (y != 1)]
    if other.size:
        raise ValueError(f"y_true: got {other[0]:g}, allowed are 0, 1, −1 (uncertain) and NaN (unknown)")
    return y


def _weights(sample_weight: ArrayLike | None, n: int) -> np.ndarray | None:
    if sample_weight is None:
        return None
    weight = as_floats("sample_weight", sample_weight)
    if weight.shape != (n,):
        raise ValueError(f"sample_weight: got shape {weight.shape}, allowed is {(n,)}, one per sample")
    if not (np.isfinite(weight).all() and (weight >= 0).all()):
        raise ValueError("sample_weight: allowed are finite numbers that are not negative")
    return weight / weight.max() if weight.any() else weight  # only their ratios count, and products stay finite
