"""Round findings, with their true diameters."""

from __future__ import annotations

import numpy as np

from .airspace import inside
from .chest import Chest
from .fields import rounded, step
from .sign import Sign

NODULE_CM, MASS_CM, HERNIA_CM = (1.5, 2.85), (3.4, 7.0), (3.4, 7.2)  # diameters from the mildest to the most severe


def nodule(chest: Chest, severity: float, rng: np.random.Generator) -> Sign:
    """One small sphere with a sharp border, at most 3 cm."""
    draws = rng.uniform(size=3).tolist()
    radius = _radius(chest, NODULE_CM, severity)
    at = inside(chest, int(draws[0] < 0.5), 0.08 + 0.78 * draws[1], 0.16 + 0.72 * draws[2])
    depth = radius - np.hypot(chest.x - at[0], chest.y - at[1])
    shape = rounded(depth, radius) * step(depth, 0.3)
    return Sign(depth > 0, opacity=(0.36 + 0.42 * severity) * shape)


def mass(chest: Chest, severity: float, rng: np.random.Generator) -> Sign:
    """One lobulated opacity of more than 3 cm."""
    draws, phases = rng.uniform(size=3).tolist(), rng.uniform(0, 2 * np.pi, 3).tolist()
    radius = _radius(chest, MASS_CM, severity)
    at = inside(chest, int(draws[0] < 0.5), 0.12 + 0.70 * draws[1], 0.20 + 0.62 * draws[2])
    across, down = chest.x - at[0], chest.y - at[1]
    angle = np.arctan2(down, across)
    lobes = sum(0.07 * np.cos(order * angle + phase) for order, phase in zip((2, 3, 5), phases, strict=True))
    depth = radius * (1 + lobes) - np.hypot(across, down)
    shape = rounded(depth, radius) * step(depth, 0.4)
    return Sign(depth > 0, opacity=(0.18 + 0.32 * severity) * shape, vessels=1 - 0.6 * shape)


def hernia(chest: Chest, severity: float, rng: np.random.Generator) -> Sign:
    """Stomach above the diaphragm, behind the heart; three in four have a level of air over fluid."""
    draws = rng.uniform(size=4).tolist()
    radius = _radius(chest, HERNIA_CM, severity)
    bottom = max(chest.body.dome)
    at = (chest.body.shift + 0.4 + 2.2 * draws[0], bottom - (0.55 + 0.2 * draws[1]) * radius)
    depth = radius - np.hypot((chest.x - at[0]) / 1.1, (chest.y - at[1]) * 1.05)
    above = step(chest.to_dome + 0.5, 0.5)
    body = rounded(depth, 0.6 * radius) * step(depth, 0.3) * above
    opacity = (0.16 + 0.12 * severity) * body
    if draws[2] < 0.75:
        level = at[1] - (0.35 - 0.5 * draws[3]) * radius
        bubble = rounded(depth - 0.3, 0.5 * radius) * step(level - chest.y, 0.25)
        opacity = opacity - (0.30 + 0.16 * severity) * bubble * above
    return Sign((depth > 0) & (chest.to_dome > -0.5), opacity=opacity)


def _radius(chest: Chest, diameters: tuple[float, float], severity: float) -> float:
    """In the body's centimeters; diameters are true on the detector, whatever the size of the patient."""
    return 0.5 * (diameters[0] + (diameters[1] - diameters[0]) * severity) / chest.grid.placement.scale
