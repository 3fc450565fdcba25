"""Images of one's own, from a folder."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from course_lib.data.card import DatasetCard
from course_lib.data.imageset import ImageSet
from course_lib.data.label_table import classes, label_table
from course_lib.data.leaks import duplicates
from course_lib.data.reading import SUFFIXES, read_image
from course_lib.data.resize import resize

if TYPE_CHECKING:
    import pandas as pd


def from_folder(
    path: str | Path,
    labels: str | Path | Mapping[str, object] | pd.DataFrame | None = None,
    *,
    groups: str | None = None,
    size: int | Sequence[int] | None = None,
) -> ImageSet:
    """One's own images: PNG, JPEG, DICOM (with pydicom) and NIfTI, read in the order of their names.

    8-bit images stay as they are (uint8). Others become float32 in [0, 1]: 16-bit ones by dividing by 65535, DICOM by
    the range its stored bits allow (MONOCHROME1 is inverted), each NIfTI volume by its own minimum and maximum, and
    its axes become (z, y, x) in the nearest standard orientation. Hidden files and other kinds of file are not read.

    Parameters
    ----------
    path : path
        The folder; its subfolders are read too.
    labels : {"folders"}, path of a CSV file, mapping or pandas.DataFrame, optional
        "folders": the first subfolder is the class. A table has the columns ``file`` (the path inside the folder) and
        ``label``; further columns become covariates. A mapping goes from file to label. Words and whole numbers are
        classes, in sorted order; other numbers are measurements.
    groups : str, optional
        The table's column that says what must stay together, such as the patient. DICOM files are grouped by their
        PatientID where every file has one and no column is named.
    size : int or sequence of int, optional
        The size to bring every image to, in pixels: one number for all axes, or (H, W) or (D, H, W). Proportions are
        not kept.

    Returns
    -------
    ImageSet
        With the files' names in ``extras["file"]``.

    Raises
    ------
    FileNotFoundError
        If there is no such folder, no image in it, or no file for a row of the table.
    ValueError
        If a file cannot be read, images differ in shape or kind, or a file has no label; the first such file is named.

    Warns
    -----
    UserWarning
        About exact duplicates, above all with different labels or groups, and about groups on two sides of a ``split``
        column.
    """
    folder = Path(path)
    files = image_files(folder)
    table = label_table(files, folder, labels, groups)
    images, patients = _read_all(folder, files, size)
    if groups is not None:
        patients = table[groups].to_numpy()
    values, names = (None, ()) if "label" not in table else classes(table["label"])
    covariates = table.drop(columns=["label", groups] if groups else ["label"], errors="ignore")
    card = DatasetCard(folder.name, f"your folder {folder.name}", "yours to say", "", simulated=False)
    covariates = covariates if covariates.shape[1] else None
    result = ImageSet(images, values, names, patients, covariates, card, {"file": np.array(files)})
    for finding in _findings(result):
        warnings.warn(finding, UserWarning, stacklevel=2)
    return result


def image_files(folder: Path) -> list[str]:
    """Paths inside the folder of all files that can be read, subfolders' too, in the order of their names.

    Raises
    ------
    FileNotFoundError
        If there is no such folder, or no image in it.
    """
    if not folder.is_dir():
        raise FileNotFoundError(f"path: {folder} is not a folder")
    found = (file.relative_to(folder) for file in folder.rglob("*") if file.is_file())
    visible = (file for file in found if not any(part.startswith(".") for part in file.parts))
    files = sorted(file.as_posix() for file in visible if file.name.lower().endswith(SUFFIXES))
    if not files:
        raise FileNotFoundError(f"path: no image in {folder}; looked for {', '.join(SUFFIXES)}")
    return files


def _read_all(folder: Path, files: list[str], size: int | Sequence[int] | None) -> tuple[np.ndarray, np.ndarray | None]:
    images, patients = None, []
    for row, file in enumerate(files):
        image, patient = read_image(folder / file)
        image = image if size is None else resize(image, _shape(image, size))
        if images is None:
            images = np.empty((len(files), *image.shape), image.dtype)
        if image.shape != images.shape[1:] or image.dtype != images.dtype:
            hint = "" if image.ndim != images.ndim - 1 or size is not None else "; size=… brings all to one size"
            raise ValueError(
                f"{file}: shape {image.shape} and {image.dtype}, but {files[0]} has {images.shape[1:]} and "
                f"{images.dtype}{hint}"
            )
        images[row] = image
        patients.append(patient)
    return images, np.array(patients) if all(patients) else None


def _shape(image: np.ndarray, size: int | Sequence[int]) -> tuple[int, ...]:
    axes = 3 if image.ndim == 3 and image.shape[-1] != 3 else 2
    shape = tuple(size) if isinstance(size, Sequence) else (size,) * axes
    if len(shape) != axes or not all(isinstance(n, int) and not isinstance(n, bool) and n >= 1 for n in shape):
        raise ValueError(f"size: {size!r} came; one positive number or {axes} of them are needed")
    return shape


def _findings(data: ImageSet) -> list[str]:
    """What a careful reader would want to know before splitting the set."""
    same = duplicates(data.images)
    file = data.extras["file"]
    said = []
    if same:
        extra = sum(len(rows) for rows in same) - len(same)
        said.append(f"{extra} exact duplicates, such as {file[same[0][0]]} and {file[same[0][1]]}")
    for name, values in (("labels", data.labels), ("groups", data.groups), ("split", _column(data, "split"))):
        torn = [] if values is None else [rows for rows in same if _n_different(values[rows]) > 1]
        if torn:
            said.append(
                f"{name}: {len(torn)} images stand there twice with different {name}, such as {file[torn[0][0]]}"
            )
    split = _column(data, "split")
    if split is not None and data.groups is not None:
        sides = {group: set(split[data.groups == group]) for group in np.unique(data.groups)}
        torn = [group for group, parts in sides.items() if len(parts) > 1]
        if torn:
            said.append(f"groups: {len(torn)} stand on two sides of the split column, such as {torn[0]}")
    return said


def _n_different(values: np.ndarray) -> int:
    """How many different values or rows there are; missing values are one."""
    import pandas as pd

    return len(np.unique(values, axis=0)) if values.ndim > 1 else len(pd.unique(values))


def _column(data: ImageSet, name: str) -> np.ndarray | None:
    return data.covariates[name].to_numpy() if data.covariates is not None and name in data.covariates else None
