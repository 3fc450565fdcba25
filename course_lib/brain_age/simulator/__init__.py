"""Simulated aging brains on real anatomy: people, what the years did to them, and the scanner they lay in.

Each name is loaded from its module when it is first asked for: who draws people need not wait for torch.
"""

from typing import TYPE_CHECKING

from course_lib.lazy import lazy_names

if TYPE_CHECKING:
    from .aging import age_brain, aged_maps, effect_map
    from .cohort import simulate_cohort, structure_mask

_NAMES = {"aging": ("age_brain", "aged_maps", "effect_map"), "cohort": ("simulate_cohort", "structure_mask")}

__all__ = ["age_brain", "aged_maps", "effect_map", "simulate_cohort", "structure_mask"]

__getattr__, __dir__ = lazy_names(__name__, _NAMES)
