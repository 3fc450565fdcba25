"""torchvision's ResNet-18, fitted to the images at hand."""

from torch import nn
from torchvision import models

from course_lib.data import ImageSet


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
