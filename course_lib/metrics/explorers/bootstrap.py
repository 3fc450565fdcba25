"""Image against patient: what a bootstrap draws decides how wide the interval is."""

from functools import lru_cache

import numpy as np

from course_lib.explorer import Explorer, FloatSlider, IntSlider, Scene

from ..bootstrap import bootstrap_auroc, roc_band
from ..curves import roc_curve
from ..figures.explorer_panels import draw_roc_bands, draw_two_resamplings
from ..simulate import Predictions, simulate_predictions

AUC, PREVALENCE = 0.8, 0.3


def bootstrap_explorer() -> Explorer:
    """Resample images, then patients, of a simulated cohort, and see which interval is honest."""
    return Explorer(
        bootstrap_scene,
        title="Bootstrap by image and by patient",
        panels=2,
        size=(11, 4.4),
        patients=IntSlider("Patients", 100, min=50, max=200, step=10),
        images=IntSlider("Images per patient", 4, min=1, max=8),
        icc=FloatSlider("Likeness", 0.7, min=0, max=1, step=0.05),
        replicates=IntSlider("Replicates", 200, min=10, max=1000, step=10),
        sample=IntSlider("Another sample", 1, min=1, max=50),
    )


def bootstrap_scene(patients: int, images: int, icc: float, replicates: int, sample: int) -> Scene:
    """What `bootstrap_explorer` shows for these values of its controls.

    The first replicates stay the same while their number grows.
    """
    data = cohort(patients, images, icc, sample)
    y, score = data.y_true[:, 0], data.y_score[:, 0]
    drawn = {
        unit: bootstrap_auroc(y, score, groups=groups, n_replicates=replicates, seed=sample)
        for unit, groups in {"image": None, "patient": data.groups}.items()
    }
    intervals = {unit: result.interval()[0] for unit, result in drawn.items()}
    width = {unit: high - low for unit, (low, high) in intervals.items()}
    estimate = drawn["image"].estimate[0]

    def figure(axes):
        curve = roc_curve(y, score)
        bands = {unit: roc_band(y, score, result.resampling) for unit, result in drawn.items()}
        draw_roc_bands((curve["fpr"], curve["tpr"]), bands, ax=axes[0])
        replicated = {unit: result.replicates[:, 0] for unit, result in drawn.items()}
        draw_two_resamplings(replicated, intervals, estimate, AUC, ax=axes[1])

    said = ", ".join(f"by {unit} {low:.3f} to {high:.3f}" for unit, (low, high) in intervals.items())
    return Scene(
        text=f"Simulated, {len(y):,} images of {patients} patients: AUROC {estimate:.3f}; 95% interval {said}, "
        f"{width['patient'] / width['image']:.2f} times as wide ({replicates:,} replicates).",
        alt="Left, the ROC curve with its band by image and by patient; right, histograms of the AUROC of the "
        "replicates, by image above and by patient below, with their 95% intervals.",
        figure=figure,
    )


@lru_cache(maxsize=64)
def cohort(patients: int, images: int, icc: float, sample: int) -> Predictions:
    """One finding in `images` images of each patient; both labels and scores resemble each other by `icc`."""
    per_patient = np.full(patients, images)
    return simulate_predictions(per_patient, PREVALENCE, AUC, label_icc=icc, score_icc=icc, seed=sample)
