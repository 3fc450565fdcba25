"""The confusion matrix, and everything that comes out of it."""

import numpy as np
from matplotlib.patches import FancyBboxPatch

from course_lib import plotting

from .outcomes import NAMES, cells, counted, outcome_color, written

PLACES = {"TP": (0, 0), "FN": (0, 1), "FP": (1, 0), "TN": (1, 1)}  # row: truth, column: decision
SHARES = (  # quantity, outcome whose share it is, row and column of its box, what it is also called
    ("TPR", "TP", 0, 3, "sensitivity, recall"),
    ("FNR", "FN", 0, 4, "miss rate"),
    ("FPR", "FP", 1, 3, "fall-out"),
    ("TNR", "TN", 1, 4, "specificity"),
    ("PPV", "TP", 3, 0, "precision"),
    ("FOR", "FN", 3, 1, "false omission rate"),
    ("FDR", "FP", 4, 0, "false discovery rate"),
    ("NPV", "TN", 4, 1, "negative pred. value"),
)
RATIOS = (("LR+", 3, 3, "TPR / FPR"), ("LR−", 3, 4, "FNR / TNR"), ("DOR", 4, 3.5, "LR+ / LR−"))
OF_ALL = (
    ("prevalence", "prevalence"), ("accuracy", "ACC"), ("balanced_accuracy", "BA"), ("f1", "F1"),
    ("fowlkes_mallows", "FM"), ("threat_score", "TS"), ("mcc", "MCC"), ("informedness", "BM"), ("markedness", "MK"),
)  # fmt: skip
ATTRIBUTES = {"FOR": "false_omission_rate", "LR+": "lr_plus", "LR−": "lr_minus"}
COLUMNS = (2.0, 4.25, 6.5, 7.0, 9.25, 11.5)  # left edges of matrix, gap and shares, and the right end
ROWS = (0.0, 1.2, 2.4, 2.75, 3.95, 5.15)


def draw_confusion_matrix(counts, *, ax):
    """The four counts with their sums: the truth in rows, the decision in columns.

    Parameters
    ----------
    counts : ConfusionCounts
        Of single numbers: counts, or expected shares.
    ax : matplotlib Axes

    Returns
    -------
    matplotlib Axes
    """
    four = cells(counts)
    ax.set(xlim=(-0.75, 2.75), ylim=(2.6, -0.55))
    ax.set_axis_off()
    for outcome, (row, column) in PLACES.items():
        _box((column, row, 1, 1), outcome_color(outcome), ax=ax)
        ax.text(column + 0.5, row + 0.42, counted(four[outcome]), ha="center", va="center", fontsize=26, weight="bold")
        ax.text(column + 0.5, row + 0.79, NAMES[outcome], ha="center", va="center", fontsize=12.5)
    sums = _sums(four)
    for place, (name, of_rows, of_columns) in enumerate(zip(("positive", "negative"), *sums, strict=True)):
        ax.text(-0.1, place + 0.5, f"actually\n{name}", ha="right", va="center", fontsize=13)
        ax.text(place + 0.5, -0.12, f"called\n{name}", ha="center", va="bottom", fontsize=13)
        _sum(2.5, place + 0.5, of_rows, ax)
        _sum(place + 0.5, 2.35, of_columns, ax)
    _sum(2.5, 2.35, sum(four.values()), ax)
    wrong, right = four["FN"] + four["FP"], four["TP"] + four["TN"]
    ax.set_title(f"{counted(right)} of {counted(right + wrong)} decisions are right", y=1.0)
    return ax


