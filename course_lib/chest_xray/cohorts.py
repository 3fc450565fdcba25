"""The lecture's cohorts by name: simulated, ChestMNIST or NIH's, each in three parts that share no patient."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from course_lib import config
from course_lib.data import ImageSet, load

from .findings import FINDINGS
from .nih import load_nih
from .simulator import simulate_radiographs

PATIENTS = {"train": 900, "validation": 150, "test": 380}  # of the simulated cohort
COHORTS = ("simulated", "chestmnist", "nih")


def cohort(name: str, split: str, *, size: int = 64, seed: int = 0, folder: str | Path | None = None) -> ImageSet:
    """One part of a cohort with the fourteen findings.

    The simulated training part of seed 0, from which the stored networks learned, begins with the patients that
    ``simulate_radiographs(n)`` gives by default: judge those networks on the part "test".

    Parameters
    ----------
    name : "simulated", "chestmnist" or "nih"
        ChestMNIST is downloaded once; NIH's files are yours to put in `folder`.
    split : "train", "validation" or "test"
    size : int
        Pixels; ChestMNIST exists at 28, 64, 128 and 224.
    seed : int
        Of the simulated cohort.
    folder : path, optional
        NIH's images, table and lists; by default ``nih`` in the course's data folder.

    Returns
    -------
    ImageSet
        With patients as groups; ChestMNIST does not say whose images are whose.

    Raises
    ------
    ValueError
        If there is no such cohort or part.
    FileNotFoundError
        If its files are missing; the message says how to get them.

    Examples
    --------
    >>> cohort("simulated", "all")
    Traceback (most recent call last):
    ...
    ValueError: split: got 'all', allowed are 'train', 'validation', 'test'
    """
    if split not in tuple(PATIENTS):
        raise ValueError(f"split: got {split!r}, allowed are {', '.join(map(repr, PATIENTS))}")
    if name == "simulated":
        return _simulated(split, size, seed)
    if name == "chestmnist":
        return replace(load(name, split, size=size, download=True), class_names=FINDINGS)
    if name == "nih":
        return load_nih(config.cache_folder() / "nih" if folder is None else folder, split=split, size=size)
    raise ValueError(f"name: got {name!r}, allowed are {', '.join(map(repr, COHORTS))}")


def _simulated(split: str, size: int, seed: int) -> ImageSet:
    """Each part has a seed of its own, so that asking for one does not simulate the others."""
    place = list(PATIENTS).index(split)
    part = simulate_radiographs(PATIENTS[split], size=size, seed=len(PATIENTS) * seed + place)
    before = sum(list(PATIENTS.values())[:place])
    return replace(part, groups=part.groups + before)  # other people, other numbers
