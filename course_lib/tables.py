"""Tables and boxes for a notebook, legible on JupyterLab's light and dark pages."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas

CAPTION = (
    "caption-side:top;white-space:nowrap;text-align:left;font-weight:700;font-size:1.1em;"
    "padding:0 0 6px 0;color:inherit"
)
BOX = "border-left:4px solid #BE4700;padding:6px 14px;margin:6px 0;max-width:60em"


@dataclass(frozen=True)
class Table:
    """A table to look at: `data` as a DataFrame, `html` as it is shown."""

    data: "pandas.DataFrame"
    caption: str
    html: str

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return "\n".join(filter(None, [self.caption, self.data.to_string(index=False)]))


def table(rows, caption: str = "", formats: Mapping[str, str | Callable] | None = None) -> Table:
    """Return a table that shows itself.

    Parameters
    ----------
    rows : DataFrame, list of dicts, or dict
        A dict of single values becomes two columns; of lists, one column each.
    caption : str
        What the table shows, above it.
    formats : dict, optional
        By column: a format string such as ``"{:.2f}"``, or a function to str. Otherwise whole numbers get thousands
        separators and others four significant digits.

    Examples
    --------
    >>> table({"LeNet-5": 60_000, "AlexNet": 60_965_224}, caption="Parameters")
    Parameters
       name    value
    LeNet-5    60000
    AlexNet 60965224
    """
    data = _frame(rows)
    formats = dict(formats or {})
    if unknown := sorted(set(formats) - set(data.columns)):
        raise ValueError(f"formats: no column is called {unknown}, the columns are {list(data.columns)}")
    cells = [
        [_cell(value, formats.get(name)) for name, value in zip(data.columns, row, strict=True)]
        for row in data.itertuples(index=False, name=None)
    ]
    return Table(data, caption, _markup([str(name) for name in data.columns], cells, caption, _numeric(data)))


def errata(entries: Sequence[tuple[str, str, str]], said: str = "The slide says") -> Table:
    """Return a box listing slips of the slides: (what the slide says, what is right, where it is proved)."""
    import pandas

    columns = [said, "Right is", "Proved in"]
    data = pandas.DataFrame(list(entries), columns=columns)
    body = _markup(columns, [[escape(str(cell)) for cell in entry] for entry in entries], "Errata", [False] * 3)
    return Table(data, "Errata", f'<div style="{BOX}">{body}</div>')


def _frame(rows) -> "pandas.DataFrame":
    import pandas

    if isinstance(rows, pandas.DataFrame):
        return rows
    if isinstance(rows, Mapping) and not any(isinstance(value, (list, tuple)) for value in rows.values()):
        return pandas.DataFrame({"name": list(rows), "value": list(rows.values())})
    return pandas.DataFrame(rows)


def _numeric(data: "pandas.DataFrame") -> list[bool]:
    return [data.dtypes.iloc[column].kind in "iufc" for column in range(data.shape[1])]


def _cell(value, form: str | Callable | None) -> str:
    if callable(form):
        return escape(form(value))
    if form:
        return escape(form.format(value))
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        return escape(f"{value:,.4g}" if isinstance(value, float) else str(value))
    return f"{value:,}"


def _markup(columns: list[str], cells: list[list[str]], caption: str, right: list[bool]) -> str:
    align = ["right" if yes else "left" for yes in right]
    head = "".join(
        f'<th style="text-align:{side}">{escape(name)}</th>' for name, side in zip(columns, align, strict=True)
    )
    body = "".join(
        "<tr>" + "".join(f'<td style="text-align:{s}">{c}</td>' for c, s in zip(row, align, strict=True)) + "</tr>"
        for row in cells
    )
    above = f'<caption style="{CAPTION}">{escape(caption)}</caption>' if caption else ""
    return f"<table>{above}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
