"""Two of something: splits, hospitals, readers and a model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator

from course_lib import plotting
from course_lib.titles import titled


def draw_leak(
    frame: pd.DataFrame,
    difference: tuple[float, float, float],
    *,
    axes,
    simulated: bool,
    label: str = "macro AUROC",
):
    """What one measures with either split, and the difference with its own interval beside zero.

    Parameters
    ----------
    frame : DataFrame, two rows
        Columns split, estimate, low, high.
    difference : (estimate, low, high)
        First row minus second.
    axes : two Axes
    simulated : bool
    label : str
        Name of the quantity.

    Returns
    -------
    array of Axes

    Raises
    ------
    ValueError
        If there are not two rows.
    """
    if len(frame) != 2:
        raise ValueError(f"frame: got {len(frame)} rows, allowed are two, one per split")
    left, right = np.ravel(axes)
    _draw_rows(frame["split"], frame[["estimate", "low", "high"]].to_numpy(float), ["orange", "blue"], left)
    left.set_xlabel(label)
    value, low, high = difference
    first, second = frame["split"]
    _draw_rows([f"{first} −\n{second}"], np.array([difference], float), ["purple"], right, form="{:+.3f}")
    right.axvline(0, color=plotting.COLORS["ink"], linewidth=2, linestyle=(0, (4, 2)))
    right.xaxis.set_major_locator(MaxNLocator(5))
    right.set_xlabel(f"difference in {label}")
    apart = "less" if high < 0 else "more" if low > 0 else None
    words = f"Split {first}, one measures {abs(value):.3f} {apart}" if apart else "No difference is shown"
    titled(left, f"Split {first}: {frame['estimate'].iloc[0]:.3f}; {second}: {frame['estimate'].iloc[1]:.3f}",
        simulated=simulated)  # fmt: skip
    titled(right, f"{words}: interval {low:+.3f} to {high:+.3f}".replace("-", "−"), simulated=simulated)
    return axes


def draw_readers(frame: pd.DataFrame, model: str, *, ax, simulated: bool, label: str = "F1 against the others"):
    """F1 of readers and of a model, each with its interval; the band is the model's.

    Parameters
    ----------
    frame : DataFrame
        Columns reader, f1, low, high, as `f1_against_others` gives them.
    model : str
        The reader that is a model.
    ax : matplotlib Axes
    simulated : bool
    label : str

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ValueError
        If no row is the model's, or none is a reader's.
    """
    own, readers = frame[frame["reader"] == model], frame[frame["reader"] != model]
    if len(own) != 1 or readers.empty:
        raise ValueError(
            f"model: got {model!r}, allowed is one of {', '.join(frame['reader'])}, beside at least one reader"
        )
    frame = pd.concat([own, readers.iloc[::-1]], ignore_index=True)
    colors = ["orange"] + ["blue"] * len(readers)
    ax.axvspan(*own[["low", "high"]].iloc[0], color=plotting.COLORS["orange"], alpha=0.14, linewidth=0)
    _draw_rows(frame["reader"], frame[["f1", "low", "high"]].to_numpy(float), colors, ax, upward=True)
    ax.set_xlabel(label)
    value, low, high = own[["f1", "low", "high"]].iloc[0]
    above, mean = int((value > readers["f1"]).sum()), readers["f1"].mean()
    overlap = int(((readers["low"] <= high) & (low <= readers["high"])).sum())
    words = f"{model} {value:.3f} is above {above} of {len(readers)} readers (mean {mean:.3f}); "
    words += f"its interval overlaps those of {overlap}"
    return titled(ax, words, simulated=simulated)


def draw_site_shift(
    here: pd.DataFrame,
    there: pd.DataFrame,
    *,
    ax,
    simulated: bool,
    names: tuple[str, str] = ("site A", "site B"),
):
    """The AUROC of each finding at two hospitals, largest loss on top; the figure gets a legend below.

    Parameters
    ----------
    here, there : DataFrame
        Columns finding, auroc, low, high, as ``Evaluation.table``; findings without an AUROC at both are left out.
    ax : matplotlib Axes
    simulated : bool
    names : (first, second)

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ValueError
        If no finding has an AUROC at both.
    """
    columns = ["finding", "auroc", "low", "high"]
    both = here[columns].merge(there[columns], on="finding", suffixes=("_here", "_there")).dropna()
    if both.empty:
        raise ValueError("there: no finding has an AUROC at both sites")
    loss = both["auroc_here"] - both["auroc_there"]
    both = both.loc[loss.sort_values().index].reset_index(drop=True)
    rows = np.arange(len(both))
    ax.hlines(rows, both["auroc_there"], both["auroc_here"], color=plotting.COLORS["muted"], linewidth=2.5, zorder=2)
    for place, color, mark, side, name in zip(
        ("here", "there"), ("blue", "orange"), "os", (0.16, -0.16), names, strict=True
    ):
        low, high = both[f"low_{place}"], both[f"high_{place}"]
        ax.hlines(rows + side, low, high, color=plotting.COLORS[color], linewidth=3.5, alpha=0.4)
        ax.plot(both[f"auroc_{place}"], rows, mark, color=plotting.COLORS[color], markersize=10, zorder=3, label=name)
    _finish(ax, both["finding"], rows)
    ax.axvline(0.5, color=plotting.COLORS["muted"], linewidth=2, linestyle=(0, (4, 2)))
    ax.set_xlabel("AUROC (bars: intervals; dashed: chance)")
    ax.figure.legend(loc="outside lower center", ncols=2, frameon=False)
    first, second = both["auroc_here"].mean(), both["auroc_there"].mean()
    verb = "falls" if second < first else "rises"
    return titled(ax, f"The mean AUROC {verb} from {first:.3f} to {second:.3f} at {names[1]}", simulated=simulated)


def _draw_rows(
    names: Sequence[str],
    values: np.ndarray,
    colors: Sequence[str],
    ax,
    *,
    form: str = "{:.3f}",
    upward: bool = False,
) -> None:
    """Estimates with their intervals, (rows, 3), from the top down or from the bottom up; the number stands above."""
    rows = np.arange(len(values)) if upward else np.arange(len(values))[::-1]
    for row, (value, low, high), color in zip(rows, values, colors, strict=True):
        ax.hlines(row, low, high, color=plotting.COLORS[color], linewidth=5.5)
        ax.plot(value, row, "o", color=plotting.COLORS["ink"], markersize=11, zorder=4)
        ax.annotate(form.format(value).replace("-", "−"), (value, row), (0, 11), textcoords="offset points",
            ha="center", va="bottom", fontsize=13, fontweight="bold")  # fmt: skip
    order = np.argsort(rows)
    _finish(ax, [list(names)[place] for place in order], rows[order])
    ax.margins(x=0.12)
    ax.set_ylim(-0.6, len(values) - 0.2)


def _finish(ax, names: Sequence[str], rows: np.ndarray) -> None:
    ax.set_yticks(rows, names)
    ax.set_ylim(rows[0] - 0.6, rows[-1] + 0.6)
    ax.grid(axis="x")
    ax.grid(False, axis="y")
