"""Where the parts of a cell lie: coverages from 0 to 1 with soft edges."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from .kinds import Granules, Kind, Nucleus

EDGE = 0.45  # pixels of an image of 28: how soft an edge is
GRAIN = 56  # points along each side on which granules are drawn, whatever the size of the image


@dataclass(frozen=True)
class Parts:
    """Coverages (S, S) of one picture, and how much dye its nucleus takes."""

    cell: np.ndarray
    nucleus: np.ndarray
    granules: np.ndarray
    vacuoles: np.ndarray
    red_cells: np.ndarray
    center: tuple[float, float]
    angle: float


def draw_parts(
    kind: Kind, grid: tuple[np.ndarray, np.ndarray], rng: np.random.Generator, fine: np.random.Generator
) -> Parts:
    """One cell of a kind, anywhere near the middle and turned any way.

    Parameters
    ----------
    grid : (x, y), arrays (S, S)
        In pixels of an image of 28, 0 in its middle.
    rng, fine : Generator
        Of what a cell is, and of what is drawn for each pixel: so a cell is the same at every size.
    """
    center = np.clip(rng.normal(0, 1.9, 2), -4, 4)
    angle, stretch = rng.uniform(0, 2 * np.pi), np.exp(rng.normal(0, 0.07))
    radius = max(kind.radius + rng.normal(0, kind.sd), 1.5)
    x, y = grid[0] - center[0], grid[1] - center[1]
    u = (x * np.cos(angle) + y * np.sin(angle)) / stretch
    v = (y * np.cos(angle) - x * np.sin(angle)) * stretch
    cell = _coverage(np.hypot(u, v) - _outline(np.arctan2(v, u), radius, rng))
    nucleus, granules, vacuoles = (np.zeros_like(cell) for _ in range(3))
    if kind.nucleus is not None:
        nucleus = _nucleus(kind.nucleus, u, v, radius, rng) * cell
    if kind.granules is not None:
        granules = _granules(kind.granules, grid, rng, fine) * cell
        granules = granules * (1 - nucleus * (1 - kind.granules.over_nucleus))
    if rng.random() < kind.vacuoles:
        vacuoles = _vacuoles(u, v, radius, rng) * cell * (1 - nucleus)
    red = _red_cells(grid, rng) * (1 - cell)
    return Parts(cell, nucleus, granules, vacuoles, red, tuple(center), angle)


def _coverage(distance: np.ndarray) -> np.ndarray:
    """1 well inside, 0 well outside."""
    return 1 / (1 + np.exp(np.clip(distance / EDGE, -30, 30)))


def _outline(theta: np.ndarray, radius: float, rng: np.random.Generator) -> np.ndarray:
    wobble = rng.uniform(0.015, 0.06)
    waves = [2 * wobble / k * rng.normal() * np.cos(k * theta + rng.uniform(0, 2 * np.pi)) for k in range(2, 6)]
    return radius * (1 + sum(waves))


def _nucleus(nucleus: Nucleus, u: np.ndarray, v: np.ndarray, radius: float, rng: np.random.Generator) -> np.ndarray:
    n = int(rng.choice(list(nucleus.lobes), p=list(nucleus.lobes.values())))
    step, arc = rng.uniform(*nucleus.step), rng.uniform(*nucleus.arc)
    softness = nucleus.softness
    if rng.random() < nucleus.band:  # many thin lobes that melt into one bent rod
        n, step, softness = 9, 0.3, 0.9
    turns = step * (np.arange(n) - (n - 1) / 2) + rng.uniform(0, 2 * np.pi)
    away = []
    for turn in turns:
        reach, size = radius * arc * rng.uniform(0.92, 1.08), radius * rng.uniform(*nucleus.radius)
        away.append(np.hypot(u - reach * np.cos(turn), v - reach * np.sin(turn)) - size)
    joined = -softness * np.log(sum(np.exp(-np.clip(each / softness, -40, 40)) for each in away))
    covered = _coverage(joined)
    return covered if nucleus.bite is None else covered * (1 - _bite(nucleus, u, v, radius, rng))


def _bite(nucleus: Nucleus, u: np.ndarray, v: np.ndarray, radius: float, rng: np.random.Generator) -> np.ndarray:
    own = radius * np.mean(nucleus.radius)
    turn, size = rng.uniform(0, 2 * np.pi), own * rng.uniform(*nucleus.bite)
    return _coverage(np.hypot(u - own * 1.15 * np.cos(turn), v - own * 1.15 * np.sin(turn)) - size)


def _granules(
    granules: Granules, grid: tuple[np.ndarray, np.ndarray], rng: np.random.Generator, fine: np.random.Generator
) -> np.ndarray:
    """Noise on points that are the same at every size, blurred, brought to the grid; of that the highest values."""
    noise = fine.standard_normal((GRAIN, GRAIN), np.float32)
    for _ in range(3 if granules.coarse else 1):
        noise = blur(noise)
    weights = _between_points(len(grid[0]))
    noise = weights @ noise @ weights.T
    cover = np.clip(granules.cover * np.exp(rng.normal(0, 0.30)), 0, 0.95)
    rank = int((1 - cover) * noise.size)
    return (noise > np.partition(noise.ravel(), rank)[rank]).astype(noise.dtype)


@lru_cache(maxsize=8)
def _between_points(side: int) -> np.ndarray:
    """Weights (side, GRAIN) that interpolate from the granules' points to pixels, linearly."""
    place = np.clip((np.arange(side) + 0.5) * GRAIN / side - 0.5, 0, GRAIN - 1)
    return np.clip(1 - abs(place[:, None] - np.arange(GRAIN)), 0, 1).astype(np.float32)


def _vacuoles(u: np.ndarray, v: np.ndarray, radius: float, rng: np.random.Generator) -> np.ndarray:
    covered = np.zeros_like(u)
    for _ in range(rng.integers(2, 6)):
        turn, reach = rng.uniform(0, 2 * np.pi), radius * rng.uniform(0.4, 0.85)
        size = radius * rng.uniform(0.07, 0.13)
        covered = np.maximum(covered, _coverage(np.hypot(u - reach * np.cos(turn), v - reach * np.sin(turn)) - size))
    return covered


def _red_cells(grid: tuple[np.ndarray, np.ndarray], rng: np.random.Generator) -> np.ndarray:
    """Up to seven, each a disc that is paler in its middle."""
    covered, chance = np.zeros_like(grid[0]), rng.uniform(0.2, 0.9)
    for _ in range(7):
        size, place, there = rng.uniform(4.6, 6.2), rng.uniform(-17, 17, 2), rng.random() < chance
        if there:
            away = np.hypot(grid[0] - place[0], grid[1] - place[1])
            covered = np.maximum(covered, _coverage(away - size) * (1 - 0.35 * _coverage(away - 0.45 * size)))
    return covered


def blur(image: np.ndarray) -> np.ndarray:
    """[1 2 1] along both of the first two axes, edges repeated."""
    for _ in range(2):
        before, after = np.roll(image, 1, axis=0), np.roll(image, -1, axis=0)
        before[0], after[-1] = image[0], image[-1]
        image = ((before + after) / 4 + image / 2).swapaxes(0, 1)
    return image
