"""Two dyes, a light and a camera: from the parts of a cell to red, green and blue."""

from __future__ import annotations

import numpy as np

from .kinds import Kind
from .shape import Parts, blur

# Optical density of azure and of eosin in red, green and blue, and what passes the glass, of two staining batches.
AZURE = np.array([[0.68, 0.92, 0.26], [0.78, 0.88, 0.24]])
EOSIN = np.array([[0.11, 0.60, 0.40], [0.10, 0.54, 0.32]])
GLASS = np.array([[0.93, 0.88, 0.86], [0.88, 0.87, 0.89]])
RED_CELL = 0.42  # of eosin
NUCLEAR_EOSIN = 0.3  # of what azure it takes
LIGHT_SLOPE = 0.09  # SD, from the middle to an edge: light that falls from one side


def between(pair: np.ndarray, batch: int, strength: float) -> np.ndarray:
    """A batch's value; with strength 0 both are their mean, with 1 as they stand in the table."""
    return pair.mean(axis=0) + strength * (pair[batch] - pair.mean(axis=0))


def stained(
    kind: Kind, parts: Parts, batch: int, strength: float, grid: tuple[np.ndarray, np.ndarray], rng: np.random.Generator
) -> np.ndarray:
    """Light that reaches the camera, (S, S, 3), about 0 to 1."""
    azure, eosin = _dyes(kind, parts, rng)
    common = rng.normal(0, 0.16)
    dyes = 0.0
    for pair, amount in ((AZURE, azure), (EOSIN, eosin)):
        channels = between(pair, batch, strength) * np.exp(rng.normal(0, 0.03, 3))
        dyes = dyes + amount[..., None] * channels * np.exp(rng.normal(0, 0.08) + common)
    gain = np.exp(0.05 - abs(rng.normal(0, 0.16)) + rng.normal(0, 0.015, 3))
    slope = rng.normal(0, LIGHT_SLOPE, 2) / 14  # per pixel of an image of 28, of which there are 14 to either side
    light = between(GLASS, batch, strength) * gain * (1 + slope[0] * grid[0] + slope[1] * grid[1])[..., None]
    seen = light * np.exp(-dyes)
    share = rng.uniform(0, 0.7)
    return (1 - share) * seen + share * blur(seen)


def _dyes(kind: Kind, parts: Parts, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """How much azure and eosin each place has taken, (S, S) each."""
    plasma, grain, density = np.exp(rng.normal(0, [0.22, 0.22, 0.13]))
    open_plasma = parts.cell * (1 - parts.nucleus) * (1 - 0.8 * parts.vacuoles) * plasma
    azure, eosin = kind.azure * open_plasma, kind.eosin * open_plasma + RED_CELL * parts.red_cells
    if kind.granules is not None:
        azure = azure + kind.granules.azure * grain * parts.granules
        eosin = eosin + kind.granules.eosin * grain * parts.granules
    if kind.nucleus is not None:
        nuclear = kind.nucleus.density * density * parts.nucleus
        azure, eosin = azure + nuclear, eosin + NUCLEAR_EOSIN * nuclear
    return azure, eosin
