"""Where a network looks, whether that is where the finding is, and whether the picture depends on what it learned.

`maps` makes the maps, `location` holds them against masks and boxes, `sanity` against a network that has forgotten.
"""

from .location import PointingGame, boxes_to_masks, intersection_over_union, pointing_by_finding, pointing_game
from .maps import class_activation_map, common_scale, grad_cam, min_max, upsampled
from .sanity import randomize_weights, rank_similarity

__all__ = [
    "PointingGame",
    "boxes_to_masks",
    "class_activation_map",
    "common_scale",
    "grad_cam",
    "intersection_over_union",
    "min_max",
    "pointing_by_finding",
    "pointing_game",
    "randomize_weights",
    "rank_similarity",
    "upsampled",
]
