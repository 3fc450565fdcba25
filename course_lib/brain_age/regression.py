"""Train a network to tell ages, and let it tell them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from course_lib.data.disjoint import check_disjoint
from course_lib.metrics.arguments import check_whole
from course_lib.training import Training, fit, one_cycle, predict
from course_lib.training.inputs import from_bytes

from .networks import SFCN, AgeNetwork

if TYPE_CHECKING:
    from course_lib.data import ImageSet

WEIGHT_DECAY = 0.01


def train_regressor(
    model: AgeNetwork | SFCN,
    train: ImageSet,
    validation: ImageSet,
    *,
    epochs: int,
    seed: int,
    batch_size: int = 16,
    learning_rate: float = 2e-3,
    augment: bool = True,
    checkpoint: str | Path | None = None,
    progress: bool = True,
) -> Training:
    """Train on some people; of all epochs, keep the weights with the lowest MAE on others.

    The loss is the squared error in units of the training people's SD, or SFCN's divergence. AdamW with weight decay
    0.01, its learning rate on `course_lib.training.one_cycle`. Which epoch is kept is chosen on the validation people,
    who therefore look a little easier than they are: judge the network on a third set.

    Parameters
    ----------
    model : AgeNetwork or SFCN
        Trained in place; an AgeNetwork first takes center and spread from the training ages.
    train, validation : ImageSet
        Volumes with ages as labels, and people as groups where they are known (in both, or in neither).
    epochs, seed, batch_size : int
        The seed decides on order and augmentation, not on the first weights: they came with the model. A batch has at
        least 2 people; it is made larger where the last one of an epoch would have a single person (see `shared_out`).
    learning_rate : float
        At the schedule's peak.
    augment : bool
        Whether training volumes are mirrored (left to right) and shifted by up to one voxel at random.
    checkpoint, progress
        As in `course_lib.training.fit`.

    Returns
    -------
    Training
        Its `history` has columns `mae` and `mean_gap` (predicted − true age) of the validation people, years.

    Raises
    ------
    ValueError
        If a person is in both sets, only one set says who is who, a set has no volumes with ages, SFCN has no bin for
        an age, or the volumes are too small for the model.
    """
    check_people(train, validation)
    batch_size = shared_out(len(train), batch_size)
    if isinstance(model, AgeNetwork):
        model.fit_ages(train.labels)
    else:
        model.bins.check(train.labels, "train")
        model.bins.check(validation.labels, "validation")
    if not any(isinstance(layer, nn.Conv2d) for layer in model.modules()):
        model.to(memory_format=torch.channels_last_3d)  # a third faster on a CPU
    run = fit(
        _FromBytes(model),
        volumes_and_ages(train),
        volumes_and_ages(validation),
        loss=_loss(model),
        metrics={"mae": _Error(model, np.abs), "mean_gap": _Error(model, np.asarray)},
        epochs=epochs,
        batch_size=batch_size,
        optimizer=lambda weights: torch.optim.AdamW(weights, lr=learning_rate, weight_decay=WEIGHT_DECAY),
        schedule=one_cycle,
        transform=jittered if augment else None,
        patience=epochs,
        monitor="mae",
        mode="min",
        checkpoint=checkpoint,
        seed=seed,
        progress=progress,
    )
    return replace(run, model=model)


def predict_ages(model: AgeNetwork | SFCN, images: ImageSet, batch_size: int = 64) -> np.ndarray:
    """Predicted ages in years, float64 (N,), computed batch by batch where the model is."""
    return model.ages(predict(model, images, batch_size)).double().numpy()


def jittered(volumes: Tensor, generator: torch.Generator, mirror: bool = True) -> Tensor:
    """Mirror half of the volumes, left to right, and shift all of a batch by up to one voxel along each axis.

    Parameters
    ----------
    volumes : Tensor, (N, 1, D, H, W)
    generator : torch.Generator
        On the volumes' device; all chance comes from it.
    mirror : bool

    Returns
    -------
    Tensor
        Of the same shape and type; what comes in at the border is black, and what leaves at the opposite one is lost.

    Examples
    --------
    >>> jittered(torch.zeros(2, 1, 4, 4, 4), torch.Generator().manual_seed(0)).shape
    torch.Size([2, 1, 4, 4, 4])
    """
    place = {"generator": generator, "device": generator.device}
    steps = torch.randint(-1, 2, (3,), **place).tolist()
    moved = functional.pad(volumes, [pad for step in reversed(steps) for pad in (step, -step)])  # beginning with x
    if not mirror:
        return moved
    turned = torch.rand(len(volumes), 1, 1, 1, 1, **place) < 0.5
    return torch.where(turned, moved.flip(-1), moved)


class _FromBytes(nn.Module):
    """A model that may be given bytes, which become [0, 1] on the device."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    @property
    def settings(self) -> str:
        """The model's own: a checkpoint belongs to it, not to this shell."""
        return getattr(self.model, "settings", "")

    def forward(self, volumes: Tensor) -> Tensor:
        return self.model(from_bytes(volumes, self.model))


class _Error:
    """Mean over people of a function of their gap, predicted minus true age, for `fit`."""

    def __init__(self, model: AgeNetwork | SFCN, of: Callable[[np.ndarray], np.ndarray]) -> None:
        self.model, self.of = model, of

    def __call__(self, targets: np.ndarray, outputs: np.ndarray) -> float:
        ages = self.model.ages(torch.from_numpy(outputs)).numpy()
        return float(self.of(ages - targets).mean())


def _loss(model: AgeNetwork | SFCN) -> Callable[[Tensor, Tensor], Tensor]:
    if isinstance(model, SFCN):
        return model.bins.loss

    def squared_error(outputs: Tensor, ages: Tensor) -> Tensor:
        return functional.mse_loss(outputs / model.spread, ages / model.spread)

    return squared_error


def volumes_and_ages(images: ImageSet) -> tuple[Tensor, Tensor]:
    """Volumes (N, 1, D, H, W) as they are stored, in memory, and ages (N,)."""
    return torch.from_numpy(np.array(images.images))[:, None], torch.tensor(images.labels, dtype=torch.float32)


def check_people(train: ImageSet, validation: ImageSet | None) -> None:
    """Raise a ValueError unless both sets are volumes with ages, of different people."""
    parts = {"train": train} if validation is None else {"train": train, "validation": validation}
    for name, part in parts.items():
        check_aged(name, part)
    if validation is None:
        return
    if (train.groups is None) != (validation.groups is None):
        without = "train" if train.groups is None else "validation"
        raise ValueError(f"{without}: has no groups and the other part has; without people, who is in both is hidden")
    if train.groups is not None:
        check_disjoint("validation", validation.groups, "train", train.groups)


def check_aged(name: str, images: ImageSet) -> None:
    """Raise a ValueError unless there are volumes with ages."""
    if images.kind != "volume" or images.task != "regression" or not len(images):
        raise ValueError(f"{name}: got {images!r}, allowed are volumes with ages as labels, float (N,), at least one")


def shared_out(n: int, batch_size: int) -> int:
    """The batch size that is asked for, or the next larger one that leaves none of n people alone in the last batch.

    Batch normalization compares the people of a batch. Where a volume has shrunk to one voxel, a single person has
    nobody to be compared with, and torch refuses.

    Raises
    ------
    ValueError
        If a batch would have fewer than 2 people.

    Examples
    --------
    >>> shared_out(300, 16), shared_out(17, 16), shared_out(33, 16)
    (16, 17, 17)
    """
    check_whole("batch_size", batch_size, 2)
    while n % batch_size == 1 and batch_size < n:
        batch_size += 1
    return batch_size
