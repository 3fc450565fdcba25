"""A training, stage by stage."""

from __future__ import annotations

import numpy as np

from course_lib import plotting
from course_lib.titles import titled


def draw_history(history, *, ax, title="", simulated=True):
    """The loss of every epoch, the stages in their own colors.

    Parameters
    ----------
    history : DataFrame
        `TSimCNE.history_`.
    """
    place = np.arange(1, len(history) + 1)
    for number, (stage, rows) in enumerate(history.groupby("stage")):
        here = place[(history["stage"] == stage).to_numpy()]
        ax.plot(here, rows["loss"], "o-", ms=4, color=plotting.CYCLE[number], label=f"stage {stage}")
    ax.set(xlabel="epoch", ylabel="loss")
    ax.legend(loc="upper right")
    return titled(ax, title, simulated=simulated)


def draw_stages(quality, *, ax, pixels=None, title="", simulated=True):
    """k-NN accuracy of what `transform` gives after each epoch; stage 1 in all its dimensions, then the map.

    Parameters
    ----------
    quality : DataFrame
        Rows with stage and knn_accuracy, in the order of the epochs.
    pixels : float, optional
        The accuracy of t-SNE of pixels, as a line.
    """
    place = np.arange(1, len(quality) + 1)
    names = {1: "128 dimensions", 2: "map, last layer only", 3: "map"}
    for number, (stage, rows) in enumerate(quality.groupby("stage")):
        here = place[(quality["stage"] == stage).to_numpy()]
        ax.plot(here, 100 * rows["knn_accuracy"], "o-", ms=4, color=plotting.CYCLE[number], label=names[stage])
    if pixels is not None:
        ax.axhline(100 * pixels, color=plotting.COLORS["ink"], ls="--", lw=1.5, label="t-SNE of pixels")
    ax.set(xlabel="epoch", ylabel="k-NN accuracy (%)", ylim=(0, 100))
    ax.legend(ncols=2, loc="upper center", bbox_to_anchor=(0.45, -0.16), frameon=False)  # over the lines it hid them
    return titled(ax, title, simulated=simulated)


def draw_rates(rates, *, axes):
    """The learning rate of every epoch, one panel per stage.

    Parameters
    ----------
    rates : sequence of array
        What `learning_rates` gives for each stage.
    axes : sequence of Axes
    """
    for number, (ax, rate) in enumerate(zip(axes, rates, strict=True), start=1):
        ax.plot(np.arange(1, len(rate) + 1), rate, color=plotting.CYCLE[number - 1])
        ax.set(xlabel="epoch", ylabel="learning rate" if number == 1 else "", ylim=(0, None))
        titled(ax, f"Stage {number}: up to {rate.max():.2g}", simulated=False)
    return axes
