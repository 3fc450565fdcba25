"""Methods side by side: k-NN accuracy and silhouette with intervals, and what a paper found."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from course_lib import plotting
from course_lib.titles import titled

MARKS = "Dos"  # one for each group
APART = 0.22  # of a row, between groups


def draw_comparison(groups: Mapping[str, object], *, axes, titles=("", "")):
    """Two panels, k-NN accuracy in percent and silhouette: a row per method, a mark per group with its interval.

    Parameters
    ----------
    groups : mapping of str to DataFrame
        By what they stand for, such as "simulated": rows with method, quantity ("knn_accuracy" or "silhouette"), mean,
        low and high, the latter NaN where there is no interval. At most three; the first gives the order of methods.
    axes : two Axes
    titles : (str, str)
    """
    methods = list(dict.fromkeys(method for table in groups.values() for method in table["method"]))
    rows = np.arange(len(methods))[::-1]
    for column, (ax, quantity) in enumerate(zip(axes, ("knn_accuracy", "silhouette"), strict=True)):
        scale = 100 if quantity == "knn_accuracy" else 1
        for number, (label, table) in enumerate(groups.items()):
            one = scale * table[table["quantity"] == quantity].set_index("method")[["mean", "low", "high"]]
            mean, low, high = one.reindex(methods).to_numpy().T
            place = rows + APART * ((len(groups) - 1) / 2 - number)
            reach = np.abs(np.stack([low, high]) - mean)
            marker = {"marker": MARKS[number], "ms": 8, "color": plotting.CYCLE[number], "label": label}
            if np.isnan(reach).all():
                ax.plot(mean, place, ls="", mfc="none", mew=2, **marker)
            else:
                ax.errorbar(mean, place, xerr=np.nan_to_num(reach), ls="", capsize=4, **marker)
        ax.set_yticks(rows, methods if column == 0 else [""] * len(methods))
        ax.set(xlabel="k-NN accuracy (%)" if column == 0 else "silhouette", ylim=(-0.6, len(methods) - 0.4))
        ax.grid(axis="x")
        titled(ax, titles[column], simulated=False)
    axes[0].legend(loc="upper left", bbox_to_anchor=(-0.4, -0.16), ncols=len(groups), frameon=False)
    return axes
