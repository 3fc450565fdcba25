"""Findings in the lung's air spaces and its framework."""

from __future__ import annotations

import numpy as np

from . import vessels
from .body import LEFT, RIGHT
from .chest import Chest
from .fields import bump, noise, step
from .sign import Sign


def atelectasis(chest: Chest, severity: float, rng: np.random.Generator) -> Sign:
    """Plates at one base, or a wedge of the lower lobe behind a sharp upper border."""
    side = int(rng.random() < 0.5)
    draws = rng.uniform(size=16).tolist()
    half, dome = chest.side(side), chest.body.dome[side]
    amount = 0.23 + 0.30 * severity
    if draws[0] < 0.6:
        shape = _plates(chest, side, dome, draws[1:], 1 + int(2.4 * draws[15]), severity)
    else:
        out = np.abs(chest.x)
        rise = (2.6 + 3.4 * severity) * (1 - out / (9.0 + 2.5 * draws[1]))
        shape = step(chest.to_dome + 0.6, 0.6) * step(rise - chest.to_dome, 0.5) * step(out - 1.0, 0.5)
    shape = shape * half * np.minimum(2 * chest.lung, 1)
    return Sign((shape > 0.4) & half, opacity=amount * shape, vessels=1 - 0.5 * shape)


def _plates(chest: Chest, side: int, dome: float, draws: list[float], count: int, severity: float) -> np.ndarray:
    """Bands of a few millimeters that lie above the diaphragm, nearly level."""
    sign = -1.0 if side == RIGHT else 1.0
    shape = np.zeros_like(chest.y)
    for band in range(count):
        u, v, w, z = draws[4 * band : 4 * band + 4]
        across, down = sign * chest.x - (6.6 + 2.5 * u), chest.y - (dome - 1.6 - 2.3 * band - 1.2 * v)
        slope = 0.9 * (w - 0.5)
        thick = 0.28 + 0.22 * z + 0.15 * severity
        center = slope * across - 0.02 * across**2
        band_shape = step(thick - np.abs(down - center), 0.3) * step(2.6 + 2.0 * severity - np.abs(across), 1.2)
        shape = np.maximum(shape, band_shape)
    return shape


def infiltration(chest: Chest, severity: float, rng: np.random.Generator) -> Sign:
    """Patches of haze in one or both lungs."""
    draws, cloud = rng.uniform(size=7).tolist(), noise(rng, chest.grid.side, 16)
    sides = (RIGHT, LEFT) if draws[0] < 0.45 else (int(draws[1] < 0.5),)
    region = np.zeros_like(chest.y)
    for side in sides:
        at = inside(chest, side, draws[2 + side], 0.25 + 0.6 * draws[4 + side])
        region += chest.side(side) * bump(chest.x, chest.y, at, (2.6, 3.6))
    shape = np.clip(region, 0, 1) * np.clip(0.55 + 0.55 * cloud, 0, 1.6) * np.minimum(2 * chest.lung, 1)
    return Sign((region > 0.4) & chest.lungs, opacity=(0.09 + 0.17 * severity) * shape)


def pneumonia(chest: Chest, severity: float, rng: np.random.Generator) -> Sign:
    """One ill-defined focus, mostly at a base, with bronchi still full of air."""
    draws, cloud = rng.uniform(size=3).tolist(), noise(rng, chest.grid.side, 20)
    side = int(draws[0] < 0.45)
    at = inside(chest, side, 0.25 + 0.5 * draws[1], 0.55 + 0.37 * draws[2] ** 0.7)
    reach = np.hypot((chest.x - at[0]) / (2.6 + severity), (chest.y - at[1]) / (2.4 + severity))
    shape = step(1.15 - reach + 0.18 * cloud, 1.0) * (1 + 0.18 * cloud) * chest.side(side)
    shape = shape * np.minimum(2 * chest.lung, 1)
    return Sign((shape > 0.4) & chest.lungs, opacity=(0.08 + 0.26 * severity) * shape, vessels=1 - 0.9 * shape)


