"""The template as what moves and what is moved: ventricles widen, hippocampi shrink, the cortex thins."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import grid_sample

from ..anatomy import HIPPOCAMPUS, LOWEST, SHAPES, Anatomy, coordinates, template
from .years import OLD, YOUNG, Years, mean_years

FLUID = 0.28  # intensity of cerebrospinal fluid in the template
CHANNELS = ("t1", "brain", "surface", "ventricles", "hippocampi", "aging")
CONTRACTION, SEEPAGE = 0.35, 0.8  # of a hippocampus per unit of its aging: stretch of space, and fluid inside
STEP, LEVELS = 0.25, np.arange(-4.0, 17.0)  # mm: the wall moves in small steps, for a large one would fold space
LEAST_CHANGE = 0.25  # of the largest change of intensity: voxels above it count as changed by age


@dataclass(frozen=True, eq=False)
class Atlas:
    """The template as what moves and what is moved, as tensors for `torch.nn.functional.grid_sample`.

    Attributes
    ----------
    maps : (1, 6, D', H', W')
        `CHANNELS`, at twice the grid's resolution where that exists, so that moving by half a voxel blurs little.
    wall : (L, 3, D, H, W)
        Displacements (x, y, z) in mm that move the ventricles' wall by each of `LEVELS`.
    shrink : (3, D, H, W)
        Away from the nearer hippocampus, mm.
    """

    maps: Tensor
    wall: Tensor
    shrink: Tensor


@lru_cache(maxsize=2)
def atlas(resolution_mm: int) -> Atlas:
    """The template's maps and fields at one resolution."""
    brain, place = template(resolution_mm), coordinates(resolution_mm)
    maps = torch.from_numpy(_maps(template(max(1, resolution_mm // 2))))[None]
    bare = Atlas(maps, _walls(_inwards(brain), place), torch.from_numpy(_outwards(place)))
    return Atlas(torch.cat([maps, _changed(bare, resolution_mm)], dim=1), bare.wall, bare.shrink)


def move(atlas: Atlas, place: np.ndarray, years: Years) -> Tensor:
    """What K brains have at M places, once aged.

    Parameters
    ----------
    atlas : Atlas
    place : (M, 3) or (K, M, 3)
        Where each voxel lies in the template, mm (x, y, z), before it ages.
    years : Years of K brains

    Returns
    -------
    Tensor, (K, C, M)
        The atlas's maps; the first one is the image, with fluid where tissue went.
    """
    hippocampi, cortex = (torch.from_numpy(values)[:, None] for values in (years.hippocampi, years.cortex))
    place = torch.as_tensor(place).expand(len(cortex), -1, -1)
    field = _between(atlas.wall, years.ventricles)
    field += CONTRACTION * hippocampi[..., None, None, None] * atlas.shrink  # one field of both for each brain
    moved = place + _look_up(field, place).transpose(1, 2)
    maps = _look_up(atlas.maps.expand(len(place), -1, -1, -1, -1), moved)
    image, _, surface, _, inside, *_ = maps.unbind(1)
    for share in ((cortex * surface).clamp(0, 0.9), (SEEPAGE * hippocampi * inside).clamp(0, 0.9)):
        image = image + share * (FLUID - image)
    maps[:, 0] = image
    return maps


def _look_up(maps: Tensor, place: Tensor) -> Tensor:
    """Maps (K, C, D, H, W) of the course's box at places (K, M, 3) in mm, by trilinear interpolation: (K, C, M)."""
    size = place.new_tensor(SHAPES[1][::-1])
    unit = (place - place.new_tensor(LOWEST)) * (2 / size) - 1  # the box reaches from −1 to 1
    return grid_sample(maps, unit[:, None, None], padding_mode="zeros", align_corners=False)[:, :, 0, 0]


def _maps(brain: Anatomy) -> np.ndarray:
    """Image, brain, superficial gray matter, ventricles and hippocampi, smoothed to the voxels they will fill."""
    from scipy import ndimage

    depth = ndimage.distance_transform_edt(brain.brain, sampling=brain.resolution_mm)
    shell = np.clip((22 - depth) / 10, 0, 1)  # to about 15 mm under the surface
    maps = (brain.t1, brain.brain, brain.gray * shell, brain.ventricles, brain.hippocampi)
    return np.stack([ndimage.gaussian_filter(values.astype(np.float32), 0.5) for values in maps])


def _between(walls: Tensor, ventricles: np.ndarray) -> Tensor:
    """The displacement that moves the wall by so many mm, between the two nearest levels: (K, 3, D, H, W)."""
    level = torch.from_numpy(ventricles - np.float32(LEVELS[0])).clamp(0, len(LEVELS) - 1)
    below = level.long().clamp(max=len(LEVELS) - 2)
    return torch.lerp(walls[below], walls[below + 1], (level - below).reshape(-1, 1, 1, 1, 1))


def _walls(inwards: np.ndarray, place: np.ndarray) -> Tensor:
    """Follow the direction of the ventricles' inside in small steps, and keep where that leads at each level."""
    direction, start = torch.from_numpy(inwards)[None], torch.from_numpy(place.reshape(1, -1, 3))
    reached = {}
    for sign in (-1, 1):
        moved = start.clone()
        for number in range(round(abs(LEVELS[0 if sign < 0 else -1]) / STEP) + 1):
            reached[round(sign * number * STEP, 2)] = moved
            moved = moved + sign * STEP * _look_up(direction, moved).transpose(1, 2)
    walls = torch.cat([reached[float(level)] - start for level in LEVELS])  # (L, M, 3)
    return walls.transpose(1, 2).reshape(len(LEVELS), 3, *place.shape[:3]).contiguous()


def _inwards(brain: Anatomy) -> np.ndarray:
    """Towards the inside of the ventricles (x, y, z), at most 1 long: float32 (3, D, H, W)."""
    from scipy import ndimage

    smooth = ndimage.gaussian_filter(brain.ventricles, 7 / brain.resolution_mm)
    inwards = np.stack(np.gradient(smooth)[::-1])
    return (inwards / np.linalg.norm(inwards, axis=0).max()).astype(np.float32)


def _outwards(place: np.ndarray) -> np.ndarray:
    """Away from the nearer hippocampus (x, y, z), in mm, fading with the distance: float32 (3, D, H, W)."""
    offset = place - np.where(place[..., :1] < 0, [-1, 1, 1], [1, 1, 1]) * np.array(HIPPOCAMPUS)
    near = np.exp(-0.5 * np.sum((offset / np.array([11.0, 17.0, 10.0])) ** 2, axis=-1, keepdims=True))
    return np.moveaxis(offset * near, -1, 0).astype(np.float32)


def _changed(bare: Atlas, resolution_mm: int) -> Tensor:
    """Where aging from 45 to 80 changes the image, 0 or 1, on the maps' grid, (1, 1, D', H', W')."""
    place = coordinates(max(1, resolution_mm // 2))
    young, old = (move(bare, place.reshape(-1, 3), mean_years(np.array([age])))[0, 0] for age in (YOUNG, OLD))
    change = (old - young).abs().reshape(1, 1, *place.shape[:3])
    return (change > LEAST_CHANGE * change.max()).to(torch.float32)
