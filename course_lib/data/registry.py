"""Data sets by name."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from course_lib import config
from course_lib.data import embedded, medmnist, mnist_cifar
from course_lib.data.files import obtain, verify
from course_lib.data.imageset import ImageSet
from course_lib.data.source import SPLITS, Source

if TYPE_CHECKING:
    import pandas as pd


@lru_cache
def sources() -> dict[str, Source]:
    """Every data set that can be loaded by name."""
    return embedded.sources() | mnist_cifar.sources() | medmnist.sources()


def load(
    name: str,
    split: str | None = None,
    *,
    size: int | None = None,
    download: bool = False,
    root: str | Path | None = None,
) -> ImageSet:
    """Load a data set by name.

    Parameters
    ----------
    name : str
        One of :func:`available`, such as "digits" (embedded: there without any file) or "breastmnist".
    split : {"train", "validation", "test"}, optional
        The official split (where there is none, the card says what was done); all images without it, with their split
        in ``extras["split"]`` where it is official.
    size : int, optional
        Which of its sizes; the smallest by default.
    download : bool
        Whether missing files may be downloaded. Nothing is ever downloaded without.
    root : path, optional
        The data folder; ``COURSE_DATA`` or the course's cache by default.

    Returns
    -------
    ImageSet
        Large images are memory-mapped, not read.

    Raises
    ------
    ValueError
        If the name, split or size is unknown, or a file has the wrong checksum.
    FileNotFoundError
        If a file is missing; the message says how to get it, with and without a network.

    Examples
    --------
    >>> load("digits", split="test")
    ImageSet(269 gray images of 8×8, uint8, 10 classes)
    """
    source, size = _source(name), _size(name, size)
    if split is not None and split not in SPLITS:
        raise ValueError(f"split: {split!r} is not allowed; choose from {', '.join(SPLITS)}, or None for all images")
    folder = data_folder(root)
    find = partial(obtain, root=folder, download=download, progress=_progress_bar() if download else None)
    return source.read(size, split, find, folder)


def available(root: str | Path | None = None) -> pd.DataFrame:
    """What can be loaded by name.

    Returns
    -------
    pandas.DataFrame
        One row per name: images (all splits), sizes, task, classes, embedded (comes with the course), present (can be
        loaded now, in at least one size), sizes_present, license. Presence is looked up, not verified.

    Examples
    --------
    >>> available().query("embedded")["name"].tolist()
    ['digits', 'natural-patches']
    """
    import pandas as pd

    folder = data_folder(root)
    return pd.DataFrame([_row(name, source, folder) for name, source in sources().items()])


def _row(name: str, source: Source, root: Path) -> dict[str, object]:
    present = tuple(size for size in source.sizes if all(file.find(root) for file in source.files(size)))
    return {
        "name": name,
        "images": source.images,
        "sizes": source.sizes,
        "task": source.task,
        "classes": source.classes,
        "embedded": source.embedded,
        "present": bool(present),
        "sizes_present": present,
        "license": source.card.license,
    }


def fetch(
    name: str,
    *,
    size: int | None = None,
    root: str | Path | None = None,
    progress: Callable[..., Any] | None = None,
) -> list[Path]:
    """Make sure that the files of a data set are there and right, downloading what is missing.

    Parameters
    ----------
    name, size, root
        As for :func:`load`.
    progress : callable, optional
        Such as ``tqdm``; nothing is shown without.

    Returns
    -------
    list of Path
        The verified files; empty for an embedded data set.
    """
    files, folder = _source(name).files(_size(name, size)), data_folder(root)
    return [obtain(file, folder, download=True, progress=progress) for file in files]


def status(
    name: str, *, size: int | None = None, root: str | Path | None = None, verified: bool = False
) -> pd.DataFrame:
    """Whether the files of a data set are there.

    Parameters
    ----------
    name, size, root
        As for :func:`load`.
    verified : bool
        Whether to read every file again and compare its checksum.

    Returns
    -------
    pandas.DataFrame
        One row per file: dataset, size, file, path (where it is or belongs), state ("missing", "present", "verified" or
        "wrong"), problem (what is wrong, and what to do).
    """
    import pandas as pd

    folder, size = data_folder(root), _size(name, size)
    columns = ["dataset", "size", "file", "path", "state", "problem"]
    rows = [
        (name, size, file.name, str(file.find(folder) or file.place(folder)), *_state(file, folder, verified))
        for file in _source(name).files(size)
    ]
    return pd.DataFrame(rows, columns=columns)


def _state(file, root: Path, verified: bool) -> tuple[str, str]:
    if (path := file.find(root)) is None:
        return "missing", ""
    if not verified:
        return "present", ""
    try:
        verify(file, path, root, again=True)
    except ValueError as problem:
        return "wrong", str(problem)
    return "verified", ""


def _source(name: str) -> Source:
    if name not in list(sources()):
        raise ValueError(f"name: {name!r} is unknown; allowed are {', '.join(sources())}")
    return sources()[name]


def _size(name: str, size: int | None) -> int:
    sizes = _source(name).sizes
    if size is not None and size not in sizes:
        raise ValueError(f"size: {size!r} came, but {name} comes in {', '.join(map(str, sizes))}")
    return sizes[0] if size is None else size


def data_folder(root: str | Path | None = None) -> Path:
    """The given folder, or the course's."""
    return config.cache_folder() if root is None else Path(root).expanduser().resolve()


def _progress_bar() -> Callable[..., Any]:
    from tqdm.auto import tqdm

    return tqdm
