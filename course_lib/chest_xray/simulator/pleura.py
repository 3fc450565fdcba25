"""Findings between the lung and the chest wall."""

from __future__ import annotations

import numpy as np

from .body import LEFT, RIGHT
from .chest import Chest
from .fields import noise, step
from .sign import Sign


def effusion(chest: Chest, severity: float, rng: np.random.Generator) -> Sign:
    """Fluid at one base or both, highest at the wall: first the costophrenic angle, then a meniscus."""
    draws = rng.uniform(size=3).tolist()
    sides = (RIGHT, LEFT) if draws[0] < 0.25 else (int(draws[1] < 0.5),)
    fluid = np.zeros_like(chest.y)
    for order, side in enumerate(sides):
        level = (0.9 + 8.5 * severity**1.6) * (1.0 if order == 0 else 0.45 + 0.5 * draws[2])
        angle = chest.body.dome[side] + chest.body.curve  # where the diaphragm meets the wall
        climb = 0.5 + 0.28 * level  # the meniscus: higher at the wall than the level in the middle
        surface = angle - level - climb * np.exp(-np.clip(chest.to_wall, 0, None) / (0.9 + 0.12 * level))
        fluid += (
            chest.side(side) * step(chest.y - surface, 0.7) * (1 - np.exp(-np.clip(chest.y - surface, 0, None) / 1.6))
        )
    within = (chest.lung > 0.02) & (chest.to_wall > 0) & (chest.to_dome > 0)
    seen = min(0.2, 0.5 * float(np.max(fluid, where=within, initial=0.0)))  # the least fluid has a place too
    return Sign((fluid > seen) & within, air=1 - 0.95 * fluid, vessels=1 - fluid)


def pneumothorax(chest: Chest, severity: float, rng: np.random.Generator) -> Sign:
    """The visceral pleura is a thin line away from the wall; beyond it there is air and nothing else."""
    side = int(rng.random() < 0.5)
    half = chest.side(side)
    ripple = 0.15 * noise(rng, chest.grid.side, 6)
    depth = (chest.body.dome[side] - chest.body.apex[side]) or 1.0
    height = np.clip(chest.below_apex / depth, 0, 1)
    gap = (0.55 + 3.9 * severity) * (1 - 0.72 * height**1.5) * (1 + ripple)
    cap = (0.6 + 4.2 * severity) * (1 + ripple)
    inward = _rounded_corner(chest.to_wall - gap, chest.below_apex - cap)  # positive in the lung that is left
    free = step(-inward, max(0.25, 1.2 * chest.grid.pixel)) * half * (chest.lung > 0)
    line = np.exp(-((inward / max(0.13, 0.55 * chest.grid.pixel)) ** 2)) * half * np.minimum(2 * chest.lung, 1)
    dense = 0.05 + 0.22 * severity**2  # the lung that is left has lost air
    air = np.where(half, 1 - dense * (1 - free) + 0.08 * free, 1.0)
    return Sign((inward < 0) & half & chest.lungs, opacity=0.10 * line, air=air, vessels=1 - free)


def _rounded_corner(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The smaller of two distances, with the corner between them rounded over about 2 cm."""
    low, apart = np.minimum(a, b), np.abs(a - b)
    return low - 1.2 * np.log1p(np.exp(-apart / 1.2)) + 0.1


def pleural_thickening(chest: Chest, severity: float, rng: np.random.Generator) -> Sign:
    """A dense rim of uneven thickness along the wall of one side, or over its apex."""
    draws, uneven = rng.uniform(size=3).tolist(), noise(rng, chest.grid.side, 10)
    side, apical = int(draws[0] < 0.5), draws[1] < 0.25
    thick = (0.85 + 0.95 * severity) * (1 + 0.25 * np.clip(uneven, -1.5, 1.5))
    if apical:
        rim = step(1.5 * thick - np.minimum(chest.below_apex, chest.to_wall), 0.35) * step(5.0 - chest.below_apex, 2.0)
    else:
        center = 10.0 + 9.0 * draws[2]
        rim = step(thick - chest.to_wall, 0.35) * step(6.5 + 3.0 * severity - np.abs(chest.y - center), 2.0)
    rim = rim * chest.side(side) * (chest.lung > 0)
    amount = 0.46 + 0.26 * severity
    return Sign(
        (rim > 0.4) & (chest.lung > 0.02), opacity=amount * rim * np.minimum(3 * chest.lung, 1), vessels=1 - 0.7 * rim
    )
