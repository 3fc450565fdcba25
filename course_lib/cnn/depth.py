"""Plain against residual or dense networks of growing depth, trained alike on the same digits."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import pandas as pd
import torch

from course_lib.data import load
from course_lib.training import fit

from .small import small_network


def depth_experiment(
    depths: Sequence[int] = (8, 20, 44),
    kinds: Sequence[str] = ("plain", "residual"),
    seeds: Sequence[int] = (0, 1),
    epochs: int = 5,
    width: int = 8,
    learning_rate: float = 0.05,
    batch_size: int = 64,
    progress: bool = True,
) -> pd.DataFrame:
    """Train small networks of each kind, depth and seed on the digits (8 × 8) and keep their losses.

    Plain and residual networks of one depth have the same parameters, the same first weights, the same batches in the
    same order, and batch normalization after every convolution. What differs is the addition of a block's input.
    All are trained by gradient descent with momentum 0.9, the learning rate falling along a cosine.

    Parameters
    ----------
    depths : sequence of int
        Weight layers.
    kinds : sequence of {"plain", "residual", "dense"}
        As in `small_network`.
    seeds : sequence of int
        Each fixes the first weights and the order of the images.
    epochs, width, batch_size : int
    learning_rate : float
        At the start.
    progress : bool
        Show a bar per training.

    Returns
    -------
    pandas.DataFrame
        One row per epoch of each training: kind, depth, seed, epoch (from 1), train_loss (mean over the epoch, while
        the weights change), validation_loss, learning_rate, seconds.

    References
    ----------
    He et al. (2016), section 1 and figure 1: the 56-layer plain network has the higher training error than the one
    with 20 layers, so that it is not overfitting.
    """
    train, validation = load("digits", "train"), load("digits", "validation")
    histories = []
    for kind, depth, seed in product(kinds, depths, seeds):
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            model = small_network(kind, depth, width)
        run = fit(
            model,
            train,
            validation,
            epochs=epochs,
            batch_size=batch_size,
            optimizer=lambda parameters: torch.optim.SGD(parameters, lr=learning_rate, momentum=0.9),
            schedule="cosine",
            seed=seed,
            progress=progress,
        )
        if run.stopped == "interrupted":
            break  # the trainings that were finished are kept
        histories.append(run.history.assign(kind=kind, depth=depth, seed=seed))
    if not histories:
        raise KeyboardInterrupt("no training was finished")
    table = pd.concat(histories, ignore_index=True)
    keys = ["kind", "depth", "seed"]
    return table[keys + [column for column in table.columns if column not in keys]]
