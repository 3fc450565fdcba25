"""The pictures of lecture 1: data in, Axes out; a title says what is to be seen."""

from .architecture import draw_blocks, draw_c3, draw_chain, draw_inception
from .basics import (
    draw_activations,
    draw_descent,
    draw_history,
    draw_loss_by_step,
    draw_pixel_correlation,
    draw_weights,
)
from .cells import draw_cells
from .convolution import draw_convolution_step, draw_filtered, draw_pooling, draw_shift, draw_upsampling
from .cost import draw_accuracy_cost, draw_bottleneck, draw_ledger
from .field import draw_effective_field, draw_receptive_field, draw_units
from .layers import draw_by_layer
from .results import (
    draw_confusion,
    draw_depth,
    draw_feature_maps,
    draw_filters,
    draw_learning_curves,
    draw_mistakes,
    draw_score_map,
)

__all__ = [
    "draw_accuracy_cost",
    "draw_activations",
    "draw_blocks",
    "draw_bottleneck",
    "draw_by_layer",
    "draw_c3",
    "draw_cells",
    "draw_chain",
    "draw_confusion",
    "draw_convolution_step",
    "draw_depth",
    "draw_descent",
    "draw_effective_field",
    "draw_feature_maps",
    "draw_filtered",
    "draw_filters",
    "draw_history",
    "draw_inception",
    "draw_learning_curves",
    "draw_ledger",
    "draw_loss_by_step",
    "draw_mistakes",
    "draw_pixel_correlation",
    "draw_pooling",
    "draw_receptive_field",
    "draw_score_map",
    "draw_shift",
    "draw_units",
    "draw_upsampling",
    "draw_weights",
]
