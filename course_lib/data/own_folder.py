"""A folder of somebody's images as it is: what can be read becomes one set, what cannot is said, file by file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from course_lib.data.card import DatasetCard
from course_lib.data.folder import image_files
from course_lib.data.imageset import ImageSet
from course_lib.data.reading import read_image
from course_lib.data.resize import resize

if TYPE_CHECKING:
    import pandas as pd

LOOSE = "it lies in no subfolder, and so in no class"


class FolderProblem(ValueError):
    """Why a folder cannot be worked with. A notebook shows its one sentence, and no traceback."""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows."""
        return [str(self)]


@dataclass(frozen=True, eq=False)
class OwnFolder:
    """What `open_folder` found.

    Attributes
    ----------
    images : ImageSet
        uint8, all of one size; `labels` and `groups` where the folder tells them, ``extras["file"]``.
    files : pandas.DataFrame
        One row per image: file, height, width (in the file, in pixels), kind ("gray" or "color").
    left_out : dict of str to str
        Why a file is not among the images: a sentence each.
    remarks : tuple of str
        What was decided on the way: a sentence each.
    """

    images: ImageSet
    files: pd.DataFrame
    left_out: dict[str, str]
    remarks: tuple[str, ...]


def open_folder(
    path: str | Path,
    *,
    patient: str = "",
    size: int = 32,
    least: int = 30,
    simulated: bool = False,
    progress: bool = True,
) -> OwnFolder:
    """Read a folder of plane images, where `from_folder` would stop at the first file that does not fit.

    Files are those that `from_folder` reads. Where at least two subfolders hold images and most files lie in one, the
    first subfolder is the class, and loose files are left out; else there are no classes, nor are there where every
    subfolder holds exactly one patient. If any image is in color all are; 16 bits and more are rounded to 8.

    Parameters
    ----------
    path : path
    patient : str
        A regular expression, looked for in the file's path: its first group, or all that it matches, is the patient.
        Where it does not match, DICOM's PatientID counts, and else every image for itself. Empty: not looked for.
    size : int
        Pixels of each side to bring every image to; proportions are not kept.
    least : int
        Fewer images are refused.
    simulated : bool
        Whether a program made the images; it is then said wherever the set is shown.
    progress : bool
        Show a bar while files are read.

    Returns
    -------
    OwnFolder

    Raises
    ------
    FolderProblem
        In one sentence: if there is no such folder, `patient` is no regular expression, fewer than `least` images can
        be used, or there are DICOM files and pydicom is missing. It is a ValueError.

    Examples
    --------
    >>> import tempfile
    >>> from PIL import Image
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for name in ("anna_1.png", "anna_2.png", "ben_1.png"):
    ...         Image.new("L", (40, 30)).save(Path(folder, name))
    ...     opened = open_folder(folder, patient="anna|ben", least=3, progress=False)
    >>> opened.images, opened.images.groups.tolist()
    (ImageSet(3 gray images of 32×32, uint8), ['anna', 'anna', 'ben'])
    """
    import pandas as pd
    from tqdm.auto import tqdm

    pattern, folder = _compiled(patient), Path(path)
    try:
        names = image_files(folder)
    except FileNotFoundError as problem:
        raise FolderProblem(str(problem)) from None
    planes, rows, left_out = _read(folder, tqdm(names, unit="file", leave=False, disable=not progress), size)
    named = _classes([row["file"] for row in rows])
    left_out |= {row["file"]: LOOSE for row in rows if named and row["file"] not in named}
    kept = [number for number, row in enumerate(rows) if row["file"] not in left_out]
    if len(kept) < least:
        raise FolderProblem(f"FOLDER: {len(kept)} images of {folder.name} can be used, {least} are the least.")
    files = pd.DataFrame([rows[number] for number in kept])
    groups, remarks = _patients(files, pattern)
    labels, class_names, said = _labels(files, named, groups)
    images, mixed = _one_kind([planes[number] for number in kept])
    origin = "drawn by this course" if simulated else f"your folder {folder.name}"
    card = DatasetCard(folder.name, origin, "yours to say", "", simulated)
    extras = {"file": files["file"].to_numpy(str)}
    result = ImageSet(images, labels, class_names, groups, card=card, extras=extras)
    return OwnFolder(result, files.drop(columns="patient"), left_out, (*remarks, *said, *mixed))


