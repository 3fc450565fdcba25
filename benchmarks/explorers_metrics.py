"""The explorers of lecture 2 and the moves by which `benchmarks.explorers` times them."""

from course_lib.metrics.explorers import (
    bootstrap_explorer,
    calibration_explorer,
    prevalence_explorer,
    threshold_cockpit_explorer,
)

ENTRIES = [
    ("metrics: threshold cockpit", threshold_cockpit_explorer, [{"threshold": t / 10} for t in range(-15, 16, 2)]),
    ("metrics: prevalence", prevalence_explorer, [{"prevalence": share} for share in (0.1, 0.0108, 0.0019, 0.5)]),
    ("metrics: bootstrap", bootstrap_explorer, [{"sample": sample} for sample in range(2, 50)]),
    ("metrics: calibration", calibration_explorer, [{"shift": shift / 10} for shift in range(-20, 21, 3)]),
]
