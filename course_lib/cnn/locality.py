"""What a convolutional layer takes for granted: near pixels belong together, and all places are alike."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import nn

from course_lib.data import ImageSet


def pixel_correlation(image: ArrayLike, distances: Sequence[int]) -> np.ndarray:
    """Pearson correlation of two pixels of one row, for each distance between them.

    Parameters
    ----------
    image : array, (H, W)
        Gray values.
    distances : sequence of int
        In pixels, each from 0 to W − 1.

    Returns
    -------
    array of float, (len(distances),)
        In [−1, 1]; NaN where the image is constant.

    Raises
    ------
    ValueError
        If the image is not a matrix, or a distance does not fit into it.

    Examples
    --------
    >>> pixel_correlation([[0, 1, 0, 1, 0, 1]], [1, 2])
    array([-1.,  1.])
    """
    values = np.asarray(image, dtype=float)
    if values.ndim != 2:
        raise ValueError(f"image: got shape {values.shape}; allowed is (H, W)")
    if not all(0 <= distance < values.shape[1] for distance in distances):
        raise ValueError(f"distances: got {list(distances)}; allowed are 0 to {values.shape[1] - 1}")
    return np.array([_correlation(values[:, : values.shape[1] - d], values[:, d:]) for d in distances])


def _correlation(a: np.ndarray, b: np.ndarray) -> float:
    a, b = a - a.mean(), b - b.mean()
    scale = np.sqrt((a**2).sum() * (b**2).sum())
    return float((a * b).sum() / scale) if scale else np.nan


def shuffle_pixels(images: ImageSet, seed: int = 0) -> ImageSet:
    """The same pixels in another order, one order for all images: nothing is lost but neighborhood.

    Parameters
    ----------
    images : ImageSet
        (N, H, W).
    seed : int
        Chooses the order; the same seed gives the same order for every set of this image size.

    Raises
    ------
    ValueError
        If the images are not gray and two-dimensional.
    """
    if images.images.ndim != 3:
        raise ValueError(f"images: got shape {images.images.shape}; allowed is (N, H, W)")
    n, height, width = images.images.shape
    order = np.random.default_rng(seed).permutation(height * width)
    return replace(images, images=np.asarray(images.images).reshape(n, -1)[:, order].reshape(n, height, width))


def fully_connected(side: int = 32, hidden: int = 58, n_classes: int = 10) -> nn.Sequential:
    """A network that knows nothing of neighborhood: side² inputs, one hidden layer of tanh units, one output per class.

    With the defaults it has about as many parameters as LeNet-5.

    Examples
    --------
    >>> sum(parameter.numel() for parameter in fully_connected().parameters())
    60040
    """
    return nn.Sequential(nn.Flatten(), nn.Linear(side**2, hidden), nn.Tanh(), nn.Linear(hidden, n_classes))


def effective_field(depth: int, kernel: int = 3, side: int = 31, repeats: int = 20, seed: int = 0) -> np.ndarray:
    """How much each pixel counts for the central unit of a stack of random convolutions.

    The mean absolute gradient of that unit with respect to the pixels, over random stacks of ``depth`` linear
    convolutions (stride 1, "same" padding), scaled to a maximum of 1.

    Parameters
    ----------
    depth : int
        Number of layers, at least 1.
    kernel, side : int
        Kernel and image side in pixels, both odd.
    repeats : int
        Random stacks averaged.
    seed : int

    Returns
    -------
    array of float, (side, side)

    Raises
    ------
    ValueError
        If ``kernel`` or ``side`` is even.

    References
    ----------
    Luo, W., Li, Y., Urtasun, R. and Zemel, R. (2016). Understanding the effective receptive field in deep
    convolutional neural networks. NeurIPS 29.
    """
    for name, value in {"kernel": kernel, "side": side}.items():
        if value % 2 == 0:
            raise ValueError(f"{name}: got {value}; allowed are odd numbers")
    generator = torch.Generator().manual_seed(seed)
    gradient = torch.zeros(repeats, 1, side, side)
    gradient[:, :, side // 2, side // 2] = 1
    weights = torch.rand(depth, repeats, 1, kernel, kernel, generator=generator)
    for weight in weights:  # passing back through a convolution is a convolution with the flipped kernel
        gradient = nn.functional.conv2d(
            gradient.transpose(0, 1), weight.flip(-1, -2), padding=kernel // 2, groups=repeats
        ).transpose(0, 1)
    mean = gradient.abs().mean(0)[0].numpy()
    return mean / mean.max()
