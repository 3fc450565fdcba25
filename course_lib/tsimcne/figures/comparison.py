"""Methods side by side: k-NN accuracy and silhouette with intervals, and what a paper found on its own data."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from course_lib import plotting
from course_lib.titles import titled


def draw_comparison(table, *, axes, published: Mapping[str, tuple[float, float]] | None = None, titles=("", "")):
    """Two panels, k-NN accuracy in percent and silhouette: points with intervals, hollow diamonds from a paper.

    Parameters
    ----------
    table : DataFrame
        Rows with method, quantity ("knn_accuracy" or "silhouette"), mean, low, high.
    published : mapping of str to (knn accuracy in percent, silhouette), optional
        By method; those that the table does not have get a row of their own.
    titles : (str, str)
    """
    methods = list(dict.fromkeys([*table["method"], *(published or {})]))
    rows = np.arange(len(methods))[::-1]
    for column, (ax, quantity) in enumerate(zip(axes, ("knn_accuracy", "silhouette"), strict=True)):
        scale = 100 if quantity == "knn_accuracy" else 1
        ours = table[table["quantity"] == quantity].set_index("method").reindex(methods)
        mean = scale * ours["mean"].to_numpy()
        reach = np.abs(scale * ours[["low", "high"]].to_numpy().T - mean)
        ax.errorbar(mean, rows, xerr=reach, fmt="o", color=plotting.COLORS["blue"], capsize=4, label="here (simulated)")
        if published:
            values = [published[name][column] if name in published else np.nan for name in methods]
            ax.plot(
                values,
                rows - 0.22,
                "D",
                color=plotting.COLORS["orange"],
                mfc="none",
                mew=2,
                label="published, other data",
            )
        ax.set_yticks(rows, methods if column == 0 else [""] * len(methods))
        ax.set(xlabel="k-NN accuracy (%)" if column == 0 else "silhouette", ylim=(-0.6, len(methods) - 0.4))
        ax.grid(axis="x")
        titled(ax, titles[column], simulated=False)
    axes[0].legend(loc="upper left", bbox_to_anchor=(0, -0.14), ncols=2, frameon=False)
    return axes
