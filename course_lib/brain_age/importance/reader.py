"""A trained network that only answers: every method of this package asks it what age it reads."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from course_lib.metrics.arguments import check_whole
from course_lib.training.inputs import from_bytes

from ..networks import SFCN, AgeNetwork

if TYPE_CHECKING:
    from course_lib.data import ImageSet


class FrozenReader(nn.Module):
    """Volumes (N, 1, D, H, W) to ages (N,) in years, by a copy of a network: its weights do not move any more.

    Always in evaluation mode, so that an age depends on one volume alone. A network with bins of ages (`SFCN`) tells
    the expected age.

    Parameters
    ----------
    model : AgeNetwork or SFCN
        Stays as it is.

    Raises
    ------
    ValueError
        If the model does not say how its outputs become ages.

    Examples
    --------
    >>> reader = FrozenReader(AgeNetwork(nn.Sequential(nn.Flatten(), nn.Linear(8, 1))).train())
    >>> reader.train().model.training, [weight.requires_grad for weight in reader.parameters()]
    (False, [False, False])
    """

    def __init__(self, model: AgeNetwork | SFCN) -> None:
        super().__init__()
        if not hasattr(model, "ages"):
            raise ValueError(f"model: got a {type(model).__name__}, allowed are an AgeNetwork and SFCN: one with .ages")
        self.model = copy.deepcopy(model).requires_grad_(False).eval()

    def train(self, mode: bool = True) -> FrozenReader:
        """A frozen network does not leave evaluation mode."""
        super().train(mode)
        self.model.eval()
        return self

    def forward(self, volumes: Tensor) -> Tensor:
        return self.model.ages(self.model(from_bytes(volumes, self.model)))

    @property
    def place(self) -> torch.device:
        """Where the network is, and volumes must go."""
        return next((values.device for values in self.state_dict().values()), torch.device("cpu"))


def batches(images: ImageSet, batch_size: int, place: torch.device, progress: bool, say: str) -> Iterator[Tensor]:
    """Volumes as floats (B, 1, D, H, W) where the network is, batch by batch, with a bar that counts brains.

    Raises
    ------
    ValueError
        If the images are not volumes, there is none, or a batch is empty.
    """
    from tqdm.auto import tqdm

    check_volumes(images)
    check_whole("batch_size", batch_size, 1)
    with tqdm(total=len(images), desc=say, unit="brain", leave=False, disable=not progress) as bar:
        for start in range(0, len(images), batch_size):
            some = images[start : start + batch_size]
            yield some.tensors()[0].to(place)
            bar.update(len(some))


def check_volumes(images: ImageSet) -> None:
    """Raise a ValueError unless there are volumes."""
    if images.kind != "volume" or not len(images):
        raise ValueError(f"images: got {images!r}, allowed are volumes, at least one")
