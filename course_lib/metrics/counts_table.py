"""One confusion matrix to look at: the four cells as HTML, and everything that comes out of them as a table."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from .quantities import QUANTITIES
from .validation import check_level

if TYPE_CHECKING:
    from .counts import ConfusionCounts


def quantity_table(counts: "ConfusionCounts", level: float = 0.95) -> pd.DataFrame:
    """A row per quantity of one matrix: its names, value, interval and formula, and the reason of what is NaN.

    Raises
    ------
    ValueError
        If these are several matrices.
    """
    if counts.shape:
        raise ValueError(f"table: allowed is one matrix, such as counts[0] or counts.sum(), got shape {counts.shape}")
    check_level(level)
    rows = []
    for quantity in QUANTITIES.values():
        if not quantity.method:
            continue  # the cells and their sums have no interval and need no table
        low, high = (np.nan, np.nan) if quantity.bounds is None else counts.interval(quantity.name, level)
        rows.append(
            {
                "quantity": quantity.long_name,
                "abbreviation": quantity.abbreviation,
                "value": counts[quantity.name],
                "low": low,
                "high": high,
                "formula": quantity.formula,
                "synonyms": ", ".join(quantity.synonyms),
                "reason": counts.reason(quantity.name) or counts.interval_reason(quantity.name),
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
