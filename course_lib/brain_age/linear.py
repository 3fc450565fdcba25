"""The honest baseline: ridge regression, on cortical thickness or on voxels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from course_lib.brain_age.anatomy import SHAPES, template
from course_lib.data.imageset import ImageSet

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

ALPHAS = tuple(float(alpha) for alpha in np.logspace(-2, 6, 33))


def ridge_regression(alphas: Sequence[float] = ALPHAS) -> Pipeline:
    """Features brought to mean 0 and standard deviation 1, then ridge regression: min |y − Xw|² + α|w|².

    α is chosen by leaving out one row at a time, on the data it is fitted to. Where a person has several rows, that
    choice is flattered; keep one.

    Parameters
    ----------
    alphas : sequence of float
        The α to choose from, each above 0.

    Returns
    -------
    sklearn.pipeline.Pipeline
        ``.fit(features, age)``, ``.predict(features)``; the chosen α is ``.named_steps["ridgecv"].alpha_``.

    Raises
    ------
    ValueError
        If there is no α, or one is not above 0.

    References
    ----------
    Hoerl, A. E. and Kennard, R. W. (1970). Ridge regression. Technometrics 12(1), 55-67.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> age = rng.uniform(45, 80, 200)
    >>> thickness = 3 - age[:, None] / 100 + rng.normal(0, 0.1, (200, 30))
    >>> model = ridge_regression().fit(thickness[:100], age[:100])
    >>> float(np.abs(model.predict(thickness[100:]) - age[100:]).mean()) < 3
    True
    """
    from sklearn.linear_model import RidgeCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    chosen = np.asarray(alphas, float)
    if chosen.ndim != 1 or not chosen.size or not (np.isfinite(chosen) & (chosen > 0)).all():
        raise ValueError(f"alphas: got {alphas!r}, allowed are one or more numbers above 0")
    return make_pipeline(StandardScaler(), RidgeCV(alphas=chosen))


def voxel_features(images: ImageSet, block: int = 2) -> np.ndarray:
    """The voxels of the brain, averaged over blocks, one row per person.

    Which blocks count is decided by the template, never by the images, so that column j is the same place in every set
    of this resolution.

    Parameters
    ----------
    images : ImageSet
        Volumes on the course's grid, at any of its resolutions.
    block : int
        Width of a block in voxels; it divides the volume's sides.

    Returns
    -------
    ndarray, (N, F) float32
        Intensities in [0, 1]; F blocks of which at least half is brain in the template.

    Raises
    ------
    ValueError
        If the volumes are not on the course's grid, or `block` does not divide its sides.

    Examples
    --------
    >>> brains = ImageSet(np.full((3, 40, 48, 40), 51, np.uint8))
    >>> features = voxel_features(brains, block=4)
    >>> features.shape[0], features.dtype, round(float(features[0, 0]), 3)
    (3, dtype('float32'), 0.2)
    """
    resolution = next((mm for mm, shape in SHAPES.items() if shape == images.images.shape[1:]), None)
    if resolution is None:
        allowed = ", ".join(f"(N, {', '.join(map(str, shape))})" for shape in SHAPES.values())
        raise ValueError(f"images: got shape {images.images.shape}, allowed are {allowed}")
    sides = SHAPES[resolution]
    if (
        isinstance(block, bool)
        or not isinstance(block, (int, np.integer))
        or block < 1
        or any(n % block for n in sides)
    ):
        allowed = [n for n in range(1, min(sides) + 1) if not any(side % n for side in sides)]
        raise ValueError(f"block: got {block!r}, allowed are {', '.join(map(str, allowed))}")
    brain = _block_mean(template(resolution).brain, block) >= 0.5
    scale = 255 if images.images.dtype == np.uint8 else 1
    rows = np.empty((len(images), int(brain.sum())), np.float32)
    for row, volume in zip(rows, images.images, strict=True):  # one at a time: the floats of all would fill the memory
        row[:] = _block_mean(volume, block)[brain] / scale
    return rows


def _block_mean(volume: np.ndarray, block: int) -> np.ndarray:
    """(D, H, W) → (D / block, H / block, W / block) float32."""
    depth, height, width = (n // block for n in volume.shape)
    blocks = volume.reshape(depth, block, height, block, width, block)
    return blocks.mean(axis=(1, 3, 5), dtype=np.float32)
