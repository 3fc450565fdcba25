"""One point of a surface and its neighbors: what two distances tell, and what many do."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import lru_cache, partial

import numpy as np

from course_lib.explorer import Choice, Explorer, IntSlider, Scene

from ..estimators import MLE
from ..figures.clouds import draw_neighborhood, project
from ..figures.growth import draw_growth
from ..manifolds import ball, sphere, swiss_roll
from ..neighbors import nearest_neighbors

N = 900
MOST = 200  # neighbors
TILT = 12.0  # degrees from above


def _helix(seed: int) -> np.ndarray:
    turn = np.sort(np.random.default_rng(seed).uniform(0, 6 * np.pi, N))
    return np.stack([np.cos(turn), np.sin(turn), turn / (3 * np.pi) - 1], axis=1)


def _roll(seed: int) -> np.ndarray:
    """Along the roll, so that the next point on the slider is a near one."""
    points = swiss_roll(N, seed)
    return points[np.argsort(np.linalg.norm(points[:, ::2], axis=1))]


def _noisy_roll(seed: int) -> np.ndarray:
    return _roll(seed) + 0.6 * np.random.default_rng(seed).standard_normal((N, 3))


CLOUDS: dict[str, tuple[int, Callable[[int], np.ndarray]]] = {
    "Swiss roll": (2, _roll),
    "Swiss roll with noise": (2, _noisy_roll),
    "helix": (1, _helix),
    "sphere": (2, lambda seed: sphere(2, N, seed)),
    "solid ball": (3, lambda seed: ball(3, N, seed)),
}


def neighborhood_explorer(seed: int = 0) -> Explorer:
    """Choose a point of a cloud in space and see its neighbors, and the dimension that they tell.

    Parameters
    ----------
    seed : int
        Of the points.
    """
    return Explorer(
        partial(neighborhood_scene, seed),
        title="Neighborhood",
        panels=2,
        size=(11.0, 4.8),
        point=partial(nearest_on_paper, seed),
        cloud=Choice("Cloud", list(CLOUDS)),
        at=IntSlider("Point", 350, max=N - 1),
        k=IntSlider("Neighbors k", 10, min=3, max=MOST),
        turn=IntSlider("Turn (degrees)", 15, min=-90, max=90, step=5),
    )


def neighborhood_scene(seed: int, cloud: str, at: int, k: int, turn: int) -> Scene:
    """What `neighborhood_explorer` shows for these values of its controls."""
    points, distances, indices = searched(seed, cloud)
    truth, near = CLOUDS[cloud][0], distances[at]
    own = (k - 1) / np.log(near[k - 1] / near[: k - 1]).sum()
    everybody = of_all(seed, cloud, k)
    counts = np.arange(1, MOST + 1)

    def figure(axes):
        view, color = (turn, TILT), np.linalg.norm(points[:, ::2], axis=1)
        draw_neighborhood(points, at, near[:k], indices[at, :k], ax=axes[0], color=color, view=view, title=cloud)
        curves = {f"{k} neighbors: slope {own:.2f}": (near[:k], counts[:k], own)}
        if k < MOST:
            curves["farther ones"] = near[k:], counts[k:], None
        draw_growth(curves, ax=axes[1], title=f"Truth {truth}; this point says {own:.1f}")

    return Scene(
        text=f"Simulated, {N} points. Point {at}: T₁ = {near[0]:.3g}, T₂ = {near[1]:.3g}, μ = T₂/T₁ = "
        f"{near[1] / near[0]:.2f}. With {k} neighbors, the farthest at {near[k - 1]:.3g}, it says dimension {own:.2f}; "
        f"all points together say {everybody:.2f}; the truth is {truth}.",
        alt=f"A {cloud} in space with one point, its {k} neighbors in a circle and the nearest two; beside it, "
        "the number of points within a radius on doubly logarithmic axes.",
        figure=figure,
    )


def nearest_on_paper(seed: int, panel: int, x: float, y: float, values: dict) -> dict:
    """The point that was clicked."""
    if panel != 0:
        return {}
    places, _ = project(searched(seed, values["cloud"])[0], (values["turn"], TILT))
    return {"at": int(np.linalg.norm(places - (x, y), axis=1).argmin())}


@lru_cache(maxsize=256)
def of_all(seed: int, cloud: str, k: int) -> float:
    """The MLE of all points together."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # a curve has near neighbors by chance
        return MLE(k).from_neighbors(searched(seed, cloud)[1][:, :k]).dimension_


@lru_cache(maxsize=16)
def searched(seed: int, cloud: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points (N, 3), distances and indices (N, MOST) of their neighbors."""
    points = CLOUDS[cloud][1](seed)
    return points, *nearest_neighbors(points, MOST, progress=False)
