"""Networks that read an age from a volume: a small one for two cores, slices, and the two that papers use."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor, nn

from .soft_labels import BinnedAges

MOMENTUM = 0.3  # of batch normalization: with twenty batches an epoch, running means must follow faster than by default
MIDDLE, SPREAD = 62.5, 10.0  # years: mean and SD of ages 45 to 80, until a training says otherwise


class AgeNetwork(nn.Module):
    """One number from a network, in years: age = center + spread · z.

    A network's first outputs are near 0. So scaled, it starts from everybody having the mean age of those it learns
    from.

    Parameters
    ----------
    body : nn.Module
        Volumes (N, 1, D, H, W) with values in [0, 1] to (N, 1) or (N,).

    Attributes
    ----------
    center, spread : Tensor
        Years; set by `fit_ages`, stored with the weights.
    smallest : (D, H, W)
        Voxels that a volume must have.
    settings : str
        What the weights do not show; a checkpoint of other settings is refused.

    Examples
    --------
    >>> network = AgeNetwork(nn.Sequential(nn.Flatten(), nn.Linear(8, 1)))
    >>> network(torch.zeros(3, 1, 2, 2, 2)).shape
    torch.Size([3])
    """

    center: Tensor
    spread: Tensor
    smallest: tuple[int, int, int] = (1, 1, 1)
    settings: str = ""

    def __init__(self, body: nn.Module) -> None:
        super().__init__()
        self.body = body
        self.register_buffer("center", torch.tensor(MIDDLE))
        self.register_buffer("spread", torch.tensor(SPREAD))

    def fit_ages(self, ages: ArrayLike) -> AgeNetwork:
        """Take mean and standard deviation from the training people's ages, (N,); returns the network.

        Raises
        ------
        ValueError
            If there are fewer than two ages, or all are equal.
        """
        center, spread = mean_and_spread(ages)
        self.center.copy_(center)
        self.spread.copy_(spread)
        return self

    def forward(self, volumes: Tensor) -> Tensor:
        _check_size(volumes, self.smallest)
        z = self.body(volumes).float().reshape(len(volumes))  # (N, 1) → (N,)
        return self.center + self.spread * z

    def ages(self, outputs: Tensor) -> Tensor:
        """Outputs are ages already; here so that all networks of this room can be asked alike."""
        return outputs


class BrainNet(AgeNetwork):
    """A 3-D network for two cores: convolutions with 8, 16, 32 and 64 maps, their means, one linear layer.

    The first convolution is 5×5×5 with stride 2, three of 3×3×3 follow, each with batch normalization and ReLU; between
    them the maximum of 2×2×2 is taken. Volumes of at least 15 voxels a side.

    Examples
    --------
    >>> network = BrainNet()
    >>> network(torch.zeros(2, 1, 40, 48, 40)).shape, sum(p.numel() for p in network.parameters())
    (torch.Size([2]), 73881)
    """

    def __init__(self, channels: Sequence[int] = (8, 16, 32, 64)) -> None:
        layers = [_unit(nn.Conv3d(1, channels[0], 5, stride=2, padding=2, bias=False))]
        for before, after in pairwise(channels):
            layers += [nn.MaxPool3d(2), _unit(nn.Conv3d(before, after, 3, padding=1, bias=False))]
        head = [nn.AdaptiveAvgPool3d(1), nn.Flatten(), nn.Linear(channels[-1], 1)]
        super().__init__(nn.Sequential(*layers, *head))
        self.smallest = (2 ** len(channels) - 1,) * 3  # halved once for each, and once rounded up


class SliceNet(AgeNetwork):
    """The cheap baseline: a 2-D network that sees a few axial slices as the channels of one image.

    Parameters
    ----------
    heights : sequence of float
        Where the slices lie, as shares of the volume from its bottom to its top; by default through hippocampi,
        temporal horns and the bodies of the ventricles.

    Examples
    --------
    >>> SliceNet()(torch.zeros(2, 1, 40, 48, 40)).shape
    torch.Size([2])
    """

    def __init__(self, heights: Sequence[float] = (0.32, 0.44, 0.51, 0.58)) -> None:
        if not heights or not all(0 <= height <= 1 for height in heights):
            raise ValueError(f"heights: got {heights!r}, allowed are shares from 0 to 1, at least one")
        layers: list[nn.Module] = [_Slices(tuple(heights))]
        for before, after in ((len(heights), 16), (16, 32), (32, 64)):
            convolution = nn.Conv2d(before, after, 3, padding=1, bias=False)
            layers += [convolution, nn.BatchNorm2d(after), nn.ReLU(), nn.MaxPool2d(2)]
        super().__init__(nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 1)))
        self.smallest, self.settings = (1, 8, 8), f"heights {tuple(map(float, heights))}"


class SFCN(nn.Module):
    """The simple fully convolutional network: 40 probabilities, one for each year of age from 42 to 82.

    Five times a 3×3×3 convolution, batch normalization, maximum of 2×2×2, ReLU, with 32, 64, 128, 256 and 256 maps; a
    1×1×1 convolution to 64; the mean, dropout, and a 1×1×1 convolution to the bins. Volumes of at least 32 voxels a
    side; the paper's have 160 × 192 × 160 of 1 mm.

    Parameters
    ----------
    bins : BinnedAges
        By default the paper's: 40 bins of one year from 42 to 82.
    dropout : float

    References
    ----------
    Peng, H. et al. (2021). Accurate brain age prediction with lightweight deep neural networks. Medical Image Analysis
    68, 101871.

    Examples
    --------
    >>> network = SFCN()
    >>> log_p = network(torch.zeros(2, 1, 40, 48, 40))
    >>> log_p.shape, sum(p.numel() for p in network.parameters())
    (torch.Size([2, 40]), 2952936)
    """

    def __init__(self, bins: BinnedAges | None = None, dropout: float = 0.5) -> None:
        super().__init__()
        self.bins = bins or BinnedAges()
        self.smallest, self.settings = (32, 32, 32), f"{self.bins}, dropout {dropout}"
        widths = (1, 32, 64, 128, 256, 256)
        layers: list[nn.Module] = []
        for before, after in pairwise(widths):
            layers += [nn.Conv3d(before, after, 3, padding=1), nn.BatchNorm3d(after), nn.MaxPool3d(2), nn.ReLU()]
        layers += [nn.Conv3d(256, 64, 1), nn.BatchNorm3d(64), nn.ReLU()]
        self.features = nn.Sequential(*layers)
        self.classifier = nn.Sequential(nn.AdaptiveAvgPool3d(1), nn.Dropout(dropout), nn.Conv3d(64, self.bins.n, 1))

    def forward(self, volumes: Tensor) -> Tensor:
        _check_size(volumes, self.smallest)
        scores = self.classifier(self.features(volumes)).flatten(1)  # (N, bins, 1, 1, 1) → (N, bins)
        return scores.float().log_softmax(dim=1)

    def ages(self, outputs: Tensor) -> Tensor:
        """Expected age in years, (N,), from log probabilities (N, bins)."""
        return self.bins.expected_age(outputs)


def resnet18_3d() -> AgeNetwork:
    """MONAI's ResNet-18 with 3-D convolutions and one output, in years: for the full budget.

    Examples
    --------
    >>> with torch.device("meta"):
    ...     network = resnet18_3d()
    >>> sum(p.numel() for p in network.parameters())
    33161409
    """
    from monai.networks.nets import resnet18  # here, for MONAI takes long to load

    return AgeNetwork(resnet18(spatial_dims=3, n_input_channels=1, num_classes=1))


class _Slices(nn.Module):
    """Some axial slices as channels: (N, 1, D, H, W) → (N, S, H, W)."""

    def __init__(self, heights: tuple[float, ...]) -> None:
        super().__init__()
        self.heights = heights

    def forward(self, volumes: Tensor) -> Tensor:
        rows = [round(height * (volumes.shape[2] - 1)) for height in self.heights]
        return volumes[:, 0, rows]


def mean_and_spread(ages: ArrayLike) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation of ages, (N,), as a network scales its answers by them.

    Raises
    ------
    ValueError
        If there are fewer than two ages, or all are equal.
    """
    ages = torch.tensor(np.asarray(ages), dtype=torch.float32)
    if ages.ndim != 1 or len(ages) < 2 or ages.std() == 0:
        raise ValueError(f"ages: got {tuple(ages.shape)}, allowed are (N,) with at least two different ages")
    return ages.mean(), ages.std()


def _check_size(volumes: Tensor, smallest: tuple[int, int, int]) -> None:
    if any(length < least for length, least in zip(volumes.shape[2:], smallest, strict=True)):
        needed = " × ".join(map(str, smallest))
        raise ValueError(f"volumes: got {tuple(volumes.shape)}, allowed are (N, 1, D, H, W), at least {needed} voxels")


def _unit(convolution: nn.Conv3d) -> nn.Sequential:
    return nn.Sequential(convolution, nn.BatchNorm3d(convolution.out_channels, momentum=MOMENTUM), nn.ReLU())