def _compiled(patient: str) -> re.Pattern | None:
    try:
        return re.compile(patient) if patient else None
    except re.error as problem:
        raise FolderProblem(f"PATIENT: {patient!r} is no regular expression ({problem}).") from None


def _read(folder: Path, names: Iterable[str], size: int) -> tuple[list[np.ndarray], list[dict], dict[str, str]]:
    """Planes in 8 bits and of one size; what their files say; and why the others cannot be read."""
    planes, rows, left_out = [], [], {}
    for name in names:
        try:
            image, patient = read_image(folder / name)
        except ModuleNotFoundError as problem:
            raise FolderProblem(str(problem)) from None
        except ValueError as problem:
            reason = str(problem).removeprefix(f"{folder / name}: ")
            left_out[name] = reason.replace(f"{folder / name}", Path(name).name)
            continue
        if image.ndim == 3 and image.shape[-1] != 3:
            left_out[name] = f"it is a volume of {image.shape[0]} planes, and only single planes are looked at"
            continue
        kind = "gray" if image.ndim == 2 else "color"
        height, width = image.shape[:2]
        rows.append({"file": name, "height": height, "width": width, "kind": kind, "patient": patient})
        plane = image if image.dtype == np.uint8 else np.rint(255 * image).astype(np.uint8)
        planes.append(resize(plane, (size, size)))
    return planes, rows, left_out


def _classes(files: list[str]) -> dict[str, str]:
    """Class by file, of the files that have one; empty where subfolders are no classes."""
    inside = {file: file.split("/")[0] for file in files if "/" in file}
    return inside if len(set(inside.values())) > 1 and 2 * len(inside) > len(files) else {}


def _patients(files: pd.DataFrame, pattern: re.Pattern | None) -> tuple[np.ndarray | None, list[str]]:
    """Whose each image is, None where nothing tells."""
    found = [pattern.search(file) if pattern else None for file in files["file"]]
    told = [(match[1] if match.re.groups else match[0]) if match else "" for match in found]
    told = [name or header for name, header in zip(told, files["patient"], strict=True)]
    alone = sum(not name for name in told)
    if alone == len(files):
        return None, ["Nothing tells whose an image is: each counts for itself, which flatters where patients repeat."]
    groups = np.array([name or file for name, file in zip(told, files["file"], strict=True)])
    remark = f"{alone} files name no patient; each of them counts as a patient of its own."
    return groups, [remark] if alone else []


def _labels(
    files: pd.DataFrame, named: dict[str, str], groups: np.ndarray | None
) -> tuple[np.ndarray | None, tuple[str, ...], list[str]]:
    """Class numbers and names, None where there are no classes."""
    if not named:
        return None, (), ["There are no classes: images do not lie in two or more subfolders."]
    classes = files["file"].map(named).to_numpy(str)
    pairs = set() if groups is None else set(zip(classes, groups, strict=True))
    if pairs and len(pairs) == len(set(classes)) == len(set(groups)):
        return None, (), ["Every subfolder holds one patient, so that subfolders are taken for patients, not classes."]
    names, numbers = np.unique(classes, return_inverse=True)
    return numbers.astype(np.int64), tuple(names.tolist()), []


def _one_kind(planes: list[np.ndarray]) -> tuple[np.ndarray, list[str]]:
    """All gray or all in color, (N, size, size) or (N, size, size, 3)."""
    gray = sum(plane.ndim == 2 for plane in planes)
    if gray in (0, len(planes)):
        return np.stack(planes), []
    colored = [plane if plane.ndim == 3 else np.repeat(plane[..., None], 3, axis=2) for plane in planes]
    return np.stack(colored), [f"{gray} of {len(planes)} images are gray; they were given three equal channels."]
