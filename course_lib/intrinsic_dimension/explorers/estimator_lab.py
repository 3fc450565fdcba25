"""A cloud of known dimension, and what each estimator makes of it."""

from __future__ import annotations

import warnings
from functools import lru_cache, partial

import numpy as np

from course_lib import plotting
from course_lib.explorer import Choice, Explorer, FloatSlider, IntSlider, Scene

from ..estimators import MLE, TwoNN
from ..figures.estimates import draw_conventions, draw_errors
from ..manifolds import ball, flat_torus, sphere
from ..neighbors import Neighbors, nearest_neighbors

SHAPES = {"ball (with an edge)": ball, "sphere (curved, no edge)": sphere, "torus (flat, no edge)": flat_torus}
AMBIENT = 100  # coordinates that the noise spreads over
MOST = 50  # neighbors
KS = (3, 5, 8, 12, 20, 30, 50)
CONVENTIONS = {
    "MLE": "mackay-ghahramani",
    "MLE, mean of each point's": "levina-bickel",
    "MLE as released": "pope",
}
ESTIMATORS = [*CONVENTIONS, "TwoNN"]


def estimator_lab_explorer(seed: int = 0) -> Explorer:
    """Set the truth, the number of points, the noise and the neighbors, and see how far the estimates are off.

    Parameters
    ----------
    seed : int
        Of the points.
    """
    return Explorer(
        partial(estimator_scene, seed),
        title="Estimator lab",
        panels=2,
        size=(11.0, 4.4),
        shape=Choice("Shape", list(SHAPES)),
        d=IntSlider("True dimension", 10, min=1, max=40),
        n=IntSlider("Points", 500, min=100, max=1000, step=100),
        noise=FloatSlider("Noise (SD)", 0, min=0, max=0.2, step=0.01),
        k=IntSlider("Neighbors k", 20, min=3, max=MOST),
        estimator=Choice("Estimator", ESTIMATORS),
    )


def estimator_scene(seed: int, shape: str, d: int, n: int, noise: float, k: int, estimator: str) -> Scene:
    """What `estimator_lab_explorer` shows for these values of its controls."""
    found, (low, high) = estimates(seed, shape, d, n, noise, k), interval(seed, shape, d, n, noise, k, estimator)
    value = found[estimator]
    off = f"{100 * (value / d - 1):+.0f} %".replace("-", "−")
    curves = {name: [estimates(seed, shape, d, n, noise, each)[name] for each in KS] for name in ESTIMATORS}

    def figure(axes):
        draw_errors(found, d, chosen=estimator, ax=axes[0], title=f"{off} by {estimator}")
        draw_conventions(KS, curves, ax=axes[1], truth=d, title="What more neighbors say")
        axes[1].axvline(k, color=plotting.COLORS["muted"], lw=1.2)

    verdict = "in it" if low <= d <= high else "not in it"
    return Scene(
        text=f"Simulated, {n} points of a {shape.split(' (')[0]}: true dimension {d}, {estimator} says {value:.2f} "
        f"[{low:.2f}, {high:.2f}], an error of {off}. The interval holds chance only; the "
        f"truth is {verdict}.",
        alt="Bars of the four estimators' errors; beside them, each estimator against the number of neighbors, with "
        "the truth as a dashed line.",
        figure=figure,
    )


@lru_cache(maxsize=64)
def cloud(seed: int, shape: str, d: int, n: int, noise: float) -> Neighbors:
    """Neighbors of `n` points with noise in every one of AMBIENT coordinates, whose SDs together are `noise`."""
    points = SHAPES[shape](d, n, seed)
    if noise:
        wide = np.zeros((n, AMBIENT))
        wide[:, : points.shape[1]] = points
        points = wide + noise / np.sqrt(AMBIENT) * np.random.default_rng([seed, 1]).standard_normal(wide.shape)
    return nearest_neighbors(points.astype(np.float32), MOST, progress=False)


@lru_cache(maxsize=1024)
def estimates(seed: int, shape: str, d: int, n: int, noise: float, k: int) -> dict[str, float]:
    """What each estimator says."""
    return {name: _fitted(seed, shape, d, n, noise, k, name).dimension_ for name in ESTIMATORS}


def interval(seed: int, shape: str, d: int, n: int, noise: float, k: int, estimator: str) -> tuple[float, float]:
    """The chosen estimator's."""
    return _fitted(seed, shape, d, n, noise, k, estimator).interval_


def _fitted(seed, shape, d, n, noise, k, name):
    distances = cloud(seed, shape, d, n, noise).distances
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # noise may look like near-duplicates
        if name == "TwoNN":
            return TwoNN().from_neighbors(distances[:, :2])
        return MLE(k, CONVENTIONS[name]).from_neighbors(distances[:, :k])
