"""Where a view looks: crops, flips and rotations of a whole batch, each image with numbers of its own."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

ATTEMPTS = 10  # to find a crop that fits, before the middle is taken


def draw_crops(
    n: int,
    height: int,
    width: int,
    generator: torch.Generator,
    scale: tuple[float, float] = (0.2, 1.0),
    ratio: tuple[float, float] = (3 / 4, 4 / 3),
) -> Tensor:
    """Boxes of random area and aspect, uniform in log ratio: int64 (n, 4), top, left, height and width in pixels.

    As torchvision's RandomResizedCrop: the first of ten boxes that fits; where none does, the whole image's middle.
    """
    area = height * width * _uniform((n, ATTEMPTS), *scale, generator)
    aspect = torch.exp(_uniform((n, ATTEMPTS), math.log(ratio[0]), math.log(ratio[1]), generator))
    wide, high = torch.sqrt(area * aspect).round().long(), torch.sqrt(area / aspect).round().long()
    fits = (wide > 0) & (wide <= width) & (high > 0) & (high <= height)
    first = fits.byte().argmax(dim=1, keepdim=True)
    wide, high, found = wide.gather(1, first)[:, 0], high.gather(1, first)[:, 0], fits.any(dim=1)
    whole = _middle(height, width, ratio)
    high, wide = torch.where(found, high, whole[0]), torch.where(found, wide, whole[1])
    shift = torch.rand((2, n), generator=generator)
    top = torch.where(found, (shift[0] * (height - high + 1)).long(), (height - high) // 2)
    left = torch.where(found, (shift[1] * (width - wide + 1)).long(), (width - wide) // 2)
    return torch.stack([top, left, high, wide], dim=1)


def crop(images: Tensor, boxes: Tensor, shape: tuple[int, int] | None = None) -> Tensor:
    """Each image's box, brought to one size by bilinear interpolation that stays within the box.

    Parameters
    ----------
    images : Tensor, float, (B, C, H, W)
    boxes : Tensor, int, (B, 4)
        From `draw_crops`.
    shape : (height, width), optional
        By default that of the images.
    """
    boxes = boxes.to(images.device)
    height, width = images.shape[2:] if shape is None else shape
    rows = _weights(boxes[:, 0], boxes[:, 2], images.shape[2], height).to(images.dtype)  # (B, height, H)
    columns = _weights(boxes[:, 1], boxes[:, 3], images.shape[3], width).to(images.dtype)  # (B, width, W)
    n, channels = images.shape[:2]
    wide = images.reshape(n, -1, images.shape[3]) @ columns.transpose(1, 2)  # (B, C·H, width)
    wide = wide.reshape(n, channels, -1, width).transpose(1, 2).reshape(n, -1, channels * width)  # (B, H, C·width)
    return (rows @ wide).reshape(n, height, channels, width).transpose(1, 2)


def flip(images: Tensor, which: Tensor, axis: int) -> Tensor:
    """Mirror the images of `which`, bool (B,), along `axis`: 2 upside down, 3 left and right."""
    rows = which.nonzero()[:, 0].to(images.device)
    return images.index_copy(0, rows, images[rows].flip(axis))


def turn(images: Tensor, quarters: Tensor) -> Tensor:
    """Rotate each image by its number of quarter turns, int (B,), counter-clockwise; images must be square."""
    turned = images.clone()
    for number in (1, 2, 3):
        rows = (quarters == number).nonzero()[:, 0].to(images.device)
        turned[rows] = torch.rot90(images[rows], number, (2, 3))
    return turned


def rotate(images: Tensor, degrees: Tensor, fill: Tensor) -> Tensor:
    """Rotate each image counter-clockwise about its middle, bilinear; corners that come from nowhere take `fill`.

    Parameters
    ----------
    images : Tensor, float, (B, C, H, W)
    degrees : Tensor, (B,)
    fill : Tensor, (C,)
        The color of what was outside.
    """
    height, width = images.shape[2:]
    angle = torch.deg2rad(degrees.to(images.device, images.dtype))
    cos, sin = torch.cos(angle), torch.sin(angle)
    zero = torch.zeros_like(cos)
    stretch = width / height  # grid_sample measures either side from -1 to 1
    theta = torch.stack(
        [torch.stack([cos, -sin / stretch, zero], 1), torch.stack([sin * stretch, cos, zero], 1)], dim=1
    )
    grid = functional.affine_grid(theta, list(images.shape), align_corners=False)
    inside = functional.pad(images, (0, 0, 0, 0, 0, 1), value=1.0)  # one channel more says how much is image
    turned = functional.grid_sample(inside, grid, mode="bilinear", padding_mode="zeros", align_corners=False)
    return turned[:, :-1] + (1 - turned[:, -1:]) * fill.to(images)[:, None, None]


def _uniform(shape: tuple[int, ...], low: float, high: float, generator: torch.Generator) -> Tensor:
    return low + (high - low) * torch.rand(shape, generator=generator)


def _middle(height: int, width: int, ratio: tuple[float, float]) -> tuple[int, int]:
    """Height and width of the largest box in the middle whose aspect is allowed."""
    if width / height < ratio[0]:
        return round(width / ratio[0]), width
    if width / height > ratio[1]:
        return height, round(height * ratio[1])
    return height, width


def _weights(start: Tensor, length: Tensor, n_source: int, n_target: int) -> Tensor:
    """Of each source pixel in each target pixel: (B, n_target, n_source), rows sum to 1."""
    source, target = (torch.arange(n, device=start.device) for n in (n_source, n_target))
    place = (target + 0.5) * (length[:, None] / n_target) - 0.5  # in the box
    place = torch.minimum(place.clamp(min=0), length[:, None] - 1.0) + start[:, None]
    return (1 - (place[:, :, None] - source).abs()).clamp(min=0)
