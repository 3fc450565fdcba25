"""Data sets that come with scikit-learn: there at once, with no network."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import numpy as np

from course_lib.data.card import DatasetCard
from course_lib.data.imageset import ImageSet
from course_lib.data.resize import resize
from course_lib.data.source import SPLITS, Find, Source

BLOCK = 128  # pixels: patches of one block of a photograph stay together in a split
DIGITS = DatasetCard(
    name="digits",
    source="Optical Recognition of Handwritten Digits, UCI Machine Learning Repository, as shipped with scikit-learn",
    license="CC BY 4.0",
    citation="Alpaydin, E. and Kaynak, C. (1998). Cascading classifiers. Kybernetika 34(4), 369-374.",
    simulated=False,
    description="1,797 handwritten digits, 8×8, 17 gray levels spread over 0 to 255; other sizes are enlarged by "
    "Pillow's bicubic filter and hold no more detail. There is no official split: 70/15/15, stratified, seed 0. Who "
    "wrote which digit was not published, so one hand may be on both sides.",
)
PATCHES = DatasetCard(
    name="natural-patches",
    source="The photographs china.jpg and flower.jpg, shipped with scikit-learn; https://www.flickr.com/photos/"
    "danielbuechele and https://www.flickr.com/photos/vultilion",
    license="CC BY 2.0",
    citation="Photographs by danielbuechele and vultilion (Flickr).",
    simulated=False,
    description="Patches of two color photographs that do not overlap (520 of 32×32, 120 of 64×64); the label is the "
    f"photograph. In random order (seed 0). Patches of one {BLOCK}×{BLOCK} block are one group. There is no official "
    "split: 70/15/15 by groups, seed 0.",
)


def sources() -> dict[str, Source]:
    """The sources of both."""
    return {
        "digits": Source(DIGITS, 1797, (8, 16, 28, 32), "multi-class", 10, _no_files, _reader(digits)),
        "natural-patches": Source(PATCHES, 520, (32, 64), "binary-class", 2, _no_files, _reader(natural_patches)),
    }


def _no_files(size: int) -> tuple:
    return ()


def _reader(make: Callable[[int], ImageSet]) -> Callable[[int, str | None, Find, Path], ImageSet]:
    def read(size: int, split: str | None, find: Find, root: Path) -> ImageSet:
        whole = make(size)
        return whole if split is None else whole.split((0.7, 0.15, 0.15), seed=0)[SPLITS.index(split)]

    return read


@lru_cache
def digits(size: int) -> ImageSet:
    """scikit-learn's handwritten digits, 0 (paper) to 255 (ink)."""
    from sklearn.datasets import load_digits

    found = load_digits()
    images = np.rint(found.images * (255 / 16)).astype(np.uint8)  # (1797, 8, 8)
    images = np.stack([resize(image, (size, size)) for image in images])
    return ImageSet(images, found.target.astype(np.int64), tuple("0123456789"), card=DIGITS)


@lru_cache
def natural_patches(size: int) -> ImageSet:
    """The whole patches of scikit-learn's two photographs."""
    from sklearn.datasets import load_sample_images

    photographs = load_sample_images().images  # two of (427, 640, 3)
    patches, labels, groups = [], [], []
    for number, photograph in enumerate(photographs):
        height, width = (length // size * size for length in photograph.shape[:2])
        for top, left in np.ndindex(height // size, width // size):
            row, column = top * size, left * size
            patches.append(photograph[row : row + size, column : column + size])
            labels.append(number)
            groups.append(f"{('china', 'flower')[number]} {row // BLOCK}-{column // BLOCK}")
    whole = ImageSet(np.stack(patches), np.array(labels), ("china", "flower"), np.array(groups), card=PATCHES)
    return whole[np.random.default_rng(0).permutation(len(whole))]
