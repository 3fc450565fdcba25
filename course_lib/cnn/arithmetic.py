"""Output sizes, multiplications and weights of convolutional layers, by arithmetic alone."""

from __future__ import annotations

import operator
from math import prod


def whole_number(name: str, value: int, least: int) -> int:
    """Return `value` as an int, or say in a ValueError that names it why it is none.

    Parameters
    ----------
    name : str
        The argument's name, for the message.
    value : int
        What came. NumPy's integers are welcome; 3.0 and "3" are not.
    least : int
        The smallest value allowed.

    Examples
    --------
    >>> whole_number("k", 3, 1)
    3
    >>> whole_number("s", 0, 1)
    Traceback (most recent call last):
    ...
    ValueError: s: got 0; allowed are whole numbers from 1 on
    """
    try:
        number = operator.index(value)
    except TypeError:
        raise ValueError(f"{name}: got {value!r}; allowed are whole numbers from {least} on") from None
    if number < least:
        raise ValueError(f"{name}: got {number}; allowed are whole numbers from {least} on")
    return number


def output_size(i: int, k: int, p: int = 0, s: int = 1, d: int = 1) -> int:
    """Length of a convolution's or a pooling's output along one axis, ⌊(i − d(k − 1) − 1 + 2p)/s⌋ + 1.

    With d = 1 this is ⌊(i − k + 2p)/s⌋ + 1.

    Parameters
    ----------
    i : int
        Input length in pixels.
    k : int
        Kernel length.
    p : int
        Zeros put on at each of the two ends.
    s : int
        Stride: the step from one kernel position to the next.
    d : int
        Dilation: the distance between neighboring kernel elements.

    Returns
    -------
    int
        The number of positions at which the kernel fits, at least 1.

    Raises
    ------
    ValueError
        If an argument is not a whole number in its range, or the kernel does not fit once.

    References
    ----------
    Dumoulin, V. and Visin, F. (2016). A guide to convolution arithmetic for deep learning. arXiv:1603.07285.

    Examples
    --------
    >>> output_size(5, 3), output_size(5, 4, p=2), output_size(5, 3, p=1, s=2)
    (3, 6, 3)
    """
    i, k = whole_number("i", i, 1), whole_number("k", k, 1)
    p, s, d = whole_number("p", p, 0), whole_number("s", s, 1), whole_number("d", d, 1)
    span = d * (k - 1) + 1
    if span > i + 2 * p:
        raise ValueError(
            f"k: a kernel of {k} with dilation {d} spans {span} pixels, the padded input has {i + 2 * p} "
            f"(i={i}, p={p}); allowed is k up to {(i + 2 * p - 1) // d + 1}"
        )
    return (i - span + 2 * p) // s + 1


def transposed_output_size(i: int, k: int, p: int = 0, s: int = 1, d: int = 1, output_padding: int = 0) -> int:
    """Length of a transposed convolution's output along one axis, s(i − 1) + d(k − 1) + 1 − 2p + output_padding.

    Parameters
    ----------
    i, k, p, s, d : int
        As in `output_size`, of the convolution that is transposed: s is now the upsampling factor and p takes away.
    output_padding : int
        Extra length at the far end, below max(s, d). With s > 1 several input lengths of the convolution lead to one
        output length; this says which of them is meant.

    Raises
    ------
    ValueError
        If an argument is not a whole number in its range, or nothing would be left after cutting p off both ends.

    References
    ----------
    Dumoulin and Visin (2016), Relationship 14.

    Examples
    --------
    >>> transposed_output_size(3, k=3, p=1, s=2, output_padding=1)
    6
    >>> output_size(6, k=3, p=1, s=2)  # the way back
    3
    """
    i, k = whole_number("i", i, 1), whole_number("k", k, 1)
    p, s, d = whole_number("p", p, 0), whole_number("s", s, 1), whole_number("d", d, 1)
    extra = whole_number("output_padding", output_padding, 0)
    if extra >= max(s, d):
        raise ValueError(f"output_padding: got {extra}; allowed is less than max(s, d) = {max(s, d)}")
    full = s * (i - 1) + d * (k - 1) + 1 + extra
    if full <= 2 * p:
        raise ValueError(f"p: got {p}, which cuts off all {full} pixels; allowed is p up to {(full - 1) // 2}")
    return full - 2 * p


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
