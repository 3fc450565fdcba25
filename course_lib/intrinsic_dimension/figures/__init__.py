"""Figures of lecture 5: data in, Axes out."""

from .bars import draw_dimension_bars, draw_published_bars
from .clouds import draw_cloud, draw_neighborhood, project
from .estimates import draw_against_truth, draw_conventions, draw_errors, draw_images, draw_profile
from .fits import draw_fit, draw_leave_one_out, draw_slopes
from .growth import draw_growth
from .learning import draw_flattery, draw_training_curves
from .likelihood import draw_likelihood, draw_twonn_line
from .patients import draw_chains, draw_slices

__all__ = [
    "draw_against_truth",
    "draw_chains",
    "draw_cloud",
    "draw_conventions",
    "draw_dimension_bars",
    "draw_errors",
    "draw_fit",
    "draw_flattery",
    "draw_growth",
    "draw_images",
    "draw_leave_one_out",
    "draw_likelihood",
    "draw_neighborhood",
    "draw_profile",
    "draw_published_bars",
    "draw_slices",
    "draw_slopes",
    "draw_training_curves",
    "draw_twonn_line",
    "project",
]
