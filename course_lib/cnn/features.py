"""Looking into a network: its feature maps and its filters."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn


def feature_maps(model: nn.Module, image: Tensor, layers: Sequence[str]) -> dict[str, Tensor]:
    """What the named layers put out when the network looks at an image.

    Parameters
    ----------
    model : torch.nn.Module
        Looked at in evaluation mode; left in the mode it was in.
    image : tensor (C, H, W) or (N, C, H, W)
        Moved to the model's device.
    layers : sequence of str
        Names as in `model.named_modules()`, e.g. "C1" or "layer1.0.conv1".

    Returns
    -------
    dict of str to tensor
        In the order asked for; (maps, h, w) for one image, with a leading N for a batch. On the CPU.

    Raises
    ------
    ValueError
        If the image's shape has another number of axes, or the model has no layer of that name or does not run it.

    Examples
    --------
    >>> model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU())
    >>> feature_maps(model, torch.zeros(1, 8, 8), ["0"])["0"].shape
    torch.Size([4, 6, 6])
    """
    if image.ndim not in (3, 4):
        raise ValueError(f"image: got shape {tuple(image.shape)}; allowed is (C, H, W) or (N, C, H, W)")
    modules = {name: _layer(model, name) for name in layers}
    batch = image[None] if image.ndim == 3 else image
    seen: dict[str, Tensor] = {}

    def keep(name: str):
        return lambda module, inputs, output: seen.__setitem__(name, output.detach().cpu().clone())

    hooks = [module.register_forward_hook(keep(name)) for name, module in modules.items()]
    training = model.training
    try:
        with torch.no_grad():
            model.eval()(batch.to(next(model.parameters()).device))
    finally:
        model.train(training)
        for hook in hooks:
            hook.remove()
    if missing := [name for name in layers if name not in seen]:
        raise ValueError(f"layers: the model has but does not run {missing}")
    return {name: seen[name][0] if image.ndim == 3 else seen[name] for name in layers}


def filters(model: nn.Module, layer: str) -> np.ndarray:
    """The kernels of a convolutional layer, (output maps, input maps, height, width).

    Raises
    ------
    ValueError
        If the model has no layer of that name or it has no such kernels.

    Examples
    --------
    >>> filters(nn.Sequential(nn.Conv2d(1, 4, 3)), "0").shape
    (4, 1, 3, 3)
    """
    module = _layer(model, layer)
    if not isinstance(module, nn.Conv2d):
        raise ValueError(f"layer: {layer!r} is a {type(module).__name__}; allowed is a Conv2d")
    return module.weight.detach().cpu().numpy().copy()


def _layer(model: nn.Module, name: str) -> nn.Module:
    modules = dict(model.named_modules())
    if name not in modules or not name:
        raise ValueError(f"layers: got {name!r}; allowed are {', '.join(filter(None, modules))}")
    return modules[name]
