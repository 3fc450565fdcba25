"""Small plain, residual and dense networks, alike but for their connections, to compare at growing depth."""

from __future__ import annotations

from collections import OrderedDict

import torch
from torch import Tensor, nn

from .arithmetic import whole_number

KINDS = ("plain", "residual", "dense")


class BasicBlock(nn.Module):
    """Two 3×3 convolutions, each with batch normalization, and a ReLU at the end; F(x), or F(x) + x.

    Parameters
    ----------
    channels : int
        In and out.
    residual : bool
        Whether the input is added before the last ReLU (He et al. 2016, equation 1).

    Examples
    --------
    >>> BasicBlock(4, residual=True)(torch.zeros(2, 4, 8, 8)).shape
    torch.Size([2, 4, 8, 8])
    """

    def __init__(self, channels: int, residual: bool) -> None:
        super().__init__()
        self.residual = residual
        self.body = nn.Sequential(*_convolution(channels, channels), nn.ReLU(), *_convolution(channels, channels))

    def forward(self, maps: Tensor) -> Tensor:
        change = self.body(maps)
        return torch.relu(change + maps if self.residual else change)


class DenseLayer(nn.Module):
    """A convolution whose maps are put behind those it has seen (Huang et al. 2017, equation 2).

    Parameters
    ----------
    channels, growth : int
        Maps in, and maps added: (N, channels, H, W) becomes (N, channels + growth, H, W).

    Examples
    --------
    >>> DenseLayer(4, growth=2)(torch.zeros(2, 4, 8, 8)).shape
    torch.Size([2, 6, 8, 8])
    """

    def __init__(self, channels: int, growth: int) -> None:
        super().__init__()
        self.body = nn.Sequential(*_convolution(channels, growth), nn.ReLU())

    def forward(self, maps: Tensor) -> Tensor:
        return torch.cat([maps, self.body(maps)], dim=1)


def small_network(kind: str, depth: int, width: int = 8, in_channels: int = 1, n_classes: int = 10) -> nn.Sequential:
    """A network of `depth` weight layers: a convolution, the blocks, and a linear classifier on the maps' means.

    Parameters
    ----------
    kind : {"plain", "residual", "dense"}
        What the blocks are made of. Plain and residual networks of one depth and width have the same parameters.
    depth : int
        Weight layers in all, at least 4; even for plain and residual networks, whose blocks hold two.
    width : int
        Maps; in a dense network the first ones and those that each layer adds (its growth rate).
    in_channels, n_classes : int

    Returns
    -------
    torch.nn.Sequential
        Parts "stem", "blocks" and "head"; (N, in_channels, H, W) to logits (N, n_classes) for any H and W.

    References
    ----------
    He, K., Zhang, X., Ren, S. and Sun, J. (2016). Deep residual learning for image recognition. CVPR.
    Huang, G., Liu, Z., van der Maaten, L. and Weinberger, K. Q. (2017). Densely connected convolutional networks.
    CVPR.

    Examples
    --------
    >>> small_network("residual", depth=20)(torch.zeros(2, 1, 8, 8)).shape
    torch.Size([2, 10])
    """
    if kind not in KINDS:
        raise ValueError(f"kind: got {kind!r}; allowed are {', '.join(map(repr, KINDS))}")
    depth, width = whole_number("depth", depth, 4), whole_number("width", width, 1)
    if kind == "dense":
        blocks = [DenseLayer(width * number, width) for number in range(1, depth - 1)]
        features = width * (depth - 1)
    elif depth % 2:
        raise ValueError(f"depth: got {depth}; allowed are even numbers for a {kind} network, whose blocks hold two")
    else:
        blocks = [BasicBlock(width, residual=kind == "residual") for _ in range((depth - 2) // 2)]
        features = width
    head = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(features, n_classes))
    stem = nn.Sequential(*_convolution(in_channels, width), nn.ReLU())
    return nn.Sequential(OrderedDict(stem=stem, blocks=nn.Sequential(*blocks), head=head))


def _convolution(channels_in: int, channels_out: int) -> tuple[nn.Conv2d, nn.BatchNorm2d]:
    # normalization follows and has its own offset, so that the convolution needs no bias
    return nn.Conv2d(channels_in, channels_out, 3, padding=1, bias=False), nn.BatchNorm2d(channels_out)
