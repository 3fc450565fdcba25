"""A network that says for one brain how much noise the age network tolerates in it (Bintsi et al. 2021)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import torch
from torch import Tensor, nn
from torch.nn import functional

from course_lib.metrics.arguments import check_whole
from course_lib.training.inputs import from_bytes

from ..networks import SFCN, AgeNetwork
from .noise import START, bounded, learn_noise
from .reader import batches

if TYPE_CHECKING:
    from course_lib.data import ImageSet


class NoiseNetwork(nn.Module):
    """A small 3-D U-Net: a volume to log σ of the noise that each of its voxels tolerates.

    Down by strides of 2 to an eighth, up again by interpolation, each time joined to what was there before; σ is put
    out at half resolution and interpolated. Groups are normalized within each volume, so that a map depends on one
    brain alone. Before it has learned anything, it says 0.1 everywhere.

    Parameters
    ----------
    channels : three ints
        Maps at a half, a quarter and an eighth of the resolution; multiples of 4.

    References
    ----------
    Ronneberger, O., Fischer, P. and Brox, T. (2015). U-Net: convolutional networks for biomedical image segmentation.
    MICCAI, 234-241.

    Examples
    --------
    >>> network = NoiseNetwork()
    >>> round(network(torch.zeros(2, 1, 40, 48, 40)).exp().mean().item(), 3)
    0.1
    """

    def __init__(self, channels: tuple[int, int, int] = (8, 16, 32)) -> None:
        super().__init__()
        half, quarter, eighth = channels
        self.down = nn.ModuleList(
            [_unit(1, half, 5, stride=2), _unit(half, quarter, 3, stride=2), _unit(quarter, eighth, 3, stride=2)]
        )
        self.up = nn.ModuleList([_unit(eighth + quarter, quarter, 3), _unit(quarter + half, half, 3)])
        self.theta = nn.Conv3d(half, 1, 1)
        nn.init.zeros_(self.theta.weight)
        nn.init.constant_(self.theta.bias, START)
        self.to(memory_format=torch.channels_last_3d)

    def forward(self, volumes: Tensor) -> Tensor:
        levels = [from_bytes(volumes, self)]
        for layer in self.down:
            levels.append(layer(levels[-1]))
        deep = levels.pop()
        for layer in self.up:
            beside = levels.pop()
            deep = layer(torch.cat([_resized(deep, beside), beside], dim=1))
        return bounded(_resized(self.theta(deep), volumes))  # (N, 1, D, H, W)

    @torch.no_grad()
    def noise(self, images: ImageSet, *, batch_size: int = 32, progress: bool = True) -> np.ndarray:
        """Standard deviation of the tolerated noise for each voxel of each brain: float32 (N, D, H, W), in (0, 1]."""
        where = self.theta.weight.device
        some = batches(images, batch_size, where, progress, "noise")
        return np.concatenate([self(volumes).exp()[:, 0].float().cpu().numpy() for volumes in some])


def train_noise_network(
    model: AgeNetwork | SFCN,
    train: ImageSet,
    *,
    r: float = 0.2,
    epochs: int = 6,
    seed: int,
    learning_rate: float = 0.02,
    batch_size: int = 4,
    progress: bool = True,
) -> tuple[NoiseNetwork, pd.DataFrame]:
    """Train a `NoiseNetwork` to tell from a brain where noise in it changes the age that a frozen network reads.

    The loss is that of `population_noise`, but σ now depends on the volume: a brain whose ventricles lie elsewhere gets
    another map. It sees only the volume, never a gradient of the age network, so that it has to learn where to look.

    Parameters
    ----------
    model : AgeNetwork or SFCN
        Stays as it is.
    train : ImageSet of N volumes with ages
        Ask for the noise of other people than these.
    r, epochs, batch_size, progress
        As of `population_noise`.
    seed : int
        Of first weights, order and noise.
    learning_rate : float
        Adam's, at the peak of `course_lib.training.one_cycle`.

    Returns
    -------
    network : NoiseNetwork
    history : DataFrame
        As that of `NoiseMask`. The stop button keeps what was learned.

    Raises
    ------
    ValueError
        As `population_noise`.

    References
    ----------
    Bintsi, K.-M., Baltatzis, V., Hammers, A. and Rueckert, D. (2021). Voxel-level importance maps for interpretable
    brain age estimation. iMIMIC, MICCAI workshop.
    """
    check_whole("seed", seed)
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        network = NoiseNetwork()
    history, _ = learn_noise(
        model,
        network,
        train,
        r=r,
        epochs=epochs,
        seed=seed,
        learning_rate=learning_rate,
        batch_size=batch_size,
        progress=progress,
    )
    return network.eval(), history


def _unit(before: int, after: int, width: int, stride: int = 1) -> nn.Sequential:
    convolution = nn.Conv3d(before, after, width, stride, padding=width // 2, bias=False)
    return nn.Sequential(convolution, nn.GroupNorm(4, after), nn.ReLU())


def _resized(maps: Tensor, like: Tensor) -> Tensor:
    return functional.interpolate(maps, like.shape[2:], mode="trilinear")
