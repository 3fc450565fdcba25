"""One image and its views: switch augmentations on and off and see what stays of it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import torch

from course_lib import plotting
from course_lib.data import ImageSet
from course_lib.explorer import Choice, Explorer, FloatSlider, IntSlider, Scene, Switch
from course_lib.titles import titled

from ..augmentation import Augmentation, border_color
from ..inputs import as_images

COLUMNS, ROWS = 7, 2
VIEWS = COLUMNS * ROWS - 1
ROTATIONS = {"none": "natural", "right angles": "right-angles", "any angle": "any-angle"}
CORNERS = ("border color of the data set", "black")


def augmentation_lab_explorer(images: ImageSet) -> Explorer:
    """Thirteen random views of one image, with each augmentation on or off and as strong as you like.

    Parameters
    ----------
    images : ImageSet
        Square color images, with classes.
    """
    if images.labels is None or images.images.ndim != 4 or images.images.shape[1] != images.images.shape[2]:
        raise ValueError(f"images: {images!r} came; square color images with classes are needed")
    return Explorer(
        partial(augmentation_scene, images),
        title="Augmentation lab",
        panels=(ROWS, COLUMNS),
        size=(11.5, 4.0),
        which=IntSlider("Image", 0, max=min(len(images), 200) - 1),
        least=FloatSlider("Least share of the area", 0.2, min=0.05, max=1.0, step=0.05),
        rotation=Choice("Rotations", ROTATIONS, "any-angle"),
        corners=Choice("Corners", CORNERS),
        flips=Switch("Flips", True),
        colors=FloatSlider("Color jitter (1: the paper's)", 1.0, min=0.0, max=2.0, step=0.25),
        gray=FloatSlider("Chance of gray", 0.2, min=0.0, max=1.0, step=0.1),
        draw=IntSlider("Draw", 0, max=20),
    )


def augmentation_scene(images: ImageSet, which, least, rotation, corners, flips, colors, gray, draw) -> Scene:
    """What `augmentation_lab_explorer` shows for these values of its controls."""
    strength = tuple(colors * part for part in (0.4, 0.4, 0.4, 0.1))
    augmentation = Augmentation(rotation, (least, 1.0), strength, p_gray=gray)
    tensors = as_images(images)
    draws = augmentation.draw(2 * VIEWS, *tensors.shape[2:], torch.Generator().manual_seed(draw))
    if not flips:
        never = torch.zeros(2 * VIEWS, dtype=torch.bool)
        draws = replace(draws, mirrored=never, upside_down=never)
    fill = border_color(tensors) if corners == CORNERS[0] else torch.zeros(3)
    others = (which + 1 + torch.arange(VIEWS) * 7) % len(images)
    shown = torch.cat([torch.full((VIEWS,), which), others])
    views = augmentation.apply(tensors[shown], draws, fill)
    mine, theirs = views[:VIEWS], views[VIEWS:]
    own = torch.pdist(mine.flatten(1)).mean().item()
    other = torch.cdist(mine.flatten(1), theirs.flatten(1)).mean().item()
    kind = images.class_names[images.labels[which]]

    def figure(axes):
        panels = np.ravel(axes)
        for ax, view in zip(panels, [tensors[which].float() / 255, *mine], strict=True):
            plotting.image_axes(ax, view.permute(1, 2, 0).numpy().clip(0, 1))
        titled(panels[0], "image", simulated=False, size=12)

    card = images.card
    simulated = "Simulated; " if card is not None and card.simulated else ""
    return Scene(
        text=f"{simulated}image {which}, {kind}: {VIEWS} views. Two views of it are {own:.1f} apart on average, a view "
        f"of it and one of another image {other:.1f} ({100 * (other / max(own, 1e-9) - 1):+.0f} %).".replace("-", "−"),
        alt=f"One image ({kind}) at the upper left, and {VIEWS} random views of it.",
        figure=figure,
    )
