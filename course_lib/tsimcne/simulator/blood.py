"""A smear of simulated blood cells."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral, Real

import numpy as np
import pandas as pd

from course_lib.data import DatasetCard, ImageSet

from .kinds import CELLS
from .shape import draw_parts
from .stain import stained

FINER = 2  # drawn with so many times the pixels, and averaged
NOISE = 0.012  # SD of the camera's, of 1
CARD = DatasetCard(
    name="simulated-blood",
    source="drawn by course_lib.tsimcne.simulate_blood",
    license="CC0",
    citation="AI in Medicine, lecture 6. Kinds and proportions after BloodMNIST: Yang, J. et al. (2023). MedMNIST v2. "
    "Scientific Data 10, 41; Acevedo, A. et al. (2020). Data in Brief 30, 105474.",
    simulated=True,
    description="Eight kinds of blood cell, stained, at any angle, in two staining batches. Drawn by formulas whose "
    "numbers were chosen so that pixels alone tell little; they prove nothing about real blood.",
)


def simulate_blood(
    n: int,
    *,
    size: int = 28,
    seed: int = 0,
    batch_strength: float = 1.0,
    balanced: bool = False,
    kinds: Sequence[str] | None = None,
) -> ImageSet:
    """`n` simulated blood cells of eight kinds, in color, as under a microscope; in two staining batches.

    Parameters
    ----------
    n : int
        At least 1. Cell i depends on the other arguments and on i, not on how many there are.
    size : int
        Pixels along each side, from 16; the same cells at every size, up to the camera's noise.
    seed : int
        Not negative.
    batch_strength : float
        How far the two batches are apart in color, from 0 (not at all) to 2.
    balanced : bool
        All kinds equally likely, or as likely as in BloodMNIST.
    kinds : sequence of str, optional
        Only these, equally likely; the names of all eight stay.

    Returns
    -------
    ImageSet
        `images` uint8 (n, size, size, 3); `labels` the kind, in BloodMNIST's order; `covariates`: batch (0 or 1).
        `extras`: masks uint8 (n, size, size), 1 where the cell is and 2 where its nucleus is; center float32 (n, 2), x
        and y in pixels from the left and the top; angle float32 (n,), of the long or short axis, radians from 0 to 2π.

    Raises
    ------
    ValueError
        If an argument is outside what is allowed.

    Examples
    --------
    >>> simulate_blood(3)
    ImageSet(simulated, 3 color images of 28×28, uint8, 8 classes)
    """
    _check(n, size, seed, batch_strength)
    shares = _shares(balanced, kinds)
    axis = ((np.arange(size * FINER) + 0.5) / (size * FINER) - 0.5) * 28
    grid = np.meshgrid(axis.astype(np.float32), axis.astype(np.float32))
    images, masks = np.empty((n, size, size, 3), np.uint8), np.empty((n, size, size), np.uint8)
    labels, batches = np.empty(n, np.int64), np.empty(n, np.int64)
    centers, angles = np.empty((n, 2), np.float32), np.empty(n, np.float32)
    for i in range(n):
        rng, fine = (np.random.default_rng([seed, i, use]) for use in (0, 1))
        labels[i], batches[i] = rng.choice(len(CELLS), p=shares / shares.sum()), rng.integers(2)
        kind = CELLS[labels[i]]
        parts = draw_parts(kind, grid, rng, fine)
        seen = _averaged(stained(kind, parts, batches[i], batch_strength, grid, rng))
        seen = seen + NOISE * fine.standard_normal(seen.shape)
        images[i] = np.rint(255 * np.clip(seen, 0, 1))
        centers[i], angles[i] = size * (0.5 + np.array(parts.center) / 28), parts.angle
        masks[i] = np.where(_averaged(parts.nucleus) > 0.5, 2, _averaged(parts.cell) > 0.5)
    names = tuple(kind.name for kind in CELLS)
    about = pd.DataFrame({"batch": batches})
    extras = {"masks": masks, "center": centers, "angle": angles}
    return ImageSet(images, labels, names, covariates=about, card=CARD, extras=extras)


def _shares(balanced: bool, kinds: Sequence[str] | None) -> np.ndarray:
    """How likely each kind is, up to a factor."""
    names = [kind.name for kind in CELLS]
    if kinds is None:
        return np.ones(len(CELLS)) if balanced else np.array([kind.count for kind in CELLS], float)
    if isinstance(kinds, str) or not len(kinds) or not set(kinds) <= set(names):
        raise ValueError(f"kinds: got {kinds!r}, allowed are one or more of {', '.join(names)}")
    return np.isin(names, list(kinds)).astype(float)


def _check(n: int, size: int, seed: int, batch_strength: float) -> None:
    for name, value, least in (("n", n, 1), ("size", size, 16), ("seed", seed, 0)):
        if isinstance(value, bool) or not isinstance(value, Integral) or value < least:
            raise ValueError(f"{name}: got {value!r}, allowed are whole numbers from {least}")
    if isinstance(batch_strength, bool) or not isinstance(batch_strength, Real) or not 0 <= batch_strength <= 2:
        raise ValueError(f"batch_strength: got {batch_strength!r}, allowed are numbers from 0 to 2")


def _averaged(image: np.ndarray) -> np.ndarray:
    size = len(image) // FINER
    return image.reshape(size, FINER, size, FINER, *image.shape[2:]).mean(axis=(1, 3))
