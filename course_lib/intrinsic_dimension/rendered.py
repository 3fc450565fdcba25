"""Images of known dimension: a drawn lesion with as many free numbers as one likes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from course_lib.data import DatasetCard, ImageSet
from course_lib.metrics.arguments import check_number, check_whole

# What each factor spans; one that is not asked for rests in the middle. Lengths are in halves of the image's side.
FACTORS = {
    "x": (-0.3, 0.3),
    "y": (-0.3, 0.3),
    "size": (0.28, 0.5),
    "rotation": (-0.9, 0.9),
    "elongation": (1.2, 2.0),
    "intensity": (60.0, 120.0),
    "background": (40.0, 100.0),
    "shading": (-36.0, 36.0),
    "softness": (0.1, 0.2),
}
MOST_NOISE = 1e6  # gray levels: far from where float32 ends, and far more than an image can bear
CARD = DatasetCard(
    name="simulated lesions of known dimension",
    source="drawn by course_lib.intrinsic_dimension.rendered_images",
    license="CC0",
    citation="AI in Medicine, lecture 5",
    simulated=True,
    description="An ellipse with soft edges on a shaded background; the numbers that vary are known.",
)


def rendered_images(
    n: int, factors: Sequence[str] = ("x", "y"), *, size: int = 32, noise: float = 0.0, seed: int = 0
) -> ImageSet:
    """`n` images of a soft ellipse of which `factors` vary, each on its own and evenly: dimension = len(factors).

    Parameters
    ----------
    n : int
    factors : sequence of str
        Any of `FACTORS`: "x", "y", "size", "rotation", "elongation", "intensity", "background", "shading" (a slope of
        gray from left to right) and "softness" (of the edge). What is not named is the same in all images.
    size : int
        Pixels of each side.
    noise : float
        SD in gray levels, of each pixel on its own: as many dimensions as there are pixels. At most `MOST_NOISE`.
    seed : int

    Returns
    -------
    ImageSet
        float32 (n, size, size), gray levels not rounded, since rounding is a noise of its own; labels: whether the
        lesion is larger than the middle of what it may be ("small", "large"), or without the factor "size" whether the
        first factor is above its middle ("low", "high"). `extras`: the value of each factor.

    Raises
    ------
    ValueError
        If a factor is unknown or named twice, or a number is not allowed.

    Examples
    --------
    >>> rendered_images(3, ["x", "size"])
    ImageSet(simulated, 3 gray images of 32×32, float32, 2 classes)
    """
    _check(n, factors, size, noise, seed)
    rng = np.random.default_rng(seed)
    values = {name: rng.uniform(*FACTORS[name], n) for name in factors}
    everything = {name: values.get(name, np.full(n, np.mean(ends))) for name, ends in FACTORS.items()}
    images = _drawn(size=size, **{_ARGUMENTS.get(name, name): column for name, column in everything.items()})
    if noise:
        images = images + noise * rng.standard_normal(images.shape)
    asked = "size" if "size" in values else factors[0]
    labels = (values[asked] > np.mean(FACTORS[asked])).astype(np.int64)
    names = ("small", "large") if asked == "size" else ("low", "high")
    return ImageSet(images.astype(np.float32), labels, names, card=CARD, extras=values)


_ARGUMENTS = {"size": "reach"}


def _drawn(*, size, x, y, reach, rotation, elongation, intensity, background, shading, softness) -> np.ndarray:
    """Gray values, (n, size, size)."""
    column = lambda values: np.asarray(values)[:, None, None]  # noqa: E731
    axis = (np.arange(size) + 0.5) / size * 2 - 1
    across, down = axis[None, None] - column(x), axis[None, :, None] - column(y)
    cos, sin = np.cos(column(rotation)), np.sin(column(rotation))
    along, aside = cos * across + sin * down, cos * down - sin * across
    stretch = np.sqrt(column(elongation))
    away = np.sqrt((along / stretch) ** 2 + (aside * stretch) ** 2)
    lesion = 1 / (1 + np.exp((away - column(reach)) / column(softness)))
    return column(background) + column(shading) * axis[None, None] + column(intensity) * lesion


def _check(n: int, factors: Sequence[str], size: int, noise: float, seed: int) -> None:
    listed = isinstance(factors, (list, tuple)) and all(isinstance(name, str) for name in factors)
    if not listed or not factors or len(set(factors)) < len(factors) or not set(factors) <= set(FACTORS):
        raise ValueError(f"factors: got {factors!r}, allowed are different ones of {', '.join(FACTORS)}")
    for name, value, least in (("n", n, 1), ("size", size, 1), ("seed", seed, 0)):
        check_whole(name, value, least)
    check_number("noise", noise)
    if noise > MOST_NOISE:
        raise ValueError(f"noise: got {noise!r}, allowed is a number from 0 to {MOST_NOISE:g}")
