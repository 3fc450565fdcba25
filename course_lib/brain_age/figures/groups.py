"""Gaps of groups of people, and of the same people in two scanners."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import t

from course_lib import plotting
from course_lib.titles import TITLE

from ..ages import Line
from .cohort import ENDS, running_mean
from .lines import DASHED, DOT, checked_ages, draw_shift, limits_of, plate, signed
from .words import headed

KNOWN_HUES = {"control": "blue", "MCI": "gold", "AD": "orange"}
OTHER_HUES = ("green", "purple", "sky", "blue", "gold", "orange")
YEARS = 5.0  # width of a bar of ages
SPREAD = 0.18  # half the width of a cloud of points
CLEAR = 13.0  # points between zero's line and the middle of a number beside it
Groups = Mapping[str, ArrayLike]


def draw_group_gaps(raw: Groups, corrected: Groups | None = None, *, axes, simulated: bool):
    """Everybody's gap by group, with means and their intervals; raw, and on the same scale corrected.

    Parameters
    ----------
    raw : dict group -> array (N_g,)
        Gaps in years; the first group is what the others are compared with.
    corrected : the same, optional
        For the second panel.
    axes : Axes, or two where there are corrected gaps
    simulated : bool

    Returns
    -------
    what `axes` was

    Raises
    ------
    ValueError
        If a group is empty, or there are not as many Axes as kinds of gaps.
    """
    kinds = {"Raw": raw} if corrected is None else {"Raw": raw, "Corrected": corrected}
    panels = np.ravel(axes)
    if len(panels) != len(kinds):
        raise ValueError(f"axes: got {len(panels)} for {len(kinds)} kinds of gaps")
    limits = limits_of(*(_known(name, gaps) for kind in kinds.values() for name, gaps in kind.items()))
    for ax, (name, gaps) in zip(panels, kinds.items(), strict=True):
        draw_strips(gaps, ax=ax, simulated=simulated, title=name if corrected is not None else "", limits=limits)
    return axes


def draw_strips(
    gaps: Groups,
    *,
    ax,
    simulated: bool,
    title: str = "",
    limits: tuple[float, float] | None = None,
    size: float = TITLE,
):
    """One panel of `draw_group_gaps`: dots are people, lines the means, boxes their 95% t-intervals."""
    known = {name: _known(name, values) for name, values in gaps.items()}
    ax.axhline(0, color=plotting.COLORS["ink"], linewidth=1.8, linestyle=DASHED, zorder=1)
    ax.set(xlim=(-0.5, len(known) - 0.45), ylim=limits or limits_of(*known.values()))
    for place, (color, values) in enumerate(zip(_colors(known), known.values(), strict=True)):
        ax.plot(place - 0.2 + _scattered(len(values)), values, "o", color=color, **(DOT | {"alpha": 0.4}))
        _draw_mean(place + 0.12, values, ax)
    ax.set_xticks(range(len(known)), [f"{name}\nN = {len(values):,}" for name, values in known.items()])
    ax.set(xlabel="line: mean; gray box: its 95% interval", ylabel="brain-age gap (years)")
    return headed(ax, f"{title + ': ' if title else ''}{_compared(known)}", simulated=simulated, size=size)


def draw_site_gaps(
    here: ArrayLike,
    there: ArrayLike,
    *,
    ax,
    simulated: bool,
    names: tuple[str, str] = ("site A", "site B"),
):
    """The same people's predicted ages in two scanners: a shift of all of them is no disease.

    Where the shift changes with age, its running mean is drawn through the points and told at a young and at an old
    predicted age; elsewhere the mean shift alone. It counts as changing where the 95% interval of the slope of the
    differences against the means of both scanners excludes 0: against one scanner alone, noise would look like a slope.

    Parameters
    ----------
    here, there : array, (N,)
        Predicted ages in years, row by row of one person.
    ax : matplotlib Axes
    simulated : bool
    names : (first, second)

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ValueError
        If the shapes differ, or nobody's ages are known.

    References
    ----------
    Bland, J. M. and Altman, D. G. (1999). Statistical Methods in Medical Research 8, 135-160.
    """
    here, there = checked_ages(here=here, there=there)
    shift, ends, told = (there - here).mean(), limits_of(here, there), _told_shifts(here, there)
    ax.plot(ends, ends, color=plotting.COLORS["muted"], linewidth=2, linestyle=DASHED, zorder=1)
    ax.plot(here, there, "o", color=plotting.COLORS["blue"], **DOT)
    if told:
        at = np.linspace(here.min(), here.max(), 60)
        ax.plot(at, at + running_mean(here, there - here, at), color=plotting.COLORS["orange"], linewidth=3, zorder=3)
    else:
        ax.plot(ends, np.add(ends, shift), color=plotting.COLORS["orange"], linewidth=3, zorder=3)
    for at, gap in told.items() or [(float(np.median(here)), shift)]:
        draw_shift(at, gap, ax=ax)
    ax.set(xlim=limits_of(here), ylim=ends, xlabel=f"predicted age at {names[0]} (years)")
    ax.set_ylabel(f"predicted age at {names[1]} (years)")
    words = f"The same {len(here):,} brains look {abs(shift):.1f} years {'older' if shift > 0 else 'younger'} "
    each = ", ".join(f"{signed(gap, 0)} at {at}" for at, gap in told.items())
    return headed(ax, f"{words}at {names[1]}{': ' + each if told else ''}", simulated=simulated)


def draw_ages(
    ages: Groups,
    *,
    ax,
    simulated: bool,
    title: str = "",
    limits: tuple[float, float] | None = None,
    size: float = TITLE,
):
    """Ages of two groups as shares of each, the first above the axis and the second below.

    Parameters
    ----------
    ages : dict group -> array (N_g,)
        Years; two groups.
    ax : matplotlib Axes
    simulated : bool
    title : str
        Stands before how far the means are apart.
    limits : (youngest, oldest), optional
        That the axis is to hold.
    size : float
        Of the title, in points.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ValueError
        If there are not two groups, or one is empty.
    """
    if len(ages) != 2:
        raise ValueError(f"ages: got {len(ages)} groups, allowed are two")
    known = {name: _known(name, values) for name, values in ages.items()}
    low, high = limits or (min(map(np.min, known.values())), max(map(np.max, known.values())))
    bins = np.arange(YEARS * np.floor(low / YEARS), high + YEARS, YEARS)
    for side, color, (name, values) in zip((1, -1), _colors(known), known.items(), strict=True):
        share = np.histogram(values, bins)[0] / len(values)
        ax.stairs(side * share, bins, fill=True, color=color, alpha=0.75, label=name)
        ax.plot([values.mean()] * 2, [0, side * 0.45], color=plotting.COLORS["ink"], linewidth=2.5, linestyle=DASHED)
    ax.axhline(0, color=plotting.COLORS["ink"], linewidth=1.5)
    ax.set(yticks=[], ylim=(-0.5, 0.5), xlim=(bins[0], bins[-1]), xlabel="age (years; dashed: means)")
    ax.legend(loc="upper left")
    first, second = (values.mean() for values in known.values())
    apart = f"{abs(second - first):.1f} years {'older' if second > first else 'younger'}"
    words = f"{list(known)[1]} {'of the same mean age' if abs(second - first) < 0.05 else apart}"
    return headed(ax, f"{title + ': ' if title else ''}{words}", simulated=simulated, size=size)


def mean_interval(values: ArrayLike, level: float = 0.95) -> tuple[float, float, float]:
    """Mean of a sample with its t-interval; NaN ends for one value.

    >>> [round(value, 2) for value in mean_interval([1, 2, 3])]
    [2.0, -0.48, 4.48]
    """
    values = np.asarray(values, float)
    if len(values) < 2:
        return float(values.mean()), np.nan, np.nan
    half = t.ppf((1 + level) / 2, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values))
    return float(values.mean()), float(values.mean() - half), float(values.mean() + half)


def _told_shifts(here: np.ndarray, there: np.ndarray) -> dict[int, float]:
    """Shift in years around a young and an old predicted age; empty where it does not change from one to the other."""
    middle = (here + there) / 2
    if len(here) < 3 or min(np.ptp(here), np.ptp(middle)) == 0:
        return {}
    low, high = Line.through(middle, there - here).slope_interval(0.95)
    ages = YEARS * np.round(np.quantile(here, ENDS) / YEARS)
    shifts = dict(zip(map(int, ages), running_mean(here, there - here, ages).tolist(), strict=True))
    told_apart = len({signed(shift, 0) for shift in shifts.values()}) == 2
    return {} if low <= 0 <= high or not told_apart else shifts


def _known(name: str, values: ArrayLike) -> np.ndarray:
    values = np.asarray(values, float)
    if not len(values := values[~np.isnan(values)]):
        raise ValueError(f"{name}: nobody in this group has a gap")
    return values


def _scattered(n: int) -> np.ndarray:
    """Sideways places that spread evenly and are the same each time: multiples of the golden ratio."""
    return SPREAD * (2 * (np.arange(1, n + 1) * 0.6180339887 % 1) - 1)


def _draw_mean(place: float, values: np.ndarray, ax) -> None:
    mean, low, high = mean_interval(values)
    ink, sides = plotting.COLORS["ink"], [place - 0.05, place + 0.05]
    ax.fill_between(sides, low, high, color=ink, alpha=0.4, linewidth=0, zorder=3)
    ax.plot(sides, [mean] * 2, color=ink, linewidth=3.5, solid_capstyle="butt", zorder=4)
    place_of = (place + 0.05, mean), (8, _moved(mean, ax))
    ax.annotate(signed(mean), *place_of, textcoords="offset points", va="center", fontsize=13, fontweight="bold",
        bbox=plate(), zorder=3)  # fmt: skip


def _moved(mean: float, ax) -> float:
    """Points by which a mean's number is moved up or down, so that zero's dashed line does not run through it."""
    away = mean * 72 * ax.bbox.height / ax.figure.dpi / np.ptp(ax.get_ylim())
    side = -1 if mean < 0 else 1
    return side * max(0.0, CLEAR - abs(away))


def _compared(known: Mapping[str, np.ndarray]) -> str:
    """How much older the brains of the other groups look than those of the first."""
    first, *others = known
    if not others:
        return f"{first} {signed(known[first].mean())} years"
    apart = [f"{name} {signed(known[name].mean() - known[first].mean())}" for name in others]
    return f"{', '.join(apart)} years against {first}"


def _colors(groups: Iterable[str]) -> list[str]:
    """One for each group, the same in every picture for those of this lecture."""
    spare = iter(OTHER_HUES)
    return [plotting.COLORS[KNOWN_HUES.get(name) or next(spare, "muted")] for name in groups]
