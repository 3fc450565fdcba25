"""What the registry knows of a data set that can be loaded by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from course_lib.data.card import DatasetCard
from course_lib.data.files import RemoteFile
from course_lib.data.imageset import ImageSet

SPLITS = ("train", "validation", "test")
Find = Callable[[RemoteFile], Path]


@dataclass(frozen=True)
class Source:
    """A data set that can be loaded by name.

    Attributes
    ----------
    card : DatasetCard
    images : int
        How many there are in all splits together.
    sizes : tuple of int
        The sizes it comes in, the default first.
    task : str
        Such as "multi-class".
    classes : int
    files : callable
        ``files(size)``: what it is read from; empty where it comes with a dependency.
    read : callable
        ``read(size, split, find, root)``: the images; ``find`` turns a file into its verified path.
    """

    card: DatasetCard
    images: int
    sizes: tuple[int, ...]
    task: str
    classes: int
    files: Callable[[int], tuple[RemoteFile, ...]]
    read: Callable[[int, str | None, Find, Path], ImageSet]

    @property
    def embedded(self) -> bool:
        """Whether it needs no file of its own."""
        return not self.files(self.sizes[0])


def choose(whole: ImageSet, split: str | None) -> ImageSet:
    """One official split of a set whose ``extras["split"]`` names them, or all of it."""
    return whole if split is None else whole[_rows(whole.extras["split"] == split)]


def _rows(mask):
    """A slice where the rows lie together, so that memory-mapped images stay so."""
    rows = mask.nonzero()[0]
    together = len(rows) and rows[-1] - rows[0] + 1 == len(rows)
    return slice(rows[0], rows[-1] + 1) if together else rows
