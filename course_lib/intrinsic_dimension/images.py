"""Images brought to the form in which their dimension was published."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from course_lib.metrics.arguments import check_whole

LUMINANCE = np.array([0.2125, 0.7154, 0.0721])  # of red, green and blue, as in scikit-image, which the paper used
PLANES = ("(H, W)", "(H, W, 3)")


def konz_preprocess(images: Sequence[ArrayLike], size: int = 224) -> np.ndarray:
    """Gray, ×255/maximum of each image, cut to 8 bits, bilinear to `size`², as in Konz et al. (2022).

    Their bilinear resizing interpolates without smoothing first, and so does this. They kept the fractions that it
    makes; here they are rounded, so that distances are those of 8-bit images, which are exact.

    Parameters
    ----------
    images : sequence of array, (H, W) or (H, W, 3)
        Not negative; they may differ in size and in scale, which the maximum takes away.
    size : int
        Pixels of each side.

    Returns
    -------
    array of uint8, (N, size, size)
        An image that is 0 throughout stays so.

    Raises
    ------
    ValueError
        If there is no image, one is of another shape, negative or not finite, or `size` is below 1.

    References
    ----------
    Konz, N. et al. (2022). The intrinsic manifolds of radiological images and their role in deep learning. MICCAI.

    Examples
    --------
    >>> konz_preprocess([[[0, 1000], [2000, 4000]]], size=2)
    array([[[  0,  63],
            [127, 255]]], dtype=uint8)
    """
    _check(images, size)
    return np.stack([_bilinear(_scaled(_gray(plane)), size) for plane in map(_plane, images)])


def pope_preprocess(images: Sequence[ArrayLike], size: int = 32) -> np.ndarray:
    """Red, green and blue in 8 bits, bilinear to `size`², the form of Pope et al. (2021): 32 × 32 × 3.

    The scale stays: an image keeps its own brightness. Gray images get three equal channels, and so distances √3 times
    as long, which no estimate of dimension sees. Pope et al. drop duplicates, as the estimators here do.

    Parameters
    ----------
    images : sequence of array, (H, W) or (H, W, 3)
        uint8, or floats from 0 to 1.
    size : int
        Pixels of each side.

    Returns
    -------
    array of uint8, (N, size, size, 3)

    Raises
    ------
    ValueError
        If there is no image, one is of another shape or range, or `size` is below 1.

    References
    ----------
    Pope, P. et al. (2021). The intrinsic dimension of images and its impact on learning. ICLR.

    Examples
    --------
    >>> pope_preprocess([np.full((64, 48), 7, np.uint8)]).shape
    (1, 32, 32, 3)
    """
    _check(images, size)
    return np.stack([_bilinear(_eight_bits(_color(plane)), size) for plane in map(_plane, images)])


def _check(images: Sequence[ArrayLike], size: int) -> None:
    if not isinstance(images, (Sequence, np.ndarray)) or getattr(images, "ndim", 1) == 0 or len(images) == 0:
        raise ValueError(f"images: got none ({type(images).__name__}), allowed are one or more")
    check_whole("size", size, least=1)


def _plane(image: ArrayLike) -> np.ndarray:
    array = np.asarray(image)
    if array.ndim not in (2, 3) or array.shape[2:] not in ((), (3,)) or array.size == 0:
        raise ValueError(f"images: got one of shape {array.shape}, allowed are {' and '.join(PLANES)}")
    if array.dtype.kind not in "biuf" or not np.isfinite(array).all() or array.min() < 0:
        raise ValueError(f"images: got {array.dtype} with values below 0 or not finite, allowed are finite ones from 0")
    return array


def _gray(image: np.ndarray) -> np.ndarray:
    return image if image.ndim == 2 else image @ LUMINANCE


def _color(image: np.ndarray) -> np.ndarray:
    return image if image.ndim == 3 else np.repeat(image[..., None], 3, axis=2)


def _scaled(image: np.ndarray) -> np.ndarray:
    """Multiplied before it is divided: 255 · maximum / maximum is 255, and not a little less, which is cut to 254."""
    top = float(image.max())
    return (image * 255.0 / top if top else np.zeros(image.shape)).astype(np.uint8)


def _eight_bits(image: np.ndarray) -> np.ndarray:
    if image.dtype == np.uint8:
        return image
    if image.dtype.kind != "f" or image.max() > 1:
        raise ValueError(f"images: got {image.dtype} up to {image.max():g}, allowed are uint8 and floats from 0 to 1")
    return np.rint(image * 255).astype(np.uint8)


def _bilinear(image: np.ndarray, size: int) -> np.ndarray:
    """uint8 (H, W) or (H, W, 3), resized; pixels are areas, so that their centers lie at half numbers."""
    import torch
    from torch.nn.functional import interpolate

    if image.shape[:2] == (size, size):
        return image
    channels = torch.from_numpy(np.ascontiguousarray(np.atleast_3d(image).transpose(2, 0, 1), np.float32))
    resized = interpolate(channels[None], size=(size, size), mode="bilinear", align_corners=False)[0]
    return np.rint(resized.numpy()).astype(np.uint8).transpose(1, 2, 0).reshape(size, size, *image.shape[2:])
