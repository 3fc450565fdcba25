"""Random views of images: the augmentations of t-SimCNE, in its order, for a whole batch on the device."""

from __future__ import annotations

from dataclasses import dataclass, fields

import torch
from torch import Tensor

from . import color, geometry

AUGMENTATIONS = ("natural", "right-angles", "any-angle")


@dataclass(frozen=True)
class Draws:
    """What was drawn for each of B views, on the CPU; a view is what `Augmentation.apply` makes of an image and these.

    Attributes
    ----------
    quarters : int (B,)
        Quarter turns, counter-clockwise.
    degrees : float (B,)
        Counter-clockwise.
    boxes : int (B, 4)
        Top, left, height and width of the crop.
    mirrored, upside_down, jittered, grayed : bool (B,)
    factors : float (B, 4)
        Of brightness, contrast and saturation; the shift of the hue in turns of the color circle.
    order : int (B, 4)
        Of these four.
    """

    quarters: Tensor
    degrees: Tensor
    boxes: Tensor
    mirrored: Tensor
    upside_down: Tensor
    jittered: Tensor
    factors: Tensor
    order: Tensor
    grayed: Tensor

    def take(self, rows) -> Draws:
        """Those of some views."""
        return Draws(*(getattr(self, part.name)[rows] for part in fields(self)))


@dataclass(frozen=True)
class Augmentation:
    """Makes random views of images.

    In this order: a rotation by quarter turns (for "right-angles" and "any-angle"), one by any angle (for "any-angle"),
    a crop of `scale` of the area, brought back to size; a horizontal flip, a vertical one (with rotations); with chance
    `p_jitter` a jitter of brightness, contrast, saturation and hue, in random order; with chance `p_gray` gray.

    Parameters
    ----------
    kind : {"natural", "right-angles", "any-angle"}
    scale : (float, float)
        Least and greatest share of the area.
    strength : (float, float, float, float)
        Of brightness, contrast and saturation, as a share, and of hue, in turns of the color circle.
    p_jitter, p_gray : float
    size : int, optional
        Sides of a view in pixels; by default those of the image. Smaller views are faster to learn from, and their
        magnification is closer to that of whole images.

    Raises
    ------
    ValueError
        If the kind is unknown; on use, if images to be turned are not square.

    References
    ----------
    Chen, T. et al. (2020). A simple framework for contrastive learning of visual representations. ICML.

    Examples
    --------
    >>> images = torch.randint(256, (5, 3, 28, 28), dtype=torch.uint8)
    >>> views = Augmentation("right-angles")(images, torch.Generator().manual_seed(0))
    >>> views.shape, views.dtype
    (torch.Size([5, 3, 28, 28]), torch.float32)
    """

    kind: str = "natural"
    scale: tuple[float, float] = (0.2, 1.0)
    strength: tuple[float, float, float, float] = (0.4, 0.4, 0.4, 0.1)
    p_jitter: float = 0.8
    p_gray: float = 0.2
    size: int | None = None

    def __post_init__(self):
        if self.kind not in AUGMENTATIONS:
            allowed = ", ".join(map(repr, AUGMENTATIONS))
            raise ValueError(f"augmentations: got {self.kind!r}, allowed are {allowed}")

    def __call__(self, images: Tensor, generator: torch.Generator, fill: Tensor | None = None) -> Tensor:
        """One random view of each image; see `apply`."""
        return self.apply(images, self.draw(len(images), *images.shape[2:], generator), fill)

    def draw(self, n: int, height: int, width: int, generator: torch.Generator) -> Draws:
        """What chance decides about `n` views of images of this size, from a generator on the CPU."""
        turned = self.kind != "natural"
        if turned and height != width:
            raise ValueError(f"images: {height} × {width} pixels came; {self.kind!r} needs square ones")
        chance = torch.rand((6, n), generator=generator)
        span = torch.tensor(self.strength) * (2 * torch.rand((n, 4), generator=generator) - 1)
        return Draws(
            quarters=(4 * chance[0]).long() * turned,
            degrees=360 * chance[1] * (self.kind == "any-angle"),
            boxes=geometry.draw_crops(n, height, width, generator, self.scale),
            mirrored=chance[2] < 0.5,
            upside_down=(chance[3] < 0.5) & turned,
            jittered=chance[4] < self.p_jitter,
            factors=span + torch.tensor([1.0, 1, 1, 0]),
            order=torch.rand((n, 4), generator=generator).argsort(dim=1),
            grayed=chance[5] < self.p_gray,
        )

    def apply(self, images: Tensor, draws: Draws, fill: Tensor | None = None) -> Tensor:
        """The views that `draws` say.

        Parameters
        ----------
        images : Tensor, (B, C, H, W)
            uint8, or floats from 0 to 1.
        draws : Draws
        fill : Tensor, (C,), optional
            The color of corners, from 0 to 1; by default these images' `border_color`.

        Returns
        -------
        Tensor, float32, (B, C, H, W) or (B, C, size, size)
            From 0 to 1.
        """
        shape = None if self.size is None else (self.size, self.size)
        views = images.float().div_(255) if images.dtype == torch.uint8 else images.float()
        if draws.quarters.any():
            views = geometry.turn(views, draws.quarters)
        if draws.degrees.any():
            views = geometry.rotate(views, draws.degrees, border_color(images) if fill is None else fill)
        views = geometry.flip(geometry.crop(views, draws.boxes, shape), draws.mirrored, 3)
        if draws.upside_down.any():
            views = geometry.flip(views, draws.upside_down, 2)
        if draws.jittered.any():
            rows = draws.jittered.nonzero()[:, 0]
            changed = color.jitter(views[rows.to(views.device)], draws.factors[rows], draws.order[rows])
            views = views.index_copy(0, rows.to(views.device), changed)
        rows = draws.grayed.nonzero()[:, 0].to(views.device)
        return views.index_copy(0, rows, color.gray(views[rows]).expand_as(views[rows])) if len(rows) else views


def border_color(images: Tensor) -> Tensor:
    """The mean over images of the mean over an image's border pixels, each of them once: (N, C, H, W) to (C,), 0 to 1.

    Examples
    --------
    >>> border_color(torch.tensor([[[[0, 0, 0], [0, 9, 0], [0, 0, 255]]]], dtype=torch.uint8))
    tensor([0.1250])
    """
    top, bottom = images[:, :, 0], images[:, :, -1]  # (N, C, W)
    left, right = images[:, :, 1:-1, 0], images[:, :, 1:-1, -1]  # (N, C, H − 2)
    border = torch.cat([top, bottom, left, right], dim=2).float().mean(dim=2)  # (N, C)
    return border.mean(dim=0) / (255 if images.dtype == torch.uint8 else 1)
