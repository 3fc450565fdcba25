"""Whether importance maps find what aging truly changes, and whether they do better than a map that knows no brain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from course_lib.metrics import auroc
from course_lib.metrics.arguments import check_share

from .maps import map_and_mask, population_map


@dataclass(frozen=True)
class Agreement:
    """How well a map finds voxels that truly change.

    Attributes
    ----------
    auroc : float
        Of the mean map: the chance that a changing voxel scores higher than another one (of its shell).
    low, high : float
        95 % interval over people; NaN for a single map.
    n : int
        How many people's maps were averaged.
    """

    auroc: float
    low: float
    high: float
    n: int


def changed_voxels(resolution_mm: int = 4, *, at_least: float = 0.5) -> np.ndarray:
    """Where aging from 45 to 80 changes the simulated template, by more than a share of its largest change.

    A half leaves the borders of the ventricles. At a quarter, as in ``structure_mask(cohort, "aging")``, the surface of
    the cortex belongs to it, which is most of what changes: true as well, but a network need not look there. Say which
    share was taken.

    Parameters
    ----------
    resolution_mm : 4 or 2
    at_least : float
        Of the largest change of intensity.

    Returns
    -------
    bool, (D, H, W)

    Examples
    --------
    >>> strong, weaker = changed_voxels(), changed_voxels(at_least=0.25)
    >>> bool(strong.sum() * 5 < weaker.sum()), bool((strong <= weaker).all())
    (True, True)
    """
    from ..simulator import effect_map

    check_share("at_least", at_least)
    change = effect_map(resolution_mm)
    return change > at_least * change.max()


def depth_map(within: ArrayLike) -> np.ndarray:
    """Distance of each voxel to the outside of a mask, in voxels: float32 (D, H, W), 0 outside, 1 at the surface.

    The map to beat. It has seen neither network nor age; but ventricles lie deep, and so it finds them.

    Examples
    --------
    >>> depth_map(np.ones((3, 3, 3)))[1, 1].tolist()
    [1.0, 2.0, 1.0]
    """
    from scipy.ndimage import distance_transform_edt

    inside = np.asarray(within, bool)
    if inside.ndim != 3:
        raise ValueError(f"within: got shape {inside.shape}, allowed is (D, H, W)")
    padded = np.pad(inside, 1)  # what lies beyond the volume is outside
    return distance_transform_edt(padded)[1:-1, 1:-1, 1:-1].astype(np.float32)


def agreement(maps: ArrayLike, truth: ArrayLike, within: ArrayLike, *, shells: bool = False) -> Agreement:
    """AUROC of a mean importance map against the voxels that truly change, with an interval over people.

    Parameters
    ----------
    maps : array, (D, H, W) or (N, D, H, W)
        The larger, the more important: of noise, its `noise_importance`.
    truth : array of bool, (D, H, W)
        Such as `changed_voxels`.
    within : array of bool, (D, H, W)
        Voxels that count, such as the brain: outside it, any map is right.
    shells : bool
        Whether a changing voxel is compared only with those as deep, to a voxel, as itself: P(s₊ > s₋ | same depth).
        Depth then wins nothing: `depth_map` scores about ½.

    Returns
    -------
    Agreement
        Its interval says what other people would change, for this one network: ±1.96 jackknife standard errors, for
        voxels are no independent observations. It is cut to [0, 1].

    Raises
    ------
    ValueError
        If shapes differ, a value is not finite, or there is nothing to compare.

    References
    ----------
    Efron, B. and Stein, C. (1981). The jackknife estimate of variance. Annals of Statistics 9(3), 586-596.

    Examples
    --------
    >>> agreement([[[0.1, 0.4, 0.35, 0.8]]], [[[0, 0, 1, 1]]], [[[1, 1, 1, 1]]]).auroc
    0.75
    """
    several = np.asarray(maps)[None] if np.ndim(maps) == 3 else np.asarray(maps)
    mean, within = map_and_mask(population_map(several), within, "within")
    _, truth = map_and_mask(mean, truth, "truth")
    groups = _alike(truth[within], depth_map(within)[within].astype(int) if shells else np.zeros(within.sum(), int))
    inside = several[:, within].astype(np.float64)  # (N, V)
    total, n = inside.sum(axis=0), len(several)
    area = _area(truth[within], total, groups)
    if n == 1:
        return Agreement(area, np.nan, np.nan, 1)
    without = [_area(truth[within], total - one, groups) for one in inside]  # each leaves one person out
    half = 1.96 * np.sqrt((n - 1) * np.var(without))
    return Agreement(area, float(max(0, area - half)), float(min(1, area + half)), n)


def _alike(truth: np.ndarray, shell: np.ndarray) -> list[np.ndarray]:
    """The voxels of each shell in which some change and some do not, as positions among those that count."""
    groups = [np.flatnonzero(shell == one) for one in np.unique(shell)]
    groups = [rows for rows in groups if truth[rows].any() and not truth[rows].all()]
    if not groups:
        raise ValueError("truth: all voxels that are compared are alike; a map can find nothing")
    return groups


def _area(truth: np.ndarray, values: np.ndarray, groups: list[np.ndarray]) -> float:
    """AUROC over all pairs of voxels that share a group."""
    pairs = [truth[rows].sum() * (~truth[rows]).sum() for rows in groups]
    return float(np.average([auroc(truth[rows], values[rows]) for rows in groups], weights=pairs))