def draw_quantity_map(counts, *, ax):
    """The confusion matrix, and around it each quantity at the margin that it is a share of.

    To the right, each cell as a share of its row, that is of the truth; below, as a share of its column, that is of the
    decision. A box has the color of the cell that it counts.

    Parameters
    ----------
    counts : ConfusionCounts
        Of single numbers.
    ax : matplotlib Axes
        At least 11 × 6 inches.

    Returns
    -------
    matplotlib Axes
    """
    four = cells(counts)
    ax.set(xlim=(0, COLUMNS[-1]), ylim=(6.75, -0.95))
    ax.set_axis_off()
    for outcome, (row, column) in PLACES.items():
        _entry(row, column, outcome, counted(four[outcome]), NAMES[outcome], ax, color=outcome_color(outcome), fill=0.5)
    for name, outcome, row, column, other in SHARES:
        _entry(row, column, name, written(_value(counts, name)), other, ax, color=outcome_color(outcome), fill=0.15)
    for name, row, column, formula in RATIOS:
        _entry(row, column, name, written(_value(counts, name)), formula, ax, color=plotting.COLORS["muted"], fill=0.1)
    _margins(four, ax)
    width = COLUMNS[-1] / len(OF_ALL)
    for place, (name, short) in enumerate(OF_ALL):
        _box((place * width, 5.6, width, 1.0), plotting.COLORS["gold"], ax=ax, fill=0.15)
        middle = (place + 0.5) * width
        ax.text(middle, 5.87, short, ha="center", va="center", fontsize=12.5)
        ax.text(middle, 6.28, written(_value(counts, name)), ha="center", va="center", fontsize=15, weight="bold")
    (positives, _), (called, _) = _sums(four)
    found = f"{counted(four['TP'])} of {counted(positives)} positives are found"
    right = (
        f"{counted(four['TP'])} of {counted(called)} positive calls are right" if called else "none is called positive"
    )
    ax.set_title(f"{found}; {right}", y=1.0)
    return ax


def _margins(four: dict[str, float], ax) -> None:
    of_rows, of_columns = _sums(four)
    small = {"va": "center", "fontsize": 13, "linespacing": 1.25}
    for place, name in enumerate(("positive", "negative")):
        middle = (COLUMNS[place] + COLUMNS[place + 1]) / 2
        ax.text(middle, -0.42, f"called {name}\n{counted(of_columns[place])}", ha="center", **small)
        label = f"actually\n{name}\n{counted(of_rows[place])}"
        ax.text(COLUMNS[0] - 0.15, ROWS[place] + 0.6, label, ha="right", **small)
    muted = plotting.COLORS["muted"]
    ax.text((COLUMNS[3] + COLUMNS[5]) / 2, -0.42, "shares of a row:\nof the truth", ha="center", color=muted, **small)
    ax.text(COLUMNS[0] - 0.15, ROWS[4], "shares of\na column:\nof the calls", ha="right", color=muted, **small)


def _entry(row: int, column: float, name: str, value: str, other: str, ax, *, color: str, fill: float) -> None:
    width, height = COLUMNS[1] - COLUMNS[0], ROWS[1] - ROWS[0]
    left = np.interp(column, range(len(COLUMNS)), COLUMNS)
    _box((left, ROWS[row], width, height), color, ax=ax, fill=fill)
    ax.text(left + 0.22, ROWS[row] + 0.46, name, ha="left", va="center_baseline", fontsize=15)
    ax.text(left + width - 0.22, ROWS[row] + 0.46, value, ha="right", va="center_baseline", fontsize=19, weight="bold")
    ax.text(left + width / 2, ROWS[row] + 0.9, other, ha="center", va="center", fontsize=12)


def _value(counts, name: str) -> float:
    return getattr(counts, ATTRIBUTES.get(name, name.lower()))


def _sums(four: dict[str, float]) -> tuple[tuple[float, float], tuple[float, float]]:
    """Row sums (positives, negatives) and column sums (called positive, called negative)."""
    return (four["TP"] + four["FN"], four["FP"] + four["TN"]), (four["TP"] + four["FP"], four["FN"] + four["TN"])


def _sum(x: float, y: float, value: float, ax) -> None:
    ax.text(x, y, counted(value), ha="center", va="center", fontsize=16, color=plotting.COLORS["muted"])


def _box(place: tuple[float, float, float, float], color: str, *, ax, fill: float = 0.35) -> None:
    x, y, width, height = place
    style, inset = "round,pad=0,rounding_size=0.07", 0.04
    corner, size = (x + inset, y + inset), (width - 2 * inset, height - 2 * inset)
    ax.add_patch(FancyBboxPatch(corner, *size, style, facecolor=color, alpha=fill, linewidth=0))
    ax.add_patch(FancyBboxPatch(corner, *size, style, fill=False, edgecolor=color, linewidth=2))
