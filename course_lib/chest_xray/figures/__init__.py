"""The pictures of lecture 3: data in, Axes out; a title says what is to be seen, and whether it is simulated."""

from .cohort import draw_cohort, draw_datasets
from .comparison import draw_leak, draw_readers, draw_site_shift
from .evaluation import draw_auroc_table, draw_pointing
from .heat_maps import draw_heat_maps
from .radiographs import draw_findings_gallery, draw_radiographs
from .training import draw_softmax_harm, draw_training_curves

__all__ = [
    "draw_auroc_table",
    "draw_cohort",
    "draw_datasets",
    "draw_findings_gallery",
    "draw_heat_maps",
    "draw_leak",
    "draw_pointing",
    "draw_radiographs",
    "draw_readers",
    "draw_site_shift",
    "draw_softmax_harm",
    "draw_training_curves",
]
