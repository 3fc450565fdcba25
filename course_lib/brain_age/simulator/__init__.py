"""Simulated aging brains on real anatomy: people, what the years did to them, and the scanner they lay in."""

from .aging import age_brain, aged_maps, effect_map
from .cohort import simulate_cohort, structure_mask

__all__ = ["age_brain", "aged_maps", "effect_map", "simulate_cohort", "structure_mask"]
