"""The lecture's cohorts by name, each in three parts that share no person, and the patients beside them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from course_lib import config
from course_lib.data import ImageSet
from course_lib.metrics.arguments import check_whole

from .ixi import load_ixi
from .oasis import load_oasis, without_dementia
from .simulator import simulate_cohort

PEOPLE = {"train": 300, "validation": 200, "test": 300}  # of the simulated cohort at the quick budget
FULL = {"train": 500, "validation": 200, "test": 300}
PARTS = (0.6, 0.2, 0.2)  # of a real cohort
COHORTS = ("simulated", "oasis", "ixi")
FAR = 10_000  # people of one part are numbered from a multiple of it


def cohort(
    name: str,
    split: str,
    *,
    seed: int = 0,
    budget: str = "quick",
    resolution_mm: int = 4,
    folder: str | Path | None = None,
    download: bool = False,
) -> ImageSet:
    """One part of a cohort of healthy people.

    Parameters
    ----------
    name : "simulated", "oasis" or "ixi"
        Of OASIS those without dementia (clinical dementia rating 0 or not recorded), which are about three quarters of
        its 403 people. IXI's images and table are yours to put in `folder`.
    split : "train", "validation" or "test"
        Real cohorts are cut at random, 60 : 20 : 20, whole people.
    seed : int
        Of the simulated people, or of the split.
    budget : "quick" or "full"
        300 or 500 simulated people to train on.
    resolution_mm : 4 or 2
    folder : path, optional
        Where a real cohort's files lie; by default IXI's in ``ixi`` of the course's data folder, and OASIS's in
        ``oasis1`` of it.
    download : bool
        Whether nilearn may download what is missing of OASIS, once, by which you accept its terms. Nothing is
        downloaded without.

    Raises
    ------
    ValueError
        If there is no such cohort, part or budget, or the seed is no whole number from 0 on.
    FileNotFoundError
        If its files are missing; the message says how to get them.

    Examples
    --------
    >>> cohort("simulated", "all")
    Traceback (most recent call last):
    ...
    ValueError: split: got 'all', allowed are 'train', 'validation', 'test'
    """
    if split not in tuple(PEOPLE):
        raise ValueError(f"split: got {split!r}, allowed are {', '.join(map(repr, PEOPLE))}")
    if budget not in ("quick", "full"):
        raise ValueError(f"budget: got {budget!r}, allowed are 'quick', 'full'")
    check_whole("seed", seed)
    place = list(PEOPLE).index(split)
    if name == "simulated":
        n = (FULL if budget == "full" else PEOPLE)[split]
        part = simulate_cohort(n, resolution_mm=resolution_mm, seed=len(PEOPLE) * seed + place)
        return replace(part, groups=part.groups + FAR * place)  # other people, other numbers
    if name not in COHORTS:
        raise ValueError(f"name: got {name!r}, allowed are {', '.join(map(repr, COHORTS))}")
    return _whole(name, resolution_mm, folder, download).split(PARTS, seed=seed)[place]


def cohort_parts(name: str, **how) -> dict[str, ImageSet]:
    """All three parts of a cohort, by name; a real one is read once.

    Parameters
    ----------
    name, how
        As of `cohort`, without `split`.

    Examples
    --------
    >>> cohort_parts("unknown")
    Traceback (most recent call last):
    ...
    ValueError: name: got 'unknown', allowed are 'simulated', 'oasis', 'ixi'
    """
    if name == "simulated" or name not in COHORTS:
        return {split: cohort(name, split, **how) for split in PEOPLE}
    seed, _ = how.pop("seed", 0), how.pop("budget", "quick")
    check_whole("seed", seed)
    settings = {"resolution_mm": 4, "folder": None, "download": False} | how
    return dict(zip(PEOPLE, _whole(name, **settings).split(PARTS, seed=seed), strict=True))


def _whole(name: str, resolution_mm: int, folder: str | Path | None, download: bool) -> ImageSet:
    """A real cohort before it is cut."""
    if name == "ixi":
        return load_ixi(config.cache_folder() / "ixi" if folder is None else folder, resolution_mm=resolution_mm)
    return without_dementia(load_oasis(folder=folder, resolution_mm=resolution_mm, download=download))
