"""What training did, and what the wrong output does."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from course_lib import plotting
from course_lib.titles import titled

MANY = 3  # findings in an image


def draw_training_curves(runs: Mapping[str, pd.DataFrame], *, ax, simulated: bool, column: str = "auroc"):
    """AUROC on validation patients after each epoch, and the epoch that each run keeps: that with the highest.

    Parameters
    ----------
    runs : {name: history}
        At most six, the histories of `train_classifier`: columns epoch and `column`.
    ax : matplotlib Axes
    simulated : bool
    column : str

    Returns
    -------
    matplotlib Axes
    """
    kept = {name: history.loc[history[column].idxmax()] for name, history in runs.items()}
    for color, (name, history) in zip(plotting.CYCLE, runs.items(), strict=False):
        best = kept[name]
        ax.plot(history["epoch"], history[column], color=color, label=f"{name}: {best[column]:.3f}")
        ax.plot(best["epoch"], best[column], "o", color=color, markersize=13, markeredgecolor=plotting.COLORS["ink"])
    ax.set(xlabel="epoch (ring: the one that is kept)", ylabel="validation macro AUROC")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    first = max(kept, key=lambda name: kept[name][column])
    epoch, value = int(kept[first]["epoch"]), kept[first][column]
    if len(runs) > 1:
        ax.legend(loc="lower right")
        return titled(ax, f"{first} reaches {value:.3f} in epoch {epoch}", simulated=simulated)
    words = f"Kept: epoch {epoch} of {len(runs[first])}, validation AUROC {value:.3f}"
    return titled(ax, words, simulated=simulated)


def draw_softmax_harm(labels: ArrayLike, sigmoid: ArrayLike, softmax: ArrayLike, *, ax, simulated: bool):
    """Probability that the true findings of an image get, by how many there are: a softmax has one to share out.

    Parameters
    ----------
    labels : array, (N, L), of 0 and 1
    sigmoid, softmax : array, (N, L)
        Probabilities; a softmax's column for "none" is left out.
    ax : matplotlib Axes
    simulated : bool

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ValueError
        If shapes differ, or no image has three findings.
    """
    labels = np.asarray(labels, bool)
    outputs = {"sigmoids": np.asarray(sigmoid, float), "softmax": np.asarray(softmax, float)}
    for name, values in outputs.items():
        if values.shape != labels.shape:
            raise ValueError(f"{name}: shape {values.shape} does not match labels' {labels.shape}")
    count = labels.sum(axis=1)
    if not (count >= MANY).any():
        raise ValueError(f"labels: no image has {MANY} findings; the harm is seen where there are several")
    groups = {"1": count == 1, "2": count == 2, f"{MANY} or more": count >= MANY}
    groups = {name: rows for name, rows in groups.items() if rows.any()}
    for side, color, (name, values) in zip((-0.13, 0.13), ("blue", "orange"), outputs.items(), strict=True):
        given = (values * labels).sum(axis=1) / np.maximum(count, 1)  # mean over the true findings of an image
        _draw_spread({place: given[rows] for place, rows in enumerate(groups.values())}, side, color, name, ax)
    bounds = [(1 / count[rows]).mean() for rows in groups.values()]
    places = np.arange(len(groups))
    dots = {"color": plotting.COLORS["muted"], "linestyle": (0, (2, 1)), "linewidth": 2.5}
    ax.hlines(bounds, places - 0.32, places + 0.32, label="the most that a softmax can give each", **dots)
    ax.set_xticks(places, [f"{name}\n{rows.sum():,} images" for name, rows in groups.items()])
    ax.set(
        ylim=(0, 1.42), yticks=np.linspace(0, 1, 6), xlim=(-0.5, len(groups) - 0.5), xlabel="true findings in the image"
    )
    ax.set_ylabel("probability of a true finding")
    ax.legend(loc="upper right")
    many = count >= MANY
    means = [((values * labels).sum(axis=1)[many] / count[many]).mean() for values in outputs.values()]
    words = f"With {MANY} or more findings, softmax gives each true one {means[1]:.2f}, sigmoids {means[0]:.2f}"
    return titled(ax, words, simulated=simulated)


def _draw_spread(given: dict[int, np.ndarray], side: float, color: str, name: str, ax) -> None:
    """Mean and the middle 80% of images."""
    places = np.array(list(given)) + side
    low, high = np.array([np.quantile(values, [0.1, 0.9]) for values in given.values()]).T
    ax.vlines(places, low, high, color=plotting.COLORS[color], linewidth=9, alpha=0.4)
    means = [values.mean() for values in given.values()]
    ax.plot(places, means, "o", color=plotting.COLORS[color], markersize=13, label=f"{name} (bar: 80% of images)")
    for place, value in zip(places, means, strict=True):
        away = (13 if side > 0 else -13, 0)
        ax.annotate(f"{value:.2f}", (place, value), away, textcoords="offset points", va="center", fontweight="bold",
            ha="left" if side > 0 else "right", color=plotting.COLORS[color])  # fmt: skip
