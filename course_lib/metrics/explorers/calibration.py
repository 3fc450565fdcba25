"""The same ranking with other probabilities: AUROC stays, the Brier score moves."""

from functools import lru_cache

import numpy as np
import pandas as pd

from course_lib import plotting
from course_lib.explorer import Choice, Explorer, FloatSlider, Scene

from ..brier import BrierParts, brier_decomposition, brier_score
from ..calibration import calibration_in_the_large, expected_calibration_error, reliability_curve
from ..figures import draw_reliability
from ..figures.explorer_panels import draw_probabilities
from ..ranking import auroc
from ..simulate import separation_for
from ..validation import probabilities
from .presets import OWN, follow_presets

ILL, WELL, AUC = 600, 2400, 0.85
PRESETS = {
    "as it should be": {"temperature": 1.0, "shift": 0.0},
    "weighted training: pos_weight = N/P": {"temperature": 1.0, "shift": round(float(np.log(WELL / ILL)), 2)},
    "too sure": {"temperature": 0.4, "shift": 0.0},
    "not sure enough": {"temperature": 2.5, "shift": 0.0},
}


def calibration_explorer() -> Explorer:
    """Distort calibrated logits, z/T + shift, and see what notices it and what does not.

    Training with ``pos_weight = N/P`` adds log(N/P) to every logit.
    """
    explorer = Explorer(
        calibration_scene,
        title="Same ranking, other probabilities",
        panels=2,
        size=(11, 4.8),
        preset=Choice("Preset", [*PRESETS, OWN]),
        temperature=FloatSlider("Temperature", 1.0, min=0.2, max=4, step=0.05),
        shift=FloatSlider("Shift of the logits", 0.0, min=-3, max=3, step=0.01),
    )
    follow_presets(explorer, PRESETS)
    return explorer


def calibration_scene(preset: str, temperature: float, shift: float) -> Scene:
    """What `calibration_explorer` shows for these values of its controls; the preset only fills in the others."""
    y, logits = calibrated()
    p = probabilities(logits / temperature + shift, logits=True)
    large, error, constant = calibration_in_the_large(y, p), expected_calibration_error(y, p), y.mean()
    bins = reliability_curve(y, p)

    def figure(axes):
        draw_reliability({"10 bins of equal size": bins}, ax=axes[0])
        draw_probabilities(y, p, ax=axes[1])

    return Scene(
        text=f"Logits / {temperature:.2f} {'−' if shift < 0 else '+'} {abs(shift):.2f}: AUROC {auroc(y, p):.3f}, "
        f"Brier score {brier_score(y, p):.4f} ({brier_score(y, np.full(len(y), constant)):.4f} for telling everybody "
        f"the prevalence), ECE {error.value:.4f} ({error.baseline:.4f} for that); mean probability "
        f"{large.predicted:.1%}, ill {large.observed:.1%}: difference {_points(large.difference)} "
        f"({_points(large.low)} to {_points(large.high)}) percentage points.",
        alt="Left, observed frequency against predicted probability in ten bins; right, the probabilities of ill and "
        "well.",
        figure=figure,
        html=parts(brier_decomposition(y, p)),
    )


@lru_cache(maxsize=1)
def calibrated() -> tuple[np.ndarray, np.ndarray]:
    """Outcomes and calibrated logits of 3,000 simulated people, a fifth of them ill.

    Of scores that are normal about d for the ill and about 0 for the well, the logit of being ill is
    log(P/N) + d·score − d²/2.
    """
    y, separation = np.repeat([1, 0], [ILL, WELL]), float(separation_for(AUC))
    score = np.random.default_rng(2).normal(size=len(y)) + separation * y
    return y, np.log(ILL / WELL) + separation * score - separation**2 / 2


def parts(brier: BrierParts) -> str:
    """What the Brier score is made of, as an HTML table."""
    rows = [
        ("reliability", brier.reliability, "added: misses of the bins' means; 0 is best"),
        ("resolution", brier.resolution, "taken off: how much the bins differ; higher is better"),
        ("uncertainty", brier.uncertainty, "added: prevalence · (1 − prevalence)"),
        ("within bins", brier.within, "added: what the bins hide"),
    ]
    frame = pd.DataFrame(rows, columns=["part", "value", "meaning"])
    signed = {"value": lambda value: f"{value:.4f}".replace("-", "−")}
    return plotting.table(frame, f"The Brier score of {brier.brier:.4f} and its parts", signed).html


def _points(share: float) -> str:
    return f"{100 * share:+.1f}".replace("-", "−")
