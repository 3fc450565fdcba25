"""Explorers of lecture 5."""

from .estimator_lab import estimator_lab_explorer
from .neighborhood import neighborhood_explorer
from .paper_fit import paper_fit_explorer
from .patient_slices import patient_slices_explorer

__all__ = [
    "estimator_lab_explorer",
    "neighborhood_explorer",
    "paper_fit_explorer",
    "patient_slices_explorer",
]
