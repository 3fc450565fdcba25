"""The pictures of lecture 4: data in, Axes out; a title says what is to be seen, and whether it is simulated."""

from .ages import draw_age_scatter, draw_dilution, draw_gap_against_age
from .brains import draw_brains, draw_three_planes
from .cohort import draw_learning, draw_structure_curves
from .correction import draw_correction, draw_flattery
from .ensembles import draw_ensembles, draw_published
from .groups import draw_group_gaps, draw_site_gaps
from .importance import draw_importance
from .patches import draw_patch_map

__all__ = [
    "draw_age_scatter",
    "draw_brains",
    "draw_correction",
    "draw_dilution",
    "draw_ensembles",
    "draw_flattery",
    "draw_gap_against_age",
    "draw_group_gaps",
    "draw_importance",
    "draw_learning",
    "draw_patch_map",
    "draw_published",
    "draw_site_gaps",
    "draw_structure_curves",
    "draw_three_planes",
]
