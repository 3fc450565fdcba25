"""The explorers of lecture 2: controls, and the picture, sentence and table that follow from them."""

from .bootstrap import bootstrap_explorer
from .calibration import calibration_explorer
from .prevalence import prevalence_explorer
from .threshold import threshold_cockpit_explorer

__all__ = ["bootstrap_explorer", "calibration_explorer", "prevalence_explorer", "threshold_cockpit_explorer"]
