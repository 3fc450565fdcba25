"""The page of published numbers beside ours; `tools.website.comparisons` computes them."""

from dataclasses import dataclass

import numpy as np

from tools.website.written import cell

VERDICT = {True: "yes", False: "**no**", None: "not like for like"}


@dataclass(frozen=True)
class Row:
    """One published number beside ours.

    Attributes
    ----------
    lecture : str
        Such as "01_cnn_fundamentals".
    what : str
    published : float
    ours : float
    tolerance : float
        How far ours may be from it for the two to agree; NaN where ours is another thing (a smaller network, fewer
        images) and agreement is not to be expected.
    how : str
        How ours came about; of a comparison that is not like for like, in what it differs.
    source : str
        Where the published number stands.
    """

    lecture: str
    what: str
    published: float
    ours: float
    tolerance: float
    how: str
    source: str

    @property
    def agrees(self) -> bool | None:
        """Whether ours is within the tolerance; None where that cannot be expected."""
        return None if np.isnan(self.tolerance) else bool(abs(self.ours - self.published) <= self.tolerance)


def page(all_rows: list[Row], lectures: dict[str, tuple[str, str]]) -> str:
    """The rows as a page, a table for each lecture. `lectures` gives name and title by room."""
    agreed = [row.agrees for row in all_rows if row.agrees is not None]
    parts = [
        "# Published numbers beside ours\n",
        f"{len(all_rows)} numbers that the lectures quote, beside what the course's own code gives. Where they stand "
        "is said in small print: in a paper, on a slide, or *recomputed* from what a paper says by other means. "
        f"{sum(agreed)} of {len(agreed)} that can be compared agree, to the digits shown or within what the last "
        "column says. The others are not like for like, and say why. Ours are computed whenever this page is built, "
        "unless *measured beforehand* stands there.\n",
    ]
    for name, title in lectures.values():
        if shown := [row for row in all_rows if row.lecture == name]:
            parts.append(f"## [{title}](notebooks/{name}.ipynb)\n\n{_table(shown)}")
    return "\n".join(parts)


def _table(shown: list[Row]) -> str:
    head = "| What, and where it stands | Published | Ours | Agree | How ours came about |\n|---|---:|---:|---|---|\n"
    return head + "".join(
        f"| {cell(row.what)}<br><small>{cell(row.source)}</small> | {row.published:,} "
        f"| {_like(row.ours, row.published)} | {VERDICT[row.agrees]} | {cell(row.how)} |\n"
        for row in shown
    )


def _like(value: float, published: float) -> str:
    """A number with one digit more than the published one; a whole number as such, and equal ones alike."""
    if isinstance(published, int) or abs(value - published) < 1e-12 * abs(published):
        return f"{round(value):,}" if isinstance(published, int) else f"{published:,}"
    digits, _, exponent = f"{published}".partition("e")
    places = len(digits.partition(".")[2]) + 1
    return f"{value:.{places}e}" if exponent else f"{value:,.{places}f}"
