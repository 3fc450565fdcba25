"""The chest as X-rays see it: lungs, heart, diaphragms and soft tissue on a grid, and their attenuation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import vessels
from .body import LEFT, RIGHT, Body
from .bones import bones
from .fields import Grid, bump, noise, rounded, step
from .mimics import mimics

HEART_TOP = 12.3


@dataclass(frozen=True)
class Chest:
    """What the findings build on; every map is (H, W), float32 unless said otherwise, distances in centimeters.

    Attributes
    ----------
    body : Body
    grid : Grid
    x, y : array
        Coordinates; `x` grows to the patient's left, which is the right of the picture.
    left : array of bool
        The patient's left half.
    to_wall : array
        Distance from the inner chest wall, positive inside.
    to_dome : array
        Height above the diaphragm.
    below_apex : array
        Depth below the top of the lung on this side.
    lung : array
        Thickness of the lungs, 0 to 1, without the heart in front of them.
    heart : array
        Thickness of the heart and the great vessels, 0 to 1.
    heart_outline : array of bool
    """

    body: Body
    grid: Grid
    x: np.ndarray
    y: np.ndarray
    left: np.ndarray
    to_wall: np.ndarray
    to_dome: np.ndarray
    below_apex: np.ndarray
    lung: np.ndarray
    heart: np.ndarray
    heart_outline: np.ndarray

    def side(self, side: int) -> np.ndarray:
        """Where the picture shows the patient's right (0) or left (1) half."""
        return self.left if side == LEFT else ~self.left

    @property
    def lungs(self) -> np.ndarray:
        """The lungs' outline, with what the heart covers left out; bool."""
        return (self.lung > 0.15) & (self.heart < 0.3)


def build_chest(body: Body, grid: Grid) -> Chest:
    """Put a body on a grid."""
    x, y = grid.x, grid.y
    out, left = np.abs(x), x > 0
    leftness = step(x, 4.0)  # the two halves meet without a step
    width, apex, dome, roundness = (
        pair[RIGHT] + (pair[LEFT] - pair[RIGHT]) * leftness
        for pair in (body.width, body.apex, body.dome, body.roundness)
    )
    height = np.clip((y - apex) / (dome + 0.6 * body.curve - apex), 0, 1)
    wall = width * (1 - (1 - height) ** 2.4) ** roundness
    floor = dome + body.curve * (np.maximum(out - 6.0, 0) / 7.3) ** 2.1 + 1.5 * (np.maximum(6.0 - out, 0) / 6.0) ** 2
    to_wall, to_dome = wall - out, floor - y
    medial = 1.7 + 0.9 * np.clip((13 - y) / 8, 0, 1) ** 1.5 + 1.9 * np.exp(-np.clip(y - apex, 0, None) / 0.8)
    middle = out - medial
    lung = rounded(to_wall, 1.5) * rounded(to_dome, 0.9) * rounded(middle, 1.0)
    heart, outline = _heart(x, y, to_dome, body, grid.pixel)
    return Chest(body, grid, x, y, left, to_wall, to_dome, y - apex, lung, heart, outline)


def _heart(x, y, to_dome, body: Body, pixel: float) -> tuple[np.ndarray, np.ndarray]:
    """Heart and great vessels: thickness and the heart's outline."""
    edge = max(0.25, 1.2 * pixel)
    center = x - body.shift - 3.0 * body.rotation
    bottom = max(body.dome) + 0.8
    total = body.ratio * sum(body.width)
    t = np.clip((y - HEART_TOP) / (bottom - HEART_TOP), 0, 1.1)
    left_border = 2.3 + (0.645 * total - 2.3) * np.sin(np.pi / 2 * np.clip(t / 0.86, 0, 1.15)) ** 1.6
    right_border = 2.1 + (0.355 * total - 2.1) * np.sin(np.pi * np.clip((t - 0.12) / 1.12, 0, 1)) ** 0.8
    half = 0.5 * (left_border + right_border)
    inside = np.where(center > 0, left_border - center, right_border + center)
    present = step(y - HEART_TOP, 1.0)
    heart = present * step(inside, edge) * (0.45 + 0.55 * rounded(inside, 0.8 * half))
    outline = (inside > 0) & (y > HEART_TOP + 1) & (to_dome > -0.3)
    return np.maximum(heart, _great_vessels(center, y, body, edge)), outline


def _great_vessels(center, y, body: Body, edge: float) -> np.ndarray:
    """Upper mediastinum, aortic knob, pulmonary trunk and descending aorta."""
    knob = 0.68 * body.knob * np.exp(-(((y - 11.2) / (1.1 * body.knob)) ** 2))
    trunk = 0.80 * np.exp(-(((y - 14.9) / 2.0) ** 2))
    left_border = 1.95 + knob + trunk + 0.25 * np.clip(8 - y, 0, 6) / 3
    inside = np.where(center > 0, left_border - center, 2.35 + 0.25 * np.clip(8 - y, 0, 6) / 3 + center)
    aorta = 0.45 * step(1.25 - np.abs(center - 1.3), edge) * step(y - 11.5, 1.5)
    return np.maximum(step(inside, edge) * (0.45 + 0.27 * rounded(inside, 2.0)), aorta)


