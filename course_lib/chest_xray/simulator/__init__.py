"""Simulated chest radiographs: anatomy, fourteen findings with their masks, a detector, and patients who come back."""

from .cohort import finding_mask, simulate_radiographs

__all__ = ["finding_mask", "simulate_radiographs"]
