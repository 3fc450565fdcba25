"""Train a network to answer for every finding, on some patients, and keep what answers best for others."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from course_lib.data.disjoint import check_disjoint
from course_lib.metrics import auroc, macro_mean
from course_lib.training import Training, fit, one_cycle

from .losses import bce

if TYPE_CHECKING:
    from course_lib.data import ImageSet

WEIGHT_DECAY = 0.01
ROTATION, SHIFT, ZOOM = math.radians(4), 0.03, 0.05  # standard deviations; shift as a share of the side
GAIN, GAMMA = 0.08, 0.12  # standard deviations of their logarithms


def train_classifier(
    model: nn.Module,
    train: ImageSet,
    validation: ImageSet,
    *,
    loss: Callable[[Tensor, Tensor], Tensor] | None = None,
    epochs: int,
    seed: int,
    batch_size: int = 32,
    learning_rate: float = 4e-3,
    augment: bool = True,
    checkpoint: str | Path | None = None,
    progress: bool = True,
) -> Training:
    """Train on some patients; of all epochs, keep the weights with the highest macro AUROC on other patients.

    AdamW with weight decay 0.01, its learning rate on `one_cycle`; `augmented` batches; everything else as in
    `course_lib.training.fit`. Which epoch is kept is chosen on the validation set, where the kept one therefore looks
    better than it is: judge it on a third set.

    Parameters
    ----------
    model : nn.Module
        Images (B, 1, H, W) with values in [0, 1] to logits (B, L). Trained in place.
    train, validation : ImageSet
        Gray images with labels (·, L). With `groups` (the patients), or both without.
    loss : callable(outputs, targets), optional
        By default `bce`.
    epochs, seed, batch_size : int
        The seed decides on order and augmentation, not on the first weights: they came with the model.
    learning_rate : float
        At the schedule's peak.
    augment : bool
        Whether training images are turned, shifted, zoomed and exposed a little differently each time.
    checkpoint, progress
        As in `fit`.

    Returns
    -------
    Training
        Its `history` has a column `auroc`, the macro mean over those findings that validation images have and lack.

    Raises
    ------
    ValueError
        If a patient is in both sets, only one set has patients, the labels are not (N, L) with the same findings, or
        no finding can be judged on the validation set.

    Warns
    -----
    UserWarning
        Naming the findings that all validation images have, or none, which the choice of the epoch ignores.

    Notes
    -----
    To measure what a split by image does, take the patients away: ``dataclasses.replace(part, groups=None)``.

    Images of 8 bits stay so until their batch is on the device: 80,000 of 224 pixels take 4 GB, not 16.
    """
    _check(train, validation)
    run = fit(
        _Scaled(model),
        _pair(train),
        _pair(validation),
        loss=loss or bce,
        metrics={"auroc": _macro_auroc},
        epochs=epochs,
        batch_size=batch_size,
        optimizer=lambda weights: torch.optim.AdamW(weights, lr=learning_rate, weight_decay=WEIGHT_DECAY),
        schedule=one_cycle,
        transform=_augmented_bytes if augment else None,
        patience=epochs,
        monitor="auroc",
        mode="max",
        checkpoint=checkpoint,
        seed=seed,
        progress=progress,
    )
    return replace(run, model=model)


def augmented(images: Tensor, generator: torch.Generator) -> Tensor:
    """Turn, shift and zoom each image a little, in one resampling, and change its exposure, gain · x^gamma.

    Standard deviations: 4 degrees, 3 % of the side, 5 %, 8 % (gain) and 12 % (gamma). What comes in from outside
    repeats the border. Nothing is mirrored, though the paper does so: the heart is on the left, and a radiograph with
    the heart on the right is a finding.

    Parameters
    ----------
    images : tensor of float, (N, C, H, W)
        In [0, 1].
    generator : torch.Generator
        On the images' device; all chance comes from it.

    Returns
    -------
    tensor, (N, C, H, W)
        In [0, 1].

    Examples
    --------
    >>> augmented(torch.full((2, 1, 8, 8), 0.5), torch.Generator().manual_seed(0)).shape
    torch.Size([2, 1, 8, 8])
    """
    n, _, height, width = images.shape
    chance = torch.randn(6, n, generator=generator, device=generator.device).to(images)
    angle, log_zoom = ROTATION * chance[0], ZOOM * chance[1]
    shift = 2 * SHIFT * chance[2:4].T  # grid coordinates run from −1 to 1
    grid = functional.affine_grid(_affine(angle, log_zoom, shift, height / width), list(images.shape), False)
    moved = functional.grid_sample(images, grid, padding_mode="border", align_corners=False)
    gain, gamma = (GAIN * chance[4]).exp(), (GAMMA * chance[5]).exp()
    return (gain.reshape(n, 1, 1, 1) * moved.clamp(0, 1) ** gamma.reshape(n, 1, 1, 1)).clamp(0, 1)


def _affine(angle: Tensor, log_zoom: Tensor, shift: Tensor, aspect: float) -> Tensor:
    """Where each image looks up its pixels, (N, 2, 3); `aspect` is height over width, so that circles stay circles."""
    cos, sin = (-log_zoom).exp() * torch.cos(angle), (-log_zoom).exp() * torch.sin(angle)
    rows = [torch.stack([cos, -sin * aspect, shift[:, 0]], 1), torch.stack([sin / aspect, cos, shift[:, 1]], 1)]
    return torch.stack(rows, 1)


class _Scaled(nn.Module):
    """A model that may be given bytes, which become [0, 1]."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, images: Tensor) -> Tensor:
        return self.model(_unit(images))


def _unit(images: Tensor) -> Tensor:
    return images.float() / 255 if images.dtype == torch.uint8 else images


def _augmented_bytes(images: Tensor, generator: torch.Generator) -> Tensor:
    return augmented(_unit(images), generator)


def _pair(images: ImageSet) -> tuple[Tensor, Tensor]:
    """Images (N, 1, H, W) as they are stored, in memory, and labels (N, L)."""
    return torch.from_numpy(np.array(images.images))[:, None], torch.tensor(images.labels, dtype=torch.float32)


def _macro_auroc(targets: np.ndarray, outputs: np.ndarray) -> float:
    with warnings.catch_warnings():  # what is undefined was said before training
        warnings.simplefilter("ignore")
        return macro_mean(auroc(targets, outputs)).value


def _check(train: ImageSet, validation: ImageSet) -> None:
    for name, part in {"train": train, "validation": validation}.items():
        if part.kind != "gray" or part.task != "multi-label":
            raise ValueError(f"{name}: got {part!r}, allowed are gray images with labels (N, L), a column per finding")
    if train.labels.shape[1] != validation.labels.shape[1] or train.class_names != validation.class_names:
        raise ValueError(f"validation: its findings {validation.class_names} are not those of train")
    if (train.groups is None) != (validation.groups is None):
        without = "train" if train.groups is None else "validation"
        raise ValueError(f"{without}: has no groups and the other part has; without patients, who is in both is hidden")
    if train.groups is not None:
        check_disjoint("validation", validation.groups, "train", train.groups)
    constant = (validation.labels == validation.labels[:1]).all(axis=0)
    if constant.all():
        raise ValueError("validation: every finding is in all of its images or in none; no AUROC can choose an epoch")
    if constant.any():
        names = validation.class_names or [f"finding {number}" for number in range(len(constant))]
        said = ", ".join(name for name, same in zip(names, constant, strict=True) if same)
        warnings.warn(f"validation: all images or none have {said}; the choice of the epoch ignores it", stacklevel=3)