def tissue(chest: Chest, rng: np.random.Generator) -> np.ndarray:
    """Attenuation of the soft tissue, as if there were no lungs: trunk, shoulders, abdomen, breasts."""
    body, x, y, grid = chest.body, chest.x, chest.y, chest.grid
    out = np.abs(x)
    trunk = sum(body.width) / 2 + 2.2 + body.fat + 0.10 * np.clip(y - 24, 0, 12)
    axilla = rng.uniform(15, 25)  # how far down the arms hang beside the chest
    arms = trunk + 9.0 * np.clip((axilla - y) / 12, 0, 1) ** 1.5
    slope = 1.2 + 0.25 * np.clip(out - 5.2, 0, None) - 1.5 * np.exp(-(((out - 5.2) / 1.5) ** 2)) * (out > 5.2)
    over = np.where(out < 5.2, 9.0, y - slope)
    depth = rounded(np.minimum(arms - out, over), 3.2)
    attenuation = depth * (
        (0.86 + 0.03 * (body.fat - 1.9)) * (1 - 0.55 * np.clip(out / 18.5, 0, 1.2) ** 2.5)
        + 0.30 * np.exp(-((out / 6.4) ** 2))
    )
    belly, below = _belly(chest)
    texture = noise(rng, grid.side, 7) * 0.04 + noise(rng, grid.side, 16) * 0.02
    attenuation += depth * belly * (0.16 + 0.24 * below + texture * below**0.5 - _gas(chest, rng))
    attenuation += 0.025 * depth * noise(rng, grid.side, 6)
    return attenuation + depth * (_breasts(body, x, y) + mimics(chest, rng))


def _belly(chest: Chest) -> tuple[np.ndarray, np.ndarray]:
    """Where the abdomen is, and how deep in it: a sharp border under the lungs, none beside them."""
    inside = step(chest.to_wall + 0.2, 1.4)
    down = chest.y - sum(chest.body.dome) / 2
    sharp, soft = step(0.15 - chest.to_dome, 0.5), step(down - 0.6 * chest.body.curve, 12.0)
    deep = inside * np.clip(-chest.to_dome, 0, 9) + (1 - inside) * np.clip(down - 2, 0, 9)
    return soft + (sharp - soft) * inside, deep / 9


def _gas(chest: Chest, rng: np.random.Generator) -> np.ndarray:
    """The stomach's bubble under the left dome, and gas in the bowel."""
    x, y, dome = chest.x, chest.y, chest.body.dome[LEFT]
    place, sizes, strength, there = rng.random(2).tolist(), rng.random(2).tolist(), rng.random(), rng.random() < 0.6
    center = (5.0 + 2.5 * place[0], dome + 2.3 + 0.8 * place[1])
    wide, high = 1.5 + 1.8 * sizes[0], 0.9 + 0.9 * sizes[1]
    inside = 1 - np.hypot((x - center[0]) / wide, (y - center[1]) / high)
    level = step(center[1] + 0.35 * high - y, 0.3)  # standing: air above, fluid below
    gas = there * (0.22 + 0.25 * strength) * rounded(inside, 0.6) * level
    for _ in range(8):
        at = (rng.uniform(1, 11), dome + rng.uniform(5, 12))
        gas = gas + rng.uniform(0, 0.26) * bump(x, y, at, (rng.uniform(0.6, 1.5), rng.uniform(0.5, 1.1)))
    return gas


def _breasts(body: Body, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    if not body.breast:
        return np.zeros_like(y)
    radius = body.breast
    out = np.abs(x) - 7.6 - 0.3 * radius
    sag = 22.5 + 0.45 * radius
    inside = radius - np.hypot(out * 0.92, (y - sag + 2.2) * np.where(y > sag - 2.2, 1.15, 0.55))
    return (0.08 + 0.030 * radius) * rounded(inside, 0.45 * radius) * (0.35 + 0.65 * step(y - sag + 1, 6))


def airways(chest: Chest) -> np.ndarray:
    """Attenuation that the air of trachea and main bronchi takes away."""
    body, x, y = chest.body, chest.x, chest.y
    center = x - 0.6 * body.shift - 3.0 * body.rotation + 0.25 * step(y - 10, 6)
    carina, edge = 14.3, max(0.35, 1.2 * chest.grid.pixel)
    trachea = step(0.78 - np.abs(center), edge) * step(carina - y, 1.0)
    down = np.clip(y - carina + 0.4, 0, None)
    right = step(0.55 - np.abs(center + 0.25 + 0.80 * down), edge)
    left = step(0.48 - np.abs(center - 0.25 - 1.25 * down), edge)
    bronchi = np.maximum(right, left) * step(y - carina + 0.4, 0.4) * step(17.3 - y, 1.2)
    return 0.20 * trachea + 0.10 * bronchi * (1 - trachea)


def hila(chest: Chest) -> np.ndarray:
    """Attenuation of the pulmonary arteries and veins where they enter the lungs."""
    total = np.zeros_like(chest.y)
    for side, tall in ((RIGHT, 1.9), (LEFT, 1.6)):
        at = vessels.hilum(chest.body, side)
        lean = (-1 if side == RIGHT else 1) * 0.28 * (chest.y - at[1])
        total += bump(chest.x - lean, chest.y, at, (0.85, tall))
    return 0.17 * total


def wall_of(chest: Chest) -> np.ndarray:
    """Distance of the inner chest wall from the midline."""
    return chest.to_wall + np.abs(chest.x)


def skeleton(chest: Chest) -> np.ndarray:
    """Attenuation of the bones."""
    return bones(chest.x, chest.y, wall_of(chest), chest.body, chest.grid.pixel)
