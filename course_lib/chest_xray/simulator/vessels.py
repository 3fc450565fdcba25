"""The lungs' blood vessels: a tree that leaves each hilum and branches until it is too thin to see."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .body import LEFT, RIGHT, Body
from .fields import Grid

HILUM_X, HILUM_Y = 3.4, (16.4, 15.5)  # the left hilum is the higher one
GENERATIONS = 6
STEPS = 9  # points along one branch


@dataclass(frozen=True)
class Tree:
    """Points along the vessels of both lungs: place relative to the hilum, radius, and the length each stands for."""

    x: np.ndarray
    y: np.ndarray
    radius: np.ndarray
    length: np.ndarray
    side: np.ndarray


def grow(rng: np.random.Generator) -> Tree:
    """A patient's vessels; thicker and longer towards the bases, where gravity keeps the blood."""
    parts = [part for side in (RIGHT, LEFT) for part in _grow_side(rng, side)]
    return Tree(*(np.concatenate(values) for values in zip(*parts, strict=True)))


def _grow_side(rng: np.random.Generator, side: int) -> list[tuple[np.ndarray, ...]]:
    outward = -1.0 if side == RIGHT else 1.0
    angle = np.linspace(-1.35, 1.4, 9) + 0.12 * rng.standard_normal(9)  # 0 points outwards, positive downwards
    x, y = 0.5 * rng.random(9), 1.8 * np.sin(angle)
    length = (2.6 + 0.9 * angle.clip(-0.6, 1.2)) * np.exp(0.12 * rng.standard_normal(9))
    radius = (0.29 + 0.06 * angle.clip(-1, 1)) * np.exp(0.12 * rng.standard_normal(9))
    t = np.linspace(0, 1, STEPS, endpoint=False)[:, None]
    parts = []
    for _ in range(GENERATIONS):
        bend = 0.42 * rng.standard_normal(angle.size)
        along = angle + bend * t
        px = x + np.cumsum(np.cos(along), 0) * length / STEPS
        py = y + np.cumsum(np.sin(along), 0) * length / STEPS
        thick = radius * (1 - 0.15 * t)
        share = np.broadcast_to(length / STEPS, px.shape)
        parts.append((outward * px.ravel(), py.ravel(), thick.ravel(), share.ravel(), np.full(px.size, side)))
        x, y, angle, length, radius = _fork(rng, px[-1], py[-1], angle + bend, length, radius)
    return parts


def _fork(rng: np.random.Generator, x, y, angle, length, radius) -> tuple[np.ndarray, ...]:
    """Two daughters for each branch: Murray's law for the radius, unequal angles."""
    count = 2 * angle.size
    sign = np.tile([-1.0, 1.0], angle.size)
    spread = sign * rng.uniform(0.18, 0.62, count)
    return (
        np.repeat(x, 2),
        np.repeat(y, 2),
        np.repeat(angle, 2) + spread,
        np.repeat(length, 2) * rng.uniform(0.58, 0.98, count),
        np.repeat(radius, 2) * rng.uniform(0.62, 0.82, count),
    )


def vessel_thickness(tree: Tree, body: Body, grid: Grid) -> np.ndarray:
    """Centimeters of blood along each ray, clipped to nothing: the lungs' outline is applied by the chest."""
    stretch = np.array([(body.dome[side] - body.apex[side]) / 22.5 for side in (RIGHT, LEFT)])[tree.side]
    widen = np.array([body.width[side] / 13.4 for side in (RIGHT, LEFT)])[tree.side]
    hilum_y = np.array([hilum(body, side)[1] for side in (RIGHT, LEFT)])[tree.side]
    hilum_x = np.array([hilum(body, side)[0] for side in (RIGHT, LEFT)])[tree.side]
    x, y = hilum_x + tree.x * widen, hilum_y + tree.y * stretch
    volume = np.pi * tree.radius**2 * tree.length
    wide = tree.radius > 0.13
    return grid.line_integral(x[wide], y[wide], volume[wide], 0.14) + grid.line_integral(
        x[~wide], y[~wide], volume[~wide], 0.07
    )


def hilum(body: Body, side: int) -> tuple[float, float]:
    """Where the vessels of one lung leave the mediastinum."""
    sign = -1.0 if side == RIGHT else 1.0
    low = 0.35 * (body.dome[side] - 26.6)
    return sign * HILUM_X + body.shift + 3.0 * body.rotation, HILUM_Y[side] + low
