"""Which colors a view has: brightness, contrast, saturation and hue in random order, and gray; a whole batch at once.

Each operation is torchvision's (of float images), with one factor per image. Those with an underscore work in place:
much of the time of such small operations goes into fresh memory.
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
    return (GRAY[0] * red).add_(green, alpha=GRAY[1]).add_(blue, alpha=GRAY[2])[:, None]


def brightness(images: Tensor, factor: Tensor) -> Tensor:
    """Times `factor`, (B,), within 0 and 1."""
    return _brightness_(images.clone(), factor)


def contrast(images: Tensor, factor: Tensor) -> Tensor:
    """Away from the mean luminance, or towards it."""
    return _contrast_(images.clone(), factor)


def saturation(images: Tensor, factor: Tensor) -> Tensor:
    """Away from gray, or towards it; gray images stay as they are."""
    return _saturation_(images.clone(), factor)


def hue(images: Tensor, shift: Tensor) -> Tensor:
    """Turned round the color circle by `shift`, (B,), in turns from −.5 to .5; gray images stay as they are."""
    return _hue_(images.clone(), shift)


def _brightness_(images: Tensor, factor: Tensor) -> Tensor:
    return images.mul_(_each(factor, images)).clamp_(0, 1)


def _contrast_(images: Tensor, factor: Tensor) -> Tensor:
    mean = gray(images).mean(dim=(1, 2, 3), keepdim=True)
    return images.sub_(mean).mul_(_each(factor, images)).add_(mean).clamp_(0, 1)


def _saturation_(images: Tensor, factor: Tensor) -> Tensor:
    if images.shape[1] == 1:
        return images
    plain = gray(images)
    return images.sub_(plain).mul_(_each(factor, images)).add_(plain).clamp_(0, 1)


def _hue_(images: Tensor, shift: Tensor) -> Tensor:
    if images.shape[1] == 1:
        return images
    value = images.amax(dim=1)
    chroma = value - images.amin(dim=1)
    angle = _angle(images, value, chroma).add_(6 * shift.to(images)[:, None, None])  # in sixths of the circle
    for channel, sixths in enumerate((5.0, 3.0, 1.0)):
        place = (angle + sixths).remainder_(6)
        part = torch.minimum(place, 4 - place).clamp_(0, 1).mul_(chroma)
        images[:, channel] = part.neg_().add_(value)
    return images


OPERATIONS = (_brightness_, _contrast_, _saturation_, _hue_)


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
        for number, operation_ in enumerate(OPERATIONS):
            rows = (place == number).nonzero()[:, 0].to(images.device)
            if len(rows):
                images[rows] = operation_(images[rows], factors[rows, number])
    return images


def _each(factor: Tensor, images: Tensor) -> Tensor:
    return factor.to(images)[:, None, None, None]


def _angle(images: Tensor, value: Tensor, chroma: Tensor) -> Tensor:
    """Hue in sixths of the circle, red at 0; of gray pixels 0."""
    red, green, blue = images.unbind(1)
    most_red, most_green = value == red, value == green
    ahead = torch.where(most_red, green - blue, torch.where(most_green, blue - red, red - green))
    start = torch.where(most_red, 0.0, torch.where(most_green, 2.0, 4.0))
    return ahead.div_(torch.where(chroma > 0, chroma, torch.ones_like(chroma))).add_(start)
