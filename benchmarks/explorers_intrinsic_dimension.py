"""The explorers of lecture 5 and the moves by which `benchmarks.explorers` times them.

Each move asks for something not computed before, as a slider does on its first way along.
"""

from course_lib.intrinsic_dimension.explorers import (
    estimator_lab_explorer,
    neighborhood_explorer,
    paper_fit_explorer,
    patient_slices_explorer,
)
from course_lib.published import published

SIZES = published("intrinsic_dimension")["konz.training_sizes"].value

ENTRIES = [
    ("dimension: neighborhood", neighborhood_explorer, [{"at": 35 * step} for step in range(24)]),
    ("dimension: estimator lab", estimator_lab_explorer, [{"d": d} for d in range(1, 25)]),
    ("dimension: patients and slices", patient_slices_explorer, [{"each": each} for each in (1, 2, 4, 5, 8, 10)]),
    ("dimension: paper's fit", paper_fit_explorer, [{"n_train": n} for n in SIZES]),
]
