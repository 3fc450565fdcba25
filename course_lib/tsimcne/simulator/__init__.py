"""Simulated blood cells: `kinds` says what sets the eight apart, `shape` where parts lie, `stain` of which color."""

from .blood import simulate_blood
from .kinds import CELLS

__all__ = ["CELLS", "simulate_blood"]
