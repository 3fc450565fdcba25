"""Images as the network takes them."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from course_lib.metrics.sequences import as_array


def as_images(X: Any, channels: int | None = None) -> Tensor:
    """An ImageSet, or an array of gray or color images, as a tensor (N, C, H, W) that shares its memory where it can.

    Parameters
    ----------
    X : ImageSet or array, (N, H, W) or (N, H, W, 3)
        uint8, or floats from 0 to 1.
    channels : int, optional
        What they must have.

    Raises
    ------
    ValueError
        If shapes, type, range or channels are not those.
    """
    array = np.asarray(as_array("X", X.images if hasattr(X, "images") else X))
    if array.ndim not in (3, 4) or (array.ndim == 4 and array.shape[-1] != 3) or 0 in array.shape:
        raise ValueError(f"X: shape {array.shape} came; images (N, H, W) or (N, H, W, 3) are needed")
    if array.dtype != np.uint8:
        if array.dtype.kind != "f":
            raise ValueError(f"X: {array.dtype} came; allowed are uint8 and floats from 0 to 1")
        low, high = float(array.min()), float(array.max())
        if not (low >= 0 and high <= 1):
            raise ValueError(f"X: floats from {low:g} to {high:g} came; allowed are 0 to 1")
        array = array.astype(np.float32, copy=False)
    array = array[:, None] if array.ndim == 3 else array.transpose(0, 3, 1, 2)
    if channels is not None and array.shape[1] != channels:
        raise ValueError(f"X: images with {array.shape[1]} channels came; the network was fitted to {channels}")
    if not array.flags.writeable:  # torch does not know arrays that may only be read
        array = array.copy()
    return torch.from_numpy(array)
