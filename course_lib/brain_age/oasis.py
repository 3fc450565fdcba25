"""OASIS-1: gray matter of 403 people of 18 to 96 years, with and without dementia, through nilearn."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from course_lib import config
from course_lib.brain_age.anatomy import check_resolution
from course_lib.brain_age.nifti import as_uint8, read_nifti, to_grid
from course_lib.brain_age.subjects import need_columns, plausible_ages
from course_lib.brain_age.volumes import read_volumes
from course_lib.data.card import DatasetCard
from course_lib.data.imageset import ImageSet

if TYPE_CHECKING:
    import pandas as pd

SUBJECTS = 403  # in the version normalized with DARTEL, without the outliers that nilearn leaves out
TOP = 1.5  # the gray-matter density that becomes 255: the maps are modulated, so it may exceed 1 where they shrank
NAME = re.compile(r"OAS1_\d{4}_MR\d", re.ASCII)
PARTS = ("oasis_cross-sectional.csv", "data_usage_agreement.txt", "OAS1_*_MR*/mwrc1*.nii.gz")
AGREEMENT = "https://sites.wustl.edu/oasisbrains/"
EVERYBODY = "about a quarter of all have a dementia, most of it very mild"
HEALTHY = "left out are those who have a dementia (a clinical dementia rating above 0)"
COVARIATES = {"age": "age", "mf": "sex", "cdr": "cdr", "mmse": "mmse"}


def load_oasis(
    n_subjects: int | None = None,
    *,
    resolution_mm: int = 4,
    folder: str | Path | None = None,
    download: bool = False,
    progress: bool = True,
) -> ImageSet:
    """Gray-matter maps of OASIS-1 in MNI space (voxel-based morphometry, DARTEL), on the course's grid.

    These are not T1 images: a voxel says how much gray matter of this person was moved there. A network that learned
    from T1 images cannot read them.

    Parameters
    ----------
    n_subjects : int, optional
        How many, the first by number; all 403 by default.
    resolution_mm : int
        A key of ``SHAPES``.
    folder : path, optional
        The one in which nilearn's folder ``oasis1`` lies or is to lie, such as ``~/nilearn_data``; by default the
        course's data folder.
    download : bool
        Whether nilearn may download what is missing (all maps are one archive), by which you accept OASIS's terms.
        Nothing is downloaded without.
    progress : bool
        Whether to show a progress bar.

    Returns
    -------
    ImageSet
        images (N, D, H, W) uint8, 255 being a density of 1.5 or more; labels (N,) float32, years; groups: OASIS's
        name of the person; covariates age, sex ("F" or "M"), cdr (clinical dementia rating: 0 none, .5 very mild, 1
        mild, 2 moderate; NaN in the young, who were not rated) and mmse; ``extras["file"]``.

    Raises
    ------
    FileNotFoundError
        If files are missing and were not, or could not be, downloaded; says which, where, and what to do.
    ValueError
        If an argument is not allowed, an age is missing, or a file is damaged.

    References
    ----------
    Marcus, D. S. et al. (2007). Open Access Series of Imaging Studies (OASIS): Cross-sectional MRI data in young,
    middle aged, nondemented, and demented older adults. J. Cogn. Neurosci. 19(9), 1498-1507.
    """
    check_resolution(resolution_mm)
    n = SUBJECTS if n_subjects is None else n_subjects
    if isinstance(n, bool) or not isinstance(n, (int, np.integer)) or not 1 <= n <= SUBJECTS:
        raise ValueError(f"n_subjects: got {n_subjects!r}, allowed are 1 to {SUBJECTS}")
    root = config.cache_folder() if folder is None else Path(folder).expanduser().resolve()
    fetched = _fetch(int(n), root, download)
    files = [Path(file) for file in fetched.gray_matter_maps]
    people = _people(fetched.ext_vars, files)
    images = read_volumes(
        files, lambda file: as_uint8(to_grid(read_nifti(file), resolution_mm), TOP), resolution_mm, progress
    )
    return ImageSet(
        images,
        people["age"].to_numpy(np.float32),
        groups=people.index.to_numpy(str),
        covariates=people.reset_index(drop=True),
        card=_card(len(files), EVERYBODY),
        extras={"file": np.array([file.name for file in files])},
    )


def without_dementia(people: ImageSet) -> ImageSet:
    """Those of OASIS whose clinical dementia rating is 0 or, as in the young, not recorded.

    Returns
    -------
    ImageSet
        Its card says so.

    Raises
    ------
    ValueError
        If there is no rating among the covariates, or nobody is left.
    """
    if people.covariates is None or "cdr" not in people.covariates:
        raise ValueError("people: got no covariate 'cdr' (clinical dementia rating), such as load_oasis gives")
    rating = people.covariates["cdr"].to_numpy(float)
    healthy = np.isnan(rating) | (rating == 0)
    if not healthy.any():
        raise ValueError(f"people: got {len(people)} people, all of whom have a dementia")
    return replace(people[healthy], card=_card(int(healthy.sum()), HEALTHY))


def _fetch(n: int, root: Path, download: bool) -> Any:
    """nilearn's answer; without a download only where it needs no network."""
    from nilearn import datasets

    place = root / "oasis1"
    if not download and (missing := _missing(place, n)):
        raise FileNotFoundError(f"OASIS: {missing} in {place}.\n{how_to_get(root)}")
    elsewhere = {} if download else {"url": "file:///nothing-is-downloaded-without-download"}
    try:
        return datasets.fetch_oasis_vbm(n_subjects=n, data_dir=str(root), verbose=0, **elsewhere)
    except PermissionError:
        raise
    except (OSError, ValueError) as problem:  # also every error of requests and urllib
        what = "could not be downloaded" if download else "are not complete"
        raise FileNotFoundError(f"OASIS: its files {what} ({problem}).\n{how_to_get(root)}") from None
    except (KeyError, IndexError, TypeError, AttributeError) as problem:  # of a table that is another than OASIS's
        raise ValueError(f"OASIS: {place / PARTS[0]} is damaged, or another table ({problem!r})") from problem


