"""What NIH's tables say: findings, patients and views of each image, official lists, boxes."""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import numpy as np

from course_lib.data.bounded import read_bytes

if TYPE_CHECKING:
    import pandas as pd

SOURCE = "https://nihcc.app.box.com/v/ChestXray-NIHCC"
LISTS = {"train": "train_list", "validation": "val_list", "test": "test_list"}
NIH_LISTS = {"nih-train-validation": "train_val_list", "nih-test": "test_list"}
LISTS_SOURCE = "https://github.com/arnoweng/CheXNet, folder ChestX-ray14/labels"
COLUMNS = {
    "Image Index": "image_index",
    "Finding Labels": "findings",
    "Follow-up #": "follow_up",
    "Patient ID": "patient",
    "Patient Age": "age",
    "Patient Gender": "sex",
    "View Position": "view",
}
OLDEST = 120  # years; in the release of 2017 some patients are 400


def find_table(folder: Path, pattern: str) -> Path:
    """The one file of this name in the folder or in a folder inside it.

    Raises
    ------
    FileNotFoundError
        If there is none, or no such folder.
    ValueError
        If there are several.
    """
    if not folder.is_dir():
        raise FileNotFoundError(f"folder: {folder} is not a folder")
    names = (f"{deeper}{pattern}{suffix}" for deeper in ("", "*/") for suffix in (".csv", ".csv.gz"))
    files = sorted(path for name in names for path in folder.glob(name) if not path.name.startswith("."))
    if not files:
        raise FileNotFoundError(f"folder: no {pattern}.csv or .csv.gz in {folder}; it comes with the images, {SOURCE}")
    if len(files) > 1:
        told = ", ".join(str(file.relative_to(folder)) for file in files)
        raise ValueError(f"folder: {told} are all in {folder}; keep one, for releases differ in labels and ages")
    return files[0]


def read_csv(path: Path, columns: Sequence[str]) -> pd.DataFrame:
    """A table in UTF-8, with or without a byte order mark, that has these columns.

    Raises
    ------
    ValueError
        If it is not readable or a column is missing; names what is there.
    """
    import pandas as pd

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", pd.errors.ParserWarning)  # a last comma that the header lacks
            content = io.BytesIO(read_bytes(path))
            table = pd.read_csv(content, encoding="utf-8-sig", index_col=False, dtype=str, keep_default_na=False)
    except (ValueError, OSError) as problem:
        raise ValueError(f"{path}: not readable as a table ({problem})") from problem
    if missing := [name for name in columns if name not in table.columns]:
        there = ", ".join(map(str, table.columns[:8]))
        raise ValueError(f"{path}: no column {missing[0]!r}; it needs {', '.join(columns)}, and has {there}")
    return table


def entries(folder: Path) -> pd.DataFrame:
    """NIH's ``Data_Entry_2017`` table, one row per image, in its order.

    Returns
    -------
    pandas.DataFrame
        image_index, findings (as written), follow_up, patient (integers), age (years, NaN above 120), sex, view.
    """
    path = find_table(folder, "Data_Entry_2017*")
    table = read_csv(path, list(COLUMNS))[list(COLUMNS)].rename(columns=COLUMNS).fillna("")
    table = table.apply(lambda column: column.str.strip())
    if table.empty:
        raise ValueError(f"{path}: it has no rows")
    if (twice := table["image_index"].duplicated()).any():
        raise ValueError(f"{path}: {table['image_index'][twice].iloc[0]} stands there twice")
    for name in ("follow_up", "patient"):
        table[name] = _numbers(table[name], path, name).astype(np.int64)
    # the first release, and Kaggle's sample, write ages as 058Y, infants as 011M or 013D
    unit = table["age"].str[-1:].map({"Y": 1, "M": 12, "D": 365.25}).fillna(1)
    years = _numbers(table["age"].str.removesuffix("Y").str.rstrip("MD"), path, "age") / unit
    table["age"] = years.where(years <= OLDEST)
    return table


def _numbers(column: pd.Series, path: Path, name: str) -> pd.Series:
    import pandas as pd

    numbers = pd.to_numeric(column, errors="coerce")
    wrong = numbers.isna() | ~np.isfinite(numbers) | (numbers < 0) | (numbers >= 2**53)  # what int64 holds exactly
    if wrong.any():
        row = int(wrong.to_numpy().argmax())
        written = next(key for key, value in COLUMNS.items() if value == name)
        raise ValueError(f"{path}: row {row + 1} has {column.iloc[row]!r} as its {written}; a number is needed")
    return numbers


