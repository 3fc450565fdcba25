"""Simulated blood cells: `kinds` says what sets the eight apart, `shape` where parts lie, `stain` of which color,
`folder` writes them as files.
"""

from .blood import simulate_blood
from .folder import simulate_folder
from .kinds import CELLS

__all__ = ["CELLS", "simulate_blood", "simulate_folder"]
