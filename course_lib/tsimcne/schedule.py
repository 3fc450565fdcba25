"""Learning rates of the three stages, epoch by epoch."""

from __future__ import annotations

import numpy as np

from course_lib.metrics.arguments import check_whole

STAGES = {1: (0.03, 10), 2: (0.03, 0), 3: (0.03e-3, 10)}  # rate per 256 images of a batch, and epochs of warm-up
SHORT = 10  # the warm-up takes at most one epoch of so many


def learning_rates(stage: int, n_epochs: int, batch_size: int) -> np.ndarray:
    """The learning rate of every epoch of a stage: a warm-up, then half a cosine.

    With w epochs of warm-up and the peak rate r = .03·batch_size/256 (in stage 3, a thousandth of it), it is
    r·e/(w − 1) in epoch e < w, and then r/2·(1 + cos(π(e − w)/(n + 1 − w))). w is 10, 0 and 10, as in the original, but
    no more than a tenth of the epochs, and 0 where that is less than two: a short stage must not spend its time at a
    rate of 0.

    Parameters
    ----------
    stage : {1, 2, 3}
    n_epochs : int
        At least 1.
    batch_size : int
        Images (not views) of a batch, at least 1.

    Returns
    -------
    ndarray, (n_epochs,)

    Raises
    ------
    ValueError
        If an argument is outside what is allowed.

    References
    ----------
    Böhm, J. N., Berens, P. and Kobak, D. (2023). Unsupervised visualization of image datasets using contrastive
    learning. ICLR.

    Examples
    --------
    >>> learning_rates(1, 1000, 1024)[[0, 1, 9, 10]].round(4).tolist()
    [0.0, 0.0133, 0.12, 0.12]
    """
    if stage not in tuple(STAGES):
        raise ValueError(f"stage: got {stage!r}, allowed are 1, 2, 3")
    check_whole("n_epochs", n_epochs, least=1)
    check_whole("batch_size", batch_size, least=1)
    rate, warmup = STAGES[stage]
    return rate * batch_size / 256 * factors(n_epochs, warmup)


def factors(n: int, warmup: int) -> np.ndarray:
    """What the peak rate is multiplied with in each of `n` epochs (or steps), of which `warmup` at most warm up."""
    warmup = min(warmup, n // SHORT)
    warmup = warmup if warmup > 1 else 0
    epoch = np.arange(n)
    cosine = (1 + np.cos(np.pi * (epoch - warmup) / (n + 1 - warmup))) / 2
    return np.where(epoch < warmup, epoch / max(warmup - 1, 1), cosine)
