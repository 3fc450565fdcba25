"""Lecture 5: the intrinsic dimension of images: how many directions there are to go, and what that says of learning.

Each name is loaded from its module when it is first asked for: who draws a Swiss roll need not wait for torch.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .duplicates import Duplicates, duplicates_among, find_duplicates, near_duplicates
    from .estimators import MLE, TwoNN
    from .generalization import GeneralizationFit, generalization_fit
    from .images import konz_preprocess, pope_preprocess
    from .manifolds import ball, embed, flat_torus, sphere, swiss_roll
    from .neighbors import Neighbors, nearest_neighbors
    from .profiles import profile
    from .sharpness import label_sharpness

_NAMES = {
    "duplicates": ("Duplicates", "duplicates_among", "find_duplicates", "near_duplicates"),
    "estimators": ("MLE", "TwoNN"),
    "generalization": ("GeneralizationFit", "generalization_fit"),
    "images": ("konz_preprocess", "pope_preprocess"),
    "manifolds": ("ball", "embed", "flat_torus", "sphere", "swiss_roll"),
    "neighbors": ("Neighbors", "nearest_neighbors"),
    "profiles": ("profile",),
    "sharpness": ("label_sharpness",),
}
_MODULES = {name: module for module, names in _NAMES.items() for name in names}

__all__ = [
    "Duplicates",
    "GeneralizationFit",
    "MLE",
    "Neighbors",
    "TwoNN",
    "ball",
    "duplicates_among",
    "embed",
    "find_duplicates",
    "flat_torus",
    "generalization_fit",
    "konz_preprocess",
    "label_sharpness",
    "near_duplicates",
    "nearest_neighbors",
    "pope_preprocess",
    "profile",
    "sphere",
    "swiss_roll",
]


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value = getattr(import_module(f".{_MODULES[name]}", __name__), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
