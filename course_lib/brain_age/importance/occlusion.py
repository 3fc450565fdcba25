"""Occlusion maps: by how many years the age changes when a block of the brain is painted gray."""

from __future__ import annotations

from numbers import Real
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from course_lib.metrics.arguments import check_whole

from ..networks import SFCN, AgeNetwork
from .reader import FrozenReader, batches

if TYPE_CHECKING:
    from course_lib.data import ImageSet


def occlusion_map(
    model: AgeNetwork | SFCN,
    images: ImageSet,
    *,
    size: int = 4,
    stride: int | None = None,
    baseline: str | float = "mean",
    batch_size: int = 32,
    progress: bool = True,
) -> np.ndarray:
    """Occlusion map of each brain, |ŷ(X) − ŷ(X without the block)|, by captum's Occlusion.

    A block slides over the volume. Inside it, brain is replaced by the baseline; what is black around the brain stays
    black, for tissue out there would be something no network has seen. A block without brain therefore changes
    nothing, exactly, and is not computed: more than a third of them. Where blocks overlap, their changes are averaged
    before the sign is dropped.

    Parameters
    ----------
    model : AgeNetwork or SFCN
        Stays as it is; used in evaluation mode.
    images : ImageSet of N volumes
        Skull-stripped: brain is what is above zero.
    size : int
        Of the block, voxels along each side.
    stride : int, optional
        Voxels from block to block; by default `size`, so that they do not overlap. Costs grow with 1/stride³.
    baseline : "mean" or float
        What replaces the brain: the mean of that brain, or an intensity.
    batch_size : int
        Occluded volumes at once; the maps do not depend on it.
    progress : bool

    Returns
    -------
    float32, (N, D, H, W)
        Years; every voxel has the value of its block.

    Raises
    ------
    ValueError
        If the block does not fit into the volumes, the stride leaves gaps, or an argument is not allowed.

    References
    ----------
    Zeiler, M. D. and Fergus, R. (2014). Visualizing and understanding convolutional networks. ECCV, 818-833.

    Examples
    --------
    >>> from torch import nn
    >>> from course_lib.data import ImageSet
    >>> model = AgeNetwork(nn.Sequential(nn.Flatten(), nn.Linear(8, 1)))
    >>> weight = nn.init.constant_(model.body[1].weight, 0.1)
    >>> white = ImageSet(np.full((1, 2, 2, 2), 255, np.uint8))
    >>> occlusion_map(model, white, size=1, baseline=0.5, progress=False)[0, 0].round(3).tolist()
    [[0.5, 0.5], [0.5, 0.5]]
    """
    stride = size if stride is None else stride
    _check(images, size, stride, baseline)
    check_whole("batch_size", batch_size, 1)
    reader = FrozenReader(model)
    maps = [
        _of_one(reader, brain, size, stride, _gray(brain, baseline), batch_size)
        for brain in batches(images, 1, reader.place, progress, "occlusion")
    ]
    return np.stack(maps)


@torch.no_grad()
def _of_one(reader: FrozenReader, brain: Tensor, size: int, stride: int, gray: Tensor, batch_size: int) -> np.ndarray:
    from captum.attr import Occlusion

    whole = reader(brain)  # (1,)

    def ages(occluded: Tensor) -> Tensor:  # captum has no way to leave out blocks, so what it did not change is known
        changed = (occluded != brain).flatten(1).any(dim=1)
        out = whole.repeat(len(occluded))
        if changed.any():
            out[changed] = reader(occluded[changed])
        return out

    change = Occlusion(ages).attribute(
        brain,
        sliding_window_shapes=(1, size, size, size),
        strides=(1, stride, stride, stride),
        baselines=torch.where(brain > 0, gray, brain),
        perturbations_per_eval=batch_size,
    )
    return change[0, 0].abs().float().cpu().numpy()


def _gray(brain: Tensor, baseline: str | float) -> Tensor:
    """What replaces the brain, a scalar; of a black volume nothing is replaced, so any number will do."""
    if baseline != "mean":
        return brain.new_tensor(float(baseline))
    inside = brain[brain > 0]
    return inside.mean() if len(inside) else brain.new_tensor(0.0)


def _check(images: ImageSet, size: int, stride: int, baseline: str | float) -> None:
    check_whole("size", size, 1)
    check_whole("stride", stride, 1)
    if size > min(images.images.shape[1:]):
        raise ValueError(f"size: got {size}, the volumes have {images.images.shape[1:]} voxels")
    if stride > size:
        raise ValueError(f"stride: got {stride}, allowed is at most size ({size}); voxels between would be left out")
    if baseline != "mean" and not (isinstance(baseline, Real) and np.isfinite(baseline)):
        raise ValueError(f"baseline: got {baseline!r}, allowed are 'mean' and an intensity")
