"""The page of published numbers beside ours; `tools.website.comparisons` computes them."""

from dataclasses import dataclass

import numpy as np

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
        f"{len(all_rows)} numbers that the lectures quote, beside what the course's own code gives. {sum(agreed)} of "
        f"{len(agreed)} that can be compared agree: to the published digits, or within the scatter of another "
        "draw where it says so. The others are not like for like, and say why. Ours are computed whenever this page is "
        "built, unless *measured beforehand* stands there.\n",
    ]
    for name, title in lectures.values():
        if shown := [row for row in all_rows if row.lecture == name]:
            parts.append(f"## [{title}](notebooks/{name}.ipynb)\n\n{_table(shown)}")
    return "\n".join(parts)


def _table(shown: list[Row]) -> str:
    head = "| What, and where it stands | Published | Ours | Agree | How ours came about |\n|---|---:|---:|---|---|\n"
    return head + "".join(
        f"| {row.what}<br><small>{row.source.replace('|', '/')}</small> | {_digits(row.published)} "
        f"| {_digits(row.ours, row.published)} | {VERDICT[row.agrees]} | {row.how} |\n"
        for row in shown
    )


def _digits(value: float, like: float | None = None) -> str:
    """A number with as many digits as the published one, and one more where it is no whole number."""
    like = value if like is None else like
    if float(like).is_integer() and float(value).is_integer():
        return f"{int(value):,}"
    if value == like:
        return f"{value:g}"
    written = f"{like:g}"
    places = len(written.partition(".")[2].partition("e")[0]) + 1
    return f"{value:.{places}f}" if "e" not in written else f"{value:.{places + 1}e}"
