"""A question with two answers for each data set, and the images that ask it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from course_lib.data import ImageSet

Classes = str | int | Sequence[str | int]


def binary_task(images: ImageSet, positive: Classes, negative: Classes | None = None) -> ImageSet:
    """The images of some classes against those of others, labels 1 and 0.

    Parameters
    ----------
    images : ImageSet
        With one class per image, or with findings: an image is positive where it has any of those named.
    positive, negative : str, int, or several of them
        Names or numbers of classes; `negative` is by default all others. An image that is neither is left out, and so
        is one that has findings of both.

    Returns
    -------
    ImageSet
        Class names are the others' and the positive ones', joined.

    Raises
    ------
    ValueError
        If there are no classes, one is unknown or on both sides, or no image is on one of the sides.

    Examples
    --------
    >>> from course_lib.data import load
    >>> binary_task(load("digits"), positive=[8], negative=[3]).class_counts()
    {'3': 183, '8': 174}
    """
    if images.task not in ("classes", "multi-label"):
        raise ValueError(f"images: got labels for {images.task}, allowed are classes and findings")
    names = list(images.class_names) or [str(number) for number in range(_count(images))]
    yes = _numbers("positive", positive, names)
    others = [number for number in range(len(names)) if number not in yes]
    no = others if negative is None else _numbers("negative", negative, names)
    if both := [names[number] for number in yes if number in no]:
        raise ValueError(f"negative: got {both}, which are positive as well")
    has = (
        images.labels.astype(bool) if images.task == "multi-label" else images.labels[:, None] == np.arange(len(names))
    )
    is_yes, is_no = has[:, yes].any(axis=1), has[:, no].any(axis=1)
    if images.task == "multi-label" and negative is None:
        is_no = ~is_yes  # also those without any finding
    rows = np.flatnonzero(is_yes ^ is_no)
    labels = is_yes[rows].astype(np.int64)
    if len(np.unique(labels)) < 2:
        raise ValueError(f"images: got none that is {'positive' if not labels.any() else 'negative'}")
    said = "others" if negative is None else " or ".join(names[number] for number in no)
    both_names = (said, " or ".join(names[number] for number in yes))
    return replace(images[rows], labels=labels, class_names=both_names)


def draw_parts(images: ImageSet, sizes: Sequence[int], seed: int = 0) -> list[np.ndarray]:
    """Rows for each part, half of either class; nobody's images are in two parts. What is drawn first of a part nests.

    Parameters
    ----------
    images : ImageSet
        Of a binary task. Its groups stay together.
    sizes : sequence of int
        Images of each part, even.
    seed : int

    Returns
    -------
    list of array
        In each, rows of the two classes take turns: its first m rows are a balanced part of m.

    Raises
    ------
    ValueError
        If a size is odd, or there are too few images.

    Examples
    --------
    >>> task = ImageSet(np.zeros((9, 8, 8), np.uint8), np.array([0, 1] * 4 + [0]), ("no", "yes"))
    >>> [task.labels[rows].tolist() for rows in draw_parts(task, [4, 2])]
    [[0, 1, 0, 1], [0, 1]]
    """
    if odd := [size for size in sizes if size < 2 or size % 2]:
        raise ValueError(f"sizes: got {odd[0]}, allowed are even numbers from 2, half for either class")
    rng = np.random.default_rng(seed)
    groups = np.arange(len(images)) if images.groups is None else images.groups
    names, person = np.unique(groups, return_inverse=True)
    turn = rng.permutation(len(names))[person]  # when an image's person is up
    order = np.lexsort((rng.random(len(images)), turn))
    labels, turn, start, parts = images.labels[order], turn[order], 0, []
    for size in sizes:
        sides = [start + np.flatnonzero(labels[start:] == side)[: size // 2] for side in (0, 1)]
        if min(map(len, sides)) < size // 2:
            counts = dict(zip(images.class_names, np.bincount(images.labels, minlength=2).tolist(), strict=True))
            raise ValueError(f"sizes: got {list(sizes)}, but there are only {counts}, and nobody may be in two parts")
        parts.append(order[np.stack(sides, axis=1).ravel()])
        last = max(side[-1] for side in sides)
        start = int(np.searchsorted(turn, turn[last], side="right"))
    return parts


def _count(images: ImageSet) -> int:
    return images.labels.shape[1] if images.task == "multi-label" else int(images.labels.max()) + 1


def _numbers(argument: str, classes: Classes, names: list[str]) -> list[int]:
    found = []
    for each in [classes] if isinstance(classes, str | int) else classes:
        number = names.index(each) if each in names else each
        if isinstance(number, str) or not 0 <= number < len(names):
            raise ValueError(f"{argument}: got {each!r}, allowed are {', '.join(names)} or their numbers from 0")
        found.append(int(number))
    return found
