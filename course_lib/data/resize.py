"""Images brought to another size."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def resize(image: np.ndarray, shape: Sequence[int]) -> np.ndarray:
    """Resize by Pillow's bicubic filter, which smooths first where it shrinks.

    A volume is resized along its last two axes, then along its first: the filter is separable.

    Parameters
    ----------
    image : ndarray, (H, W), (H, W, 3) or (D, H, W); uint8 or float32
    shape : sequence of int
        (H, W), or (D, H, W) for a volume.

    Returns
    -------
    ndarray
        Of the same type; the filter's overshoot is cut off, at 0 and 255 or at a float image's minimum and maximum.

    Examples
    --------
    >>> resize(np.full((4, 4), 7, np.uint8), (2, 6))
    array([[7, 7, 7, 7, 7, 7],
           [7, 7, 7, 7, 7, 7]], dtype=uint8)
    """
    if len(shape) == 2:
        return _plane(image, shape)
    depth, height, width = shape
    slices = np.stack([_plane(plane, (height, width)) for plane in image])  # (D, height, width)
    return _plane(slices.reshape(len(image), -1), (depth, height * width)).reshape(depth, height, width)


def _plane(image: np.ndarray, shape: Sequence[int]) -> np.ndarray:
    from PIL import Image

    if image.shape[:2] == tuple(shape):
        return image
    resized = np.asarray(Image.fromarray(image).resize((shape[1], shape[0]), Image.Resampling.BICUBIC))
    return resized if image.dtype == np.uint8 else np.clip(resized, image.min(), image.max())
