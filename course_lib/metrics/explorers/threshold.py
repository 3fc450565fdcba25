"""One threshold, seen four ways: scores, confusion matrix, ROC plane, precision and recall."""

from functools import lru_cache
from statistics import NormalDist

import numpy as np
import pandas as pd

from course_lib import plotting
from course_lib.explorer import Choice, Explorer, FloatSlider, Scene, Switch
from course_lib.published import published

from ..counts import ConfusionCounts
from ..curves import OperatingPoints, operating_points
from ..figures.explorer_panels import draw_decisions, draw_precision_recall_point, draw_roc_point, draw_small_confusion
from ..ranking import auroc
from ..simulate import binormal_quantiles
from .presets import OWN, follow_presets

ILL = 100
WELL = {"50%": 100, "20%": 400, "5.3% (ChestX-ray14)": 1802, "1%": 9900}  # for 100 ill
SLIDE = {name: (rates["fpr"], rates["tpr"]) for name, rates in published("metrics")["roc_example.slide"].value.items()}
TABLE = ("TPR", "TNR", "PPV", "NPV", "ACC", "BA", "F1", "LR+", "LR−", "MCC")
REACH, SHOWN = 4.0, (-5.6, 5.6)  # of thresholds, of scores
SCORES, ROC = 0, 2  # panels that answer to the pointer
NORMAL = NormalDist()


def _preset(fpr: float, tpr: float, invert: bool = False) -> dict:
    """The binormal model through a point of the ROC plane: d = z(TPR) − z(FPR), threshold −z(FPR)."""
    fpr, tpr = (1 - fpr, 1 - tpr) if invert else (fpr, tpr)
    separation, threshold = NORMAL.inv_cdf(tpr) - NORMAL.inv_cdf(fpr), -NORMAL.inv_cdf(fpr)
    return {"separation": round(separation, 2), "threshold": round(threshold, 2), "well": ILL, "invert": invert}


PRESETS = {name: _preset(*point, invert=name == "C′") for name, point in SLIDE.items()}


def threshold_cockpit_explorer() -> Explorer:
    """Move one threshold and watch scores, confusion matrix, ROC point and precision follow; click to set it.

    The scores are quantiles of two normal distributions. The presets are the lecture's classifiers A, B and C on 100
    ill and 100 well people, and C′, which is C with its decisions inverted.
    """
    first = PRESETS["A"]
    explorer = Explorer(
        threshold_scene,
        title="Threshold cockpit",
        panels=(2, 2),
        size=(10.5, 6.8),
        point=threshold_point,
        preset=Choice("Preset", [*PRESETS, OWN]),
        separation=FloatSlider("Separation", first["separation"], min=-3, max=3, step=0.01),
        threshold=FloatSlider("Threshold", first["threshold"], min=-REACH, max=REACH, step=0.01),
        well=Choice("Share of the ill", WELL),
        invert=Switch("Invert the decisions"),
    )
    follow_presets(explorer, PRESETS)
    return explorer


def threshold_scene(preset: str, separation: float, threshold: float, well: int, invert: bool) -> Scene:
    """What `threshold_cockpit_explorer` shows for these values of its controls; the preset only fills in the others."""
    y, score = binormal_quantiles(ILL, well, separation)
    counts = ConfusionCounts.at_threshold(y, score, threshold)
    points, area = ranked(well, separation)
    curve = points.counts
    if invert:
        counts, curve, area = counts.inverted(), curve.inverted()[::-1], 1 - area

    def figure(axes):
        draw_decisions(y, score, threshold, ax=axes[0, 0], limits=SHOWN, inverted=invert)
        draw_small_confusion(counts, ax=axes[0, 1])
        draw_roc_point((curve.fpr, curve.tpr), (counts.fpr, counts.tpr), area, ax=axes[1, 0], marks=SLIDE)
        draw_precision_recall_point((curve.tpr, curve.ppv), (counts.tpr, counts.ppv), counts.prevalence, ax=axes[1, 1])

    side = "below" if invert else "from"
    return Scene(
        text=f"Called ill {side} a score of {_number(threshold, 2)}: TP {counts.tp}, FN {counts.fn}, FP {counts.fp}, "
        f"TN {counts.tn}; sensitivity {_number(counts.tpr)}, specificity {_number(counts.tnr)}, "
        f"PPV {_number(counts.ppv)}, F1 {_number(counts.f1)}, accuracy {_number(counts.accuracy)} "
        f"(calling nobody ill: {_number(1 - counts.prevalence)}), AUC {_number(area)}.",
        alt="Histograms of the scores with the threshold; the confusion matrix; the threshold as a point of the ROC "
        "curve, and of the precision–recall curve.",
        figure=figure,
        html=quantities(counts),
    )


def threshold_point(panel: int, x: float, y: float, values: dict) -> dict:
    """The threshold under the pointer: of the scores, or with this false positive rate on the ROC curve."""
    if panel == ROC:
        rate = min(max(x, 0.0001), 0.9999)
        x = NORMAL.inv_cdf(rate if values["invert"] else 1 - rate)
    return {"threshold": round(min(max(x, -REACH), REACH), 2)} if panel in (SCORES, ROC) else {}


@lru_cache(maxsize=64)
def ranked(well: int, separation: float) -> tuple[OperatingPoints, float]:
    """Every threshold's counts, and the AUC."""
    y, score = binormal_quantiles(ILL, well, separation)
    return operating_points(y, score), auroc(y, score)


def quantities(counts: ConfusionCounts) -> str:
    """The quantities with their intervals, or why there is none, as an HTML table."""
    shown = counts.table().set_index("abbreviation").loc[list(TABLE)]
    bounds = shown["low"].map(_number) + " to " + shown["high"].map(_number)
    rows = {
        "quantity": shown["quantity"],
        "value": shown["value"].map(_number),
        "95% interval": bounds.where(shown["low"].notna(), "–"),
        "note": shown["reason"],
    }
    return plotting.table(pd.DataFrame(rows), "If these people were a random sample").html


def _number(value: float, digits: int = 3) -> str:
    return "undefined" if np.isnan(value) else f"{value:.{digits}f}".replace("-", "−")
