"""The explorers of lecture 3: controls, and the picture, sentence and table that follow from them."""

from .cam_inspector import cam_inspector_explorer
from .operating_point import operating_point_explorer
from .reading_room import reading_room_explorer

__all__ = ["cam_inspector_explorer", "operating_point_explorer", "reading_room_explorer"]
