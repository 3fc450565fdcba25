"""What replacing one convolution by several smaller ones saves."""

from __future__ import annotations

from math import prod

from .arithmetic import whole_number


def bottleneck_operations(
    shape: tuple[int, int, int] = (14, 14, 480), kernel: int = 5, out: int = 48, reduce: int | None = None
) -> dict[str, int]:
    """Multiplications of a k×k convolution, straight or behind a 1×1 convolution that first reduces the channels.

    Each step costs height · width · kernel² · channels in · channels out; padding keeps height and width.

    Parameters
    ----------
    shape : (height, width, channels)
        Of the input.
    kernel : int
        Side k of the large kernel.
    out : int
        Channels that come out.
    reduce : int, optional
        Channels after the 1×1 convolution; None for no such convolution.

    Returns
    -------
    dict of str to int
        The multiplications of the "reduction" (where there is one), of the "convolution", and their "total".

    References
    ----------
    Szegedy, C. et al. (2015). Going deeper with convolutions. CVPR. Inception (4a), Table 1.

    Examples
    --------
    >>> bottleneck_operations()["total"], bottleneck_operations(reduce=16)
    (112896000, {'reduction': 1505280, 'convolution': 3763200, 'total': 5268480})
    """
    height, width, channels = (whole_number("shape", number, 1) for number in shape)
    kernel, out = whole_number("kernel", kernel, 1), whole_number("out", out, 1)
    counts = {}
    if reduce is not None:
        counts["reduction"] = height * width * channels * whole_number("reduce", reduce, 1)
        channels = reduce
    counts["convolution"] = height * width * kernel**2 * channels * out
    return {**counts, "total": sum(counts.values())}


def kernel_weights(*kernels: tuple[int, int]) -> int:
    """Weights of a chain of kernels for one channel in and one channel out, Σ height · width.

    Examples
    --------
    >>> kernel_weights((5, 5)), kernel_weights((3, 3), (3, 3))
    (25, 18)
    >>> kernel_weights((7, 7)), kernel_weights(*[(3, 3)] * 3), kernel_weights((1, 7), (7, 1))
    (49, 27, 14)
    """
    return sum(prod(whole_number("kernels", side, 1) for side in kernel) for kernel in kernels)
