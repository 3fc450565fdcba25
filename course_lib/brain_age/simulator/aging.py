"""One simulated brain at any age, and where age changes it."""

from __future__ import annotations

from functools import lru_cache
from numbers import Real

import numpy as np

from ..anatomy import coordinates
from .atlas import CHANNELS, atlas, move
from .years import OLD, YOUNG, Years, mean_years


def age_brain(
    age: float,
    *,
    ventricles: float = 0.0,
    hippocampi: float = 0.0,
    cortex: float = 0.0,
    resolution_mm: int = 4,
) -> np.ndarray:
    """One simulated brain of a given age, without noise: the template, aged.

    Parameters
    ----------
    age : float
        Years.
    ventricles, hippocampi, cortex : float
        Years by which a structure is older than the rest.
    resolution_mm : 4 or 2

    Returns
    -------
    float32, (D, H, W)
        In [0, 1], order (z, y, x).

    Raises
    ------
    ValueError
        If the resolution or an age is not allowed.

    Examples
    --------
    >>> young, old = age_brain(45), age_brain(80)
    >>> bool(old.sum() < young.sum())
    True
    """
    extra = {"ventricles": ventricles, "hippocampi": hippocampi, "cortex": cortex}
    return aged_maps(age, resolution_mm=resolution_mm, **extra)["t1"]


def aged_maps(age: float, *, resolution_mm: int = 4, **extra: float) -> dict[str, np.ndarray]:
    """The image of `age_brain`, and with it where structures are: float32 (D, H, W) by the names in `CHANNELS`."""
    check_simulated(resolution_mm)
    for name, value in {"age": age, **extra}.items():
        if isinstance(value, bool) or not isinstance(value, Real):
            raise ValueError(f"{name}: got {value!r}, allowed is a number of years")
    ages = {name: age + extra.get(name, 0.0) for name in ("ventricles", "hippocampi", "cortex")}
    for name, value in ages.items():
        if not 18 <= value <= 110:
            raise ValueError(f"{name}: got an age of {value:g} years, allowed are 18 to 110")
    years = Years(*(getattr(mean_years(np.array([value])), name) for name, value in ages.items()))
    place = coordinates(resolution_mm)
    maps = move(atlas(resolution_mm), place.reshape(-1, 3), years)[0].numpy()
    return dict(zip(CHANNELS, maps.reshape(-1, *place.shape[:3]), strict=True))


@lru_cache(maxsize=2)
def effect_map(resolution_mm: int = 4) -> np.ndarray:
    """Where aging changes the simulated image: |intensity at 80 − intensity at 45| of the template.

    Returns
    -------
    float32, (D, H, W)

    Examples
    --------
    >>> float(effect_map().max().round(2)) > 0.3
    True
    """
    change = np.abs(age_brain(OLD, resolution_mm=resolution_mm) - age_brain(YOUNG, resolution_mm=resolution_mm))
    change.flags.writeable = False
    return change


def check_simulated(resolution_mm: int) -> None:
    """Raise a ValueError unless brains are simulated at this resolution."""
    if resolution_mm not in (4, 2):
        raise ValueError(f"resolution_mm: got {resolution_mm!r}, brains are simulated at 4 and 2")
