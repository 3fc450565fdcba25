"""What small trainings found."""

from __future__ import annotations

import numpy as np

from course_lib import plotting
from course_lib.titles import titled

MARKS = "os^DvP"


def draw_training_curves(curves, *, ax, title="", simulated=True):
    """Mean test accuracy of each task against the number of training images; thin bars reach from seed to seed.

    Parameters
    ----------
    curves : DataFrame
        From `training_curves`.
    """
    sizes = sorted(curves["n_train"].unique())
    tasks = list(dict.fromkeys(curves["task"]))
    for number, task in enumerate(tasks):
        groups = curves[curves["task"] == task].groupby("n_train")["accuracy"]
        mean, low, high = (getattr(groups, name)().to_numpy() for name in ("mean", "min", "max"))
        color = plotting.CYCLE[number % len(plotting.CYCLE)]
        places = np.array(list(groups.groups)) * 1.01 ** (number - len(tasks) / 2)
        spread = [mean - low, high - mean]
        ax.errorbar(places, mean, spread, fmt=MARKS[number % len(MARKS)] + "-", color=color, elinewidth=1.2, label=task)
    ax.axhline(0.5, color=plotting.COLORS["muted"], ls=":", lw=1.5)
    ax.set(xscale="log", xlabel="training images", ylabel="accuracy on test images", ylim=(0.4, 1.02))
    ax.set_xticks(sizes, [f"{size:,}" for size in sizes])
    ax.minorticks_off()
    ax.legend(loc="upper left", bbox_to_anchor=(0, -0.16), ncols=2, frameon=False, borderaxespad=0)
    return titled(ax, title, simulated=simulated)


def draw_flattery(curves, *, ax, title="", simulated=True):
    """Each training's highest test accuracy against that of the epoch which validation chose.

    Parameters
    ----------
    curves : DataFrame
        From `training_curves`.
    """
    honest, highest = curves["accuracy"].to_numpy(), curves["highest_test_accuracy"].to_numpy()
    ends = np.array([min(honest.min(), 0.5) - 0.02, 1.01])
    ax.plot(ends, ends, ":", color=plotting.COLORS["muted"], lw=1.5)
    ax.plot(honest, highest, "o", color=plotting.COLORS["orange"], alpha=0.6)
    ax.set(xlim=ends, ylim=ends, aspect="equal")
    ax.set(xlabel="test accuracy, epoch chosen by validation", ylabel="highest test accuracy of all epochs")
    return titled(ax, title, simulated=simulated)
