"""Gradient descent on a loss of one parameter, step by step."""

from collections.abc import Callable

import numpy as np


def descend(gradient: Callable[[float], float], start: float, learning_rate: float, steps: int) -> np.ndarray:
    """The parameters visited by θ ← θ − η dL/dθ.

    Parameters
    ----------
    gradient : callable
        dL/dθ at a θ.
    start : float
        θ before the first step.
    learning_rate : float
        η.
    steps : int

    Returns
    -------
    array (steps + 1,)
        `start` first. Stops growing at ±1e6, where a descent that diverges has long left every picture.

    Examples
    --------
    >>> descend(lambda theta: theta, start=4.0, learning_rate=0.5, steps=3)
    array([4. , 2. , 1. , 0.5])
    """
    path = [float(start)]
    for _ in range(steps):
        path.append(float(np.clip(path[-1] - learning_rate * gradient(path[-1]), -1e6, 1e6)))
    return np.array(path)
