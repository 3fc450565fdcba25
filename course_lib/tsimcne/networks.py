"""The network: a ResNet without max-pooling, and a projection head whose last layer is changed on the way."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from course_lib.metrics.arguments import check_whole

HIDDEN = 1024  # units of the head's hidden layer
STEMS = ("3x3", "3x3, stride 2", "7x7")


class Encoder(nn.Module):
    """Images to features h (average-pooled), and through the projection head to outputs z.

    Parameters
    ----------
    channels : int
        Of the images: 1 or 3.
    width : int
        Maps of the first stage; every later stage doubles them, and h has those of the last.
    blocks : sequence of int
        Residual blocks of each stage; from the second on, a stage halves the maps' sides. (2, 2, 2, 2) is ResNet-18.
    n_outputs : int
        Of the head.
    stem : {"3x3", "3x3, stride 2", "7x7"}
        The first layer: for small images without stride, four times as fast with it, or ImageNet's own with its
        max-pooling, for large images.

    Attributes
    ----------
    n_features : int
        Length of h.
    layout : torch.memory_format
        That of images with which it is fastest.

    Raises
    ------
    ValueError
        If a number is no whole one from 1, or the stem is none.

    Examples
    --------
    >>> Encoder()(torch.zeros(2, 3, 28, 28)).shape
    torch.Size([2, 128])
    """

    def __init__(
        self,
        channels: int = 3,
        width: int = 64,
        blocks: Sequence[int] = (2, 2, 2, 2),
        n_outputs: int = 128,
        stem: str = "3x3",
    ) -> None:
        super().__init__()
        _check(channels, width, blocks, n_outputs, stem)
        from torchvision.models.resnet import BasicBlock  # here, for it takes a second to load

        size, stride = (7, 2) if stem == "7x7" else (3, 2 if stem == "3x3, stride 2" else 1)
        layers = [*_convolution(channels, width, size, stride), nn.ReLU(inplace=True)]
        layers += [nn.MaxPool2d(3, 2, 1)] if stem == "7x7" else []
        maps = width
        for stage, number in enumerate(blocks):
            for block in range(number):
                wide, stride = width * 2**stage, 2 if stage > 0 and block == 0 else 1
                around = None if wide == maps and stride == 1 else nn.Sequential(*_convolution(maps, wide, 1, stride))
                layers.append(BasicBlock(maps, wide, stride, around))
                maps = wide
        self.backbone = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.head = nn.Sequential(nn.Linear(maps, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, n_outputs))
        for layer in self.backbone.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")
        self.n_features = maps
        # Channels last is faster; but with 4 maps PyTorch 2.15 on a CPU then writes past its memory.
        self.layout = torch.channels_last if width % 8 == 0 else torch.contiguous_format

    def forward(self, images: Tensor) -> Tensor:
        return self.head(self.backbone(images))

    def replace_output(self, n_outputs: int, sd: float, generator: torch.Generator) -> None:
        """A fresh last layer with weights N(0, sd²) and PyTorch's default biases, all drawn from `generator`."""
        old = self.head[-1]
        layer = nn.utils.skip_init(nn.Linear, HIDDEN, n_outputs)  # which would draw from the global state
        with torch.no_grad():
            layer.weight.copy_(sd * torch.randn(layer.weight.shape, generator=generator))
            bound = HIDDEN**-0.5
            layer.bias.copy_(torch.rand(n_outputs, generator=generator) * 2 * bound - bound)
        self.head[-1] = layer.to(old.weight.device, old.weight.dtype)

    def freeze_all_but_output(self, frozen: bool = True) -> None:
        """Stage 2 trains the last layer only; batch normalization keeps following its batches."""
        for parameter in self.parameters():
            parameter.requires_grad_(not frozen)
        for parameter in self.head[-1].parameters():
            parameter.requires_grad_(True)


def _convolution(channels: int, maps: int, size: int, stride: int = 1) -> tuple[nn.Conv2d, nn.BatchNorm2d]:
    return nn.Conv2d(channels, maps, size, stride, padding=size // 2, bias=False), nn.BatchNorm2d(maps)


def _check(channels: int, width: int, blocks: Sequence[int], n_outputs: int, stem: str) -> None:
    for name, value in {"channels": channels, "width": width, "n_outputs": n_outputs}.items():
        check_whole(name, value, least=1)
    if not isinstance(blocks, (list, tuple)) or not blocks:
        raise ValueError(f"blocks: got {blocks!r}, allowed is a whole number from 1 for each stage")
    for number in blocks:
        check_whole("blocks", number, least=1)
    if stem not in STEMS:
        raise ValueError(f"stem: got {stem!r}, allowed are {', '.join(map(repr, STEMS))}")
