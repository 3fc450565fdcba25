"""The labels that go with a folder of images."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from course_lib.data.bounded import read_bytes

if TYPE_CHECKING:
    import pandas as pd

LARGEST = 2.0**53  # above it a float no longer knows every whole number


def label_table(
    files: list[str], folder: Path, labels: str | Path | Mapping[str, object] | pd.DataFrame | None, groups: str | None
) -> pd.DataFrame:
    """One row per file, in the files' order: ``label`` where there is one, and what else the table knows.

    Raises
    ------
    FileNotFoundError
        If the table, or the file of one of its rows, is missing.
    ValueError
        If the table cannot be read, a column, a label or a group is missing, or a file or a column stands twice in it.
    """
    import pandas as pd

    if labels is None:
        table = pd.DataFrame({"file": files})
    elif isinstance(labels, str) and labels == "folders":
        table = _from_folders(files)
    elif not isinstance(labels, (str, Path, Mapping, pd.DataFrame)):
        kind = type(labels).__name__
        raise ValueError(f'labels: a {kind} came; allowed are "folders", a CSV file, a mapping or a DataFrame')
    elif isinstance(labels, Mapping):
        table = pd.DataFrame({"file": list(labels), "label": list(labels.values())})
    else:
        table = labels if isinstance(labels, pd.DataFrame) else _from_csv(Path(labels))
        _columns(table, "file", "label")
    if groups is not None:
        if groups in ("file", "label"):
            raise ValueError(f"groups: {groups!r} came; allowed is another column of the table, such as the patient")
        _columns(table, groups)
    return _aligned(table, files, folder)


def _from_folders(files: list[str]) -> pd.DataFrame:
    import pandas as pd

    if loose := [file for file in files if "/" not in file]:
        raise ValueError(
            f'labels: "folders" was asked for, but {loose[0]} is in no subfolder ({len(loose)} such files)'
        )
    return pd.DataFrame({"file": files, "label": [file.split("/")[0] for file in files]})


def _from_csv(path: Path) -> pd.DataFrame:
    import pandas as pd

    if not path.is_file():
        raise FileNotFoundError(
            f'labels: {path} is not a file; allowed are "folders", a CSV file, a mapping or a DataFrame'
        )
    try:
        return pd.read_csv(io.BytesIO(read_bytes(path)), dtype={"file": str}, encoding="utf-8-sig")
    except ValueError as problem:  # those of pandas, of text that is not UTF-8, and of an archive that is damaged
        raise ValueError(f"labels: {path} is not readable as a table ({problem})") from problem


def _columns(table: pd.DataFrame, *names: str) -> None:
    for name in names:
        if name not in table.columns:
            raise ValueError(f"labels: no column {name!r}; there are {', '.join(map(str, table.columns))}")
        if (table.columns == name).sum() > 1:
            raise ValueError(f"labels: the column {name!r} stands there twice; keep one")


def _aligned(table: pd.DataFrame, files: list[str], folder: Path) -> pd.DataFrame:
    keys = table["file"].astype(str).str.replace("\\", "/", regex=False).str.removeprefix("./")
    if keys.duplicated().any():
        raise ValueError(f"labels: {keys[keys.duplicated()].iloc[0]} stands twice in the table")
    table = table.drop(columns="file").set_axis(keys, axis=0)
    if absent := [key for key in keys if key not in set(files)]:
        raise FileNotFoundError(f"labels: {absent[0]} is in the table, but not in {folder} ({len(absent)} such rows)")
    if unknown := [file for file in files if file not in table.index]:
        raise ValueError(f"labels: no row for {unknown[0]} ({len(unknown)} such files)")
    table = table.loc[files]
    if "label" in table and table["label"].isna().any():
        raise ValueError(f"labels: {table.index[table['label'].isna()][0]} has no label")
    return table.reset_index(drop=True)


def classes(column: pd.Series) -> tuple[np.ndarray, tuple[str, ...]]:
    """Class numbers and names, in sorted order; numbers that are not whole stay as measurements, with no names.

    Raises
    ------
    ValueError
        If a number is infinite, or too large for the whole numbers that classes are, or a value is a list or
        the like.
    """
    values = column.to_numpy()
    if values.dtype.kind == "f" and (large := values[np.abs(values) >= LARGEST]).size:
        raise ValueError(f"labels: {large[0]:g} came; allowed are numbers below {LARGEST:g}")
    if values.dtype.kind == "f" and not (values == np.rint(values)).all():
        return values.astype(np.float32), ()
    if values.dtype.kind == "f":
        values = values.astype(np.int64)
    elif values.dtype.kind not in "iub":
        from pandas.api.types import is_scalar

        if odd := [value for value in values if not is_scalar(value)]:
            raise ValueError(f"labels: {odd[0]!r} came; allowed are numbers and names")
        values = values.astype(str)
    names, numbers = np.unique(values, return_inverse=True)
    return numbers.astype(np.int64), tuple(str(name) for name in names)
