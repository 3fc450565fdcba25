"""Explorers of lecture 6."""

from .atlas import atlas_explorer
from .augmentation_lab import augmentation_lab_explorer
from .loss_lab import loss_lab_explorer
from .time_lapse import TimeLapse, time_lapse_explorer

__all__ = [
    "TimeLapse",
    "atlas_explorer",
    "augmentation_lab_explorer",
    "loss_lab_explorer",
    "time_lapse_explorer",
]
