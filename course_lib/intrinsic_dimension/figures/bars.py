"""Dimensions of data sets as bars."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

from course_lib import plotting
from course_lib.titles import titled

HUES = {"radiology": "blue", "natural": "orange", "handwriting": "green", "microscopy": "purple"}


def draw_dimension_bars(table, *, ax, title="", limit=None):
    """The MLE of each data set as a bar with its interval, and TwoNN as a diamond with its own; both end at 0.

    Parameters
    ----------
    table : DataFrame
        Rows with name, kind (one of `HUES`, or anything else), estimator ("MLE" or "TwoNN"), dimension, low, high, and
        note, which is written small behind the name: what must be known of the numbers.
    limit : float, optional
        End of the axis.
    """
    mle = table[table["estimator"] == "MLE"].sort_values("dimension", ignore_index=True)
    two = table[table["estimator"] == "TwoNN"].set_index("name").reindex(mle["name"])
    places = np.arange(len(mle))
    for kind in mle["kind"].unique():
        rows = mle.index[mle["kind"] == kind]
        color = plotting.COLORS[HUES.get(kind, "sky")]
        ax.barh(rows, mle.loc[rows, "dimension"], 0.72, color=color, label=kind)
    ink, card = plotting.COLORS["ink"], plotting.COLORS["card"]
    ax.errorbar(mle["dimension"], places, xerr=_whiskers(mle), fmt="none", ecolor=ink, elinewidth=1.6, capsize=3)
    style = {"ms": 6, "mfc": card, "mew": 1.6, "elinewidth": 1, "capsize": 3, "label": "TwoNN"}
    ax.errorbar(two["dimension"], places + 0.18, xerr=_whiskers(two), fmt="D", color=ink, **style)
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


def _whiskers(rows) -> np.ndarray:
    """Down to `low` but not below 0, and up to `high`: (2, N)."""
    return np.stack([rows["dimension"] - rows["low"].clip(lower=0), rows["high"] - rows["dimension"]])


def _kind(name: str, radiological: Collection[str]) -> str:
    return "radiology" if name in radiological else "handwriting" if name == "MNIST" else "natural"


def _finish(ax, places, labels, title, limit):
    ax.set_yticks(places, labels, fontsize=11)
    ax.set(xlabel="intrinsic dimension", xlim=(0, limit))
    ax.grid(axis="x")
    ax.grid(False, axis="y")
    ax.legend(loc="lower right")
    return titled(ax, title, simulated=False)
