"""What learned noise costs, beside as much noise that was not learned."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import torch
from numpy.typing import ArrayLike

from course_lib.metrics.arguments import check_whole

from ..networks import SFCN, AgeNetwork
from ..regression import check_aged
from .reader import FrozenReader, batches

if TYPE_CHECKING:
    from course_lib.data import ImageSet

NOISES = ("none", "learned", "uniform")


@torch.no_grad()
def tolerated(
    model: AgeNetwork | SFCN,
    images: ImageSet,
    sigma: ArrayLike,
    *,
    seed: int,
    batch_size: int = 32,
    progress: bool = True,
) -> pd.DataFrame:
    """Mean absolute error without noise, under learned noise, and under uniform noise of the same mean σ in each brain.

    Both noises are the same random numbers, scaled differently. Of all noises of one mean, the uniform one has the
    least power: if it costs more all the same, the learned one knows where to be quiet.

    Parameters
    ----------
    model : AgeNetwork or SFCN
        Stays as it is.
    images : ImageSet of N volumes with ages
        Others than those the noise was learned from. Skull-stripped: noise is added to what is above zero.
    sigma : array, (D, H, W) or (N, D, H, W)
        Standard deviation in units of intensity: of `population_noise`, or of `NoiseNetwork.noise`.
    seed, batch_size : int
        Both decide which random numbers a brain gets.
    progress : bool

    Returns
    -------
    DataFrame
        Three rows: ``noise`` ("none", "learned", "uniform"), ``sigma`` (mean over brains of its mean over the voxels of
        a brain), ``mae`` (years) and ``n``.

    Raises
    ------
    ValueError
        If shapes disagree, σ is negative or not finite, or the volumes have no ages.

    Examples
    --------
    >>> from torch import nn
    >>> from course_lib.data import ImageSet
    >>> model = AgeNetwork(nn.Sequential(nn.Flatten(), nn.Linear(8, 1)))
    >>> brains = ImageSet(np.full((2, 2, 2, 2), 100, np.uint8), np.array([60.0, 70.0]))
    >>> tolerated(model, brains, np.zeros((2, 2, 2)), seed=0, progress=False).mae.nunique()
    1
    """
    sigma, reader = _check(images, sigma, seed), FrozenReader(model)
    generator = torch.Generator().manual_seed(seed)
    errors, means, start = [], [], 0
    for volumes in batches(images, batch_size, reader.place, progress, "noise"):
        rows = slice(start, start + len(volumes))
        learned = (sigma if sigma.ndim == 3 else sigma[rows, None]).to(volumes)  # broadcasts over (B, 1, D, H, W)
        brain = (volumes > 0).to(volumes)
        mean = (learned * brain).sum(dim=(1, 2, 3, 4), keepdim=True) / brain.sum(dim=(1, 2, 3, 4), keepdim=True)
        noise = brain * torch.randn(volumes.shape, generator=generator).to(volumes)
        ages = torch.stack([reader(volumes + noise * scale) for scale in (0.0, learned, mean)])  # (3, B)
        errors.append((ages.cpu().double() - torch.tensor(images.labels[rows], dtype=torch.float64)).abs())
        means.append(mean.flatten().cpu())
        start += len(volumes)
    mae, amount = torch.cat(errors, dim=1).mean(dim=1).tolist(), float(torch.cat(means).mean())
    return pd.DataFrame({"noise": NOISES, "sigma": [0.0, amount, amount], "mae": mae, "n": len(images)})


def _check(images: ImageSet, sigma: ArrayLike, seed: int) -> torch.Tensor:
    check_aged("images", images)
    check_whole("seed", seed)
    if empty := np.flatnonzero(~images.images.any(axis=(1, 2, 3))).tolist():
        raise ValueError(f"images: volume {empty[0]} is black; there is no brain to add noise to")
    values, shape = np.array(sigma, np.float32), images.images.shape
    if values.shape not in (shape, shape[1:]):
        raise ValueError(f"sigma: got shape {values.shape}, allowed are {shape[1:]} and {shape}")
    if not (np.isfinite(values).all() and (values >= 0).all()):
        raise ValueError("sigma: got negative or infinite values or NaN, allowed are finite ones from 0 on")
    return torch.from_numpy(values)
