"""Which parts of the brain know the age: cut volumes into overlapping patches, and train one network for each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor, nn

from course_lib.metrics.arguments import check_whole
from course_lib.training import fit, one_cycle, predict
from course_lib.training.inputs import from_bytes

from .networks import mean_and_spread
from .patch_grid import PatchGrid
from .regression import WEIGHT_DECAY, check_people, jittered, shared_out, volumes_and_ages

if TYPE_CHECKING:
    import pandas as pd

    from course_lib.data import ImageSet


class PatchNetworks(nn.Module):
    """P small networks that never meet, one for each patch, computed together by grouped convolutions.

    Each is a 5×5×5 convolution with stride 2 and two of 3×3×3, with batch normalization, ReLU and a maximum of 2×2×2
    between them, then the mean of the maps and a linear layer. A grouped convolution gives every group of channels
    weights of its own, so that one call does for P networks what P calls would do.

    Parameters
    ----------
    grid : PatchGrid
    channels : three ints
        Maps of each patch's convolutions.

    Examples
    --------
    >>> networks = PatchNetworks(PatchGrid((16, 16, 16), 8, (2, 2, 2)))
    >>> networks(torch.zeros(4, 1, 16, 16, 16)).shape
    torch.Size([4, 8])
    """

    center: Tensor
    spread: Tensor

    def __init__(self, grid: PatchGrid, channels: Sequence[int] = (8, 16, 32)) -> None:
        super().__init__()
        self.grid, p = grid, len(grid)
        first, second, third = channels
        self.features = nn.Sequential(
            *_grouped(p, 1, first, 5, stride=2),
            nn.MaxPool3d(2, ceil_mode=True),
            *_grouped(p, first, second, 3),
            nn.MaxPool3d(2, ceil_mode=True),
            *_grouped(p, second, third, 3),
            nn.AdaptiveAvgPool3d(1),
        )
        self.head = nn.Conv1d(third * p, p, 1, groups=p)
        self.register_buffer("center", torch.tensor(0.0))
        self.register_buffer("spread", torch.tensor(1.0))
        self.to(memory_format=torch.channels_last_3d)

    @property
    def settings(self) -> str:
        """What the weights do not show: where the patches lie."""
        return repr(self.grid)

    def forward(self, volumes: Tensor) -> Tensor:
        patches = self.grid.extract(from_bytes(volumes, self))  # (N, P, s, s, s)
        patches = patches.contiguous(memory_format=torch.channels_last_3d)
        z = self.head(self.features(patches).flatten(2)).squeeze(2)  # (N, P)
        return self.center + self.spread * z.float()

    def one(self, patch: int) -> PatchNetworks:
        """A copy of a single patch's network, on the same volumes, in the same mode; its output is (N, 1)."""
        alone, p = self.grid.alone(patch), len(self.grid)
        channels = [layer.out_channels // p for layer in self.features if isinstance(layer, nn.Conv3d)]
        with torch.random.fork_rng(devices=[]):  # its first weights are thrown away: nobody's chance is used up
            network = PatchNetworks(alone, channels)
        whole = self.state_dict()
        own = {name: values if values.ndim == 0 else values.chunk(p)[patch] for name, values in whole.items()}
        network.to(self.head.weight).load_state_dict(own)
        return network.train(self.training)


class PatchEnsemble:
    """One network for each patch of the brain, all trained together.

    Parameters
    ----------
    size, counts
        As for `PatchGrid`.
    epochs, batch_size, seed : int
        The seed decides on first weights, order and augmentation. A batch has at least 2 people; it is made larger
        where the last one of an epoch would have a single person.
    learning_rate : float
        At the schedule's peak.

    Attributes
    ----------
    grid_ : PatchGrid
    networks_ : PatchNetworks
    history_ : DataFrame
        A row per epoch; losses are sums over the patches.
    stopped_ : str
        "finished" or "interrupted" (the stop button), with what was learned until then.

    Notes
    -----
    The loss is Σ_p mean_i (ŷ_ip − y_i)², in units of the ages' variance. No weight belongs to two patches, so its
    gradient falls apart into those of P separate trainings.

    References
    ----------
    Bintsi, K.-M., Baltatzis, V., Kolbeinsson, A., Hammers, A. and Rueckert, D. (2020). Patch-based brain age estimation
    from MR images. MLCN, MICCAI workshop.
    """

    def __init__(
        self,
        size: int = 16,
        counts: tuple[int, int, int] = (3, 3, 3),
        *,
        epochs: int = 15,
        batch_size: int = 16,
        learning_rate: float = 4e-3,
        seed: int = 0,
    ) -> None:
        self.size, self.counts, self.epochs, self.batch_size = size, counts, epochs, batch_size
        self.learning_rate, self.seed = learning_rate, seed

    def fit(
        self,
        train: ImageSet,
        validation: ImageSet | None = None,
        *,
        checkpoint: str | Path | None = None,
        progress: bool = True,
    ) -> PatchEnsemble:
        """Train all networks; the validation people only say how it goes, and must be others.

        Raises
        ------
        ValueError
            If a person is in both sets, a set has no volumes with ages, or the training ages are all equal.
        """
        for name in ("grid_", "networks_", "history_", "stopped_"):
            vars(self).pop(name, None)  # should this training fail, no older one answers in its place
        check_people(train, validation)
        check_whole("seed", self.seed)
        grid = PatchGrid(train.images.shape[1:], self.size, self.counts)
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(self.seed)
            networks = PatchNetworks(grid)
        run = fit(
            scaled_to(networks, train.labels),
            volumes_and_ages(train),
            None if validation is None else volumes_and_ages(validation),
            loss=SumOfErrors(networks),
            epochs=self.epochs,
            batch_size=shared_out(len(train), self.batch_size),
            optimizer=lambda weights: torch.optim.AdamW(weights, lr=self.learning_rate, weight_decay=WEIGHT_DECAY),
            schedule=one_cycle,
            transform=shifted,
            checkpoint=checkpoint,
            seed=self.seed,
            progress=progress,
        )
        self.grid_, self.networks_, self.stopped_ = grid, networks, run.stopped
        self.history_: pd.DataFrame = run.history
        return self

    def predict(self, images: ImageSet, batch_size: int = 64) -> np.ndarray:
        """The age that each patch tells, in years: float64 (N, P).

        Raises
        ------
        ValueError
            If the networks have not been trained.
        """
        if not hasattr(self, "networks_"):
            raise ValueError("PatchEnsemble: not trained yet; call fit first")
        return predict(self.networks_, images, batch_size).double().numpy()


class SumOfErrors:
    """Σ over patches of the mean squared error, in units of the ages' variance."""

    def __init__(self, networks: PatchNetworks) -> None:
        self.networks = networks

    def __call__(self, outputs: Tensor, ages: Tensor) -> Tensor:
        return ((outputs - ages[:, None]) / self.networks.spread).square().mean(dim=0).sum()


def scaled_to(networks: PatchNetworks, ages: ArrayLike) -> PatchNetworks:
    """Let the networks' outputs have the mean and SD of the training ages, (N,); returns them.

    Raises
    ------
    ValueError
        If there are fewer than two ages, or all are equal.
    """
    center, spread = mean_and_spread(ages)
    networks.center.copy_(center)
    networks.spread.copy_(spread)
    return networks


def shifted(volumes: Tensor, generator: torch.Generator) -> Tensor:
    """Augmentation of patches: shifts only, since a mirror would show every network the other side."""
    return jittered(volumes, generator, mirror=False)


def _grouped(p: int, before: int, after: int, width: int, stride: int = 1) -> list[nn.Module]:
    convolution = nn.Conv3d(before * p, after * p, width, stride, padding=width // 2, groups=p, bias=False)
    return [convolution, nn.BatchNorm3d(after * p), nn.ReLU()]
