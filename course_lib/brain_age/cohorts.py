"""The lecture's cohorts by name, each in three parts that share no person, and the patients beside them."""

from __future__ import annotations

from dataclasses import replace

from course_lib import config
from course_lib.data import ImageSet

from .ixi import load_ixi
from .oasis import load_oasis
from .simulator import simulate_cohort

PEOPLE = {"train": 300, "validation": 200, "test": 300}  # of the simulated cohort at the quick budget
FULL = {"train": 500, "validation": 200, "test": 300}
PARTS = (0.6, 0.2, 0.2)  # of a real cohort
COHORTS = ("simulated", "oasis", "ixi")
FAR = 10_000  # people of one part are numbered from a multiple of it


def cohort(
    name: str, split: str, *, seed: int = 0, budget: str = "quick", resolution_mm: int = 4, folder=None
) -> ImageSet:
    """One part of a cohort of healthy people.

    Parameters
    ----------
    name : "simulated", "oasis" or "ixi"
        OASIS is downloaded once, by nilearn; IXI's images and table are yours to put in `folder`.
    split : "train", "validation" or "test"
        Real cohorts are cut at random, 60 : 20 : 20, whole people.
    seed : int
        Of the simulated people, or of the split.
    budget : "quick" or "full"
        300 or 500 simulated people to train on.
    resolution_mm : 4 or 2
    folder : path, optional
        Where a real cohort's files lie; by default IXI's in ``ixi`` of the course's data folder.

    Raises
    ------
    ValueError
        If there is no such cohort, part or budget.
    FileNotFoundError
        If its files are missing; the message says how to get them.

    Examples
    --------
    >>> cohort("simulated", "all")
    Traceback (most recent call last):
    ...
    ValueError: split: got 'all', allowed are 'train', 'validation', 'test'
    """
    if split not in PEOPLE:
        raise ValueError(f"split: got {split!r}, allowed are {', '.join(map(repr, PEOPLE))}")
    if budget not in ("quick", "full"):
        raise ValueError(f"budget: got {budget!r}, allowed are 'quick', 'full'")
    place = list(PEOPLE).index(split)
    if name == "simulated":
        n = (FULL if budget == "full" else PEOPLE)[split]
        part = simulate_cohort(n, resolution_mm=resolution_mm, seed=len(PEOPLE) * seed + place)
        return replace(part, groups=part.groups + FAR * place)  # other people, other numbers
    if name not in COHORTS:
        raise ValueError(f"name: got {name!r}, allowed are {', '.join(map(repr, COHORTS))}")
    if name == "ixi":
        whole = load_ixi(config.cache_folder() / "ixi" if folder is None else folder, resolution_mm=resolution_mm)
    else:
        whole = load_oasis(folder=folder, resolution_mm=resolution_mm, download=True)
    return whole.split(PARTS, seed=seed)[place]
