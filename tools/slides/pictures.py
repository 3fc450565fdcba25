"""How large a picture gets on its slide, and how much of the prose after it finds room there."""

from dataclasses import dataclass

from tools.slides import measure
from tools.slides.pieces import Piece

LARGEST = 1.6  # times its own size: beyond, its 80 dots an inch show
SMALLEST, SHARE = 0.9, 0.72  # how far prose may push it: of its own size, and of what it has alone
COLUMN, BETWEEN = 372, 28  # width of text beside a picture, and the space between them


@dataclass(frozen=True)
class Fit:
    """How a picture lies: "under" or "beside" says where its text is; its size in px."""

    layout: str
    width: int
    height: int
    scale: float


def fit(picture: Piece, room: float, texts: list[str]) -> Fit:
    """The larger of the two ways to show a picture and `texts` in `room` px of height."""
    width, height = picture.size
    tall = [room - text_height(picture, texts, measure.WIDTH), room]
    wide = [measure.WIDTH, measure.WIDTH - COLUMN - BETWEEN]
    enough = [True, bool(texts or picture.printed) and text_height(picture, texts, COLUMN) <= room]
    scales = [
        min(across / width, down / height, LARGEST) if possible else 0
        for across, down, possible in zip(wide, tall, enough, strict=True)
    ]
    scale = max(scales)
    layout = ("under", "beside")[scales.index(scale)]
    return Fit(layout, int(width * scale), int(height * scale), scale)


def text_height(picture: Piece, texts: list[str], across: float) -> float:
    """Of the explorer's sentence or what was printed, and of the prose, in `across` px of width."""
    said = measure.prose(picture.printed, measure.CAPTION, across - 20) + 6 if picture.printed else 0
    prose = sum(measure.prose(text, measure.SIDE, across) for text in texts)
    return said + prose + (14 if said or prose else 0)


def with_prose(picture: Piece, room: float, after: list[str]) -> tuple[Fit, int]:
    """The picture with as many of the paragraphs `after` it as leave it large, and their number."""
    alone = fit(picture, room, [])
    for count in range(len(after), 0, -1):
        found = fit(picture, room, after[:count])
        if found.scale >= min(alone.scale, max(SHARE * alone.scale, SMALLEST)):
            return found, count
    return alone, 0
