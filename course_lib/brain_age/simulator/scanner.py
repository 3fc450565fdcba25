"""A head in a scanner: how it lies, how it differs from the template, and what the machine adds."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ..anatomy import SHAPES, coordinates

CONTROLS = 7  # control points of the B-spline along each axis
SCALE, ROTATION, SHIFT, WARP = 0.03, np.deg2rad(2.5), 1.5, 5.0  # SDs: share, radians, mm, mm
MEN = 0.012  # heads of men are larger, those of women smaller, by this share
SHADING, GAIN, NOISE = 0.15, 0.05, 0.04  # SD of log intensity over the image, SD of its mean, SD of the noise
BRIGHTNESS = 0.85  # of the template, so that shading seldom saturates


@dataclass(frozen=True)
class Site:
    """A scanner: intensities are raised to `gamma`, its noise is `noise` times the first one's."""

    gamma: float
    noise: float


SITES = {"A": Site(gamma=1.0, noise=1.0), "B": Site(gamma=1.13, noise=1.8)}


@dataclass(frozen=True, eq=False)
class Head:
    """How one subject's head maps to the template: place → matrix · place + shift + B-spline.

    Attributes
    ----------
    matrix : float32, (3, 3)
    shift : float32, (3,), mm
    warp : float32, (3, 7, 7, 7), mm
        Coefficients of a cubic B-spline, (x, y, z) displacements at control points (z, y, x).
    """

    matrix: np.ndarray
    shift: np.ndarray
    warp: np.ndarray


def draw_head(rng: np.random.Generator, sex: str) -> Head:
    """Draw the size, pose and shape of a head."""
    scale = np.diag(np.exp(rng.normal(-MEN if sex == "M" else MEN, SCALE, 3)))  # it looks up: larger is further in
    (a, b, c), shift = rng.normal(0, ROTATION, 3), rng.normal(0, SHIFT, 3)
    skew = np.array([[0, -c, b], [c, 0, -a], [-b, a, 0]])
    turn = np.linalg.solve(np.eye(3) - skew / 2, np.eye(3) + skew / 2)  # Cayley: a rotation, whatever the angles
    warp = rng.normal(0, WARP, (3, CONTROLS, CONTROLS, CONTROLS))
    return Head(*(values.astype(np.float32) for values in (turn @ scale, shift, warp)))


def places(heads: list[Head], resolution_mm: int) -> np.ndarray:
    """Where each voxel of K heads lies in the template, mm, float32 (K, D, H, W, 3)."""
    grid = coordinates(resolution_mm)
    each = [vars(head).values() for head in heads]
    matrices, shifts, warps = (np.stack(values) for values in zip(*each, strict=True))
    straight = np.einsum("dhwj,kij->kdhwi", grid, matrices, optimize=True) + shifts[:, None, None, None]
    return straight + _spline(warps, SHAPES[resolution_mm])


def scan(images: np.ndarray, brain: np.ndarray, seeds: list[np.random.Generator], site: Site) -> np.ndarray:
    """What the scanner makes of K brains: shading, gain, Rician noise; the skull and all outside the brain is removed.

    Parameters
    ----------
    images, brain : float32, (K, D, H, W)
        Intensities in [0, 1], and the share of each voxel that is brain.
    seeds : list of K generators
    site : Site

    Returns
    -------
    uint8, (K, D, H, W)
    """
    out = np.empty(images.shape, np.uint8)
    for number, rng in enumerate(seeds):
        shading = _spline(rng.normal(0, SHADING, (1, 1, 5, 5, 5)).astype(np.float32), images.shape[1:])[0, ..., 0]
        clean = BRIGHTNESS * np.exp(shading + rng.normal(0, GAIN)) * images[number] ** site.gamma
        noise = rng.standard_normal((2, *clean.shape), np.float32) * np.float32(NOISE * site.noise)
        seen = np.hypot(clean + noise[0], noise[1])
        out[number] = np.where(brain[number] > 0.5, np.clip(seen * 255 + 0.5, 0, 255), 0)
    return out


def _spline(coefficients: np.ndarray, shape: tuple[int, int, int]) -> np.ndarray:
    """Cubic B-splines on the grid, (K, C, n, n, n) → (K, D, H, W, C)."""
    values = coefficients
    for axis, length in zip((2, 3, 4), shape, strict=True):
        values = np.moveaxis(np.tensordot(values, _basis(length, coefficients.shape[-1]), axes=(axis, 1)), -1, axis)
    return np.moveaxis(values, 1, -1)


@lru_cache
def _basis(length: int, controls: int) -> np.ndarray:
    """Value of each of `controls` uniform cubic B-splines at `length` voxels, float32 (length, controls)."""
    from scipy.interpolate import BSpline

    knots = np.arange(-3, controls + 1, dtype=float)
    at = (np.arange(length) + 0.5) / length * (controls - 3)
    values = BSpline.design_matrix(at, knots, 3).toarray()[:, :controls].astype(np.float32)
    values.flags.writeable = False  # one array for all who ask
    return values
