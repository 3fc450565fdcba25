"""From pieces to slides: where one ends and the next begins."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from tools.slides import measure
from tools.slides.pictures import Fit, fit, with_prose
from tools.slides.pieces import Piece
from tools.slides.sharing import RUNNING, largest, share_out

TITLE, HEADING = 58, 42  # font sizes of the deck's title and of a section's
LEAD = 3  # lines of prose that may stand above a picture


@dataclass
class Slide:
    """One slide: `place` is its tag, `heading` what it begins with, `running` the sections that it belongs to."""

    place: str
    heading: Piece | None
    running: str
    pieces: list[Piece] = field(default_factory=list)
    picture: Fit | None = None
    after: int = 0  # how many of the last pieces come after the picture
    scale: float = 1  # of the fonts

    @property
    def room(self) -> float:
        """Height in px below the heading."""
        return measure.HEIGHT - top(self.heading)


def top(heading: Piece | None) -> float:
    """The height of a slide's heading; of the running line where it has none."""
    if heading is None:
        return RUNNING
    size = TITLE if heading.level == 1 else HEADING
    return 1.15 * size * measure.lines(measure.plain(heading.text), 1.08 * size, measure.WIDTH) + 22


def slides(pieces: list[Piece]) -> list[Slide]:
    """Every piece on its slide."""
    done: list[Slide] = []
    titles = ["", ""]  # of the section, and of the part of it
    for heading, inside in sections(pieces):
        if heading:
            titles = [heading.text, ""] if heading.level < 3 else [titles[0], heading.text]
        running = " › ".join(filter(None, titles))
        place = "subslide" if done and (not heading or heading.level == 3) else "slide"
        if heading and heading.place in ("slide", "subslide"):
            place = heading.place
        done += section(heading, inside, place, running)
    return done


def sections(pieces: list[Piece]) -> Iterator[tuple[Piece | None, list[Piece]]]:
    """Each heading with what follows it."""
    heading, inside = None, []
    for piece in pieces:
        if piece.kind == "heading":
            if heading or inside:
                yield heading, inside
            heading, inside = piece, []
        else:
            inside.append(piece)
    yield heading, inside


def section(heading: Piece | None, inside: list[Piece], place: str, running: str) -> list[Slide]:
    """The slides of one section."""
    stack, at = Stack(heading, place, running), 0
    while at < len(inside):
        piece, at = inside[at], at + 1
        if piece.place in ("slide", "subslide"):
            stack.share_out()
            stack.tag = piece.place
        if piece.kind == "picture":
            at += stack.put(piece, inside[at:])
        else:
            stack.waiting.append(piece)
    stack.share_out()
    return stack.done or [stack.new()]


@dataclass
class Stack:
    """The slides of one section while they are filled; `tag` is that of the next one."""

    heading: Piece | None
    place: str
    running: str
    tag: str = "subslide"
    done: list[Slide] = field(default_factory=list)
    waiting: list[Piece] = field(default_factory=list)

    @property
    def above(self) -> float:
        """The height of what stands at the head of the next slide."""
        return top(None if self.done else self.heading)

    def new(self) -> Slide:
        """Begin a slide."""
        first = Slide(self.place, self.heading, self.running)
        self.done.append(Slide(self.tag, None, self.running) if self.done else first)
        self.tag = "subslide"
        return self.done[-1]

    def share_out(self) -> None:
        """Put what waits on slides."""
        for group in share_out(self.waiting, self.above):
            slide = self.new()
            slide.pieces, slide.scale = group, largest(group, slide.room)
        alike(self.done)
        self.waiting = []

    def put(self, picture: Piece, after: list[Piece]) -> int:
        """Give a picture its slide, with the end of what waits above it; returns how many pieces after it fit, too."""
        above = len(self.waiting) if picture.place == "-" else leading(self.waiting, self.above)
        start = len(self.waiting) - above
        lead, self.waiting = self.waiting[start:], self.waiting[:start]
        self.share_out()
        return put_picture(self.new(), lead, picture, after)


def leading(run: list[Piece], above: float) -> int:
    """How many of the last pieces that wait stand above the picture, `LEAD` lines at most.

    As few as save a slide; and the one that announces it with a colon.
    """
    best, slides_needed, used = 0, len(share_out(run, above)), 0.0
    for count, piece in enumerate(reversed(run), start=1):
        used += measure.prose_lines(piece.text, measure.SIDE)
        if piece.kind != "prose" or piece.place or used > LEAD:
            break
        needed = len(share_out(run[: len(run) - count], above))
        if needed < slides_needed or (count == 1 and piece.text.endswith(":")):
            best, slides_needed = count, min(needed, slides_needed)
    return best


def put_picture(slide: Slide, lead: list[Piece], picture: Piece, after: list[Piece]) -> int:
    """Fill a picture's slide; returns how many of the pieces after it have found room."""
    room = slide.room - sum(measure.prose(piece.text, measure.SIDE) for piece in lead)
    texts = []
    for piece in after:
        if piece.kind != "prose" or piece.place in ("slide", "subslide"):
            break
        texts.append(piece.text)
    if texts and texts[-1].endswith(":"):
        texts.pop()  # it announces what comes next
    slide.picture, slide.after = with_prose(picture, room, texts)
    forced = [number for number, piece in enumerate(after, start=1) if piece.place == "-" and number <= len(texts)]
    if forced and forced[-1] > slide.after:
        slide.after = forced[-1]
        slide.picture = fit(picture, room, texts[: slide.after])
    slide.pieces = [*lead, picture, *after[: slide.after]]
    return slide.after


def alike(row: list[Slide]) -> None:
    """Give neighbors on which nothing but prose stands the fonts of the fuller one."""
    for before, slide in pairwise(row):
        if all(piece.kind == "prose" for piece in [*before.pieces, *slide.pieces]) and not slide.picture:
            before.scale = slide.scale = min(before.scale, slide.scale)