def _missing(place: Path, n: int) -> str:
    """What is not there, before nilearn is asked: it would make folders and try the network."""
    table, terms, maps = PARTS
    if absent := [name for name in (table, terms) if not (place / name).is_file()]:
        return f"no {' and no '.join(absent)}"
    return "" if (there := len(list(place.glob(maps)))) >= n else f"only {there} of {n} maps {maps}"


def _people(table: pd.DataFrame, files: list[Path]) -> pd.DataFrame:
    """The covariates of each file's person, looked up by name: nobody promises that rows and files are in one order."""
    need_columns(table, "id", *COVARIATES)
    names = [match[0] if (match := NAME.search(file.name)) else file.name for file in files]
    known = table.set_index("id")
    if absent := [name for name in names if name not in known.index]:
        raise ValueError(f"OASIS: its table has no row for {absent[0]} ({len(absent)} such files)")
    people = known.loc[names, list(COVARIATES)].rename(columns=COVARIATES)
    people = people.assign(age=plausible_ages(people["age"]))
    if (ageless := people["age"].isna()).any():
        raise ValueError(f"OASIS: its table has no plausible age for {people.index[ageless][0]}")
    return people


def how_to_get(root: Path) -> str:
    """What to do where OASIS's files are missing, with a network and without."""
    return (
        "With a network: say download=True, as in load_oasis(download=True), by which you accept its terms of use.\n"
        "By hand: on a computer with a network, nilearn.datasets.fetch_oasis_vbm() puts all into "
        "~/nilearn_data/oasis1; "
        f"copy that folder to {root / 'oasis1'}, or name the folder it lies in: load_oasis(folder=…)."
    )


CARD = DatasetCard(
    name="OASIS-1 gray matter",
    source="OASIS cross-sectional, prepared by nilearn's authors (fetch_oasis_vbm), https://www.nitrc.org",
    license=f"OASIS data use agreement, {AGREEMENT}: no attempt to identify anybody, no passing on, acknowledgment",
    citation=(
        "Marcus, D. S. et al. (2007). Open Access Series of Imaging Studies (OASIS). J. Cogn. Neurosci. 19(9), "
        "1498-1507. Grants: P50 AG05681, P01 AG03991, R01 AG021910, P50 MH071616, U24 RR021382, R01 MH56584."
    ),
    simulated=False,
    description="Modulated gray-matter density, normalized to MNI space with SPM8's DARTEL; 255 is a density of "
    f"{TOP}. All are from one scanner.",
)


def _card(n: int, who: str) -> DatasetCard:
    return replace(CARD, description=f"{CARD.description} Maps of {n} people; {who}.")
