"""Importance maps: their mean over people, their strongest voxels, and importance out of tolerated noise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from course_lib.metrics.arguments import check_share

from .noise import LARGEST

if TYPE_CHECKING:
    from course_lib.data import ImageSet


def population_map(maps: ArrayLike) -> np.ndarray:
    """Mean over people of their maps, (N, D, H, W) → (D, H, W), float32.

    Raises
    ------
    ValueError
        If there is no map, or a value is not finite.

    Examples
    --------
    >>> population_map([[[[1.0, 2.0]]], [[[3.0, 4.0]]]]).tolist()
    [[[2.0, 3.0]]]
    """
    values = np.asarray(maps, np.float32)
    if values.ndim != 4 or not len(values):
        raise ValueError(f"maps: got shape {values.shape}, allowed is (N, D, H, W) with at least one map")
    _check_finite("maps", values)
    return values.mean(axis=0, dtype=np.float64).astype(np.float32)


def correlation_map(images: ImageSet) -> np.ndarray:
    """|correlation| of each voxel with age, over people: float32 (D, H, W), 0 where a voxel never changes.

    What the images hold, whether a network looks at it or not; no network is asked.

    Raises
    ------
    ValueError
        If there are no volumes with at least two different ages.

    Examples
    --------
    >>> from course_lib.data import ImageSet
    >>> volumes = np.array([[[[0, 9]]], [[[5, 9]]], [[[10, 9]]]], np.uint8)
    >>> correlation_map(ImageSet(volumes, np.array([50.0, 60.0, 70.0]))).tolist()
    [[[1.0, 0.0]]]
    """
    if images.kind != "volume" or images.task != "regression" or len(np.unique(images.labels)) < 2:
        raise ValueError(f"images: got {images!r}, allowed are volumes with at least two different ages as labels")
    voxels = images.images.reshape(len(images), -1).astype(np.float32)
    voxels -= voxels.mean(axis=0)
    age = np.asarray(images.labels, np.float32) - np.float32(np.mean(images.labels))
    spread = np.linalg.norm(voxels, axis=0) * np.linalg.norm(age)
    together = np.divide(np.abs(age @ voxels), spread, out=np.zeros_like(spread), where=spread > 0)
    return np.minimum(together, 1).reshape(images.images.shape[1:])


def threshold_map(values: ArrayLike, within: ArrayLike, share: float = 0.05) -> np.ndarray:
    """The strongest voxels of a map: bool, (D, H, W), about a `share` of those `within`.

    Voxels as strong as the last one that is let in are let in too, so that no order of voxels decides; of a constant
    map, all are.

    Parameters
    ----------
    values : array, (D, H, W)
        The larger, the more important.
    within : array of bool, (D, H, W)
        Voxels that count, such as the brain.
    share : float
        Above 0, at most 1; at least one voxel is let in.

    Raises
    ------
    ValueError
        If shapes differ, no voxel counts, or a value or the share is not allowed.

    Examples
    --------
    >>> threshold_map([[[1, 3, 2, 9]]], [[[1, 1, 1, 0]]], share=0.3).tolist()
    [[[False, True, False, False]]]
    """
    check_share("share", share)
    if share == 0:
        raise ValueError("share: got 0, allowed is a number above 0, up to 1")
    values, within = map_and_mask(values, within, "within")
    inside = np.sort(values[within])
    wanted = max(1, round(share * len(inside)))
    return within & (values >= inside[-wanted])


def noise_importance(sigma: ArrayLike) -> np.ndarray:
    """Importance from tolerated noise, log(σ_max/σ), float32: 0 where any noise is tolerated, larger where less is.

    Raises
    ------
    ValueError
        If a σ is outside (0, 1], the largest that `population_noise` and `NoiseNetwork` know.

    Examples
    --------
    >>> noise_importance([1.0, 0.1]).round(2).tolist()
    [0.0, 2.299999952316284]
    """
    values = np.asarray(sigma, np.float64)
    if not ((values > 0) & (values <= LARGEST)).all():
        raise ValueError(f"sigma: got values outside (0, {LARGEST:g}], or NaN")
    return np.log(LARGEST / values).astype(np.float32)


def map_and_mask(values: ArrayLike, mask: ArrayLike, name: str) -> tuple[np.ndarray, np.ndarray]:
    """A map as floats and a mask as bool, both (D, H, W), or a ValueError that calls the mask by its name."""
    values, mask = np.asarray(values, np.float64), np.asarray(mask, bool)
    if values.ndim != 3 or mask.shape != values.shape:
        raise ValueError(f"{name}: shape {mask.shape} does not match the map's {values.shape}, (D, H, W)")
    if name == "within" and not mask.any():
        raise ValueError("within: no voxel counts")
    _check_finite("values", values[mask] if name == "within" else values)
    return values, mask


def _check_finite(name: str, values: np.ndarray) -> None:
    if not np.isfinite(values).all():
        raise ValueError(f"{name}: got NaN or infinite values, allowed are finite ones")
