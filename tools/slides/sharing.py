"""Shares a run of prose, code and tables out among slides, and says in which fonts."""

from itertools import pairwise

from tools.slides import measure
from tools.slides.pieces import MOST_CODE, MOST_LINES, Piece

RUNNING = 52  # px that the line above a continued section takes
GROWTH, WITH_CODE = (1.35, 1.3, 1.25, 1.2, 1.15, 1.1, 1.05), 1.1  # the most where code stands, which cannot follow
SHRUNK = (1, 0.91, 0.82, 0.73)  # of tables alone, where that saves a slide; the last only for fewer lines than
ORPHAN = 3  # of prose
FULL, FULL_OF_CODE = 0.8, 0.95  # of a slide's height that grown fonts fill
PRINTED_ROOM = 160  # px of height for what code prints, above which its font gets smaller
APART = 25_000  # the price of parting an output from its interpretation, as if a slide were 160 px emptier


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
    return [[piece for unit in units[start:end] for piece in unit] for start, end in pairwise(starts)]


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
    smallest = SHRUNK[-1] if prose < ORPHAN else SHRUNK[-2]
    return height(group, smallest) <= room and prose <= MOST_LINES and code <= MOST_CODE


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
        said = measure.code(piece.printed, printed_font(piece, scale)) if piece.printed else 0
        return measure.code(piece.text, size) + said
    return 0


def font(piece: Piece, scale: float = 1) -> int:
    """The font size of a piece."""
    if piece.kind == "table":
        return piece.table.size(measure.HEIGHT - RUNNING, int(measure.TABLE * scale))
    if piece.kind == "code":
        room = measure.HEIGHT - (200 if scale <= 1 else 110)
        return measure.code_size(piece.text, room, int(measure.CODE * max(scale, 1)))
    return int(max(scale, 1) * (measure.PROSE + (3 if piece.kind == "question" else 0)))


def printed_font(piece: Piece, scale: float = 1) -> int:
    """The font size of what code prints: the hall is to read it first."""
    return max(font(piece, scale), measure.code_size(piece.printed, PRINTED_ROOM, measure.CODE + 1))


def largest(group: list[Piece], room: float) -> float:
    """How far the fonts of a slide may grow where little stands on it, or its tables have to shrink."""
    most = WITH_CODE if any(piece.kind == "code" for piece in group) else GROWTH[0]
    for scale in GROWTH:
        if scale <= most and height(group, scale) <= (FULL_OF_CODE if most < GROWTH[0] else FULL) * room:
            return scale
    return next((scale for scale in SHRUNK if height(group, scale) <= room), SHRUNK[-1])
