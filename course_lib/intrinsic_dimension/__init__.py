"""Lecture 5: the intrinsic dimension of images: how many directions there are to go, and what that says of learning.

Each name is loaded from its module when it is first asked for: who draws a Swiss roll need not wait for torch.
"""

from typing import TYPE_CHECKING

from course_lib.lazy import lazy_names

if TYPE_CHECKING:
    from .duplicates import Duplicates, duplicate_pairs, duplicates_among, find_duplicates, near_duplicates
    from .estimators import MLE, TwoNN
    from .generalization import GeneralizationFit, SlopeDifference, compare_slopes, generalization_fit, leave_one_out
    from .images import konz_preprocess, pope_preprocess
    from .learning import Plan, training_curves
    from .manifolds import ball, embed, flat_torus, sphere, swiss_roll
    from .neighbors import Neighbors, nearest_neighbors
    from .networks import resnet18, small_classifier
    from .one_form import comparable
    from .patients import masked_dimension, simulate_slices, volume_slices
    from .profiles import profile
    from .rendered import FACTORS, rendered_images
    from .sharpness import label_sharpness, sharpest_pair
    from .tasks import binary_task, draw_parts

_NAMES = {
    "one_form": ("comparable",),
    "duplicates": ("Duplicates", "duplicate_pairs", "duplicates_among", "find_duplicates", "near_duplicates"),
    "estimators": ("MLE", "TwoNN"),
    "generalization": ("GeneralizationFit", "SlopeDifference", "compare_slopes", "generalization_fit", "leave_one_out"),
    "images": ("konz_preprocess", "pope_preprocess"),
    "learning": ("Plan", "training_curves"),
    "manifolds": ("ball", "embed", "flat_torus", "sphere", "swiss_roll"),
    "neighbors": ("Neighbors", "nearest_neighbors"),
    "networks": ("resnet18", "small_classifier"),
    "patients": ("masked_dimension", "simulate_slices", "volume_slices"),
    "profiles": ("profile",),
    "rendered": ("FACTORS", "rendered_images"),
    "sharpness": ("label_sharpness", "sharpest_pair"),
    "tasks": ("binary_task", "draw_parts"),
}

__all__ = [
    "Duplicates",
    "FACTORS",
    "GeneralizationFit",
    "MLE",
    "Neighbors",
    "Plan",
    "SlopeDifference",
    "TwoNN",
    "ball",
    "binary_task",
    "comparable",
    "compare_slopes",
    "draw_parts",
    "duplicate_pairs",
    "duplicates_among",
    "embed",
    "find_duplicates",
    "flat_torus",
    "generalization_fit",
    "konz_preprocess",
    "label_sharpness",
    "leave_one_out",
    "masked_dimension",
    "near_duplicates",
    "nearest_neighbors",
    "pope_preprocess",
    "profile",
    "rendered_images",
    "resnet18",
    "sharpest_pair",
    "simulate_slices",
    "small_classifier",
    "sphere",
    "swiss_roll",
    "training_curves",
    "volume_slices",
]

__getattr__, __dir__ = lazy_names(__name__, _NAMES)
