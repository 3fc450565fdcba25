"""Networks trained on ImageNet: their weights, where torch hub keeps them, and the colors that they expect."""

from __future__ import annotations

import pickle
import re
from pathlib import Path

import torch
from torch import Tensor, nn

OLD_NAME = re.compile(  # of layers in DenseNet's older files
    r"^(.*denselayer\d+\.(?:norm|relu|conv))\.([12]\.(?:weight|bias|running_mean|running_var|num_batches_tracked))$"
)


class ImageNetColors(nn.Module):
    """Gray or color images in [0, 1] as ImageNet's networks expect them: three channels, each (x − mean) / sd.

    Examples
    --------
    >>> ImageNetColors()(torch.zeros(2, 1, 4, 4)).shape
    torch.Size([2, 3, 4, 4])
    """

    def __init__(self) -> None:
        super().__init__()
        for name, values in {"mean": (0.485, 0.456, 0.406), "sd": (0.229, 0.224, 0.225)}.items():
            self.register_buffer(name, torch.tensor(values).reshape(3, 1, 1), persistent=False)

    def forward(self, images: Tensor) -> Tensor:
        if images.ndim != 4 or images.shape[1] not in (1, 3):
            raise ValueError(f"images: got shape {tuple(images.shape)}, allowed are (N, 1, H, W) and (N, 3, H, W)")
        return (images - self.mean) / self.sd  # one channel is broadcast to three


def load_weights(network: nn.Module, weights, instead: str) -> nn.Module:
    """Give a network of torchvision its weights, downloaded to torch hub's folder where they are not there yet.

    Parameters
    ----------
    network : nn.Module
        Changed in place.
    weights : torchvision.models.Weights
        One of the enumeration that belongs to it, such as ``ResNet18_Weights.IMAGENET1K_V1``.
    instead : str
        What to do without them, for the message.

    Raises
    ------
    ValueError
        If the file is damaged.
    FileNotFoundError
        If it is not there and cannot be downloaded; the message says which file to put where.
    """
    place = Path(torch.hub.get_dir()) / "checkpoints" / Path(weights.url).name
    was_there = place.exists()
    try:
        state = weights.get_state_dict(progress=False, check_hash=True, weights_only=True)
        network.load_state_dict({OLD_NAME.sub(r"\1\2", name): value for name, value in state.items()})
        return network
    except (OSError, RuntimeError, EOFError, KeyError, pickle.UnpicklingError) as problem:
        if was_there:
            raise ValueError(f"weights: {place} is damaged ({type(problem).__name__}); delete it") from None
        raise FileNotFoundError(
            f"weights: 'imagenet' needs {place.name}, which is not here and could not be downloaded ({problem}); get "
            f"it from {weights.url} and put it at {place}, or {instead}"
        ) from None
