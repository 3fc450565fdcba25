"""What a finding does to the picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Sign:
    """Changes that one finding makes; each map is (H, W) or a number.

    Attributes
    ----------
    mask : array of bool
        Where the finding is.
    opacity : array or float
        Attenuation added.
    air : array or float
        What is left of the lung's air, 0 (none) to 1 (all); above 1 there is more of it.
    vessels : array or float
        What is left of the vessels' shadows; below 0 they are dark, as bronchi are.
    """

    mask: np.ndarray
    opacity: np.ndarray | float = 0.0
    air: np.ndarray | float = 1.0
    vessels: np.ndarray | float = 1.0
