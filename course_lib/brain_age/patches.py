"""Which parts of the brain know the age: cut volumes into overlapping patches, and train one network for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor, nn

from course_lib.training import fit, one_cycle, predict

from .regression import WEIGHT_DECAY, check_people, jittered, volumes_and_ages

if TYPE_CHECKING:
    import pandas as pd

    from course_lib.data import ImageSet


@dataclass(frozen=True)
class PatchGrid:
    """Cubes of `size` voxels, evenly spread over a volume; they overlap where they must.

    Parameters
    ----------
    shape : (D, H, W)
    size : int
        Voxels along each side of a patch.
    counts : (nz, ny, nx)
        Patches along each axis.

    Attributes
    ----------
    slices : list of P tuples of three slices
        Patch by patch, the last axis (x) fastest.

    Raises
    ------
    ValueError
        If a patch is larger than the volume, or the patches leave gaps.

    Examples
    --------
    >>> grid = PatchGrid((40, 48, 40), size=16, counts=(3, 3, 3))
    >>> len(grid), grid.slices[1]
    (27, (slice(0, 16, None), slice(0, 16, None), slice(12, 28, None)))
    """

    shape: tuple[int, int, int]
    size: int = 16
    counts: tuple[int, int, int] = (3, 3, 3)
    slices: list[tuple[slice, slice, slice]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        starts = []
        for length, count in zip(self.shape, self.counts, strict=True):
            if not 1 <= self.size <= length or count < 1:
                raise ValueError(f"size: got {self.size} and counts {self.counts}, the volume has {self.shape} voxels")
            if count * self.size < length:
                raise ValueError(f"counts: {count} patches of {self.size} leave gaps in {length} voxels; take more")
            starts.append(np.rint(np.linspace(0, length - self.size, count)).astype(int).tolist())
        slices = [tuple(slice(start, start + self.size) for start in place) for place in product(*starts)]
        object.__setattr__(self, "slices", slices)

    def __len__(self) -> int:
        return len(self.slices)

    @property
    def centers(self) -> np.ndarray:
        """The middle of each patch in voxels (z, y, x), (P, 3)."""
        return np.array([[(part.start + part.stop - 1) / 2 for part in place] for place in self.slices])

    def extract(self, volumes: Tensor) -> Tensor:
        """All patches of some volumes: (N, 1, D, H, W) → (N, P, size, size, size)."""
        if tuple(volumes.shape[2:]) != self.shape:
            raise ValueError(
                f"volumes: got {tuple(volumes.shape)}, allowed are (N, 1, {', '.join(map(str, self.shape))})"
            )
        return torch.stack([volumes[(slice(None), 0, *place)] for place in self.slices], dim=1)

    def share(self, mask: ArrayLike) -> np.ndarray:
        """Which share of each patch a mask (D, H, W) fills, (P,)."""
        mask = np.asarray(mask)
        return np.array([mask[place].mean() for place in self.slices])


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

    def forward(self, volumes: Tensor) -> Tensor:
        volumes = volumes.float() / 255 if volumes.dtype == torch.uint8 else volumes
        patches = self.grid.extract(volumes).contiguous(memory_format=torch.channels_last_3d)  # (N, P, s, s, s)
        z = self.head(self.features(patches).flatten(2)).squeeze(2)  # (N, P)
        return self.center + self.spread * z.float()

    def one(self, patch: int) -> PatchNetworks:
        """A copy of a single patch's network, on the same volumes; its output is (N, 1)."""
        alone = PatchGrid(self.grid.shape, self.grid.size, self.grid.counts)
        object.__setattr__(alone, "slices", [self.grid.slices[patch]])
        channels = [layer.out_channels // len(self.grid) for layer in self.features if isinstance(layer, nn.Conv3d)]
        network = PatchNetworks(alone, channels)
        whole, p = self.state_dict(), len(self.grid)
        own = {name: values if values.ndim == 0 else values.chunk(p)[patch] for name, values in whole.items()}
        network.load_state_dict(own)
        return network


class PatchEnsemble:
    """One network for each patch of the brain, all trained together.

    Parameters
    ----------
    size, counts
        As for `PatchGrid`.
    epochs, batch_size, seed : int
        The seed decides on first weights, order and augmentation.
    learning_rate : float
        At the schedule's peak.

    Attributes
    ----------
    grid_ : PatchGrid
    networks_ : PatchNetworks
    history_ : DataFrame
        A row per epoch; losses are sums over the patches.

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
            If a person is in both sets, or a set has no volumes with ages.
        """
        check_people(train, validation)
        self.grid_ = PatchGrid(train.images.shape[1:], self.size, self.counts)
        with torch.random.fork_rng():
            torch.manual_seed(self.seed)
            self.networks_ = PatchNetworks(self.grid_)
        run = fit(
            scaled_to(self.networks_, train.labels),
            volumes_and_ages(train),
            None if validation is None else volumes_and_ages(validation),
            loss=SumOfErrors(self.networks_),
            epochs=self.epochs,
            batch_size=self.batch_size,
            optimizer=lambda weights: torch.optim.AdamW(weights, lr=self.learning_rate, weight_decay=WEIGHT_DECAY),
            schedule=one_cycle,
            transform=shifted,
            checkpoint=checkpoint,
            seed=self.seed,
            progress=progress,
        )
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
    """Let the networks' outputs have the mean and SD of the training ages, (N,); returns them."""
    ages = torch.tensor(np.asarray(ages), dtype=torch.float32)
    networks.center.copy_(ages.mean())
    networks.spread.copy_(ages.std())
    return networks


def shifted(volumes: Tensor, generator: torch.Generator) -> Tensor:
    """Augmentation of patches: shifts only, since a mirror would show every network the other side."""
    return jittered(volumes, generator, mirror=False)


def _grouped(p: int, before: int, after: int, width: int, stride: int = 1) -> list[nn.Module]:
    convolution = nn.Conv3d(before * p, after * p, width, stride, padding=width // 2, groups=p, bias=False)
    return [convolution, nn.BatchNorm3d(after * p), nn.ReLU()]
