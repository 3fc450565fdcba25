"""Scores as probabilities, whichever they were."""

import numpy as np
from numpy.typing import ArrayLike

from course_lib.metrics.validation import probabilities


def as_probabilities(scores: ArrayLike, logits: bool) -> np.ndarray:
    """Return scores as probabilities, or refuse what is plainly not what it is said to be.

    Raises
    ------
    ValueError
        If probabilities lie outside [0, 1], or all "logits" lie inside.

    Examples
    --------
    >>> as_probabilities([[0.2, 0.9]], logits=True)
    Traceback (most recent call last):
    ValueError: scores: all lie in [0, 1], as probabilities do; if they are, say logits=False
    """
    given = probabilities(scores, logits=logits)
    if logits and ((np.asarray(scores) >= 0) & (np.asarray(scores) <= 1)).all():
        raise ValueError("scores: all lie in [0, 1], as probabilities do; if they are, say logits=False")
    return given
