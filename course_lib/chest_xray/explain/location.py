"""Whether a map points at the finding: the pointing game, the overlap, NIH's boxes."""

from __future__ import annotations

from dataclasses import dataclass, field
from numbers import Real
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from course_lib.metrics import wilson_interval

from ..findings import FINDINGS
from .maps import checked_maps, class_activation_map, upsampled

if TYPE_CHECKING:
    from course_lib.data import ImageSet

    from ..networks import PooledClassifier

FLAT = 1e-6  # of a map's range: pixels so near to the maximum share it


@dataclass(frozen=True, eq=False)
class PointingGame:
    """How often the maximum of a map lies in the finding.

    Attributes
    ----------
    hits : array of bool, (N,)
    points : array of float, (N, 2)
        Row and column of each maximum, in pixels of the masks; NaN where a map is constant and points nowhere, which
        is no hit.
    rate, low, high : float
        Share of hits with Wilson's 95 % interval. It takes images as independent: with several of a patient it is too
        narrow.
    chance : float
        What a pixel drawn at random hits: the share of the image that the mask covers, dilated, averaged over images.
        A map that always points at the middle of a lung does better than that without looking.
    """

    hits: np.ndarray = field(repr=False)
    points: np.ndarray = field(repr=False)
    rate: float
    low: float
    high: float
    chance: float


def pointing_game(maps: ArrayLike, masks: ArrayLike, *, dilate: float = 0) -> PointingGame:
    """Pointing game: a hit is a map whose maximum, after upsampling to the mask's size, lies in the mask.

    Parameters
    ----------
    maps : array, (N, h, w)
        Of one finding, on images that show it.
    masks : array of bool, (N, H, W)
    dilate : float
        Pixels by which a maximum may miss the mask and still hit: the mask grows by that much in all directions.

    Returns
    -------
    PointingGame

    Raises
    ------
    ValueError
        If maps and masks differ in number, a mask is empty, a value is not allowed, or `dilate` is negative.

    References
    ----------
    Zhang, J. et al. (2018). Top-down neural attention by excitation backprop. International Journal of Computer Vision
    126, 1084-1102, section 4.2 (15 pixels of tolerance).

    Examples
    --------
    >>> mask = np.zeros((1, 4, 4), bool)
    >>> mask[0, 0, 3] = True
    >>> game = pointing_game(mask, mask)
    >>> game.rate, game.chance, pointing_game(1 - mask, mask).rate
    (1.0, 0.0625, 0.0)
    """
    values, masks = _pair(maps, masks)
    if not (isinstance(dilate, Real) and 0 <= dilate < np.inf):
        raise ValueError(f"dilate: got {dilate!r}, allowed is a number of pixels from 0 on")
    grown = np.stack([_grown(mask, dilate) for mask in masks]) if dilate else masks
    points = np.stack([_peak(one) for one in upsampled(values, masks.shape[1:])])  # (N, 2)
    found = ~np.isnan(points[:, 0])
    hits = np.zeros(len(points), bool)
    rows, columns = points[found].astype(int).T
    hits[found] = grown[found, rows, columns]
    low, high = wilson_interval(int(hits.sum()), len(hits))
    return PointingGame(hits, points, float(hits.mean()), low, high, float(grown.mean()))


def pointing_by_finding(model: PooledClassifier, cohort: ImageSet, *, dilate: float = 0) -> pd.DataFrame:
    """The pointing game of class activation maps on a simulated cohort, each finding on images that truly show it.

    Parameters
    ----------
    model : PooledClassifier
        With fourteen findings.
    cohort : ImageSet
        With masks, as `simulate_radiographs` gives it.
    dilate : float
        As for `pointing_game`.

    Returns
    -------
    DataFrame
        ``finding``, ``n`` (images), ``hits``, ``rate``, ``low``, ``high`` and ``chance``; NaN for a finding that nobody
        has. Over all findings the rate is ``hits.sum() / n.sum()``, and chance the mean of ``chance`` weighted by n.

    Raises
    ------
    ValueError
        If the cohort has no masks; and as `class_activation_map`.
    """
    from ..simulator import finding_mask

    rows = []
    for finding in FINDINGS:
        masks = finding_mask(cohort, finding)
        shown = masks.any(axis=(1, 2))
        row = {"finding": finding, "n": int(shown.sum()), "hits": 0}
        if shown.any():
            game = pointing_game(class_activation_map(model, cohort[shown], finding), masks[shown], dilate=dilate)
            row |= {"hits": int(game.hits.sum())} | {
                name: getattr(game, name) for name in ("rate", "low", "high", "chance")
            }
        rows.append(row)
    return pd.DataFrame(rows, columns=["finding", "n", "hits", "rate", "low", "high", "chance"])


