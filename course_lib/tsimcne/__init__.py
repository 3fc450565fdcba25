"""Lecture 6: t-SimCNE, a map of an image data set that learns to draw itself.

`augmentation` makes two views of every image, `networks` maps them, `losses` says which belong together, `schedule` and
`recipe` how fast to learn, `training` does it in stages, and `TSimCNE` and `SimCLR` are what one calls. `simulator`
draws blood cells.
"""

from typing import TYPE_CHECKING

from course_lib.lazy import lazy_names

if TYPE_CHECKING:
    from .augmentation import Augmentation, border_color
    from .estimators import SimCLR, TSimCNE
    from .losses import contrastive_loss
    from .networks import Encoder
    from .recipe import PAPER, SHORT, Recipe
    from .schedule import learning_rates
    from .simulator import CELLS, simulate_blood, simulate_folder

_NAMES = {
    "augmentation": ("Augmentation", "border_color"),
    "estimators": ("SimCLR", "TSimCNE"),
    "losses": ("contrastive_loss",),
    "networks": ("Encoder",),
    "recipe": ("PAPER", "SHORT", "Recipe"),
    "schedule": ("learning_rates",),
    "simulator": ("CELLS", "simulate_blood", "simulate_folder"),
}

__all__ = [
    "CELLS",
    "PAPER",
    "SHORT",
    "Augmentation",
    "Encoder",
    "Recipe",
    "SimCLR",
    "TSimCNE",
    "border_color",
    "contrastive_loss",
    "learning_rates",
    "simulate_blood",
    "simulate_folder",
]

__getattr__, __dir__ = lazy_names(__name__, _NAMES)
