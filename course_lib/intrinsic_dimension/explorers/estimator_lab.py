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

SHAPES = {"ball (with an edge)": ball, "sphere (curved, no edge)": sphere, "torus (folded into space)": flat_torus}
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
    found = estimates(seed, shape, d, n, noise, k)
    value, (low, high) = fitted(seed, shape, d, n, noise, k, estimator)
    percent = round(100 * (value / d - 1))
    off = (f"{percent:+d} %" if percent else "0 %").replace("-", "−")
    curves = {name: [estimates(seed, shape, d, n, noise, each)[name] for each in KS] for name in ESTIMATORS}

    def figure(axes):
        draw_errors(found, d, chosen=estimator, ax=axes[0], title=f"{off} by {estimator}")
        draw_conventions(KS, curves, ax=axes[1], truth=d, title="What more neighbors say", legend=False, simulated=True)
        axes[1].axvline(k, color=plotting.COLORS["muted"], lw=1.2)

    covered = low <= d <= high
    reason = why(shape, d, n, noise, k, estimator, value, covered)
    return Scene(
        text=f"Simulated, {n} points of a {shape.split(' (')[0]}: true dimension {d}, {estimator} says {value:.2f} "
        f"[{low:.2f}, {high:.2f}], an error of {off}. The interval takes neighborhoods as "
        f"independent and is too narrow even for chance; the truth is {'in it' if covered else 'not in it'}. {reason}",
        alt="Bars of the four estimators' errors; beside them, each estimator against the number of neighbors, with "
        "the truth as a dashed line.",
        figure=figure,
    )


def why(shape: str, d: int, n: int, noise: float, k: int, estimator: str, value: float, covered: bool) -> str:
    """What moved the estimate most, in a sentence."""
    if estimator == "MLE as released":
        return f"As released, (k − 2)/(k − 1) takes {100 / (k - 1):.0f} % off the MLE."
    if covered:
        return "No more than chance would do."
    if value > d:
        if noise:
            return f"Noise has {AMBIENT} dimensions, and near neighbors differ by little else."
        folded = "Distances are measured through space, which is shorter than along the torus, most so for far points."
        return folded if shape.startswith("torus") else "Neighborhoods overlap: chance moves it further than that."
    edge = ", and beyond the edge there are none" if shape.startswith("ball") else ""
    reach = 2 if estimator == "TwoNN" else k
    return f"Of {n} points in {d} dimensions, the nearest {reach} are far{edge}."


@lru_cache(maxsize=64)
def cloud(seed: int, shape: str, d: int, n: int, noise: float) -> Neighbors:
    """Neighbors of `n` points with noise in every one of AMBIENT coordinates, whose SDs together are `noise`."""
    points = SHAPES[shape](d, n, seed)
    if noise:
        wide = np.zeros((n, AMBIENT))
        wide[:, : points.shape[1]] = points
        points = wide + noise / np.sqrt(AMBIENT) * np.random.default_rng([seed, 1]).standard_normal(wide.shape)
    return nearest_neighbors(points.astype(np.float32), MOST, progress=False)


def estimates(seed: int, shape: str, d: int, n: int, noise: float, k: int) -> dict[str, float]:
    """What each estimator says."""
    return {name: fitted(seed, shape, d, n, noise, k, name)[0] for name in ESTIMATORS}


@lru_cache(maxsize=4096)
def fitted(
    seed: int, shape: str, d: int, n: int, noise: float, k: int, estimator: str
) -> tuple[float, tuple[float, float]]:
    """Dimension and interval by one estimator."""
    distances = cloud(seed, shape, d, n, noise).distances
    made = TwoNN() if estimator == "TwoNN" else MLE(k, CONVENTIONS[estimator])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # noise may look like near-duplicates
        found = made.from_neighbors(distances[:, : 2 if estimator == "TwoNN" else k])
    return found.dimension_, found.interval_
