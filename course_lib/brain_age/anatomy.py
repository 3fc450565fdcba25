"""The brain that comes with nilearn, on the course's grid: T1 image, tissues, ventricles and hippocampi."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

SHAPES = {4: (40, 48, 40), 2: (80, 96, 80), 1: (160, 192, 160)}  # voxels (z, y, x); all cover the same box
# mm, lower corner (x, y, z) of the box: large heads have room above, brainstems end below
LOWEST = (-80.0, -112.0, -66.0)
FINE = 2  # mm, at which ventricles and hippocampi are drawn at the latest
EDGE, DARK = 0.05, 0.47  # of the template's range: outside the brain, and fluid, are below
HIPPOCAMPUS = (28.0, -22.0, -14.0)  # mm, center of the right one (MNI)
HIPPOCAMPUS_AXES = (7.0, 17.0, 7.0)  # mm, half axes of an ellipsoid around it, before it is tilted
TILT = np.deg2rad(-30)  # its long axis rises backwards


@dataclass(frozen=True, eq=False)
class Anatomy:
    """One brain in MNI space, each array (D, H, W) in the order (z, y, x); indices grow to the top, front and right.

    Attributes
    ----------
    t1 : float32
        T1-weighted image in [0, 1], 0 outside the brain.
    gray, white : float32
        Share of gray and white matter.
    brain : bool
    ventricles : float32
        Share of each voxel that is lateral or third ventricle.
    hippocampi : float32
        Share that is hippocampus: gray matter in an ellipsoid around each, for the template comes without labels.
    resolution_mm : int
    """

    t1: np.ndarray
    gray: np.ndarray
    white: np.ndarray
    brain: np.ndarray
    ventricles: np.ndarray
    hippocampi: np.ndarray
    resolution_mm: int


def affine(resolution_mm: int) -> np.ndarray:
    """Voxel indices (x, y, z, 1) to MNI coordinates in mm, (4, 4).

    Raises
    ------
    ValueError
        If the grid does not exist at this resolution.

    Examples
    --------
    >>> affine(4)[:3, 3].tolist()
    [-78.0, -110.0, -64.0]
    """
    check_resolution(resolution_mm)
    matrix = np.diag([resolution_mm] * 3 + [1.0])
    matrix[:3, 3] = np.add(LOWEST, resolution_mm / 2)  # the middle of the first voxel
    return matrix


def coordinates(resolution_mm: int) -> np.ndarray:
    """MNI coordinates (x, y, z) in mm of each voxel's middle, (D, H, W, 3).

    Raises
    ------
    ValueError
        If the grid does not exist at this resolution.
    """
    first = affine(resolution_mm)[:3, 3]
    depth, height, width = SHAPES[resolution_mm]
    x, y, z = (start + resolution_mm * np.arange(n) for start, n in zip(first, (width, height, depth), strict=True))
    grid = np.meshgrid(z, y, x, indexing="ij")
    return np.stack(grid[::-1], axis=-1).astype(np.float32)


@lru_cache(maxsize=3)
def template(resolution_mm: int = 4) -> Anatomy:
    """nilearn's MNI152 brain on the course's grid; it is part of nilearn, so no network is needed.

    Parameters
    ----------
    resolution_mm : 4, 2 or 1

    Returns
    -------
    Anatomy
        The same object each time; its arrays cannot be written to.

    Raises
    ------
    ValueError
        If the grid does not exist at this resolution.

    References
    ----------
    Fonov, V. et al. (2011). Unbiased average age-appropriate atlases for pediatric studies. NeuroImage 54(1), 313-327.

    Examples
    --------
    >>> brain = template(4)
    >>> brain.t1.shape, bool(brain.brain[20, 24, 20])
    ((40, 48, 40), True)
    """
    check_resolution(resolution_mm)
    drawn_at = min(resolution_mm, FINE)  # a ventricle two voxels wide is not to be found at 4 mm
    fine, place = _on_grid(drawn_at), coordinates(drawn_at)
    structures = _ventricles(fine[0], place), _hippocampi(fine[1], place)
    maps = [_block_means(values, resolution_mm // drawn_at) for values in (*fine, *structures)]
    brain = maps[0] > EDGE
    for values in (*maps, brain):
        values.flags.writeable = False
    t1, gray, white, ventricles, hippocampi = maps
    return Anatomy(t1, gray, white, brain, ventricles, hippocampi, resolution_mm)


def check_resolution(resolution_mm: int) -> None:
    """Raise a ValueError unless the grid exists at this resolution."""
    if resolution_mm not in tuple(SHAPES):
        raise ValueError(f"resolution_mm: got {resolution_mm!r}, allowed are {', '.join(map(str, SHAPES))}")


def _on_grid(resolution_mm: int) -> list[np.ndarray]:
    """T1, gray and white matter from 1 mm, averaged over each voxel, (z, y, x)."""
    from nilearn import datasets

    loaders = (
        datasets.load_mni152_template,
        datasets.load_mni152_gm_template,
        datasets.load_mni152_wm_template,
    )
    return [_block_means(_box(load(resolution=1)), resolution_mm) for load in loaders]


def _box(image) -> np.ndarray:
    """The course's box out of an image with voxels of 1 mm, (z, y, x)."""
    values = np.asarray(image.dataobj, dtype=np.float32)
    start = np.floor(affine(1)[:3, 3] - image.affine[:3, 3]).astype(int)  # its voxels lie half a mm to the left
    size = np.array(SHAPES[1][::-1])
    box = np.zeros(size, np.float32)
    lower, upper = np.maximum(start, 0), np.minimum(start + size, values.shape)
    inside = tuple(slice(a, b) for a, b in zip(lower - start, upper - start, strict=True))
    box[inside] = values[tuple(slice(a, b) for a, b in zip(lower, upper, strict=True))]
    return box.transpose(2, 1, 0)


