"""The four outcomes of a decision, and the color that each has in every picture of the lecture."""

import numpy as np

from course_lib import plotting

OUTCOMES = {"TP": "blue", "FN": "orange", "FP": "purple", "TN": "sky"}
NAMES = {"TP": "true positive", "FN": "false negative", "FP": "false positive", "TN": "true negative"}


def outcome_color(outcome: str) -> str:
    """Color of "TP", "FN", "FP" or "TN" in the theme in use: right decisions are bluish, wrong ones are not."""
    return plotting.COLORS[OUTCOMES[outcome]]


def cells(counts) -> dict[str, float]:
    """The four numbers of a confusion matrix by their outcome, in the order TP, FN, FP, TN."""
    return {outcome: getattr(counts, outcome.lower()) for outcome in OUTCOMES}


def written(value: float) -> str:
    """A quantity as it is written into a picture: two digits, more where it would read 0 or 1 and is not.

    Examples
    --------
    >>> written(0.63), written(-0.5), written(0.0019), written(0.998), written(float("nan")), written(1234.5)
    ('0.63', '−0.50', '0.002', '0.998', '–', '1,234')
    """
    if np.isnan(value):
        return "–"
    if np.isinf(value):
        return "∞" if value > 0 else "−∞"
    digits = 2
    while digits < 4 and round(value, digits) in (0, 1, -1) and value not in (0, 1, -1):
        digits += 1
    form = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.{digits}f}"
    return form.replace("-", "−")


def counted(value: float) -> str:
    """A count, or an expected count with as many decimals as it needs.

    Examples
    --------
    >>> counted(63), counted(22433.0), counted(0.125)
    ('63', '22,433', '0.125')
    """
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:.3g}"
