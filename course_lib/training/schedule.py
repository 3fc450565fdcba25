"""How the learning rate changes in the course of a training."""

import math

WARM_UP, FIRST, LAST = 0.3, 1 / 25, 1 / 25e4  # as torch's OneCycleLR


def one_cycle(fraction: float) -> float:
    """Factor on the peak learning rate: from 1/25 up to 1 in the first 30 % of training, then down to 1/250,000.

    Both ways are half a cosine. Slow steps at first, for the weights are random; large ones while the direction is
    clear; small ones to settle.

    References
    ----------
    Smith, L. N. and Topin, N. (2018). Super-convergence. arXiv:1708.07120; the shape is torch's OneCycleLR.

    Examples
    --------
    >>> [round(one_cycle(fraction), 3) for fraction in (0.0, 0.3, 0.65)]
    [0.04, 1.0, 0.5]
    """
    if fraction <= WARM_UP:
        return _cosine(FIRST, 1.0, fraction / WARM_UP)
    return _cosine(1.0, LAST, (fraction - WARM_UP) / (1 - WARM_UP))


def _cosine(start: float, end: float, fraction: float) -> float:
    return end + (start - end) * (1 + math.cos(math.pi * fraction)) / 2
