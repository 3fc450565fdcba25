"""What is odd about images before anybody learns from them: blank, overexposed, blurred, of another size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from course_lib.data.imageset import ImageSet

if TYPE_CHECKING:
    import pandas as pd

LEAST = 8  # images: of fewer nobody can say what is usual
LIMIT = 5.0  # robust standard deviations from the median: about one in two million of a normal distribution
FLAT = 0.05  # of the range of gray values, from the 1st to the 99th percentile
CLIPPED = 0.25  # share of pixels at the end of the range
AT_END = 0.01  # of the range: what counts as its end
LUMINANCE = np.array([0.299, 0.587, 0.114], np.float32)  # of red, green and blue, as Pillow turns color to gray
# What is compared with the rest of the set: the lowest spread that counts as one, and what low and high are called.
RELATIVE = {
    "brightness": (0.02, "dark", "bright"),
    "sharpness": (0.1, "out of focus", "noisy"),
    "area": (0.05, "small", "large"),
    "aspect": (0.02, "tall", "wide"),
}
LOGARITHMIC = ("sharpness", "area", "aspect")  # compared by ratios
COLUMNS = ["row", "finding", "value", "usual"]


def image_facts(images: ImageSet | ArrayLike, sizes: ArrayLike | None = None) -> pd.DataFrame:
    """What the checks look at, one row per image.

    Parameters
    ----------
    images : ImageSet or array, (N, H, W) or (N, H, W, 3)
        uint8, or floats from 0 to 1. An array may hold NaN: only `missing` is then known of that image.
    sizes : array of int, (N, 2), optional
        Height and width, in pixels, that each image had in its file; those of `images` by default.

    Returns
    -------
    pandas.DataFrame
        brightness (mean, 0 to 1), spread (from the 1st to the 99th percentile, 0 to 1), low and high (share of pixels
        at the ends of the range; of a color image the share where all three are), sharpness (variance of the Laplacian
        over the variance: it does not change with brightness and contrast), area (pixels) and aspect (width over
        height) in the file, missing (share of NaN).

    Raises
    ------
    ValueError
        If shape, type or range are not those.

    Examples
    --------
    >>> image_facts(np.full((1, 4, 4), 255, np.uint8))[["brightness", "spread", "high"]].to_dict("records")
    [{'brightness': 1.0, 'spread': 0.0, 'high': 1.0}]
    """
    import pandas as pd

    values = _unit_range(images)
    sizes = np.tile(values.shape[1:3], (len(values), 1)) if sizes is None else np.asarray(sizes)
    if sizes.shape != (len(values), 2) or (sizes <= 0).any():
        raise ValueError(f"sizes: got shape {sizes.shape}, allowed is ({len(values)}, 2), with numbers above 0")
    missing = np.isnan(values.reshape(len(values), values[0].size if len(values) else 1)).mean(axis=1)
    whole = values[missing == 0]
    facts = pd.DataFrame(index=np.arange(len(values)))
    for name, known in _of_whole(whole).items():
        facts[name] = np.full(len(values), np.nan)
        facts.loc[missing == 0, name] = known
    height, width = sizes.T.astype(float)
    return facts.assign(area=height * width, aspect=width / height, missing=missing)


def find_suspects(images: ImageSet | ArrayLike, sizes: ArrayLike | None = None) -> pd.DataFrame:
    """Images that deserve a look, one row per finding; what to do with them is for a person to decide.

    Wrong in themselves: "missing values", "blank" (one value throughout) and "hardly any contrast" (`spread` below
    0.05). Told by comparison with the others, where there are at least 8: a share of pixels at an end of the range
    that is both above 0.25 and far from usual ("underexposed", "overexposed"), and brightness, sharpness, area and
    aspect more than 5 robust standard deviations (1.4826 × the median absolute deviation) from the median.

    Parameters
    ----------
    images, sizes
        As `image_facts` takes them.

    Returns
    -------
    pandas.DataFrame
        row (of the image), finding, value, and what is usual: the median of the set, NaN where nothing is compared.
        In the order of the rows; no row where nothing is odd.

    Raises
    ------
    ValueError
        As `image_facts`.

    References
    ----------
    Iglewicz, B. and Hoaglin, D. (1993). How to detect and handle outliers. ASQC. Pech-Pacheco, J. L. et al. (2000).
    Diatom autofocusing in brightfield microscopy: a comparative study. ICPR 3, 314-317 (variance of the Laplacian).

    Examples
    --------
    >>> images = np.random.default_rng(0).integers(0, 255, (20, 8, 8), dtype=np.uint8)
    >>> images[3] = 90
    >>> find_suspects(images)[["row", "finding"]].to_dict("records")
    [{'row': 3, 'finding': 'blank'}]
    """
    import pandas as pd

    facts = image_facts(images, sizes)
    found = [*_wrong_in_themselves(facts)]
    if len(facts) >= LEAST:
        looked_at = facts.index.difference([row for row, *_ in found])  # nothing more is to be said of a blank image
        found += [*_far_from_usual(facts.loc[looked_at])]
    table = pd.DataFrame(found, columns=COLUMNS).sort_values("row", kind="stable", ignore_index=True)
    return table.astype({"row": int, "value": float, "usual": float})


def _unit_range(images: ImageSet | ArrayLike) -> np.ndarray:
    """float32 from 0 to 1, (N, H, W) or (N, H, W, 3)."""
    array = np.asarray(images.images if isinstance(images, ImageSet) else images)
    if array.ndim not in (3, 4) or (array.ndim == 4 and array.shape[-1] != 3) or 0 in array.shape[1:]:
        raise ValueError(f"images: got shape {array.shape}, allowed are (N, H, W) and (N, H, W, 3)")
    if array.dtype == np.uint8:
        return array.astype(np.float32) / 255
    if array.dtype.kind != "f":
        raise ValueError(f"images: got {array.dtype}, allowed are uint8 and floats from 0 to 1")
    known = array[~np.isnan(array)]
    if known.size and not (known.min() >= 0 and known.max() <= 1):
        raise ValueError(f"images: got floats from {known.min():g} to {known.max():g}, allowed are those from 0 to 1")
    return array.astype(np.float32)


def _of_whole(values: np.ndarray) -> dict[str, np.ndarray]:
    """Facts of images without NaN, by name: (n,) each."""
    gray = values @ LUMINANCE if values.ndim == 4 else values
    dimmest, lightest = (values.min(axis=3), values.max(axis=3)) if values.ndim == 4 else (values, values)
    flat = values.reshape(len(values), values[0].size if len(values) else 1)
    low, high = np.quantile(flat, [0.01, 0.99], axis=1) if len(flat) else np.empty((2, 0))
    return {
        "brightness": gray.mean(axis=(1, 2)),
        "spread": high - low,
        "range": np.ptp(flat, axis=1) if len(flat) else np.empty(0),
        "low": (lightest <= AT_END).mean(axis=(1, 2)),
        "high": (dimmest >= 1 - AT_END).mean(axis=(1, 2)),
        "sharpness": _sharpness(gray),
    }


def _sharpness(gray: np.ndarray) -> np.ndarray:
    """Variance of the Laplacian over the variance of the image; NaN where nothing varies or there is no inside."""
    if min(gray.shape[1:]) < 3:
        return np.full(len(gray), np.nan)
    around = gray[:, :-2, 1:-1] + gray[:, 2:, 1:-1] + gray[:, 1:-1, :-2] + gray[:, 1:-1, 2:]
    edges = (around - 4 * gray[:, 1:-1, 1:-1]).var(axis=(1, 2), dtype=np.float64)
    variance = gray.var(axis=(1, 2), dtype=np.float64)
    return np.divide(edges, variance, out=np.full(len(gray), np.nan), where=variance > 1e-8)


def _wrong_in_themselves(facts: pd.DataFrame):
    for row, fact in facts.iterrows():
        if fact["missing"] > 0:
            yield row, "missing values", fact["missing"], np.nan
        elif fact["range"] == 0:
            yield row, "blank", fact["brightness"], np.nan
        elif fact["spread"] < FLAT:
            yield row, "hardly any contrast", fact["spread"], np.nan


def _far_from_usual(facts: pd.DataFrame):
    for end, name in (("low", "underexposed"), ("high", "overexposed")):
        z, usual = _robust_z(facts[end].to_numpy(), 0.01)
        for row in facts.index[(z > LIMIT) & (facts[end] > CLIPPED)]:
            yield row, name, facts.loc[row, end], usual
    for quantity, (least, low, high) in RELATIVE.items():
        values = facts[quantity].to_numpy()
        z, usual = _robust_z(np.log(np.maximum(values, 1e-12)) if quantity in LOGARITHMIC else values, least)
        for row, far in zip(facts.index, z, strict=True):
            if abs(far) > LIMIT:
                yield row, high if far > 0 else low, facts.loc[row, quantity], np.nanmedian(values)


def _robust_z(values: np.ndarray, least: float) -> tuple[np.ndarray, float]:
    """(x − median) / max(1.4826 MAD, least), 0 where nothing is known; and the median."""
    if np.isnan(values).all():
        return np.zeros(len(values)), np.nan
    median = np.nanmedian(values)
    spread = max(1.4826 * np.nanmedian(np.abs(values - median)), least)
    return np.nan_to_num((values - median) / spread), float(median)
