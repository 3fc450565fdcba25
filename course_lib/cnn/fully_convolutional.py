"""Fully connected layers turned into convolutions, so that a network slides over larger images."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .arithmetic import whole_number
from .lenet import LeNet5, squash


def fully_convolutional(linear: nn.Linear, spatial_shape: tuple[int, int]) -> nn.Conv2d:
    """The convolution with the weights of a fully connected layer, w[o, c·h·w] → w[o, c, h, w].

    On maps of `spatial_shape` it puts out one place with the layer's values; on larger maps it puts out what the
    layer would give on every window.

    Parameters
    ----------
    linear : torch.nn.Linear
        A layer on flattened maps.
    spatial_shape : (height, width)
        Of those maps before flattening.

    Returns
    -------
    torch.nn.Conv2d
        With a copy of the weights.

    Raises
    ------
    ValueError
        If the layer's inputs are no whole number of such maps.

    References
    ----------
    Long, J., Shelhamer, E. and Darrell, T. (2015). Fully convolutional networks for semantic segmentation. CVPR,
    section 3.1.

    Examples
    --------
    >>> convolution = fully_convolutional(nn.Linear(3 * 5 * 5, 4), (5, 5))
    >>> convolution(torch.zeros(1, 3, 5, 5)).shape, convolution(torch.zeros(1, 3, 12, 12)).shape
    (torch.Size([1, 4, 1, 1]), torch.Size([1, 4, 8, 8]))
    """
    height, width = (whole_number("spatial_shape", side, 1) for side in spatial_shape)
    channels, rest = divmod(linear.in_features, height * width)
    if rest:
        raise ValueError(
            f"spatial_shape: got {height} × {width}; allowed are shapes whose area divides the layer's "
            f"{linear.in_features} inputs"
        )
    kernel = linear.weight.detach().unflatten(1, (channels, height, width))
    convolution = nn.Conv2d(channels, linear.out_features, (height, width), bias=linear.bias is not None).to(kernel)
    with torch.no_grad():
        convolution.weight.copy_(kernel)
        if linear.bias is not None:
            convolution.bias.copy_(linear.bias)
    return convolution


@torch.no_grad()
def slide_lenet(model: LeNet5, canvas: Tensor) -> Tensor:
    """LeNet-5 over a canvas: its logits at every fourth row and column, computed in one pass.

    The place (y, x) holds what the network says of the 32 × 32 window whose upper left corner is (4y, 4x): the two
    subsamplings make one step of four pixels.

    Parameters
    ----------
    model : LeNet5
    canvas : tensor (N, 1, H, W)
        H and W at least 32.

    Returns
    -------
    tensor (N, 10, (H − 32) // 4 + 1, (W − 32) // 4 + 1)

    Raises
    ------
    ValueError
        If the canvas has another shape or is smaller than the network's window.

    Examples
    --------
    >>> slide_lenet(LeNet5(), torch.zeros(1, 1, 32, 96)).shape
    torch.Size([1, 10, 1, 17])
    """
    if canvas.ndim != 4 or canvas.shape[1] != 1 or min(canvas.shape[2:]) < 32:
        raise ValueError(f"canvas: got shape {tuple(canvas.shape)}; allowed is (N, 1, H, W) with H and W from 32 on")
    state = squash(fully_convolutional(model.F6, (1, 1))(model.features(canvas)))  # (N, 84, h, w)
    places = state.movedim(1, -1)  # (N, h, w, 84)
    return model.output(places.flatten(0, 2)).unflatten(0, places.shape[:3]).movedim(-1, 1)