def _block_means(values: np.ndarray, step: int) -> np.ndarray:
    """Means over cubes of `step` voxels, float32."""
    depth, height, width = (n // step for n in values.shape)
    blocks = values.reshape(depth, step, height, step, width, step)
    return blocks.mean(axis=(1, 3, 5), dtype=np.float32)


def _ventricles(t1: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Dark voxels deep in the brain, connected to the bodies of the lateral ventricles, or in the third one."""
    from scipy import ndimage

    x, y, z = np.moveaxis(place, -1, 0)
    deep = (np.abs(x) < 42) & (y > -62) & (y < 42) & (z > -16) & (z < 36)
    dark = (t1 < DARK) & (t1 > EDGE) & deep
    lateral = dark & (np.abs(x) > 2) & ~((np.abs(x) < 9) & (y < -24) & (z < 12))  # the cistern behind stays out
    parts, _ = ndimage.label(lateral)
    seeds = parts[(np.abs(np.abs(x) - 12) < 5) & (np.abs(y + 12) < 16) & (np.abs(z - 18) < 7)]
    third = dark & (np.abs(x) < 4) & (y > -32) & (y < 4) & (z > -10) & (z < 12)
    return np.isin(parts, np.unique(seeds[seeds > 0])) | third


def _hippocampi(gray: np.ndarray, place: np.ndarray) -> np.ndarray:
    offset = np.stack([np.abs(place[..., 0]), place[..., 1], place[..., 2]], axis=-1) - np.array(HIPPOCAMPUS)
    along = offset[..., 1] * np.cos(TILT) + offset[..., 2] * np.sin(TILT)
    across = -offset[..., 1] * np.sin(TILT) + offset[..., 2] * np.cos(TILT)
    turned = np.stack([offset[..., 0], along, across], axis=-1)
    return (np.sum((turned / np.array(HIPPOCAMPUS_AXES)) ** 2, axis=-1) <= 1) & (gray > 0.4)
