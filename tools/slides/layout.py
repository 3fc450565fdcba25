"""From pieces to slides: where one ends and the next begins."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from tools.slides import measure
from tools.slides.pictures import Fit, fit, with_prose
from tools.slides.pieces import MOST_CODE, MOST_LINES, Piece

TITLE, HEADING = 58, 42  # font sizes of the deck's title and of a section's
RUNNING = 52  # px that the line above a continued section takes
LEAD = 3  # lines of prose that may stand above a picture
GROWTH, WITH_CODE = (1.35, 1.3, 1.25, 1.2, 1.15, 1.1, 1.05), 1.1  # the most where code stands, which cannot follow
SHRUNK = (1, 0.91, 0.82, 0.73)  # of tables alone, where that saves a slide
FULL = 0.8  # of a slide's height that grown fonts fill
APART = 25_000  # the price of parting an output from its interpretation, as if a slide were 160 px emptier


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
    done: list[Slide] = []
    run: list[Piece] = []  # what waits to be shared out

    def new(tag: str = "subslide") -> Slide:
        done.append(Slide(place, heading, running) if not done else Slide(tag, None, running))
        return done[-1]

    def flush(first: str = "subslide") -> None:
        for number, group in enumerate(share_out(run, top(None if done else heading))):
            slide = new(first if number == 0 else "subslide")
            slide.pieces, slide.scale = group, largest(group, slide.room)
        alike(done)
        run.clear()

    at, tag = 0, "subslide"
    while at < len(inside):
        piece, at = inside[at], at + 1
        if piece.place in ("slide", "subslide"):
            flush(tag)
            tag = piece.place
        if piece.kind != "picture":
            run.append(piece)
            continue
        kept = len(run) if piece.place == "-" else leading(run, top(None if done else heading))
        lead = run[len(run) - kept :]
        del run[len(run) - kept :]
        if run:
            flush(tag)
            tag = "subslide"
        at += put_picture(new(tag), lead, piece, inside[at:])
        tag = "subslide"
    if run or not done:
        flush(tag)
    return done or [new()]


def leading(run: list[Piece], above: float) -> int:
    """How many of the last pieces that wait stand above the picture: as few as save a slide, and no more than `LEAD`."""
    best, slides_needed, used = 0, len(share_out(run, above)), 0.0
    for count, piece in enumerate(reversed(run), start=1):
        used += measure.prose_lines(piece.text, measure.SIDE)
        if piece.kind != "prose" or piece.place or used > LEAD:
            break
        if (needed := len(share_out(run[: len(run) - count], above))) < slides_needed:
            best, slides_needed = count, needed
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


def share_out(run: list[Piece], above: float) -> list[list[Piece]]:
    """A run of prose, code and tables parted into as few slides as hold it, filled evenly.

    `above` is the height of what stands above the first of them. An output stays with its interpretation where it can,
    and a paragraph that ends with a colon with what it announces.
    """
    units = together(run)
    best: list[tuple[float, list[int]]] = [(0, [])]
    for end in range(1, len(units) + 1):
        ways = []
        for start in range(end):
            group = [piece for unit in units[start:end] for piece in unit]
            room = measure.HEIGHT - (RUNNING if start else above)
            if end - start == 1 or fits(group, room):
                price = best[start][0] + (room - height(group)) ** 2 + 1e6
                parted = start and units[start - 1][-1].kind in ("code", "table") and group[0].kind == "prose"
                ways.append((price + APART * bool(parted), [*best[start][1], start]))
        best.append(min(ways))
    starts = [*best[-1][1], len(units)]
    return [
        [piece for unit in units[start:end] for piece in unit]
        for start, end in zip(starts, starts[1:], strict=False)
    ]


def together(run: list[Piece]) -> list[list[Piece]]:
    """The pieces of a run in groups that stay on one slide."""
    units: list[list[Piece]] = []
    for piece in run:
        before = units[-1][-1] if units else None
        announced = before and before.kind == "prose" and before.text.endswith(":")
        bound = announced or piece.place in ("-", "fragment") or piece.live or piece.kind == "notes"
        if before and bound and (not announced or fits([*units[-1], piece], measure.HEIGHT - RUNNING)):
            units[-1].append(piece)
        else:
            units.append([piece])
    return units


def fits(group: list[Piece], room: float) -> bool:
    """Whether pieces may share a slide: by height, by lines of prose, and no answer after its question."""
    if any(piece.kind == "question" for piece in group[:-1]) and not group[-1].live:
        return False
    prose = sum(measure.prose_lines(piece.text) for piece in group if piece.kind in ("prose", "question"))
    code = sum(piece.text.count("\n") + 1 for piece in group if piece.kind == "code")
    return height(group, SHRUNK[-2]) <= room and prose <= MOST_LINES and code <= MOST_CODE


def height(group: list[Piece], scale: float = 1) -> float:
    """Of the pieces, one below the other."""
    return sum(height_of(piece, scale) for piece in group)


def height_of(piece: Piece, scale: float = 1) -> float:
    """Of one piece at the full width of a slide, in fonts `scale` times as large as usual; below 1, of tables only."""
    size = font(piece, scale)
    said = measure.prose(piece.printed, measure.CAPTION) + 10 if piece.printed else 0
    if piece.kind == "prose":
        return measure.prose(piece.text, size)
    if piece.kind == "question":
        return measure.prose(piece.text, size, measure.WIDTH - 80) + 60
    if piece.kind == "table":
        return said + piece.table.height(size)
    if piece.kind == "code":
        return measure.code(piece.text, size) + (measure.code(piece.printed, size) if piece.printed else 0)
    return 0


def font(piece: Piece, scale: float = 1) -> int:
    """The font size of a piece."""
    if piece.kind == "table":
        return piece.table.size(measure.HEIGHT - RUNNING, int(measure.TABLE * scale))
    if piece.kind == "code":
        return measure.code_size(piece.text, measure.HEIGHT - 200, int(measure.CODE * max(scale, 1)))
    return int(max(scale, 1) * (measure.PROSE + (3 if piece.kind == "question" else 0)))


def alike(row: list[Slide]) -> None:
    """Give neighbors on which nothing but prose stands the fonts of the fuller one."""
    for before, slide in zip(row, row[1:], strict=False):
        if all(piece.kind == "prose" for piece in [*before.pieces, *slide.pieces]) and not slide.picture:
            before.scale = slide.scale = min(before.scale, slide.scale)


def largest(group: list[Piece], room: float) -> float:
    """How far the fonts of a slide may grow where little stands on it, or its tables have to shrink."""
    most = WITH_CODE if any(piece.kind == "code" for piece in group) else GROWTH[0]
    for scale in GROWTH:
        if scale <= most and height(group, scale) <= FULL * room:
            return scale
    return next((scale for scale in SHRUNK if height(group, scale) <= room), SHRUNK[-1])
