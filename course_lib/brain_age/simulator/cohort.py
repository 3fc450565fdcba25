"""Simulated cohorts of aging brains."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from numbers import Integral, Real

import numpy as np
import pandas as pd

from course_lib.data import DatasetCard, ImageSet

from ..anatomy import SHAPES, template
from .aging import check_simulated
from .atlas import CHANNELS, atlas, move
from .people import Person, check_older, check_shares, draw_person
from .scanner import SITES, Head, draw_head, places, scan
from .years import Years

PERSON, HEAD, SCAN = range(3)  # streams of random numbers
TOGETHER = {4: 16, 2: 2}  # heads that are moved at once, about as many voxels at either resolution
MARGIN = 16  # mm around the template beyond which no head reaches (five SDs of size, pose and shape together)
STRUCTURES = ("ventricles", "hippocampi", "aging")  # bits of the masks
YOUNGEST, OLDEST = 20, 95


def simulate_cohort(
    n: int,
    *,
    ages: tuple[float, float] = (45, 80),
    groups: str | Mapping[str, float] = "control",
    site: str = "A",
    older: Mapping[str, float] | None = None,
    resolution_mm: int = 4,
    seed: int = 0,
) -> ImageSet:
    """Simulated T1-weighted brains of n people: real anatomy (MNI152), aged, deformed, and scanned.

    A brain has a biological age, which scatters about the person's age. With it the ventricles widen, the hippocampi
    shrink and the cortex thins, each with a scatter of its own. Size, pose, shape, shading and noise say nothing of it.

    Parameters
    ----------
    n : int
        At least 1. Person i depends on the other arguments and on i, not on how many there are.
    ages : (low, high)
        Years, from 20 to 95. Controls are spread evenly; those with MCI or AD are older on average.
    groups : str or mapping
        "control", "MCI" or "AD" (Alzheimer's disease), or a mapping from these to their shares. MCI ages a brain by
        3 ± 3 years, AD by 7 ± 3, with a further loss of hippocampus; controls differ by 0 ± 2 (mean ± SD).
    site : "A" or "B"
        The scanner. B darkens what is gray (intensity to the power of 1.13) and is noisier (1.8 times), around the very
        same people: same arguments, same anatomy.
    older : mapping of "ventricles", "hippocampi" or "cortex" to years, optional
        By how much a structure is older than the rest, in everybody: all else stays as it is, so that one can ask what
        a structure alone does to a network's answer. From −20 to 20.
    resolution_mm : 4 or 2
        Volumes of 40 × 48 × 40 or 80 × 96 × 80 voxels.
    seed : int
        Not negative.

    Returns
    -------
    ImageSet
        `images` uint8 (N, D, H, W) in the order (z, y, x), skull-stripped; `labels` the age in years, float32;
        `groups` the person's number; `covariates` age, sex ("F", "M"), diagnosis, site. `extras`: biological_age
        (years), ventricle_ml and hippocampus_ml, float32 (N,); masks uint8 (N, D, H, W), see `structure_mask`.

    Raises
    ------
    ValueError
        If an argument is outside what is allowed.

    References
    ----------
    The anatomy is nilearn's MNI152 template: Fonov, V. et al. (2011). NeuroImage 54(1), 313-327.

    Examples
    --------
    >>> cohort = simulate_cohort(3, seed=1)
    >>> cohort
    ImageSet(simulated, 3 volumes of 40×48×40, uint8, regression)
    >>> bool(structure_mask(cohort, "ventricles").sum(axis=(1, 2, 3)).min() > 100)
    True
    """
    shares, extra = _check(n, ages, groups, site, resolution_mm, seed), check_older(older)

    def stream(person: int, use: int) -> np.random.Generator:
        return np.random.default_rng([seed, person, use])

    people = [draw_person(stream(i, PERSON), ages, shares, extra) for i in range(n)]
    shape = (n, *SHAPES[resolution_mm])
    images, masks, volumes = np.empty(shape, np.uint8), np.empty(shape, np.uint8), np.empty((2, n), np.float32)
    at_once = TOGETHER[resolution_mm]
    for start in range(0, n, at_once):
        rows = range(start, min(start + at_once, n))
        some = slice(rows.start, rows.stop)
        heads = [draw_head(stream(i, HEAD), people[i].sex) for i in rows]
        maps = _moved(people[some], heads, resolution_mm)
        images[some] = scan(maps["t1"], maps["brain"], [stream(i, SCAN) for i in rows], SITES[site])
        masks[some] = sum((maps[name] > 0.5).astype(np.uint8) << bit for bit, name in enumerate(STRUCTURES))
        volumes[:, some] = [_milliliters(maps[name], resolution_mm) for name in STRUCTURES[:2]]
    return _as_images(images, masks, volumes, people, site, seed)


def structure_mask(cohort: ImageSet, structure: str) -> np.ndarray:
    """Where a structure is in each brain of a simulated cohort.

    Parameters
    ----------
    cohort : ImageSet
        From `simulate_cohort`, or a part of it.
    structure : str
        "ventricles", "hippocampi", or "aging": where aging from 45 to 80 changes the image by at least a quarter of its
        largest change.

    Returns
    -------
    array of bool, (N, D, H, W)

    Raises
    ------
    ValueError
        If the structure is unknown, or the cohort has no masks.
    """
    if structure not in STRUCTURES:
        raise ValueError(f"structure: got {structure!r}, allowed are {', '.join(map(repr, STRUCTURES))}")
    if "masks" not in cohort.extras:
        raise ValueError("cohort: it has no masks; only simulated brains come with them")
    return (cohort.extras["masks"] >> STRUCTURES.index(structure) & 1).astype(bool)


def _moved(people: list[Person], heads: list[Head], resolution_mm: int) -> dict[str, np.ndarray]:
    """Image and structures of some heads, float32 (K, D, H, W) by name; computed where a brain can be."""
    each = [vars(person.years).values() for person in people]
    years = Years(*(np.concatenate(values) for values in zip(*each, strict=True)))
    shape, within = SHAPES[resolution_mm], _reach(resolution_mm)
    place = places(heads, resolution_mm).reshape(len(heads), -1, 3).take(within, axis=1)
    maps = move(atlas(resolution_mm), place, years).numpy()
    whole = np.zeros((len(CHANNELS), len(people), np.prod(shape)), np.float32)
    for channel, values in zip(whole, np.moveaxis(maps, 1, 0), strict=True):
        channel[:, within] = values
    return dict(zip(CHANNELS, whole.reshape(-1, len(people), *shape), strict=True))


@lru_cache(maxsize=2)
def _reach(resolution_mm: int) -> np.ndarray:
    """Numbers of the voxels that a brain can fill, however its head lies."""
    from scipy.ndimage import distance_transform_edt

    away = distance_transform_edt(~template(resolution_mm).brain, sampling=resolution_mm)
    return np.flatnonzero(away < MARGIN)


def _milliliters(share: np.ndarray, resolution_mm: int) -> np.ndarray:
    return share.sum(axis=(1, 2, 3)) * (resolution_mm**3 / 1000)


def _as_images(images, masks, volumes, people: list[Person], site: str, seed: int) -> ImageSet:
    about = pd.DataFrame({name: [getattr(person, name) for person in people] for name in ("age", "sex", "diagnosis")})
    return ImageSet(
        images,
        about["age"].to_numpy(np.float32),
        groups=np.arange(len(people)),
        covariates=about.assign(site=site),
        card=DatasetCard(
            name="aging brains",
            source=f"this course's simulator, site {site}, seed {seed}, on nilearn's MNI152 template",
            license="as the course; the template as nilearn's",
            citation="Anatomy: Fonov, V. et al. (2011). NeuroImage 54(1), 313-327.",
            simulated=True,
            description="One real average brain, aged and deformed by formulas: nobody was scanned.",
        ),
        extras={
            "biological_age": np.array([person.biological_age for person in people], np.float32),
            "ventricle_ml": volumes[0],
            "hippocampus_ml": volumes[1],
            "masks": masks,
        },
    )


def _check(n, ages, groups, site, resolution_mm, seed) -> dict[str, float]:
    for name, value, least in (("n", n, 1), ("seed", seed, 0)):
        if isinstance(value, bool) or not isinstance(value, Integral) or value < least:
            raise ValueError(f"{name}: got {value!r}, allowed is a whole number from {least} on")
    two = isinstance(ages, (tuple, list)) and len(ages) == 2 and all(isinstance(age, Real) for age in ages)
    if not two or not YOUNGEST <= ages[0] <= ages[1] <= OLDEST:
        raise ValueError(f"ages: got {ages!r}, allowed are two ages (low, high) from {YOUNGEST} to {OLDEST}")
    if site not in tuple(SITES):
        raise ValueError(f"site: got {site!r}, allowed are {', '.join(map(repr, SITES))}")
    check_simulated(resolution_mm)
    return check_shares(groups)
