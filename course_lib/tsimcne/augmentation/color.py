"""Which colors a view has: brightness, contrast, saturation and hue in random order, and gray; a whole batch at once.

Each operation is torchvision's (of float images), with one factor per image.
"""

from __future__ import annotations

import torch
from torch import Tensor

GRAY = (0.2989, 0.587, 0.114)  # weights of red, green and blue


def gray(images: Tensor) -> Tensor:
    """Luminance, (B, 3, H, W) to (B, 1, H, W); gray images as they are."""
    if images.shape[1] == 1:
        return images
    red, green, blue = images.unbind(1)
    return (GRAY[0] * red + GRAY[1] * green + GRAY[2] * blue)[:, None]


def brightness(images: Tensor, factor: Tensor) -> Tensor:
    """Times `factor`, (B,), within 0 and 1."""
    return (images * _each(factor, images)).clamp(0, 1)


def contrast(images: Tensor, factor: Tensor) -> Tensor:
    """Away from the mean luminance, or towards it."""
    mean = gray(images).mean(dim=(1, 2, 3), keepdim=True)
    return torch.lerp(mean, images, _each(factor, images)).clamp(0, 1)


def saturation(images: Tensor, factor: Tensor) -> Tensor:
    """Away from gray, or towards it; gray images stay as they are."""
    return images if images.shape[1] == 1 else torch.lerp(gray(images), images, _each(factor, images)).clamp(0, 1)


def hue(images: Tensor, shift: Tensor) -> Tensor:
    """Turned round the color circle by `shift`, (B,), in turns from −.5 to .5; gray images stay as they are."""
    if images.shape[1] == 1:
        return images
    value, low = images.amax(dim=1), images.amin(dim=1)
    chroma = value - low
    angle = _angle(images, value, chroma) + 6 * shift.to(images)[:, None, None]  # in sixths of the circle
    sixths = torch.tensor([5.0, 3.0, 1.0], device=images.device, dtype=images.dtype)[:, None, None]
    place = torch.remainder(angle[:, None] + sixths, 6)
    return value[:, None] - chroma[:, None] * torch.minimum(place, 4 - place).clamp(0, 1)


OPERATIONS = (brightness, contrast, saturation, hue)


def jitter(images: Tensor, factors: Tensor, order: Tensor) -> Tensor:
    """All four operations on each image, in its own order.

    Parameters
    ----------
    images : Tensor, float, (B, C, H, W)
        Values from 0 to 1.
    factors : Tensor, (B, 4)
        Of brightness, contrast, saturation and hue.
    order : Tensor, int, (B, 4)
        Each row a permutation of 0 … 3: which of them comes first, second …
    """
    images, factors = images.clone(), factors.to(images)
    for place in order.unbind(1):
        for number, operation in enumerate(OPERATIONS):
            rows = (place == number).nonzero()[:, 0].to(images.device)
            if len(rows):
                images[rows] = operation(images[rows], factors[rows, number])
    return images


def _each(factor: Tensor, images: Tensor) -> Tensor:
    return factor.to(images)[:, None, None, None]


def _angle(images: Tensor, value: Tensor, chroma: Tensor) -> Tensor:
    """Hue in sixths of the circle, red at 0; of gray pixels 0."""
    red, green, blue = images.unbind(1)
    by = torch.where(chroma > 0, chroma, torch.ones_like(chroma))
    angle = torch.where(value == green, 2 + (blue - red) / by, 4 + (red - green) / by)
    return torch.where(value == red, (green - blue) / by, angle)
