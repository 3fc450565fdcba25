"""How well a model answers for every finding: one table, with intervals that know whose images they are."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from course_lib.data.disjoint import check_disjoint
from course_lib.metrics import (
    Bootstrap,
    Threshold,
    average_precision,
    bootstrap_auroc,
    calibration_in_the_large,
    choose_threshold,
    expected_calibration_error,
)

from .evaluation import Evaluation
from .findings import FINDINGS

AT_THRESHOLD = ("sensitivity", "specificity", "ppv", "f1")


def evaluate(
    y_true: ArrayLike,
    y_score: ArrayLike,
    *,
    groups: ArrayLike | None = None,
    validation: tuple[ArrayLike, ...] | None = None,
    names: Sequence[str] = FINDINGS,
    logits: bool = True,
    n_replicates: int = 1000,
    seed: int = 0,
    criterion: str = "f1",
) -> Evaluation:
    """Judge predictions on test images, finding by finding: ranking, decisions and probabilities.

    Parameters
    ----------
    y_true : array, (N, L)
        0 or 1; NaN where the truth is unknown.
    y_score : array, (N, L)
        Logits, or probabilities with ``logits=False``.
    groups : array, (N,), optional
        The patients. With them the bootstrap draws whole patients; without, images as if each were of another patient,
        which makes intervals too narrow where patients come back.
    validation : (y_true, y_score) or (y_true, y_score, groups), optional
        Other images, on which each finding's threshold is chosen; with their patients, those that are also in the test
        set are refused. Without validation images there are no decisions: NaN.
    names : sequence of L str
    logits : bool
        What `y_score` is; never guessed. Thresholds are on the scale that came.
    n_replicates, seed : int
        Of the bootstrap.
    criterion : str
        "f1", "youden" or "cost", as `course_lib.metrics.choose_threshold` takes it.

    Returns
    -------
    Evaluation

    Raises
    ------
    ValueError
        If a patient is among both test and validation patients, the validation images are the test images, a table's
        columns are not `names`, shapes disagree, or a value is not allowed.

    Warns
    -----
    UndefinedMetricWarning
        Naming what is undefined (NaN), such as the AUROC of a finding that nobody has.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> y = rng.integers(0, 2, (300, 2))
    >>> z = 1.5 * y + rng.normal(size=y.shape)
    >>> result = evaluate(y[:200], z[:200], validation=(y[200:], z[200:]), names=("Mass", "Nodule"))
    >>> result.table[["finding", "n_positive", "auroc", "low", "high", "f1"]].round(2).values.tolist()
    [['Mass', 109, 0.91, 0.86, 0.95, 0.85], ['Nodule', 112, 0.89, 0.84, 0.93, 0.8]]
    """
    names = tuple(names)
    _check_table(y_true, y_score, names, "")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        ranking = bootstrap_auroc(y_true, y_score, groups=groups, n_replicates=n_replicates, seed=seed, names=names)
        precision = average_precision(y_true, y_score, names=names)
        threshold = _choose(validation, groups, names, criterion)
        decisions = _decide(threshold, y_true, y_score, len(names))
    _say_again(caught)
    return Evaluation(
        table=_table(ranking, precision, decisions),
        calibration=_calibration(y_true, y_score, validation, names, logits),
        bootstrap=ranking,
        threshold=threshold,
    )


def _check_table(y_true: ArrayLike, y_score: ArrayLike, names: tuple[str, ...], where: str) -> None:
    """Two dimensions, no −1, and the columns that the names say."""
    for argument, values in {"y_true": y_true, "y_score": y_score}.items():
        columns = [str(column).replace("_", " ") for column in getattr(values, "columns", names)]
        if columns != [name.replace("_", " ") for name in names]:
            raise ValueError(f"{where}{argument}: columns {columns} came, not the names {list(names)}")

        if np.ndim(values) != 2:
            raise ValueError(f"{where}{argument}: got shape {np.shape(values)}, allowed is (N, L)")
    if (np.asarray(y_true, float) == -1).any():
        raise ValueError(f"{where}y_true: −1 (uncertain) came; put 0, 1 or NaN (left out) in its place")


def _choose(validation: tuple | None, groups: ArrayLike | None, names: tuple[str, ...], criterion: str):
    """The threshold of each finding on validation images; None without them."""
    if validation is None:
        return None
    if not isinstance(validation, tuple) or len(validation) not in (2, 3):
        raise ValueError("validation: allowed are (y_true, y_score) and (y_true, y_score, groups)")
    y_true, y_score, *patients = validation
    _check_table(y_true, y_score, names, "validation's ")
    if groups is not None and not (patients and patients[0] is not None):
        raise ValueError("validation: came without its patients, but groups with those of the test images; give both")
    if patients and patients[0] is not None:
        if groups is None:
            raise ValueError("groups: None came, but validation has its patients; give those of the test images too")
        if np.shape(patients[0]) != (len(y_true),):
            raise ValueError(f"validation: got groups of shape {np.shape(patients[0])} for {len(y_true)} images")
        check_disjoint("validation", patients[0], "the test set", groups)
    return choose_threshold(y_true, y_score, criterion=criterion, names=names)


def _decide(threshold: Threshold | None, y_true: ArrayLike, y_score: ArrayLike, n: int) -> dict[str, np.ndarray]:
    """Thresholds and what they do on the test images; all NaN without them."""
    if threshold is None:
        return {name: np.full(n, np.nan) for name in ("threshold", *AT_THRESHOLD)}
    try:
        counts = threshold.evaluate(np.asarray(y_true, float), np.asarray(y_score, float))
    except ValueError as problem:
        raise ValueError(f"validation: {problem}") from problem
    return {"threshold": threshold.value} | {name: counts[name] for name in AT_THRESHOLD}


def _table(ranking: Bootstrap, precision: np.ndarray, decisions: dict[str, np.ndarray]) -> pd.DataFrame:
    low, high = ranking.interval().T
    columns = {"finding": ranking.names, "n_positive": ranking.n_positive, "auroc": ranking.estimate}
    return pd.DataFrame({**columns, "low": low, "high": high, "average_precision": precision, **decisions})


def _calibration(y_true, y_score, validation: tuple | None, names: tuple[str, ...], logits: bool) -> pd.DataFrame:
    """Mean prediction, observed share and ECE of each finding, beside the ECE of telling everybody one number."""
    y_true, y_score = np.asarray(y_true, float), np.asarray(y_score, float)
    told = np.full(len(names), np.nan) if validation is None else _prevalence(np.asarray(validation[0], float))
    rows = []
    with warnings.catch_warnings():  # about findings without a known label, which the table's NaN shows
        warnings.simplefilter("ignore")
        for name, y, score, one_number in zip(names, y_true.T, y_score.T, told, strict=True):
            large = calibration_in_the_large(y, score, logits=logits)
            prevalence = None if np.isnan(one_number) else float(one_number)
            error = expected_calibration_error(y, score, logits=logits, prevalence=prevalence)
            rows.append((name, large.predicted, large.observed, error.value, error.baseline))
    return pd.DataFrame(rows, columns=["finding", "predicted", "observed", "ece", "ece_baseline"])


def _prevalence(labels: np.ndarray) -> np.ndarray:
    """Share of positives among the known labels of each column; NaN where none is known."""
    known = (~np.isnan(labels)).sum(axis=0)
    return np.where(known > 0, np.nansum(labels, axis=0) / np.maximum(known, 1), np.nan)


def _say_again(caught: list[warnings.WarningMessage]) -> None:
    """Pass on what the metrics warned of, once each, at the line that called `evaluate`."""
    for message, category in dict.fromkeys((str(warning.message), warning.category) for warning in caught):
        warnings.warn(message, category, stacklevel=3)
