"""Pictures of lecture 6: maps, views of an image, the run, and the comparison of methods."""

from .comparison import draw_comparison
from .gallery import draw_image_map, draw_places
from .maps import class_colors, draw_map
from .run import draw_history, draw_rates, draw_stages
from .views import draw_views

__all__ = [
    "class_colors",
    "draw_comparison",
    "draw_history",
    "draw_image_map",
    "draw_map",
    "draw_places",
    "draw_rates",
    "draw_stages",
    "draw_views",
]
