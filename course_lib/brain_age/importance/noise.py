"""How much noise a network tolerates in each voxel: where it tolerates little, it is looking (Bintsi et al. 2021).

`learn_noise` is the one to read: a frozen network is asked about noisy volumes, and only the noise is trained.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import torch
from torch import Tensor, nn
from torch.nn import functional

from course_lib.metrics.arguments import check_whole
from course_lib.training import fit, one_cycle, predict
from course_lib.training.inputs import from_bytes

from ..networks import SFCN, AgeNetwork
from ..regression import check_aged, volumes_and_ages
from .reader import FrozenReader

if TYPE_CHECKING:
    from course_lib.data import ImageSet

LARGEST, FIRST = 1.0, 0.1  # standard deviations, intensity 0 to 1: never more than, and before anything is learned
START = log(FIRST / (LARGEST - FIRST))  # θ of the latter


@dataclass(frozen=True, eq=False)
class NoiseMask:
    """How much noise a network tolerates in each voxel, learned for all brains together.

    Attributes
    ----------
    sigma : float32, (D, H, W)
        Standard deviation of the noise, in units of intensity.
    history : DataFrame
        A row per epoch: ``epoch``, ``loss``, ``change`` (root mean square of what the noise does to an age, years) and
        ``noise`` (geometric mean of σ in the brain).
    stopped : str
        "finished" or "interrupted" (the stop button); what was learned until then is kept.
    """

    sigma: np.ndarray
    history: pd.DataFrame
    stopped: str


def bounded(theta: Tensor) -> Tensor:
    """log(LARGEST · sigmoid(θ)): any number to the log of a σ between 0 and the largest."""
    return functional.logsigmoid(theta) + log(LARGEST)


class SharedMask(nn.Module):
    """One map of log σ for every brain: θ on a grid of `coarse` voxels, interpolated to all voxels.

    Neighbors share a parameter because one that stands for a single voxel is told little: its own noise hardly changes
    the age.
    """

    def __init__(self, shape: tuple[int, int, int], coarse: int) -> None:
        super().__init__()
        self.shape = shape
        grid = [-(-length // coarse) for length in shape]
        self.theta = nn.Parameter(torch.full((1, 1, *grid), START))

    def forward(self, volumes: Tensor) -> Tensor:
        return bounded(functional.interpolate(self.theta, self.shape, mode="trilinear"))  # (1, 1, D, H, W)

    @torch.no_grad()
    def sigma(self) -> np.ndarray:
        """σ of every voxel, float32 (D, H, W)."""
        return self(self.theta).exp()[0, 0].float().cpu().numpy()


class NoisyReader(nn.Module):
    """Asks a frozen network about volumes with noise: N(0, σ²) in every voxel of the brain, none outside it.

    Volumes (N, 1, D, H, W) become (N, 2): the age that is read, and the mean log σ over the brain.
    """

    def __init__(self, reader: FrozenReader, mask: nn.Module) -> None:
        super().__init__()
        self.reader, self.mask = reader, mask

    def forward(self, volumes: Tensor) -> Tensor:
        volumes = from_bytes(volumes, self.mask)
        brain = (volumes > 0).float()
        log_sigma = self.mask(volumes).float()  # (N or 1, 1, D, H, W)
        noisy = volumes + brain * log_sigma.exp() * torch.randn_like(volumes)
        amount = (brain * log_sigma).flatten(1).sum(dim=1) / brain.flatten(1).sum(dim=1).clamp(min=1)
        return torch.stack([self.reader(noisy).float(), amount], dim=1)


class NoiseLoss:
    """L = mean (f(X + σε) − f(X))² / Var(age) − r · mean log σ; keeps sums of both parts for the history.

    Outputs (N, 2) as `NoisyReader` gives them; `ages` (N,) are what is read without noise.
    """

    def __init__(self, r: float, variance: float) -> None:
        self.r, self.variance = r, variance
        self.parts: list[Tensor] = []

    def __call__(self, outputs: Tensor, ages: Tensor) -> Tensor:
        error, amount = (outputs[:, 0] - ages).square().mean(), outputs[:, 1].mean()
        self.parts.append(torch.stack([error, amount, torch.ones_like(error)]).detach() * len(ages))
        return error / self.variance - self.r * amount

    def row(self, epoch: int, loss: float) -> dict[str, float]:
        """The history of the epoch that ends here."""
        error, amount, n = torch.stack(self.parts).sum(dim=0).tolist()  # batches count by their people
        error, amount = error / n, amount / n
        self.parts.clear()
        return {"epoch": epoch, "loss": loss, "change": error**0.5, "noise": float(np.exp(amount))}


def population_noise(
    model: AgeNetwork | SFCN,
    images: ImageSet,
    *,
    r: float = 0.2,
    epochs: int = 6,
    seed: int,
    coarse: int = 3,
    learning_rate: float = 0.2,
    batch_size: int = 4,
    progress: bool = True,
) -> NoiseMask:
    """Learn how much noise a frozen network tolerates in each voxel: one map for all brains.

    L = mean (f(X + σε) − f(X))² / Var(age) − r · mean log σ, with ε ~ N(0, 1) drawn anew each time. The first part
    wants no noise, the second as much as possible, everywhere alike; they agree where noise does not matter.

    Parameters
    ----------
    model : AgeNetwork or SFCN
        Stays as it is.
    images : ImageSet of N volumes with ages
        Skull-stripped: noise is added to what is above zero. The ages only say in which unit errors are counted.
    r : float
        The price of quiet, above 0. Were f linear, the noise would come to cost r/2 of the ages' variance.
    epochs, batch_size, seed : int
        The seed decides on order and noise.
    coarse : int
        σ is learned on a grid of so many voxels, and interpolated.
    learning_rate : float
        Adam's, at the peak of `course_lib.training.one_cycle`.
    progress : bool

    Returns
    -------
    NoiseMask
        Where nobody has brain, σ says nothing: it is near 0.1, the value at the start.

    Raises
    ------
    ValueError
        If there are no volumes with at least two different ages, or an argument is not allowed.

    Notes
    -----
    The paper measures the error to the true age. Here it is measured to what the network says without noise, so that
    the map tells what moves the answer, and not how wrong it was before. For f(x) = w·x the minimum is at
    σ_v² = r · Var(age) / (2 n w_v²), n being the voxels of the brain: low tolerance is large weight.

    References
    ----------
    Bintsi, K.-M., Baltatzis, V., Hammers, A. and Rueckert, D. (2021). Voxel-level importance maps for interpretable
    brain age estimation. iMIMIC, MICCAI workshop.
    """
    check_aged("images", images)
    check_whole("coarse", coarse, 1)
    mask = SharedMask(images.images.shape[1:], coarse)
    history, stopped = learn_noise(
        model,
        mask,
        images,
        r=r,
        epochs=epochs,
        seed=seed,
        learning_rate=learning_rate,
        batch_size=batch_size,
        progress=progress,
    )
    return NoiseMask(mask.sigma(), history, stopped)


def learn_noise(
    model: AgeNetwork | SFCN,
    mask: nn.Module,
    images: ImageSet,
    *,
    r: float,
    epochs: int,
    seed: int,
    learning_rate: float,
    batch_size: int,
    progress: bool,
) -> tuple[pd.DataFrame, str]:
    """Train what says how much noise comes in, volumes to log σ, in place; returns history and how it ended."""
    _check(images, r)
    check_whole("seed", seed)
    check_whole("epochs", epochs, 1)
    check_whole("batch_size", batch_size, 1)
    reader, (volumes, _) = FrozenReader(model), volumes_and_ages(images)
    quiet = predict(reader, images, batch_size=64)  # (N,)
    loss, history = NoiseLoss(r, float(np.var(images.labels))), []
    run = fit(
        NoisyReader(reader, mask),
        (volumes, quiet),
        loss=loss,
        epochs=epochs,
        batch_size=batch_size,
        optimizer=lambda weights: torch.optim.Adam([w for w in weights if w.requires_grad], lr=learning_rate),
        schedule=one_cycle,
        seed=seed,
        progress=progress,
        callback=lambda epoch, row, _: history.append(loss.row(epoch, row["train_loss"])),
    )
    return pd.DataFrame(history, columns=["epoch", "loss", "change", "noise"]), run.stopped


def _check(images: ImageSet, r: float) -> None:
    check_aged("images", images)
    if not np.var(images.labels) > 0:
        raise ValueError("images: their ages are all equal, allowed are at least two different ones")
    if not 0 < r < np.inf:
        raise ValueError(f"r: got {r!r}, allowed is a number above 0")
