"""How much a layer's output says about the class, when few labels are there to read it with."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from torch import Tensor, nn

from course_lib.cnn.features import feature_maps
from course_lib.data import ImageSet


def few_label_accuracy(
    model: nn.Module, images: ImageSet, layers: Sequence[str], *, per_class: int = 2, repeats: int = 50, seed: int = 0
) -> pd.DataFrame:
    """Accuracy of the nearest class mean, from ``per_class`` labeled images, on the pixels and on each layer's output.

    In each repeat, ``per_class`` images of every class are drawn; all other images are given to the class whose mean
    is nearest. All layers see the same draws.

    Parameters
    ----------
    model : nn.Module
        In the mode it should be read in.
    images : ImageSet
        Images the model was not trained on, with one label each.
    layers : sequence of str
        Names of the model's modules, from the input upward.
    per_class, repeats, seed : int

    Returns
    -------
    DataFrame
        One row per layer and repeat: ``layer`` ("pixels" first), ``repeat``, ``accuracy``.

    Raises
    ------
    ValueError
        If a class has too few images to leave one over.
    """
    inputs, labels = images.tensors()
    spaces = {"pixels": inputs, **feature_maps(model, inputs, layers)}
    points = {name: space.flatten(1).numpy() for name, space in spaces.items()}
    draws = _draws(labels, per_class, repeats, seed)
    rows = [
        {"layer": name, "repeat": repeat, "accuracy": _nearest_mean_accuracy(x, labels.numpy(), chosen)}
        for name, x in points.items()
        for repeat, chosen in enumerate(draws)
    ]
    return pd.DataFrame(rows)


def _draws(labels: Tensor, per_class: int, repeats: int, seed: int) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    members = [np.flatnonzero(labels.numpy() == label) for label in np.unique(labels)]
    fewest = min(map(len, members))
    if not 1 <= per_class < fewest:
        raise ValueError(f"per_class: got {per_class}; allowed are 1 to {fewest - 1}, the smallest class has {fewest}")
    # each draw is (K, per_class)
    return [np.stack([rng.choice(m, per_class, replace=False) for m in members]) for _ in range(repeats)]


def _nearest_mean_accuracy(x: np.ndarray, labels: np.ndarray, chosen: np.ndarray) -> float:
    means = x[chosen].mean(1)  # (K, D)
    rest = np.setdiff1d(np.arange(len(x)), chosen)
    distance = (means**2).sum(1) - 2 * x[rest] @ means.T  # (N, K), but for a term that all classes share
    return float((np.unique(labels)[distance.argmin(1)] == labels[rest]).mean())
