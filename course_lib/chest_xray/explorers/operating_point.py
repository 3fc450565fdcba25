"""Choose a threshold for a finding on validation images, and see what it is worth on others, and elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from course_lib import plotting
from course_lib.explorer import Choice, Explorer, FloatSlider, Scene
from course_lib.metrics import ConfusionCounts, OperatingPoints, Threshold, auroc, choose_threshold, operating_points
from course_lib.published import published

from ..figures.operating_panels import draw_landing, draw_ppv
from ..findings import FINDINGS
from .scores import as_probabilities

MISS = 10  # false alarms that a miss is worth
CRITERIA = {
    "F1": {"criterion": "f1"},
    "Youden": {"criterion": "youden"},
    "sensitivity at least 90 %": {"criterion": "sensitivity", "target": 0.9},
    f"cost, a miss as {MISS} false alarms": {"criterion": "cost", "cost_fn": float(MISS)},
}
OWN = "own"
QUANTITIES = {"sensitivity": "tpr", "specificity": "tnr", "PPV": "ppv", "F1": "f1"}


@dataclass(frozen=True, eq=False)
class Decided:
    """One finding: its probabilities on both sides, every operating point, and the thresholds that criteria choose.

    Attributes
    ----------
    validation, test : (y_true, probability), arrays (N,)
        Without the images whose label is not known.
    curves : (OperatingPoints, OperatingPoints)
    areas : (float, float)
        Under the ROC curves.
    thresholds : dict criterion -> Threshold
    """

    validation: tuple[np.ndarray, np.ndarray]
    test: tuple[np.ndarray, np.ndarray]
    curves: tuple[OperatingPoints, OperatingPoints]
    areas: tuple[float, float]
    thresholds: dict[str, Threshold]


def operating_point_explorer(
    y_true: ArrayLike,
    scores: ArrayLike,
    validation: tuple[ArrayLike, ...],
    *,
    simulated: bool,
    logits: bool = True,
    names: tuple[str, ...] = FINDINGS,
) -> Explorer:
    """Move a finding's threshold, or let a criterion choose it on validation images, and see where it lands on others.

    Parameters
    ----------
    y_true, scores : array, (N, L)
        Of the test images: labels, and logits, or probabilities with ``logits=False``.
    validation : (y_true, scores), or with groups behind them, as `evaluate` takes them
    simulated : bool
        Whether the pictures and sentences are to say so.
    names : sequence of L str
        Findings that are in all images of a side, or in none, are left out.

    Raises
    ------
    ValueError
        If shapes disagree, the validation images are the test images, or no finding is left.
    """
    sides = [
        _side(*pair, names, logits, where)
        for pair, where in (((y_true, scores), "y_true"), (validation[:2], "validation"))
    ]
    decided = {}
    for column, name in enumerate(names):
        test, held_out = (_known(labels[:, column], p[:, column]) for labels, p in sides)
        if all(0 < y.sum() < len(y) for y in (test[0], held_out[0])):
            decided[name] = decide(held_out, test)
    if not decided:
        raise ValueError("validation: no finding is in some and not in all of the images on both sides")
    return _wired(decided, simulated)


def decide(validation: tuple[np.ndarray, np.ndarray], test: tuple[np.ndarray, np.ndarray]) -> Decided:
    """A finding's operating points and thresholds."""
    thresholds = {name: choose_threshold(*validation, **how) for name, how in CRITERIA.items()}
    next(iter(thresholds.values())).evaluate(*test)  # refuses the images that it was chosen on
    sides = validation, test
    return Decided(*sides, *(tuple(find(*side) for side in sides) for find in (operating_points, auroc)), thresholds)


def _wired(decided: dict[str, Decided], simulated: bool) -> Explorer:
    """The explorer; a criterion moves the slider, and a hand on the slider ends the criterion."""
    first = next(iter(decided))
    finding, criterion = Choice("Finding", list(decided)), Choice("Threshold by", [*CRITERIA, OWN])
    start = _on_slider(decided[first].thresholds[criterion.value].value)
    threshold = FloatSlider("Threshold (probability)", start, min=0, max=1, step=0.001)
    threshold.readout_format = ".3f"

    def chosen() -> float:
        return _on_slider(decided[finding.value].thresholds[criterion.value].value)

    def follow(_) -> None:
        if criterion.value != OWN:
            threshold.value = chosen()

    def leave(_) -> None:
        if criterion.value != OWN and threshold.value != chosen():
            criterion.value = OWN

    finding.observe(follow, "value")  # before the explorer's own observers: it draws once all agree
    criterion.observe(follow, "value")
    threshold.observe(leave, "value")
    return Explorer(
        partial(operating_scene, decided, simulated),
        title="Operating point of a finding",
        panels=2,
        size=(11, 4.8),
        finding=finding,
        criterion=criterion,
        threshold=threshold,
    )


