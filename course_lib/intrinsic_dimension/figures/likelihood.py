"""From distances to a dimension: the line of TwoNN, and the likelihood of more neighbors."""

from __future__ import annotations

import numpy as np

from course_lib import plotting
from course_lib.titles import titled

from ..estimators import MLE, TwoNN

SHOWN = 2000  # points of the TwoNN line: more would only make the file larger


def draw_twonn_line(distances, *, ax, fraction=0.9, truth=None, title="", simulated=False):
    """−log(1 − F) against log μ, and the line through the origin whose slope is the dimension.

    Parameters
    ----------
    distances : array, (N, 2 or more)
        To each point's nearest neighbors, ascending.
    fraction : float
        Of the ratios that are used, the lowest ones; the others are pale.
    truth : float, optional
        The dimension, where it is known.
    """
    found = TwoNN(fraction).from_neighbors(np.asarray(distances)[:, :2])
    logs = np.sort(np.log(distances[:, 1] / distances[:, 0]))
    n, used = len(logs), int(fraction * len(logs))
    tail = -np.log1p(-np.arange(1, n) / n)  # of all but the last, whose 1 − F is 0
    thin = np.unique(np.linspace(0, n - 2, min(n - 1, SHOWN)).astype(int))
    kept, left = thin[thin < used], thin[thin >= used]
    ax.plot(logs[left], tail[left], ".", color=plotting.COLORS["muted"], alpha=0.5, label="left out")
    ax.plot(logs[kept], tail[kept], ".", color=plotting.COLORS["blue"], label="used")
    reach = np.array([0, logs[used] * 1.35])
    ax.plot(reach, found.dimension_ * reach, color=plotting.COLORS["orange"], label=f"slope {found.dimension_:.2f}")
    if truth is not None:
        ax.plot(reach, truth * reach, "--", color=plotting.COLORS["ink"], lw=1.5, label=f"truth {truth:g}")
    ax.set(xlabel="log μ = log (T₂ / T₁)", ylabel="−log (1 − F)", xlim=(0, 1.04 * logs[-2]), ylim=(0, None))
    ax.legend(loc="lower right")
    return titled(ax, title, simulated=simulated)


def draw_likelihood(distances, *, ax, k=20, truth=None, title="", simulated=False):
    """Log-likelihood of each dimension, per point, below its maximum.

    A point's log-likelihood is (k − 1)·log d − d·L, up to what does not depend on d.

    Parameters
    ----------
    distances : array, (N, k or more)
        To each point's nearest neighbors, ascending.
    truth : float, optional
    """
    near = np.asarray(distances)[:, :k]
    found = MLE(k).from_neighbors(near)
    best, mean = found.dimension_, (k - 1) / found.dimension_
    d = np.linspace(0.5 * best, 1.7 * best, 200)
    level = (k - 1) * np.log(d) - d * mean
    blue, orange = plotting.COLORS["blue"], plotting.COLORS["orange"]
    ax.plot(d, level - level.max(), color=blue)
    ax.axvspan(*found.interval_, color=orange, alpha=0.25, lw=0, label="95 % interval, were\nneighborhoods independent")
    ax.axvline(best, color=orange, lw=2, label=f"maximum at {best:.2f}")
    if truth is not None:
        ax.axvline(truth, color=plotting.COLORS["ink"], ls="--", lw=1.5, label=f"truth {truth:g}")
    ax.set(xlabel="dimension d", ylabel="log-likelihood per point")
    ax.legend(loc="lower center")
    return titled(ax, title or f"The likelihood is largest at {best:.2f}", simulated=simulated)
