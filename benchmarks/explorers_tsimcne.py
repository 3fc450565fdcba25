"""The explorers of lecture 6 and the moves by which `benchmarks.explorers` times them.

The atlas is jupyter-scatter's, which draws in the browser; what is timed is its gallery.
"""

from functools import lru_cache

from course_lib.explorer import Explorer
from course_lib.tsimcne import TSimCNE, simulate_blood
from course_lib.tsimcne.explorers import (
    TimeLapse,
    atlas_explorer,
    augmentation_lab_explorer,
    loss_lab_explorer,
    time_lapse_explorer,
)

N, EPOCHS = 1000, (8, 1, 3)  # as many cells as the lecture has


@lru_cache
def run() -> tuple:
    """Cells, their time lapse and the map."""
    cells = simulate_blood(N, seed=0)
    lapse = TimeLapse(cells.labels)
    fitted = TSimCNE.for_two_cores(epochs=EPOCHS, callback=lapse, progress=False).fit(cells)
    return cells, lapse, fitted.embedding_


def time_lapse() -> Explorer:
    cells, lapse, _ = run()
    return time_lapse_explorer(lapse, cells.class_names, 0.5)


def gallery() -> Explorer:
    cells, _, embedding = run()
    return atlas_explorer(embedding, cells, batches=cells.covariates["batch"]).gallery


ENTRIES = [
    ("t-SimCNE: augmentation lab", lambda: augmentation_lab_explorer(run()[0]), [{"draw": n} for n in range(1, 21)]),
    ("t-SimCNE: loss lab", loss_lab_explorer, [{"x1": x / 10} for x in range(-20, 20, 2)]),
    ("t-SimCNE: time lapse", time_lapse, [{"epoch": n} for n in range(1, 12)]),
    ("t-SimCNE: gallery of the atlas", gallery, [{"page": n} for n in range(1, 21)]),
]
