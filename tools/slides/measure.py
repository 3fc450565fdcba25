"""How many pixels things take on a slide of 1280 × 720, from the fonts that the decks bring along.

Estimates: a browser breaks lines a little differently, and tests/browser/test_slides_in_browser.py sees that all fits.
"""

import re
from functools import cache
from math import ceil

from PIL import ImageFont

from tools.slides import assets

WIDTH, HEIGHT = 1168, 630  # of a slide's 1280 × 720, what its margins leave
PROSE, SIDE, CAPTION = 27, 22, 20  # font sizes: of a slide of text, of text at a picture, of an explorer's sentence
TABLE, CODE, SMALLEST_CODE = 22, 19, 13
TABLE_SIZES = (30, 27, 24, 22, 20, 18, 16)
LINE, GAP = 1.38, 0.62  # heights of a line and of the space after a paragraph, per font size
MONO = 0.602  # width of a character of code per font size
ITEM = re.compile(r"\n(?=(?:[-*]|\d+\.) )")
BULLET = re.compile(r"(?:[-*]|\d+\.) ")


@cache
def _font() -> ImageFont.FreeTypeFont:
    path = assets.packaged("sphinx-revealjs", f"{assets.SANS}-regular.ttf")
    return ImageFont.truetype(str(path), 100)


@cache
def _word(word: str) -> float:
    return _font().getlength(word) / 100


def width(text: str, size: float) -> float:
    """Of one line of plain text, in px; a little more than it is, for words in bold."""
    return 1.03 * size * _word(text)


def plain(markdown: str) -> str:
    """What is read of Markdown: no marks, no addresses, one sign per command of a formula."""
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", markdown)
    text = re.sub(r"\$([^$]+)\$", lambda found: re.sub(r"\\[a-zA-Z]+", "x", found[1]), text)
    return re.sub(r"[*`{}]|(?<!\w)_|_(?!\w)", "", text)


def lines(text: str, size: float, across: float) -> int:
    """How many lines plain text takes, broken between words."""
    count, used = 1, 0.0
    for word in text.split():
        if used and used + width(word, size) > across + 0.5:
            count, used = count + 1, 0.0
        used += width(word + " ", size)
    return count


def prose_lines(markdown: str, size: float = PROSE, across: float = WIDTH) -> float:
    """How many lines a paragraph, a list, a table or a formula of Markdown takes."""
    if markdown.startswith("$$"):
        return 2.6
    if markdown.startswith("|"):
        return 1.45 * (markdown.count("\n") + 1)
    if BULLET.match(markdown):
        items = ITEM.split(markdown)
        return sum(lines(plain(item), size, across - 1.4 * size) + 0.2 for item in items)
    return lines(plain(markdown), size, across) + (0.5 if "\\frac" in markdown or "\\dfrac" in markdown else 0)


def prose(markdown: str, size: float = PROSE, across: float = WIDTH) -> float:
    """The height of the same, with the space after it."""
    return size * (LINE * prose_lines(markdown, size, across) + GAP)


def wrapped(source: str, size: float, across: float) -> int:
    """How many lines code takes where long ones are continued below."""
    fits = int(across / (MONO * size))
    return sum(max(1, ceil(len(line) / fits)) for line in source.splitlines())


def code_size(source: str, room: float, most: int = CODE, across: float = WIDTH - 46) -> int:
    """The largest font up to `most` that shows code without broken lines in `room` px of height, else the smallest."""
    longest = max(map(len, source.splitlines()), default=1)
    for size in range(most, SMALLEST_CODE, -1):
        if longest * MONO * size <= across and code(source, size, across) <= room:
            return size
    return SMALLEST_CODE


def code(source: str, size: float, across: float = WIDTH - 46) -> float:
    """The height of a block of code with its frame."""
    return 1.42 * size * wrapped(source, size, across) + 40


def columns(rows: list[list[str]], size: float, across: float = WIDTH) -> list[float]:
    """The widths of a table's columns: what they ask for, less for the longest where that is too much."""
    pad = 1.3 * size
    wanted = [max(width(cell, size) for cell in column) + pad for column in zip(*rows, strict=True)]
    small = [each if each <= across / len(wanted) else 0 for each in wanted]
    if sum(wanted) <= across or not (large := sum(wanted) - sum(small)):
        return wanted
    share = (across - sum(small)) / large
    return [kept or each * share for kept, each in zip(small, wanted, strict=True)]


def row(cells: list[str], widths: list[float], size: float) -> float:
    """The height of one row of a table."""
    pad = 1.3 * size
    most = max(lines(cell, size, max(across - pad, 1)) for cell, across in zip(cells, widths, strict=True))
    return size * (1.3 * most + 0.62)