def operating_scene(
    decided: dict[str, Decided], simulated: bool, finding: str, criterion: str, threshold: float
) -> Scene:
    """What `operating_point_explorer` shows; a criterion's exact threshold goes before the slider's rounded one."""
    data = decided[finding]
    exact = threshold if criterion == OWN else data.thresholds[criterion].value
    held_out, test = (ConfusionCounts.at_threshold(*side, exact) for side in (data.validation, data.test))
    real = published("chest_xray")["prevalence"].value.get(finding)
    marked = {f"{'simulated' if simulated else 'these'} images ({_percent(test.prevalence)})": test.prevalence}
    marked |= {f"ChestX-ray14 ({_percent(real)})": real} if real else {}
    alarms = "Nobody is called" if np.isnan(test.ppv) else f"{_percent(test.ppv)} of those called have it"

    def figure(axes):
        names = [f"{name}, AUROC {area:.3f}" for name, area in zip(("validation", "test"), data.areas, strict=True)]
        rates = [(curve.counts.fpr, curve.counts.tpr) for curve in data.curves]
        points = {name: (counts.fpr, counts.tpr) for name, counts in zip(names, (held_out, test), strict=True)}
        bounds = test.interval("fpr"), test.interval("tpr")
        title = f"{finding}: sensitivity {test.tpr:.2f}, specificity {test.tnr:.2f}"
        draw_landing(dict(zip(names, rates, strict=True)), points, bounds, title, ax=axes[0], simulated=simulated)
        draw_ppv(test.tpr, test.tnr, marked, alarms, ax=axes[1], simulated=simulated)

    return Scene(
        text=_told(finding, criterion, exact, held_out, test, real, simulated),
        alt="Left, the ROC curves of validation and test images, and where the threshold lies on each; right, the PPV "
        "against the prevalence, marked here and at that of ChestX-ray14.",
        figure=figure,
        html=quantities(held_out, test),
    )


def quantities(held_out: ConfusionCounts, test: ConfusionCounts) -> str:
    """What the threshold gives on both sides, with intervals for the test images, as an HTML table."""
    rows = [
        (name, _number(held_out[key]), _number(test[key]), _interval(test, key)) for name, key in QUANTITIES.items()
    ]
    columns = ["quantity", "validation", "test", "95% interval"]
    return plotting.table(pd.DataFrame(rows, columns=columns), "If each image were of another patient (Wilson)").html


def _told(
    finding: str,
    criterion: str,
    exact: float,
    held_out: ConfusionCounts,
    test: ConfusionCounts,
    real: float | None,
    simulated: bool,
) -> str:
    how = "set by hand" if criterion == OWN else f"by {criterion} on {held_out.n:,} validation images"
    said = f"{'Simulated. ' if simulated else ''}{finding}, threshold {_number(exact)} {how}."
    if not held_out.tp + held_out.fp and not test.tp + test.fp:
        return f"{said} Nobody is called positive: all {test.positives:,} of {test.n:,} test images with it are missed."
    values = ", ".join(f"{name} {_number(test[key])} ({_interval(test, key)})" for name, key in QUANTITIES.items())
    said += (
        f" On {test.n:,} test images, {test.positives:,} with it: {values}; F1 on validation {_number(held_out.f1)}."
    )
    if real is None or np.isnan(test.ppv):
        return said
    low, high = (_number(_elsewhere(test.tpr, bound, real)) for bound in test.interval("tnr"))
    return (
        f"{said} With ChestX-ray14's prevalence, {_percent(real)}, the PPV would be "
        f"{_number(_elsewhere(test.tpr, test.tnr, real))} ({low} to {high} by the interval of the specificity alone)."
    )


def _elsewhere(sensitivity: float, specificity: float, prevalence: float) -> float:
    """The PPV at another prevalence."""
    rates = ConfusionCounts(sensitivity, 1 - sensitivity, 1 - specificity, specificity)
    return rates.at_prevalence(prevalence).ppv


def _side(labels: ArrayLike, scores: ArrayLike, names, logits: bool, where: str) -> tuple[np.ndarray, np.ndarray]:
    labels, scores = np.asarray(labels, float), np.asarray(scores, float)
    if labels.ndim != 2 or labels.shape != scores.shape or labels.shape[1] != len(names):
        raise ValueError(f"{where}: got labels {labels.shape} and scores {scores.shape}, allowed is (N, {len(names)})")
    return labels, as_probabilities(scores, logits)


def _known(labels: np.ndarray, probability: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    known = ~np.isnan(labels)
    return labels[known], probability[known]


def _on_slider(threshold: float) -> float:
    return round(min(threshold, 1.0), 3)


def _interval(counts: ConfusionCounts, key: str) -> str:
    low, high = counts.interval(key)
    return "–" if np.isnan(low) else f"{low:.3f} to {high:.3f}"


def _number(value: float) -> str:
    return "undefined" if np.isnan(value) else "∞" if np.isinf(value) else f"{value:.3f}"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
