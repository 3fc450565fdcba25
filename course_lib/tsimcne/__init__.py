"""Lecture 6: a map of an image data set. So far its simulated blood cells, which lecture 5 measures too."""

from typing import TYPE_CHECKING

from course_lib.lazy import lazy_names

if TYPE_CHECKING:
    from .simulator import CELLS, simulate_blood

_NAMES = {"simulator": ("CELLS", "simulate_blood")}

__all__ = ["CELLS", "simulate_blood"]

__getattr__, __dir__ = lazy_names(__name__, _NAMES)
