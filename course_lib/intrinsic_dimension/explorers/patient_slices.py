"""Slices per patient: watch the dimension collapse."""

from __future__ import annotations

import warnings
from functools import lru_cache, partial

import numpy as np

from course_lib.explorer import Choice, Explorer, Scene

from ..estimators import MLE
from ..figures.patients import draw_chains, draw_slices
from ..neighbors import nearest_neighbors
from ..patients import masked_dimension, simulate_slices

N, D, K = 600, 12, 20  # images in all, their true dimension, neighbors
EACH = (1, 2, 4, 5, 8, 10)  # slices of each patient: numbers that divide N
AS_THEY_COME, MASKED, ONE_EACH = "as they come", "only others' slices count", "one slice per patient"
SPREADS = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0)  # of a patient's slices
TREATMENTS = [AS_THEY_COME, MASKED, ONE_EACH]


def patient_slices_explorer(seed: int = 0) -> Explorer:
    """Take more slices of fewer patients, as many images as before, and see what is left of the dimension.

    Parameters
    ----------
    seed : int
        Of the simulated patients.
    """
    for spread in SPREADS:  # now, so that no move has to wait for eighteen estimates
        estimates(seed, spread)
    return Explorer(
        partial(slices_scene, seed),
        title="Patients and slices",
        panels=2,
        size=(11.0, 5.0),
        each=Choice("Slices of each patient", {str(number): number for number in EACH}, 1),
        spread=Choice("Distance between slices", {f"{spread:g}": spread for spread in SPREADS}, 0.2),
        treatment=Choice("Neighbors", TREATMENTS),
    )


def slices_scene(seed: int, each: int, spread: float, treatment: str) -> Scene:
    """What `patient_slices_explorer` shows for these values of its controls."""
    table = estimates(seed, spread)
    value, honest = table[treatment][EACH.index(each)], table[AS_THEY_COME][0]
    share = own_share(seed, each, spread)

    def figure(axes):
        draw_chains(*sketch(seed, each, spread), ax=axes[0], title=f"Sketch: {each} of each")
        draw_slices(
            EACH, table, ax=axes[1], truth=D, at=(each, value), chosen=treatment, title=f"Dimension {value:.1f}"
        )

    return Scene(
        text=f"Simulated: {N} images of {N // each} patients. Of the nearest neighbors {share:.0%} are of the same "
        f"patient. Neighbors {treatment}: dimension {value:.2f}; {N} patients with one image each give {honest:.2f}; "
        f"the truth is {D}.",
        alt="Left, a sketch in two dimensions: slices of a few patients as chains of points; right, the estimated "
        "dimension against the number of slices of each patient, for three treatments; the truth is dashed.",
        figure=figure,
    )


@lru_cache(maxsize=32)
def estimates(seed: int, spread: float) -> dict[str, list[float]]:
    """Of each treatment the dimension for every number in `EACH`; one slice of each needs no treatment."""
    alone = dimension(seed, 1, spread, AS_THEY_COME)
    return {name: [alone, *(dimension(seed, each, spread, name) for each in EACH[1:])] for name in TREATMENTS}


def dimension(seed: int, each: int, spread: float, treatment: str) -> float:
    """The MLE of the images under a treatment."""
    images, patients = simulated(seed, each, spread)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # the explorer says it all
        if treatment == MASKED:
            return masked_dimension(images, patients, K)
        if treatment == ONE_EACH:
            return MLE(K, n_draws=3).fit(images, groups=patients).dimension_
        return MLE(K).fit(images).dimension_


@lru_cache(maxsize=128)
def own_share(seed: int, each: int, spread: float) -> float:
    """Share of images whose nearest neighbor is of the same patient."""
    images, patients = simulated(seed, each, spread)
    nearest = nearest_neighbors(images, 1, progress=False).indices[:, 0]
    return float((patients[nearest] == patients).mean())


def simulated(seed: int, each: int, spread: float) -> tuple[np.ndarray, np.ndarray]:
    """Images float32 (N, D), in which neighbors are found faster, and patients (N,)."""
    images, patients = simulate_slices(N // each, each, d=D, spread=spread, seed=seed)
    return images.astype(np.float32), patients


def sketch(seed: int, each: int, spread: float) -> tuple[np.ndarray, np.ndarray]:
    """A few patients in the plane, where chains can be seen: places (M, 2), patients (M,)."""
    return simulate_slices(max(24, 120 // each), each, d=2, spread=spread, seed=seed)
