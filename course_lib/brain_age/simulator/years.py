"""How far the structures of a brain have aged at a given age."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

YOUNG, OLD = 45.0, 80.0  # years between which the effects were set


@dataclass(frozen=True)
class Years:
    """How far each structure of K brains has aged: three arrays of float32, (K,).

    Attributes
    ----------
    ventricles : array
        Displacement of the ventricles' wall, mm.
    hippocampi : array
        Contraction of the hippocampi, share.
    cortex : array
        Fluid in superficial gray matter, share.
    """

    ventricles: np.ndarray
    hippocampi: np.ndarray
    cortex: np.ndarray


def mean_years(age: np.ndarray) -> Years:
    """The effects expected at an age, in years; they are 0 at 45.

    Examples
    --------
    >>> at = mean_years(np.array([45.0, 80.0]))
    >>> at.ventricles.round(2), at.hippocampi.round(2)
    (array([0.  , 5.39], dtype=float32), array([0.  , 0.42], dtype=float32))
    """
    y = np.asarray(age, np.float32) - np.float32(YOUNG)
    span = np.float32(OLD - YOUNG)
    # widening speeds up with the years; below 45 and above 80 it goes on at the speed it had there
    speed = np.where(y < 0, 0.6 * y, np.where(y > span, 1.4 * span + 2.2 * (y - span), y * (0.6 + 0.8 * y / span)))
    return Years(*(values.astype(np.float32) for values in (0.11 * speed, 0.012 * y, 0.012 * y)))
