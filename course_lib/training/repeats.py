"""Train the same network from several seeds, and say what the seeds and the test set leave uncertain."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import torch
from numpy.typing import ArrayLike
from torch import nn

from course_lib.training.fitting import fit, predict

if TYPE_CHECKING:
    from course_lib.data import ImageSet


@dataclass(frozen=True)
class Repeats:
    """What S trainings of one network left behind.

    Attributes
    ----------
    models : list of nn.Module, S
    history : DataFrame
        The training histories, one above the other, with a column ``seed``.
    outputs : array of float, (S, N, K)
        Each network's outputs on the N test images.
    targets : array of int, (N,)
        The true classes of the test images.
    """

    models: list[nn.Module]
    history: pd.DataFrame
    outputs: np.ndarray
    targets: np.ndarray

    @property
    def accuracies(self) -> np.ndarray:
        """Test accuracy of each network, (S,)."""
        return (self.outputs.argmax(-1) == self.targets).mean(-1)

    def interval_over_seeds(self, level: float = 0.95) -> tuple[float, float]:
        """Interval of the mean accuracy over seeds, by Student's t: what another start would change."""
        return interval_of_mean(self.accuracies, level)

    def interval_over_images(self, seed: int = 0, level: float = 0.95) -> tuple[float, float]:
        """Wilson's interval of one network's accuracy: what another test set of this size would change."""
        from scipy import stats  # here, for it takes long to load and training does without

        right = int((self.outputs[seed].argmax(-1) == self.targets).sum())
        interval = stats.binomtest(right, len(self.targets)).proportion_ci(level, method="wilson")
        return float(interval.low), float(interval.high)


def interval_of_mean(values: ArrayLike, level: float = 0.95) -> tuple[float, float]:
    """Student's t interval of a mean, x̄ ± t·s/√n.

    Raises
    ------
    ValueError
        If there are fewer than two values.

    Examples
    --------
    >>> low, high = interval_of_mean([0.96, 0.97, 0.98])
    >>> round(low, 3), round(high, 3)
    (0.945, 0.995)
    """
    from scipy import stats

    values = np.asarray(values, dtype=float)
    if len(values) < 2:
        raise ValueError(f"values: an interval of a mean needs at least 2 values, came {len(values)}")
    half = stats.t.ppf((1 + level) / 2, len(values) - 1) * stats.sem(values)
    return float(values.mean() - half), float(values.mean() + half)


def summarize(frame: pd.DataFrame, by: str | list[str], column: str, level: float = 0.95) -> pd.DataFrame:
    """Mean of a column in each group of rows, with its interval and the number of rows.

    Returns
    -------
    DataFrame
        One row per group: the columns of ``by``, then ``mean``, ``low``, ``high``, ``n``.

    Examples
    --------
    >>> runs = pd.DataFrame({"network": ["a", "a", "b", "b"], "accuracy": [0.9, 0.9, 0.8, 0.8]})
    >>> summarize(runs, "network", "accuracy")["mean"].tolist()
    [0.9, 0.8]
    """
    groups = frame.groupby(by, sort=False)[column]
    bounds = groups.apply(lambda values: pd.Series(interval_of_mean(values, level), ["low", "high"])).unstack()
    return groups.mean().to_frame("mean").join(bounds).assign(n=groups.size()).reset_index()


def repeat_training(
    build: Callable[[], nn.Module],
    parts: Sequence[ImageSet],
    *,
    seeds: Sequence[int],
    epochs: int,
    learning_rate: float = 2e-3,
    batch_size: int = 32,
    progress: bool = True,
) -> Repeats:
    """Train ``build()`` once per seed on the first of the three parts, watch the second, and test on the third.

    A seed fixes the initial weights and the order of the images. The learning rate falls along a cosine. The test part
    is looked at once, after training. The stop button ends the repetition and keeps the seeds that were finished.

    Parameters
    ----------
    build : callable
        Gives a new, untrained network that maps (B, C, H, W) to (B, K).
    parts : (training, validation, test), three ImageSets
        With one label per image.
    seeds : sequence of int
    epochs, batch_size : int
    learning_rate : float
        Adam's, at the start.

    Returns
    -------
    Repeats
    """
    train, validation, test = (part.tensors() for part in parts)
    models, histories, outputs = [], [], []
    for seed in seeds:
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            model = build()
        run = fit(
            model,
            train,
            validation,
            epochs=epochs,
            batch_size=batch_size,
            optimizer=lambda parameters: torch.optim.Adam(parameters, lr=learning_rate),
            schedule="cosine",
            seed=seed,
            progress=progress,
        )
        if run.stopped == "interrupted":
            break  # the seeds that were trained to their end are kept
        models.append(run.model)
        histories.append(run.history.assign(seed=seed))
        outputs.append(predict(run.model, test[0]).numpy())
    if not models:
        raise KeyboardInterrupt("no seed was trained to its end")
    return Repeats(models, pd.concat(histories, ignore_index=True), np.stack(outputs), test[1].numpy())
