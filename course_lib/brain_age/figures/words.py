"""What titles say of numbers, and that a number stays with its unit where a line ends."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import ArrayLike

from course_lib.metrics import mean_absolute_error, r2_score
from course_lib.titles import TITLE, titled

from .lines import plain

KEPT = "\N{NO-BREAK SPACE}"
TIED = (  # spaces at which no line may end: in 3 years; MAE 3 and at 50; AD +3; 3 to 5; site B
    re.compile(r"(?<=\d) (?=(?:years|ml)\b)"),
    re.compile(r"(?<=\b(?:R²|at)) (?=[−\d])|(?<=\bMAE) (?=\d)|(?<=\bAUROC) (?=\d)"),
    re.compile(r"(?<=\w) (?=[+−]\d)"),
    re.compile(r"(?<=\d) (?=to [\d−])|(?<=\d[ \xa0]to) (?=[\d−])"),
    re.compile(r"(?<=\bsite) (?=\w\b)"),
)


def headed(ax, words: str, *, simulated: bool, size: float = TITLE):
    """As `titled`, and no line ends between a number and its unit or name."""
    return titled(ax, tied(words), simulated=simulated, size=size)


def tied(words: str) -> str:
    """Words in which a number and its unit, or a measure and its number, have a no-break space between them.

    >>> tied("MAE 3.2 years, R² 0.82 in 9 people").split(" ")
    ['MAE\\xa03.2\\xa0years,', 'R²\\xa00.82', 'in', '9', 'people']
    """
    for pattern in TIED:
        words = pattern.sub(KEPT, words)
    return words


def errors_said(age: ArrayLike, predicted: ArrayLike) -> str:
    """MAE and R² in words.

    >>> errors_said([60, 70, 80], [65, 70, 75])
    'MAE 3.33 years, R² 0.75'
    """
    said = f"MAE {mean_absolute_error(age, predicted):.2f} years"
    if np.ptp(np.asarray(age, float)) == 0:  # R² has no value
        return said
    return f"{said}, R² {plain(r2_score(age, predicted), 2)}"


def slope_said(slope: float, low: float, high: float, corrected: bool = False) -> str:
    """A slope of the gap against age in words; a bend may be there where no straight trend is.

    >>> slope_said(-0.2, -0.23, -0.17), slope_said(0.01, -0.02, 0.04, corrected=True)
    ('the gap falls by 0.20 years per year of age', 'no straight trend is left')
    """
    if low <= 0 <= high:
        return f"no straight trend is {'left' if corrected else 'seen'}"
    return f"the gap {'rises' if slope > 0 else 'falls'} by {abs(slope):.2f} years per year of age"
