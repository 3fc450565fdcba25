"""Random views of a batch of images: `geometry` says where to look, `color` in which colors, `views` in which order."""

from .views import AUGMENTATIONS, Augmentation, Draws, border_color

__all__ = ["AUGMENTATIONS", "Augmentation", "Draws", "border_color"]
