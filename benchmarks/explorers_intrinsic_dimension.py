"""The explorers of lecture 5 and the moves by which `benchmarks.explorers` times them.

Each move asks for something not computed before, as a slider does on its first way along; but patients and slices are
computed when their explorer is made.
"""

from itertools import product

from course_lib.intrinsic_dimension.explorers import (
    estimator_lab_explorer,
    neighborhood_explorer,
    paper_fit_explorer,
    patient_slices_explorer,
)
from course_lib.intrinsic_dimension.explorers.patient_slices import SPREADS
from course_lib.published import published

SIZES = published("intrinsic_dimension")["konz.training_sizes"].value

SLICES = [{"each": each, "spread": spread} for each, spread in product((1, 2, 4, 5, 8, 10), SPREADS[::2])]
FITS = [{"n_train": n, "drop": drop} for n, drop in product(SIZES, ("", "Prostate", "BraTS, CheXpert"))]

ENTRIES = [
    ("dimension: neighborhood", neighborhood_explorer, [{"at": 35 * step} for step in range(24)]),
    ("dimension: estimator lab", estimator_lab_explorer, [{"d": d} for d in range(1, 25)]),
    ("dimension: patients and slices", patient_slices_explorer, SLICES),
    ("dimension: paper's fit", paper_fit_explorer, FITS),
]
