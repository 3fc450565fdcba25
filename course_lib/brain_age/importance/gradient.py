"""Gradient maps: by how many years the age changes when one voxel gets brighter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from torch import Tensor

from ..networks import SFCN, AgeNetwork
from .reader import FrozenReader, batches

if TYPE_CHECKING:
    from course_lib.data import ImageSet


def gradient_map(
    model: AgeNetwork | SFCN, images: ImageSet, *, batch_size: int = 32, progress: bool = True
) -> np.ndarray:
    """Gradient map of each brain, |∂ŷ/∂x_v|, by captum's Saliency.

    It answers for a change that is small, and made in one voxel alone. Neighbors that a stride or a maximum treats
    differently get different values, so that the map of one brain is speckled; the mean over brains is less so.

    Parameters
    ----------
    model : AgeNetwork or SFCN
        Stays as it is; used in evaluation mode. With bins of ages, ŷ is the expected age.
    images : ImageSet of N volumes
    batch_size : int
        Brains at once; the maps do not depend on it.
    progress : bool

    Returns
    -------
    float32, (N, D, H, W)
        Years per unit of intensity; black to white, 0 to 255 in bytes, is one unit.

    Raises
    ------
    ValueError
        If the images are not volumes, or the model tells no ages.

    References
    ----------
    Simonyan, K., Vedaldi, A. and Zisserman, A. (2014). Deep inside convolutional networks. ICLR workshop.

    Examples
    --------
    >>> from torch import nn
    >>> from course_lib.data import ImageSet
    >>> model = AgeNetwork(nn.Sequential(nn.Flatten(), nn.Linear(8, 1)))
    >>> weight = nn.init.constant_(model.body[1].weight, -0.2)
    >>> gradient_map(model, ImageSet(np.zeros((3, 2, 2, 2), np.uint8)), progress=False)[0, 0].round(3).tolist()
    [[2.0, 2.0], [2.0, 2.0]]
    """
    from captum.attr import Saliency

    reader = FrozenReader(model)
    method = Saliency(reader)

    def of(volumes: Tensor) -> np.ndarray:
        return method.attribute(volumes.requires_grad_(), abs=True)[:, 0].float().cpu().numpy()

    return np.concatenate([of(some) for some in batches(images, batch_size, reader.place, progress, "gradients")])
