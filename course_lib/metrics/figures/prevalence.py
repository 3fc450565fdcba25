"""One test among many sick people, and among few."""

from collections.abc import Sequence

import numpy as np
from matplotlib.path import Path
from matplotlib.patheffects import withStroke

from course_lib import plotting

from ..people import whole_people
from .outcomes import NAMES, cells, outcome_color

PEOPLE, ACROSS = 1000, 40


def draw_prevalence_curve(sensitivity: float, specificity: float, marked: Sequence[float], *, ax):
    """PPV and NPV against the prevalence, on a logarithmic axis.

    Parameters
    ----------
    sensitivity, specificity : float
    marked : sequence of float
        Prevalences whose PPV is written beside the curve.
    ax : matplotlib Axes

    Returns
    -------
    matplotlib Axes
    """
    marked = np.asarray(marked, float)
    share = np.geomspace(min(1e-3, *marked), 0.999, 300)
    ppv, npv = _predictive(sensitivity, specificity, share)
    ax.semilogx(share, npv, color=plotting.COLORS["sky"], linewidth=3, linestyle=(0, (5, 1.6)), label="NPV")
    ax.semilogx(share, ppv, color=plotting.COLORS["blue"], linewidth=3.5, label="PPV")
    values = _predictive(sensitivity, specificity, marked)[0]
    ax.plot(marked, values, "o", color=plotting.COLORS["orange"], markersize=12)
    for x, y in zip(marked, values, strict=True):
        place, align = ((0, 18), "center") if y > 0.8 else ((-9, 10), "right")
        ax.annotate(
            _percent(y), (x, y), place, textcoords="offset points", ha=align, fontsize=14, fontweight="bold",
            color=plotting.COLORS["orange"], path_effects=[withStroke(linewidth=4, foreground=plotting.COLORS["card"])],
        )  # fmt: skip
    ticks = [tick for tick in (0.0001, 0.001, 0.01, 0.1, 1) if tick >= share[0]]
    ax.set_xticks(ticks, [_percent(tick) for tick in ticks])
    ax.minorticks_off()
    ax.set_yticks(np.linspace(0, 1, 6))
    ax.set(xlim=(share[0] / 1.6, 1.1), ylim=(-0.04, 1.14), xlabel="prevalence (log scale)", ylabel="predictive value")
    most, least = values[marked.argmax()], values[marked.argmin()]
    ends = f"PPV falls from {_percent(most)} to {_percent(least)} as the disease gets rarer"
    ax.set_title(ends if len(marked) > 1 else f"PPV {_percent(most)} at a prevalence of {_percent(marked[0])}")
    ax.legend(loc="center left", bbox_to_anchor=(0, 0.72))
    return ax


def draw_people(counts, *, ax):
    """One thousand people, each colored by what the test makes of them.

    Parameters
    ----------
    counts : ConfusionCounts
        Of any total: what it says is scaled to 1,000 people and rounded so that they remain 1,000.
    ax : matplotlib Axes

    Returns
    -------
    matplotlib Axes
    """
    four = cells(whole_people(counts, PEOPLE))
    place, person, size = np.arange(PEOPLE), _person(), _room_for_one(ax)
    order = np.repeat(list(four), list(four.values()))
    for outcome, number in four.items():
        mine = place[order == outcome]
        ax.scatter(
            mine % ACROSS, mine // ACROSS, s=size, marker=person, color=outcome_color(outcome), linewidths=0,
            alpha=0.55 if outcome == "TN" else 1, label=f"{number:,} {NAMES[outcome]}",
        )  # fmt: skip
    ax.set(xlim=(-0.7, ACROSS - 0.3), ylim=(PEOPLE // ACROSS - 0.3, -0.8))
    ax.set_axis_off()
    alarms = four["TP"] + four["FP"]
    ax.set_title(
        f"Of {alarms:,} positive tests, {four['TP']:,} are right" if alarms else "Nobody tests positive", y=1.0
    )
    ax.legend(ncols=2, loc="upper center", bbox_to_anchor=(0.5, 0), frameon=False, handletextpad=0.2, markerscale=1.2)
    return ax


def _predictive(sensitivity: float, specificity: float, prevalence: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """PPV and NPV by Bayes' rule."""
    true, false = sensitivity * prevalence, (1 - specificity) * (1 - prevalence)
    clear, missed = specificity * (1 - prevalence), (1 - sensitivity) * prevalence
    with np.errstate(invalid="ignore"):
        return true / (true + false), clear / (clear + missed)


def _person() -> Path:
    """A head above shoulders, as a marker."""
    head = Path.circle((0, 0.62), 0.36)
    body = Path(
        [(-0.55, -1), (-0.55, -0.1), (-0.55, 0.2), (0, 0.2), (0.55, 0.2), (0.55, -0.1), (0.55, -1), (-0.55, -1)],
        [Path.MOVETO, Path.LINETO, Path.CURVE3, Path.CURVE3, Path.CURVE3, Path.CURVE3, Path.LINETO, Path.CLOSEPOLY],
    )
    return Path.make_compound_path(body, head)


def _room_for_one(ax) -> float:
    """Area of one person in points², so that 25 rows of 40 nearly fill the Axes."""
    width, height = ax.figure.get_size_inches() * 72 * ax.get_position().size
    return (0.92 * min(1.6 * width / ACROSS, height / (PEOPLE // ACROSS))) ** 2


def _percent(value: float) -> str:
    """Return a share in whole percents, or with three significant digits where it is small."""
    return f"{100 * value:.0f}%" if value >= 0.1 else f"{100 * value:.3g}%"
