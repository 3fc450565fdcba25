"""One confusion matrix to look at: the four cells as HTML, and everything that comes out of them as a table."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from .cells import CELLS
from .quantities import QUANTITIES

if TYPE_CHECKING:
    from .counts import ConfusionCounts


def quantity_table(counts: "ConfusionCounts", level: float = 0.95) -> pd.DataFrame:
    """A row per quantity of one matrix: its names, value, interval and formula, and the reason of what is NaN."""
    cells = {name: np.float64(getattr(counts, name)) for name in CELLS}
    rows = []
    for quantity in QUANTITIES.values():
        if not quantity.method:
            continue  # the cells and their sums have no interval and need no table
        low, high = (np.nan, np.nan) if quantity.bounds is None else quantity.interval(cells, level)
        rows.append(
            {
                "quantity": quantity.long_name,
                "abbreviation": quantity.abbreviation,
                "value": float(quantity.of(cells)),
                "low": float(low),
                "high": float(high),
                "formula": quantity.formula,
                "synonyms": ", ".join(quantity.synonyms),
                "reason": str(quantity.reason(cells)) or str(quantity.interval_reason(cells)),
            }
        )
    return pd.DataFrame(rows)


def matrix_html(counts: "ConfusionCounts") -> str:
    """The 2 × 2 matrix of one `ConfusionCounts`, truth in rows and decisions in columns."""
    rows = [
        _row("Actually positive", [("TP", counts.tp), ("FN", counts.fn)]),
        _row("Actually negative", [("FP", counts.fp), ("TN", counts.tn)]),
    ]
    head = '<th scope="col">Predicted positive</th><th scope="col">Predicted negative</th>'
    return f"<table><thead><tr><td></td>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _row(head: str, cells: list[tuple[str, float]]) -> str:
    data = "".join(
        f"<td>{name} {value:,}</td>" if isinstance(value, int) else f"<td>{name} {value:,.4g}</td>"
        for name, value in cells
    )
    return f'<tr><th scope="row">{head}</th>{data}</tr>'
