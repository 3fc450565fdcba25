"""Tables of HTML, as `course_lib.tables` and pandas write them: read, measured, parted between rows."""

import re
from dataclasses import dataclass, replace
from html import unescape
from itertools import pairwise

from tools.slides import measure

ROW = re.compile(r"<tr.*?</tr>", re.DOTALL)
CELL = re.compile(r"<t[hd][^>]*>(.*?)</t[hd]>", re.DOTALL)
CAPTION = re.compile(r"<caption[^>]*>(.*?)</caption>", re.DOTALL)


@dataclass(frozen=True)
class Table:
    """What stands before a table, its caption, its head and its rows, each as HTML; `boxed` where it lists errata."""

    caption: str
    head: str
    rows: tuple[str, ...]
    boxed: bool = False
    before: str = ""

    @property
    def texts(self) -> list[list[str]]:
        """What is read, row by row, the head first."""
        return [[_text(cell) for cell in CELL.findall(row)] for row in (self.head, *self.rows)]

    def height(self, size: float) -> float:
        """In px, caption and space after it included."""
        about = sum(measure.lines(_text(line), size, measure.WIDTH) for line in _lines(self.before))
        about = 1.35 * size * (about + self.lines_of_caption(size)) + 24
        if not self.head:
            return about
        widths = measure.columns(self.texts, size, self._across)
        return about + sum(measure.row(cells, widths, size) for cells in self.texts)

    def size(self, room: float, most: int) -> int:
        """The largest font up to `most` at which it fits into `room` px of height; the smallest one otherwise."""
        sizes = [size for size in measure.TABLE_SIZES if size <= most and self.least_width(size) <= self._across]
        return next((size for size in sizes if self.height(size) <= room), measure.TABLE_SIZES[-1])

    def least_width(self, size: float) -> float:
        """In px, with every cell broken at each of its spaces."""
        words = ([word for cell in column for word in cell.split()] for column in zip(*self.texts, strict=True))
        return sum(max((measure.width(word, size) for word in column), default=0) + 1.3 * size for column in words)

    def lines_of_caption(self, size: float) -> int:
        return measure.lines(_text(self.caption), 1.1 * size, self._across) if self.caption else 0

    def html(self, size: float) -> str:
        """As it stands on a slide; a caption wider than the columns makes the table wider."""
        before = f'<div class="before" style="font-size:{size}px">{self.before}</div>' if self.before else ""
        if not self.head:
            return before
        least = min(measure.width(_text(self.caption), 1.1 * size) + 12, self._across) if self.caption else 0
        about = f"<caption>{self.caption}</caption>" if self.caption else ""
        inner = f"{about}<thead>{self.head}</thead><tbody>{''.join(self.rows)}</tbody>"
        box = ' class="errata"' if self.boxed else ""
        tight = ' class="tight"' if self.least_width(size) > self._across else ""
        style = f"min-width:{least:.0f}px;font-size:{size}px"
        return f'{before}<div{box}><table{tight} style="{style}">{inner}</table></div>'

    def parted(self, room: float) -> list["Table"]:
        """Itself where it fits into `room` px of height, else tables of about equally many rows under the same head."""
        if len(self.rows) < 2 or self.height(measure.TABLE_SIZES[-1]) <= room:
            return [self]
        for count in range(2, len(self.rows) + 1):
            cuts = [round(part * len(self.rows) / count) for part in range(count + 1)]
            parts = [self.rows[start:end] for start, end in pairwise(cuts)]
            tables = [
                replace(
                    self,
                    rows=rows,
                    caption=f"{self.caption} ({number} of {count})".strip(),
                    before="" if number > 1 else self.before,
                )
                for number, rows in enumerate(parts, start=1)
            ]
            if all(table.height(measure.TABLE_SIZES[-1]) <= room for table in tables):
                break
        return tables

    @property
    def _across(self) -> float:
        return measure.WIDTH - (30 if self.boxed else 0)


def read(html: str) -> Table:
    """The first table in some HTML and the text before it; without a table, a head and rows that are empty."""
    start = html.find("<table")
    before = html if start < 0 else html[:start]
    before = before if _text(before) else ""
    if not (rows := ROW.findall(html)):
        return Table("", "", (), before=before)
    caption = CAPTION.search(html)
    boxed = "border-left" in html[: max(start, 0)]
    about = caption[1] if caption and not boxed else ""  # a box of errata stands under that heading
    return Table(about, rows[0], tuple(rows[1:]), boxed, before)


def _lines(html: str) -> list[str]:
    return [line for line in re.split(r"<br>|</div>", html) if _text(line)]


def _text(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", html)).strip()
