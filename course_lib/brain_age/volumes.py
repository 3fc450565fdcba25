"""A real cohort of one's own: a folder of brains, and a table that knows their ages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from course_lib.brain_age.anatomy import SHAPES, check_resolution
from course_lib.brain_age.nifti import brain_on_grid
from course_lib.brain_age.subjects import OLDEST, need_columns, plausible_ages, read_table
from course_lib.data.card import DatasetCard
from course_lib.data.imageset import ImageSet
from course_lib.data.reading import NIFTI

if TYPE_CHECKING:
    import pandas as pd


def from_folder(
    path: str | Path,
    table: str | Path | pd.DataFrame,
    *,
    age: str = "age",
    file: str = "file",
    subject: str | None = None,
    resolution_mm: int = 4,
    skull_stripped: bool = True,
    progress: bool = True,
) -> ImageSet:
    """T1-weighted brains with their ages, on the grid of the simulated cohort.

    The images must be **skull-stripped and roughly in MNI space**, such as after an affine registration. They may have
    any orientation and voxel size: each is turned, smoothed as its larger voxels ask for, and resampled. Nothing is
    registered and no skull is removed here; an image that does not look the part is refused.

    Parameters
    ----------
    path : path
        The folder of ``.nii`` and ``.nii.gz`` files; its subfolders count too, hidden files do not.
    table : path or pandas.DataFrame
        One row per file; CSV, TSV or a spreadsheet.
    age, file : str
        The columns with the age in years and with the file's path inside the folder.
    subject : str, optional
        The column that says whose image it is, where a person has several; else every file counts as a person.
    resolution_mm : int
        A key of ``SHAPES``.
    skull_stripped : bool
        False takes whole heads: volume and place of the brain are then not checked.
    progress : bool
        Whether to show a progress bar.

    Returns
    -------
    ImageSet
        In the table's order. images (N, D, H, W) uint8, 255 being the 99.5th percentile of each brain; labels (N,)
        float32, years; groups: the subject (without `subject` the file); covariates: age and the other columns;
        ``extras["file"]``.

    Raises
    ------
    FileNotFoundError
        If the folder, the table or the file of a row is missing.
    ValueError
        If a column, an age or a subject is missing or impossible, a file stands twice or in no row, or an image is
        damaged, not one volume, of implausible voxel size, not skull-stripped or not in MNI space. File and row (the
        first is 1) are named.
    """
    check_resolution(resolution_mm)
    folder = Path(path).expanduser()
    rows = read_table(table, text=[name for name in (file, subject) if name])
    need_columns(rows, age, file, *([subject] if subject else []))
    if age != "age" and "age" in rows:
        raise ValueError(f"table: has the columns {age!r} and 'age'; rename 'age', for it is what {age!r} becomes")
    names = rows[file].astype(str).str.strip().str.replace("\\", "/", regex=False).str.removeprefix("./").tolist()
    _check_files(folder, names)
    ages, groups = _ages(rows[age], names), _groups(rows, subject, names)
    covariates = rows.drop(columns=[age, file, *([subject] if subject else [])])
    covariates.insert(0, "age", ages)
    images = read_volumes(
        [folder / name for name in names],
        lambda one: brain_on_grid(one, resolution_mm, skull_stripped=skull_stripped),
        resolution_mm,
        progress,
    )
    return ImageSet(
        images, ages, groups=groups, covariates=covariates, card=_card(folder), extras={"file": np.array(names)}
    )


def read_volumes(
    files: Sequence[Path], read: Callable[[Path], np.ndarray], resolution_mm: int, progress: bool
) -> np.ndarray:
    """All files into one array that is made beforehand, (N, D, H, W) uint8."""
    from tqdm.auto import tqdm

    images = np.empty((len(files), *SHAPES[resolution_mm]), np.uint8)
    bar = tqdm(files, desc=f"{resolution_mm} mm", unit="brain", leave=False, disable=not progress)
    for row, one in enumerate(bar):
        images[row] = read(one)
    return images


def nifti_files(folder: Path) -> list[str]:
    """The paths of all NIfTI files inside the folder, in their order; hidden ones are not looked at.

    Raises
    ------
    FileNotFoundError
        If there is no such folder, or no such file in it.
    """
    if not folder.is_dir():
        raise FileNotFoundError(f"path: {folder} is not a folder")
    inside = (file.relative_to(folder) for file in folder.rglob("*") if file.name.lower().endswith(NIFTI))
    files = sorted(file.as_posix() for file in inside if not any(part.startswith(".") for part in file.parts))
    if not files:
        raise FileNotFoundError(f"path: no image in {folder}; looked for {', '.join(NIFTI)}")
    return files


def _check_files(folder: Path, names: list[str]) -> None:
    """Each file in one row, each row with one file."""
    there, rows = nifti_files(folder), {}
    known = set(there)
    for row, name in enumerate(names, 1):
        if name in rows:
            raise ValueError(f"table: {name} stands in row {rows[name]} and again in row {row}")
        rows[name] = row
    if absent := [name for name in names if name not in known]:
        raise FileNotFoundError(
            f"table: row {rows[absent[0]]} names {absent[0]}, which is not in {folder} ({len(absent)} such rows); it "
            f"needs the path inside the folder, such as {there[0]}"
        )
    if unknown := [name for name in there if name not in rows]:
        raise ValueError(f"table: no row for {unknown[0]} ({len(unknown)} such files)")


def _ages(column: pd.Series, names: list[str]) -> np.ndarray:
    years = plausible_ages(column)
    if (wrong := np.isnan(years)).any():
        row = int(wrong.argmax())
        raise ValueError(
            f"table: row {row + 1} ({names[row]}) has the age {column.iloc[row]!r}, allowed are 0 to {OLDEST} years "
            f"({wrong.sum()} such rows)"
        )
    return years.astype(np.float32)


def _groups(rows: pd.DataFrame, subject: str | None, names: list[str]) -> np.ndarray:
    if subject is None:
        return np.array(names)
    if (missing := rows[subject].isna()).any():
        row = int(missing.to_numpy().argmax())
        raise ValueError(f"table: row {row + 1} ({names[row]}) has no {subject} ({missing.sum()} such rows)")
    return rows[subject].astype(str).to_numpy(str)


def _card(folder: Path) -> DatasetCard:
    said = "Brains resampled onto the course's grid in MNI space; each one's 99.5th percentile is white."
    return DatasetCard(folder.name, f"your folder {folder.name}", "yours to say", "", False, said)
