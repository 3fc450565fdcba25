"""The explorers of lecture 4: controls, and the picture and sentence that follow from them."""

from .aging_brain import aging_brain_explorer
from .correction_lab import correction_lab_explorer
from .gap_lab import gap_explorer
from .patch_map import patch_map_explorer

__all__ = ["aging_brain_explorer", "correction_lab_explorer", "gap_explorer", "patch_map_explorer"]
