"""Dimensions of data sets as bars."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

from course_lib import plotting
from course_lib.titles import titled

HUES = {"radiology": "blue", "natural": "orange", "handwriting": "green", "microscopy": "purple"}


def draw_dimension_bars(table, *, ax, title="", limit=None):
    """The MLE of each data set as a bar with its interval, and TwoNN as a diamond.

    Parameters
    ----------
    table : DataFrame
        Rows with name, kind (one of `HUES`, or anything else), estimator ("MLE" or "TwoNN"), dimension, low, high, and
        note, which is written small behind the name: what must be known of the numbers.
    limit : float, optional
        End of the axis.
    """
    mle = table[table["estimator"] == "MLE"].sort_values("dimension", ignore_index=True)
    two = table[table["estimator"] == "TwoNN"].set_index("name")["dimension"].reindex(mle["name"])
    places = np.arange(len(mle))
    for kind in mle["kind"].unique():
        rows = mle.index[mle["kind"] == kind]
        color = plotting.COLORS[HUES.get(kind, "sky")]
        ax.barh(rows, mle.loc[rows, "dimension"], 0.72, color=color, label=kind)
    widths = np.abs(mle[["low", "high"]].to_numpy() - mle[["dimension"]].to_numpy()).T
    ink = plotting.COLORS["ink"]
    ax.errorbar(mle["dimension"], places, xerr=widths, fmt="none", ecolor=ink, elinewidth=1.6, capsize=3)
    ax.plot(
        two.to_numpy(), places, "D", color=ink, ms=6, mfc=plotting.COLORS["card"], mew=1.6, ls="none", label="TwoNN"
    )
    labels = [f"{name}\n{note}" if note else name for name, note in zip(mle["name"], mle["note"], strict=True)]
    return _finish(ax, places, labels, title, limit)


def draw_published_bars(dimension: Mapping[str, float], radiological: Collection[str], *, ax, title="", limit=None):
    """Published dimensions in the same look, whole numbers without intervals.

    Parameters
    ----------
    dimension : mapping of str to number
    radiological : collection of str
        The names that are.
    """
    names = sorted(dimension, key=dimension.get)
    for kind in ("radiology", "natural", "handwriting"):
        mine = [row for row, name in enumerate(names) if _kind(name, radiological) == kind]
        ax.barh(mine, [dimension[names[row]] for row in mine], 0.72, color=plotting.COLORS[HUES[kind]], label=kind)
    for row, name in enumerate(names):
        ax.text(dimension[name] + 0.5, row, f"{dimension[name]}", va="center", fontsize=11)
    return _finish(ax, np.arange(len(names)), names, title, limit)


def _kind(name: str, radiological: Collection[str]) -> str:
    return "radiology" if name in radiological else "handwriting" if name == "MNIST" else "natural"


def _finish(ax, places, labels, title, limit):
    ax.set_yticks(places, labels, fontsize=11)
    ax.set(xlabel="intrinsic dimension", xlim=(0, limit))
    ax.grid(axis="x")
    ax.grid(False, axis="y")
    ax.legend(loc="lower right")
    return titled(ax, title, simulated=False)