def intersection_over_union(maps: ArrayLike, masks: ArrayLike, threshold: float) -> np.ndarray:
    """|A∩B| / |A∪B| of each mask A and the region B where the upsampled map reaches `threshold` times its own maximum.

    Parameters
    ----------
    maps : array, (N, h, w)
        Zero must mean "no evidence". A map without positive values has no region: 0.
    masks : array of bool, (N, H, W)
    threshold : float
        Above 0, at most 1. The paper on CAM takes 0.2.

    Returns
    -------
    array of float, (N,)

    Raises
    ------
    ValueError
        If maps and masks differ in number, a mask is empty, or a value is not allowed.

    References
    ----------
    Zhou, B. et al. (2016). Learning deep features for discriminative localization. CVPR, section 3.2.

    Examples
    --------
    >>> intersection_over_union([[[1.0, 0.4, 0.1]]], [[[1, 0, 0]]], threshold=0.3).tolist()
    [0.5]
    """
    if not (isinstance(threshold, Real) and 0 < threshold <= 1):
        raise ValueError(f"threshold: got {threshold!r}, allowed is a share of the maximum, above 0 and at most 1")
    values, masks = _pair(maps, masks)
    large = upsampled(values, masks.shape[1:])
    top = large.max(axis=(1, 2), keepdims=True)
    region = (large >= threshold * top) & (top > 0)
    return (region & masks).sum(axis=(1, 2)) / (region | masks).sum(axis=(1, 2))


def boxes_to_masks(boxes: pd.DataFrame | ArrayLike, size: int | tuple[int, int]) -> np.ndarray:
    """Boxes as masks: a pixel belongs to a box if its center does; a box between centers gets the pixel it is in.

    Parameters
    ----------
    boxes : DataFrame with columns x, y, width, height, or array, (B, 4), of these
        Left and top edge and extent, in pixels of images of that `size`, as `load_boxes(folder, size=size)` gives them.
    size : int or (H, W)

    Returns
    -------
    array of bool, (B, H, W)

    Raises
    ------
    ValueError
        If a box has no extent or leaves the image, or a column is missing.

    Examples
    --------
    >>> boxes_to_masks([[1, 0, 2, 1]], (2, 4)).astype(int).tolist()
    [[[0, 1, 1, 0], [0, 0, 0, 0]]]
    """
    names = ["x", "y", "width", "height"]
    if isinstance(boxes, pd.DataFrame) and (missing := set(names) - set(boxes.columns)):
        raise ValueError(f"boxes: columns {sorted(missing)} are missing; needed are {', '.join(names)}")
    edges = np.asarray(boxes[names] if isinstance(boxes, pd.DataFrame) else boxes, float)
    if edges.ndim != 2 or edges.shape[1] != 4:
        raise ValueError(f"boxes: got shape {edges.shape}, allowed is (B, 4): {', '.join(names)}")
    height, width = (size, size) if isinstance(size, (int, np.integer)) else size
    x, y, wide, high = edges.T
    inside = (x >= 0) & (y >= 0) & (wide > 0) & (high > 0) & (x + wide <= width + 1e-6) & (y + high <= height + 1e-6)
    if not inside.all():
        raise ValueError(f"boxes: {edges[~inside][0].tolist()} is not inside an image of {width}×{height}")
    return _between(y, high, height)[:, :, None] & _between(x, wide, width)[:, None, :]


def _between(start: np.ndarray, length: np.ndarray, n: int) -> np.ndarray:
    """Which of n pixels lie in each interval, (B, n)."""
    first = np.ceil(start - 0.5).astype(int)
    last = np.ceil(start + length - 0.5).astype(int) - 1
    holder = np.clip(np.floor(start + length / 2).astype(int), 0, n - 1)
    first, last = np.where(last < first, [holder, holder], [first, last])
    pixels = np.arange(n)
    return (pixels >= first[:, None]) & (pixels <= last[:, None])


def _pair(maps: ArrayLike, masks: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    values, masks = checked_maps(maps), np.asarray(masks, bool)
    if masks.ndim != 3 or len(masks) != len(values):
        raise ValueError(f"masks: got shape {masks.shape}, allowed is ({len(values)}, H, W), one mask per map")
    empty = np.flatnonzero(~masks.any(axis=(1, 2)))
    if len(empty):
        raise ValueError(f"masks: number {empty[0]} is empty; choose the images that show the finding")
    return values, masks


def _grown(mask: np.ndarray, pixels: float) -> np.ndarray:
    from scipy.ndimage import distance_transform_edt

    return distance_transform_edt(~mask) <= pixels


def _peak(values: np.ndarray) -> np.ndarray:
    """Row and column of the maximum of a map; where a region shares it, of that region's pixel nearest its middle."""
    low, high = values.min(), values.max()
    if not high > low:
        return np.array([np.nan, np.nan])
    top = np.argwhere(values >= high - FLAT * (high - low)).astype(float)
    return top[((top - top.mean(axis=0)) ** 2).sum(axis=1).argmin()]
