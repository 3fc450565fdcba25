"""IXI: nearly 600 healthy people from three hospitals in London, images and table joined."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from course_lib.brain_age.anatomy import check_resolution
from course_lib.brain_age.nifti import brain_on_grid
from course_lib.brain_age.subjects import need_columns, one_age_each, read_table, say_left_out
from course_lib.brain_age.volumes import nifti_files, read_volumes
from course_lib.data.card import DatasetCard
from course_lib.data.imageset import ImageSet

if TYPE_CHECKING:
    import pandas as pd

SOURCE = "https://brain-development.org/ixi-dataset/"
TABLES = ("IXI.csv", "IXI.tsv", "IXI.xls", "IXI.xlsx")  # the first that is there is read
COLUMNS = {  # as IXI.xls and as tidied copies of it write them
    "subject": ("IXI_ID", "participant_id"),
    "age": ("AGE", "age"),
    "sex": ("SEX_ID (1=m, 2=f)", "SEX_ID", "sex"),
}
SEXES = {"1": "M", "2": "F", "M": "M", "F": "F"}
NAME = re.compile(r"IXI(\d{3})(?:-(Guys|HH|IOP)-\d+)?", re.ASCII)


def load_ixi(
    folder: str | Path,
    *,
    table: str | Path | pd.DataFrame | None = None,
    resolution_mm: int = 4,
    skull_stripped: bool = True,
    progress: bool = True,
) -> ImageSet:
    """IXI's T1 images with ages and sexes from its table, on the course's grid.

    IXI gives out **whole heads in the scanner's own space**. Strip the skull (with HD-BET or SynthStrip, say) and
    register each brain to MNI space first, keeping the beginning of the name: ``IXI002-Guys-0828-T1….nii.gz``. Whole
    heads are refused.

    Parameters
    ----------
    folder : path
        With the images, also in folders inside it. A person may have only one there.
    table : path or pandas.DataFrame, optional
        By default ``IXI.csv``, ``IXI.tsv``, ``IXI.xls`` or ``IXI.xlsx`` in the folder. IXI's own columns are known
        (IXI_ID, AGE, SEX_ID), and those of tidied copies (participant_id such as sub-IXI002, age, sex).
    resolution_mm : int
        A key of ``SHAPES``.
    skull_stripped : bool
        False takes whole heads: volume and place of the brain are then not checked.
    progress : bool
        Whether to show a progress bar.

    Returns
    -------
    ImageSet
        images (N, D, H, W) uint8; labels (N,) float32, years; groups: IXI's number; covariates age, sex ("F", "M" or
        missing) and site ("Guys", "HH", "IOP", or missing where the name does not say); ``extras["file"]``.

    Raises
    ------
    FileNotFoundError
        If the folder, the images or the table are missing; says which, where they belong and where they are found.
    ValueError
        If a column is missing, a person has two images, nobody's age is known, or an image is not what it should be.
    ModuleNotFoundError
        If the table is ``IXI.xls`` and xlrd is not installed; says how to do without.

    Warns
    -----
    UserWarning
        About people who are left out: without an age, with two different ones, or without a row.
    """
    check_resolution(resolution_mm)
    folder = Path(folder).expanduser()
    people = ixi_people(_table(folder) if table is None else table)
    found = _images(folder)
    rowless = len(set(found["subject"]) - set(people["subject"]))
    people, left_out = one_age_each(people[people["subject"].isin(found["subject"])], ["subject"], "age")
    known = found.merge(people, on="subject")
    if known.empty:
        raise ValueError(f"table: knows the age of none of the {len(found)} people whose images are in {folder}")
    said = say_left_out("IXI", left_out | ({"without a row in the table": rowless} if rowless else {}))
    read = partial(brain_on_grid, resolution_mm=resolution_mm, skull_stripped=skull_stripped)
    return ImageSet(
        read_volumes([folder / file for file in known["file"]], read, resolution_mm, progress),
        known["age"].to_numpy(np.float32),
        groups=known["subject"].to_numpy(),
        covariates=known[["age", "sex", "site"]],
        card=_card(said),
        extras={"file": known["file"].to_numpy(str)},
    )


def ixi_people(table: str | Path | pd.DataFrame) -> pd.DataFrame:
    """IXI's table, whichever copy of it, with plain names; its rows repeat some people, a few with another age.

    Returns
    -------
    pandas.DataFrame
        One row for each row that came: subject (IXI's number), age (as written), sex ("F", "M" or missing).

    Raises
    ------
    FileNotFoundError, ValueError, ModuleNotFoundError
        As `load_ixi`, for the table.

    Examples
    --------
    >>> import pandas as pd
    >>> people = ixi_people(pd.DataFrame({"IXI_ID": [2, 12], "SEX_ID (1=m, 2=f)": [2, 1], "AGE": [35.8, 38.8]}))
    >>> people.to_dict("list")
    {'subject': [2, 12], 'age': [35.8, 38.8], 'sex': ['F', 'M']}
    """
    import pandas as pd

    written = read_table(table)
    names = {ours: next((name for name in theirs if name in written), theirs[0]) for ours, theirs in COLUMNS.items()}
    need_columns(written, *names.values())
    people = written[list(names.values())].set_axis(list(names), axis=1)
    numbers = people["subject"].astype(str).str.extract(r"(\d+)(?:\.0)?$")[0]
    if numbers.isna().any():
        row = int(numbers.isna().to_numpy().argmax())
        raise ValueError(
            f"table: row {row + 1} has {people['subject'].iloc[row]!r} as {names['subject']}, allowed is IXI's number, "
            "such as 2 or sub-IXI002"
        )
    sex = people["sex"].astype(str).str.strip().str.upper().str.removesuffix(".0").map(SEXES)
    return people.assign(subject=pd.to_numeric(numbers), sex=sex)


def _table(folder: Path) -> Path:
    if not folder.is_dir():
        raise FileNotFoundError(f"folder: {folder} is not a folder\n{how_to_get(folder)}")
    there = (folder / name for name in TABLES)
    path = next((path for path in there if path.is_file()), None)
    if path is None:
        raise FileNotFoundError(f"folder: none of {', '.join(TABLES)} is in {folder}\n{how_to_get(folder)}")
    return path


def _images(folder: Path) -> pd.DataFrame:
    """subject, site and file of each image that has IXI's name."""
    import pandas as pd

    try:
        named = [(NAME.search(Path(file).name), file) for file in nifti_files(folder)]
    except FileNotFoundError as problem:
        raise FileNotFoundError(f"{problem}\n{how_to_get(folder)}") from None
    if strange := [file for match, file in named if match is None]:
        raise ValueError(f"folder: {strange[0]} has no number such as IXI002 in its name ({len(strange)} such files)")
    rows = [(int(match[1]), match[2], file) for match, file in named]
    found = pd.DataFrame(rows, columns=["subject", "site", "file"]).sort_values("subject", kind="stable")
    if (twice := found["subject"].duplicated(keep=False)).any():
        first, second = found.loc[twice, "file"].iloc[:2]
        raise ValueError(f"folder: {first} and {second} are images of one person; keep one")
    return found


def how_to_get(folder: Path) -> str:
    """What to do where IXI's files are missing."""
    return (
        f"Get IXI-T1.tar (the T1 images) and IXI.xls from {SOURCE}, strip the skulls, register the brains to MNI "
        "space, and put IXI002-Guys-0828-T1.nii.gz and the others, with IXI.xls (or the same table as IXI.csv), into "
        f"{folder}."
    )


CARD = DatasetCard(
    name="IXI",
    source=f"Information eXtraction from Images, Imperial College London and King's College London, {SOURCE}",
    license="CC BY-SA 3.0",
    citation="IXI data set, EPSRC GR/S21533/02, https://brain-development.org/ixi-dataset/",
    simulated=False,
    description="T1 images of healthy people from three hospitals with a scanner each; your copy.",
)


def _card(said: str) -> DatasetCard:
    return replace(CARD, description=f"{CARD.description} {said}".strip())
