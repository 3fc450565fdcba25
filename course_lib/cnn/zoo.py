"""The lecture's networks by name, with weights nobody has trained and that take no memory."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial

import pandas as pd
import torch
from torch import nn
from torchvision import models

from course_lib.data import ImageSet

from .alexnet import AlexNet
from .ledger import layer_table
from .lenet import LeNet5


@dataclass(frozen=True)
class Network:
    """A network of the lecture.

    Attributes
    ----------
    build : callable
        Returns the network, its weights random.
    input_shape : (channels, height, width)
    year : int
        Of publication.
    note : str
        What it changed, or what this variant shows.
    weights : torchvision weights, optional
        Whose documented ImageNet accuracy belongs to this very network.
    """

    build: Callable[[], nn.Module]
    input_shape: tuple[int, int, int]
    year: int
    note: str
    weights: models.Weights | None = None


@dataclass(frozen=True)
class Stack:
    """A chain of convolutions and poolings as `receptive_field` takes it.

    Attributes
    ----------
    names : tuple of str
    layers : tuple of (k, s)
    padding : tuple of int
    input_size : int
        Side of the image in pixels.
    """

    names: tuple[str, ...]
    layers: tuple[tuple[int, int], ...]
    padding: tuple[int, ...]
    input_size: int


def _torchvision(name: str, year: int, note: str, side: int = 224, **options) -> Network:
    build = partial(models.get_model, name, weights=None, **options)
    return Network(build, (3, side, side), year, note, models.get_model_weights(name).IMAGENET1K_V1)


_NO_AUXILIARY = {"aux_logits": False, "init_weights": False}

NETWORKS: dict[str, Network] = {
    "LeNet-5": Network(LeNet5, (1, 32, 32), 1998, "Convolution, subsampling and a sparse C3; 60,000 parameters"),
    "AlexNet": Network(AlexNet, (3, 224, 224), 2012, "ReLU, dropout, max pooling, two groups for two GPUs"),
    "AlexNet, one group": Network(partial(AlexNet, 1), (3, 224, 224), 2012, "Every map sees every map"),
    'AlexNet, C1 "SAME"': Network(partial(AlexNet, same=True), (3, 224, 224), 2012, "C1 puts out 56 × 56, not 55 × 55"),
    "AlexNet, no last pool": Network(
        partial(AlexNet, last_pool=False), (3, 224, 224), 2012, "13 × 13 maps enter the fully connected layers"
    ),
    "AlexNet (torchvision)": _torchvision("alexnet", 2014, "64 maps in C1, no groups, adaptive pooling"),
    "VGG-16": _torchvision("vgg16", 2014, "3×3 convolutions only"),
    "VGG-19": _torchvision("vgg19", 2014, "Three more convolutions than VGG-16"),
    "GoogLeNet": _torchvision(
        "googlenet", 2014, "1×1 bottlenecks; without auxiliary classifiers; torchvision has 3×3 in place of 5×5",
        **_NO_AUXILIARY,
    ),
    "Inception v3": _torchvision(
        "inception_v3", 2015, "Factorized filters, 299 pixels; shown as used, without the auxiliary classifier",
        side=299, **_NO_AUXILIARY,
    ),
    "ResNet-18": _torchvision("resnet18", 2015, "Residual blocks of two 3×3 convolutions"),
    "ResNet-50": _torchvision("resnet50", 2015, "Residual blocks with a bottleneck, 1×1, 3×3, 1×1"),
    "ResNet-152": _torchvision("resnet152", 2015, "The same, three times as deep"),
    "DenseNet-121": _torchvision("densenet121", 2016, "Every layer sees all before it in its block"),
    "DenseNet-201": _torchvision("densenet201", 2016, "The same, deeper"),
}  # fmt: skip

STACKS: dict[str, Stack] = {
    "LeNet-5, C5": Stack(("C1", "S2", "C3", "S4", "C5"), ((5, 1), (2, 2), (5, 1), (2, 2), (5, 1)), (0, 0, 0, 0, 0), 32),
    "AlexNet, pool5": Stack(
        ("C1", "pool1", "C2", "pool2", "C3", "C4", "C5", "pool5"),
        ((11, 4), (3, 2), (5, 1), (3, 2), (3, 1), (3, 1), (3, 1), (3, 2)),
        (2, 0, 2, 0, 1, 1, 1, 0),
        224,
    ),
    "VGG-16, pool5": Stack(
        tuple(
            name
            for block, depth in enumerate((2, 2, 3, 3, 3), start=1)
            for name in (*(f"conv{block}-{layer + 1}" for layer in range(depth)), f"pool{block}")
        ),
        tuple(layer for depth in (2, 2, 3, 3, 3) for layer in (*[(3, 1)] * depth, (2, 2))),
        tuple(p for depth in (2, 2, 3, 3, 3) for p in (*[1] * depth, 0)),
        224,
    ),
}


def build(name: str) -> nn.Module:
    """The network of that name on PyTorch's "meta" device: shapes, but no values and no memory.

    Parameters
    ----------
    name : str
        A key of `NETWORKS`. Call `NETWORKS[name].build()` for one with values.

    Raises
    ------
    ValueError
        If there is no such network.

    Examples
    --------
    >>> sum(parameter.numel() for parameter in build("VGG-16").parameters())
    138357544
    """
    with torch.device("meta"):
        return _network(name).build()


def network_table(name: str) -> pd.DataFrame:
    """`layer_table` of a network by name; counted once, then remembered.

    Examples
    --------
    >>> int(network_table("LeNet-5")["parameters"].sum())
    60000
    """
    return _counted(name).copy()


def comparison() -> pd.DataFrame:
    """All networks beside each other: what they cost and how often they are right.

    Returns
    -------
    pandas.DataFrame
        Indexed by name; family, year, parameters and multiplications (for one image of the network's own size) and
        top1_accuracy: the share of ImageNet's validation images right at the first guess, as torchvision documents it
        for its IMAGENET1K_V1 weights. NaN where torchvision has no weights of that network.

    Examples
    --------
    >>> comparison().loc["ResNet-50", "parameters"]
    np.int64(25557032)
    """
    rows = {}
    for name, network in NETWORKS.items():
        counts = _counted(name)[["parameters", "multiplications"]].sum()
        family = re.split("[-, (]", name)[0]
        rows[name] = {
            "family": family,
            "year": network.year,
            **counts,
            "top1_accuracy": _documented_accuracy(network),
        }
    table = pd.DataFrame.from_dict(rows, orient="index")
    return table.astype({"year": int, "parameters": int, "multiplications": int})


def resnet18(images: ImageSet) -> nn.Module:
    """A ResNet-18 with random weights for these images' channels, classes and size.

    For images of at most 64 pixels the first layers, which shrink ImageNet's photographs fourfold, are replaced by a
    3×3 convolution that keeps their size, as He et al. (2016) do for CIFAR-10.

    Parameters
    ----------
    images : ImageSet
        Gray or color images with classes or findings.

    Raises
    ------
    ValueError
        If the images are volumes, or have no named classes.

    Examples
    --------
    >>> import numpy as np
    >>> cells = ImageSet(np.zeros((2, 28, 28, 3), np.uint8), np.array([0, 1]), class_names=("monocyte", "platelet"))
    >>> resnet18(cells)(cells.tensors()[0]).shape
    torch.Size([2, 2])
    """
    if images.kind == "volume" or not images.class_names:
        raise ValueError(f"images: came {images!r}; allowed are gray or color images with named classes")
    channels = 3 if images.kind == "color" else 1
    model = models.resnet18(weights=None, num_classes=len(images.class_names))
    if max(images.images.shape[1:3]) <= 64:
        model.conv1 = nn.Conv2d(channels, 64, 3, padding=1, bias=False)
        model.maxpool = nn.Identity()
    else:
        model.conv1 = nn.Conv2d(channels, 64, 7, stride=2, padding=3, bias=False)
    return model


def _documented_accuracy(network: Network) -> float:
    if network.weights is None:
        return float("nan")
    return network.weights.meta["_metrics"]["ImageNet-1K"]["acc@1"] / 100


@cache
def _counted(name: str) -> pd.DataFrame:
    return layer_table(build(name), _network(name).input_shape)


def _network(name: str) -> Network:
    if name not in NETWORKS:
        raise ValueError(f"name: got {name!r}; allowed are {', '.join(NETWORKS)}")
    return NETWORKS[name]