def one_hot(findings: pd.Series, names: Sequence[str], unknown: str = "error") -> tuple[np.ndarray, dict[str, int]]:
    """Findings as written, "Mass|Pleural_Thickening", as columns of zeros and ones.

    Returns
    -------
    labels : ndarray of uint8, (N, len(names))
    ignored : dict of str to int
        How many images have each finding that is not among the names.

    Raises
    ------
    ValueError
        If there are others and ``unknown`` is "error", or an image has no entry at all.

    Examples
    --------
    >>> import pandas as pd
    >>> labels, ignored = one_hot(pd.Series(["Mass|Pleural_Thickening", "No Finding"]), ["Mass", "Pleural Thickening"])
    >>> labels.tolist(), ignored
    ([[1, 1], [0, 0]], {})
    """
    if unknown not in ("error", "ignore"):
        raise ValueError(f'unknown: {unknown!r} is not allowed; "error" or "ignore"')
    if empty := int((findings == "").sum()):
        raise ValueError(f'Finding Labels: empty for {empty} images; without a finding it says "No Finding"')
    found = findings.str.replace("_", " ").str.get_dummies("|")
    found.columns = found.columns.str.strip()
    others = found.drop(columns=[*names, "No Finding"], errors="ignore").sum()
    ignored = {name: int(count) for name, count in others.items()}
    if ignored and unknown == "error":
        told = ", ".join(f"{name!r} ({count} images)" for name, count in ignored.items())
        raise ValueError(f'Finding Labels: unknown are {told}; unknown="ignore" leaves them out')
    return found.reindex(columns=list(names), fill_value=0).to_numpy(np.uint8), ignored


def split_names(folder: Path, split: str, patients: pd.Series) -> pd.Index:
    """The images of one part of a split, from the lists in the folder.

    Parameters
    ----------
    folder : Path
    split : str
        A key of ``LISTS`` (the split into 78,468, 11,219 and 22,433 images) or of ``NIH_LISTS`` (NIH's own).
    patients : pandas.Series
        The patient of each image, by its name.

    Raises
    ------
    FileNotFoundError
        If the lists are not there together; says where they come from.
    ValueError
        If the split is unknown, a list names an image that the table does not, or a patient is on two sides.
    """
    stems = next((stems for stems in (LISTS, NIH_LISTS) if split in stems), None)
    if stems is None:
        raise ValueError(f"split: {split!r} is not allowed; choose from {', '.join((*LISTS, *NIH_LISTS))}, or None")
    files = _files_of(folder, stems)
    parts = {part: _read_list(file, patients.index) for part, file in files.items()}
    sides = {part: set(patients[names]) for part, names in parts.items()}
    for one, other in combinations(sides, 2):
        if shared := sides[one] & sides[other]:
            raise ValueError(
                f"split: {len(shared)} patients, such as {min(shared)}, are in {files[one].name} and in "
                f"{files[other].name}; the lists of {files[one].parent} are not of one split"
            )
    return parts[split]


def _files_of(folder: Path, stems: dict[str, str]) -> dict[str, Path]:
    for place in (folder, *sorted(path for path in folder.iterdir() if path.is_dir())):
        written = {part: (place / f"{stem}.txt", place / f"{stem}.txt.gz") for part, stem in stems.items()}
        files = {part: next((file for file in both if file.is_file()), None) for part, both in written.items()}
        if all(files.values()):
            return files
    told = ", ".join(f"{stem}.txt" for stem in stems.values())
    source = LISTS_SOURCE if stems is LISTS else SOURCE
    raise FileNotFoundError(
        f"split: {told} (or .txt.gz) are not together in {folder} or a folder inside it; get them from {source}"
    )


def _read_list(path: Path, known: pd.Index) -> pd.Index:
    import pandas as pd

    try:
        lines = read_bytes(path).decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as problem:
        raise ValueError(f"{path}: not readable as a list of names ({problem})") from problem
    names = pd.Index([PurePosixPath(line.split()[0]).name for line in lines if line.strip()], dtype=object)
    if len(strange := names[~names.isin(known)]):
        raise ValueError(f"{path}: {len(strange)} images are not in the table, such as {strange[0]}")
    return names
