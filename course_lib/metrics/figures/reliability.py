"""What a predicted probability is worth."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from course_lib import plotting

MARKS = "os^Dv"


def draw_reliability(curves: Mapping[str, pd.DataFrame], *, ax):
    """Observed frequency against predicted probability; the title names the bin that is furthest off.

    Parameters
    ----------
    curves : dict name -> DataFrame
        Columns predicted, observed, low, high and n, one row per bin, as `reliability_curve` gives it; NaN in an
        undefined bin, which is left out.
    ax : matplotlib Axes

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ValueError
        If no bin of a curve is defined.
    """
    ax.plot([0, 1], [0, 1], color=plotting.COLORS["muted"], linewidth=2, linestyle=(0, (3, 2)))
    gaps = {}
    for number, (name, bins) in enumerate(curves.items()):
        color = plotting.CYCLE[number % len(plotting.CYCLE)]
        x, y = bins["predicted"].to_numpy(float), bins["observed"].to_numpy(float)
        if np.isnan(x - y).all():
            raise ValueError(f"curves: got no defined bin in {name!r}, allowed is a curve with at least one")
        reach = np.maximum([y - bins["low"], bins["high"] - y], 0)
        ax.errorbar(
            x, y, reach, color=color, marker=MARKS[number % len(MARKS)], markersize=8, linewidth=2.5, elinewidth=1.5,
            label=name,
        )  # fmt: skip
        ax.vlines(x, -0.07 - 0.035 * number, -0.04 - 0.035 * number, color=color, linewidth=2.5)
        worst = int(np.nanargmax(abs(x - y)))
        gaps[name] = abs(x - y)[worst], x[worst], y[worst]
    bottom = -0.09 - 0.035 * len(curves)
    ax.set(
        xlim=(-0.02, 1.02),
        ylim=(bottom, 1.02),
        xlabel="predicted probability (marks: the bins)",
        ylabel="observed frequency",
    )
    ax.set_yticks(np.linspace(0, 1, 6))
    _, said, seen = max(gaps.values())
    name = max(gaps, key=gaps.get)
    start = f"{name}: where" if len(curves) > 1 else "Where"
    ax.set_title(f"{start} {said:.0%} are predicted,\n{seen:.0%} are observed")
    ax.legend(loc="upper left")
    return ax