def consolidation(chest: Chest, severity: float, rng: np.random.Generator) -> Sign:
    """A lobe or part of one, cut off straight at its fissure, bronchi dark in it."""
    draws, cloud = rng.uniform(size=3).tolist(), noise(rng, chest.grid.side, 12)
    side, upper = int(draws[0] < 0.5), draws[1] < 0.5
    out = np.abs(chest.x)
    fissure = chest.y - (16.8 + 0.10 * (out - 7) + 0.5 * (draws[2] - 0.5))
    extent = 3.2 + 4.0 * severity
    beyond = -fissure if upper else fissure
    shape = step(beyond, 0.4) * step(extent - beyond + 1.0 * cloud, 2.5) * (0.9 + 0.12 * cloud)
    shape = shape * chest.side(side) * np.minimum(1.6 * chest.lung, 1)
    amount = 0.11 + 0.32 * severity
    return Sign((shape > 0.4) & chest.lungs, opacity=amount * shape, vessels=1 - 1.7 * np.clip(shape, 0, 1))


def edema(chest: Chest, severity: float, rng: np.random.Generator) -> Sign:
    """Wings of haze from both hila that spare the periphery, and broad vessels."""
    cloud = noise(rng, chest.grid.side, 14)
    wings = np.zeros_like(chest.y)
    for side in (RIGHT, LEFT):
        x, y = vessels.hilum(chest.body, side)
        sign = -1.0 if side == RIGHT else 1.0
        reach = (2.4 + 0.9 * severity, 3.8 + 1.2 * severity)
        wings += chest.side(side) * bump(chest.x, chest.y, (x + 1.8 * sign, y + 1.3), reach)
    wings = np.clip(wings, 0, 1) * step(chest.to_wall - 1.6, 3.0) * np.minimum(2 * chest.lung, 1)
    shape = wings * (1 + 0.22 * cloud)
    return Sign(
        (wings > 0.35) & chest.lungs,
        opacity=(0.02 + 0.20 * severity) * shape,
        vessels=1 + (0.1 + 0.4 * severity) * wings,
    )


def fibrosis(chest: Chest, severity: float, rng: np.random.Generator) -> Sign:
    """A net of fine lines at both bases, densest at the periphery."""
    side = chest.grid.side
    net = np.maximum(_ridge(noise(rng, side, 30)), _ridge(noise(rng, side, 42)))
    height = np.clip(chest.to_dome, 0, None) / (6.5 + 3.5 * severity)
    rim = 0.55 * np.exp(-np.clip(chest.to_wall, 0, None) / 1.8) * step(chest.below_apex - 7, 6)
    region = np.clip(np.exp(-(height**2)) * (0.65 + 0.5 * np.clip(np.abs(chest.x) / 12, 0, 1)) + rim, 0, 1)
    region = region * np.minimum(2 * chest.lung, 1) * (1 - 0.7 * chest.heart)
    shape = region * (0.25 + net)
    return Sign((region > 0.45) & chest.lungs, opacity=(0.10 + 0.22 * severity) * shape, vessels=1 - 0.4 * region)


def _ridge(field: np.ndarray) -> np.ndarray:
    """Thin lines where a smooth field crosses 0."""
    return np.clip(1 - np.abs(field) / 0.35, 0, 1)


def inside(chest: Chest, side: int, across: float, down: float) -> tuple[float, float]:
    """A point of one lung: `across` from mediastinum (0) to wall (1), `down` from apex (0) to diaphragm (1)."""
    body = chest.body
    top, bottom = body.apex[side], body.dome[side]
    height = top + down * (bottom - top)
    inner = 3.3 + (2.2 * max(down - 0.55, 0) if side == LEFT else 0.0)
    outer = body.width[side] * (1 - (1 - down) ** 2.4) ** body.roundness[side]
    sign = -1.0 if side == RIGHT else 1.0
    return sign * (inner + across * max(outer - inner - 0.6, 0.5)), height
