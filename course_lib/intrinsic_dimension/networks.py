"""Networks that tell two kinds of image apart, of any size, gray or in color."""

from __future__ import annotations

from torch import nn


def small_classifier(channels: int = 1, width: int = 12) -> nn.Sequential:
    """Three convolutions with stride 2, each with batch normalization, maps brought to 4 × 4, and two outputs.

    The first layer takes away the data set's mean and spread: no data set starts with an advantage.

    Parameters
    ----------
    channels : int
        Of the images.
    width : int
        Maps of the first layer.

    Examples
    --------
    >>> import torch
    >>> small_classifier()(torch.zeros(5, 1, 32, 32)).shape
    torch.Size([5, 2])
    """
    layers, maps = [nn.BatchNorm2d(channels, affine=False)], channels
    for more in (width, 2 * width, 4 * width):
        layers += [nn.Conv2d(maps, more, 3, stride=2, padding=1), nn.BatchNorm2d(more), nn.ReLU()]
        maps = more
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(4), nn.Flatten(), nn.Linear(16 * maps, 2))


def resnet18(channels: int = 1) -> nn.Module:
    """ResNet-18 with two outputs, untrained, for images of 64 pixels and more.

    Examples
    --------
    >>> sum(p.numel() for p in resnet18(3).parameters())
    11177538
    """
    from torchvision.models import resnet18 as build

    network = build(num_classes=2)
    if channels != 3:
        network.conv1 = nn.Conv2d(channels, 64, 7, stride=2, padding=3, bias=False)
    return network
