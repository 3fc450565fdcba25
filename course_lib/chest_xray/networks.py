"""Networks for findings: feature maps, their means, one linear layer. So built, a network can say where it looked."""

from __future__ import annotations

from collections import OrderedDict

import torch
from numpy.typing import ArrayLike
from torch import Tensor, nn

from course_lib.imagenet import ImageNetColors, load_weights

N_FINDINGS = 14


class PooledClassifier(nn.Module):
    """A logit per finding from the means of feature maps, z_c = Σ_k w_ck · mean_xy f_k(x, y) + b_c.

    Nothing stands between the maps and the linear layer but a mean. The class activation map Σ_k w_ck f_k is therefore
    the logit before the mean is taken: its mean plus b_c is z_c.

    Parameters
    ----------
    features : nn.Module
        Images (N, C, H, W) to maps (N, n_maps, h, w).
    n_maps, n_findings : int

    Attributes
    ----------
    features : nn.Module
        ``model.features(images)`` are the last maps, none negative.
    classifier : nn.Linear
        Its weight is w, (n_findings, n_maps), its bias is b.

    Examples
    --------
    >>> model = PooledClassifier(nn.Conv2d(1, 3, 5), n_maps=3, n_findings=2)
    >>> model(torch.zeros(4, 1, 8, 8)).shape, model.features(torch.zeros(4, 1, 8, 8)).shape
    (torch.Size([4, 2]), torch.Size([4, 3, 4, 4]))
    """

    def __init__(self, features: nn.Module, n_maps: int, n_findings: int) -> None:
        super().__init__()
        self.features = features
        self.classifier = nn.Linear(n_maps, n_findings)

    def forward(self, images: Tensor) -> Tensor:
        maps = self.features(images)  # (N, K, h, w)
        return self.classifier(maps.mean(dim=(2, 3)))  # (N, L)


class CheXNet(PooledClassifier):
    """DenseNet-121 with a logit per finding, as in the paper: 6,968,206 parameters for fourteen findings.

    Images are gray, (N, 1, H, W), or color, (N, 3, H, W), with values in [0, 1]. Inside, gray is repeated to three
    channels and every channel is brought to the mean and standard deviation that ImageNet's photographs have, whether
    the weights come from there or not. There are 1,024 maps of H/32 × W/32: 7 × 7 at the paper's 224 pixels.

    Parameters
    ----------
    weights : None or "imagenet"
        Random, from torch's global generator; or torchvision's, trained on ImageNet, but for the last layer. These are
        read from torch hub's folder, and downloaded there (31 MB) where they are missing.
    n_findings : int
        The pneumonia model of the paper has one.

    Raises
    ------
    ValueError
        If `weights` is neither, or the file with the weights is damaged.
    FileNotFoundError
        If the weights are not there and cannot be downloaded; the message says which file to put where.

    References
    ----------
    Rajpurkar, P. et al. (2017). CheXNet: radiologist-level pneumonia detection on chest X-rays with deep learning.
    arXiv:1711.05225.
    Huang, G., Liu, Z., van der Maaten, L. and Weinberger, K. Q. (2017). Densely connected convolutional networks. CVPR.

    Examples
    --------
    >>> with torch.device("meta"):
    ...     model = CheXNet()
    >>> sum(parameter.numel() for parameter in model.parameters())
    6968206
    """

    def __init__(self, weights: str | None = None, n_findings: int = N_FINDINGS) -> None:
        from torchvision.models import densenet121

        if weights not in (None, "imagenet"):
            raise ValueError(f"weights: got {weights!r}, allowed are None and 'imagenet'")
        network = _trained_on_imagenet() if weights else densenet121(weights=None)
        # torchvision's forward applies this ReLU after `features`; here the maps are what the head sees
        layers = OrderedDict(colors=ImageNetColors(), dense=network.features, relu=nn.ReLU())
        super().__init__(nn.Sequential(layers), network.classifier.in_features, n_findings)


class SmallChestNet(PooledClassifier):
    """A residual network for two CPU cores: a 5×5 stem of stride 2, four blocks with 16, 32, 64 and 64 maps.

    Gray images (N, 1, H, W) with values in [0, 1] give 64 maps of H/8 × W/8: 8 × 8 at 64 pixels.

    Parameters
    ----------
    n_findings : int

    References
    ----------
    He, K., Zhang, X., Ren, S. and Sun, J. (2016). Deep residual learning for image recognition. CVPR.

    Examples
    --------
    >>> model = SmallChestNet()
    >>> model.features(torch.zeros(2, 1, 64, 64)).shape, model(torch.zeros(2, 1, 64, 64)).shape
    (torch.Size([2, 64, 8, 8]), torch.Size([2, 14]))
    """

    def __init__(self, n_findings: int = N_FINDINGS) -> None:
        stem = nn.Sequential(nn.Conv2d(1, 16, 5, stride=2, padding=2, bias=False), nn.BatchNorm2d(16), nn.ReLU())
        blocks = [_block(16, 16), _block(16, 32, stride=2), _block(32, 64, stride=2), _block(64, 64)]
        super().__init__(nn.Sequential(stem, *blocks), 64, n_findings)


def prior_bias(model: PooledClassifier, labels: ArrayLike) -> PooledClassifier:
    """Start from the prevalence: set the head's bias to b_c = log(π_c / (1 − π_c)), where π_c = P_c / (P_c + N_c).

    A head that starts at 0 says 50 % to every finding, and the first steps are spent on unlearning that. A finding that
    nobody has, or everybody, counts as half a case of the missing kind.

    Parameters
    ----------
    model : PooledClassifier
        Changed in place.
    labels : array, (N, L)
        Of the training images: 0 or 1; NaN or −1 where the truth is unknown.

    Returns
    -------
    PooledClassifier
        The model that came.

    Raises
    ------
    ValueError
        If the labels do not have one column for each of the model's findings, or a column has no known label.

    Examples
    --------
    >>> model = prior_bias(SmallChestNet(n_findings=1), [[1], [0], [0], [0]])
    >>> torch.sigmoid(model.classifier.bias).item()
    0.25
    """
    from .losses import count_labels

    positive, negative = count_labels(labels)
    if len(positive) != model.classifier.out_features:
        raise ValueError(f"labels: got {len(positive)} columns, the model has {model.classifier.out_features} findings")
    if (positive + negative == 0).any():
        column = int((positive + negative == 0).nonzero()[0])
        raise ValueError(f"labels: column {column} has no known label; a prevalence needs one at least")
    bias = torch.log(positive.clamp(min=0.5) / negative.clamp(min=0.5))
    with torch.no_grad():
        model.classifier.bias.copy_(bias)
    return model


def _block(channels_in: int, channels_out: int, stride: int = 1) -> nn.Module:
    """Two 3×3 convolutions around which the input is led; where it does not fit, through a 1×1 convolution."""
    from torchvision.models.resnet import BasicBlock

    if channels_in == channels_out and stride == 1:
        return BasicBlock(channels_in, channels_out)
    fit = nn.Sequential(nn.Conv2d(channels_in, channels_out, 1, stride, bias=False), nn.BatchNorm2d(channels_out))
    return BasicBlock(channels_in, channels_out, stride, fit)


def _trained_on_imagenet() -> nn.Module:
    """torchvision's DenseNet-121 with its weights, or a message that says how to get them."""
    from torchvision.models import DenseNet121_Weights, densenet121

    network, weights = densenet121(weights=None), DenseNet121_Weights.IMAGENET1K_V1
    return load_weights(network, weights, "pass weights=None to start from random weights")
