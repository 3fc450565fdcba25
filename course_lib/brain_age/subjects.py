"""Tables of people: read, and their ages looked at."""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from course_lib.data.bounded import read_bytes

if TYPE_CHECKING:
    import pandas as pd

OLDEST = 120  # years
SPREADSHEETS = {".xls": "xlrd", ".xlsx": "openpyxl"}  # what pandas needs for each


def read_table(table: str | Path | pd.DataFrame, text: Sequence[str] = ()) -> pd.DataFrame:
    """A table of one row per image or person.

    Parameters
    ----------
    table : path or pandas.DataFrame
        A file in UTF-8 whose columns are parted by commas, or by tabs where it is called ``.tsv``, also compressed
        (``.gz``); or a spreadsheet, ``.xls`` or ``.xlsx``.
    text : sequence of str
        Columns to read as they are written, so that the name 007 does not become the number 7.

    Returns
    -------
    pandas.DataFrame
        A new one; rows are numbered from 0.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is not readable as a table, or empty.
    ModuleNotFoundError
        If it is a spreadsheet and the reader for it is not installed; says how to do without.
    """
    import pandas as pd

    if not isinstance(table, (str, Path, pd.DataFrame)):
        kind = type(table).__name__
        raise ValueError(f"table: a {kind} came; allowed are a CSV, TSV or XLS file and a DataFrame")
    if isinstance(table, pd.DataFrame):
        read, told = table.reset_index(drop=True), "table: the DataFrame"
    else:
        told = Path(table).expanduser()
        read = _read(told, text)
    if read.empty:
        raise ValueError(f"{told} has no rows")
    return read


def _read(path: Path, text: Sequence[str]) -> pd.DataFrame:
    import pandas as pd

    if not path.is_file():
        raise FileNotFoundError(f"table: {path} is not a file; allowed are a CSV, TSV or XLS file and a DataFrame")
    suffix = Path(path.name.lower().removesuffix(".gz")).suffix
    types = dict.fromkeys(text, str)
    try:
        if suffix in SPREADSHEETS:
            return pd.read_excel(path, dtype=types, engine=SPREADSHEETS[suffix])
        content, separator = io.BytesIO(read_bytes(path)), "\t" if suffix == ".tsv" else ","
        return pd.read_csv(content, sep=separator, dtype=types, encoding="utf-8-sig")
    except ImportError:
        package = SPREADSHEETS[suffix]
        raise ModuleNotFoundError(
            f"{path}: reading {suffix} needs {package}; pip install {package}, or open the file in a spreadsheet "
            f"program and save it as {path.stem}.csv beside it"
        ) from None
    except Exception as problem:  # each reader has errors of its own for a damaged file; every one must name it
        raise ValueError(f"{path}: not readable as a table ({problem})") from problem


def need_columns(table: pd.DataFrame, *names: str) -> None:
    """Raise a ValueError that says which column is missing, and which there are.

    Examples
    --------
    >>> import pandas as pd
    >>> need_columns(pd.DataFrame({"Age": [61]}), "age")
    Traceback (most recent call last):
    ...
    ValueError: table: no column 'age'; there are Age
    """
    for name in names:
        if name not in table.columns:
            there = ", ".join(map(str, table.columns[:12])) + (" …" if len(table.columns) > 12 else "")
            raise ValueError(f"table: no column {name!r}; there are {there}")
        if (table.columns == name).sum() > 1:
            raise ValueError(f"table: the column {name!r} stands there twice; keep one")


def plausible_ages(column: pd.Series) -> np.ndarray:
    """Ages in years, (N,) float64; NaN where none, or none that a person can have, is written.

    Examples
    --------
    >>> import pandas as pd
    >>> plausible_ages(pd.Series(["61.5", "", "n/a", "-1", "0.5", "1948"])).tolist()
    [61.5, nan, nan, nan, 0.5, nan]
    """
    import pandas as pd

    years = pd.to_numeric(column, errors="coerce").to_numpy(np.float64, na_value=np.nan)
    return np.where((years >= 0) & (years <= OLDEST), years, np.nan)


def with_names(table: pd.DataFrame, subject: str) -> tuple[pd.DataFrame, int]:
    """The rows that say whose they are, and how many do not.

    Names become text, so that the 7 of one table is the "7" of another: a column of whole numbers in which one is
    missing holds 7.0.

    Examples
    --------
    >>> import pandas as pd
    >>> with_names(pd.DataFrame({"who": [7, None, 8]}), "who")[0].to_dict("list")
    {'who': ['7', '8']}
    >>> with_names(pd.DataFrame({"who": [1e149, 7]}), "who")[0].to_dict("list")  # no whole numbers as text
    {'who': ['1e+149', '7.0']}
    >>> with_names(pd.DataFrame({"who": ["007", " ", None]}), "who")[1]
    2
    """
    column = table[subject]
    if column.dtype.kind == "f" and (column.dropna() % 1 == 0).all() and (column.dropna().abs() < 2**53).all():
        column = column.astype("Int64")
    names = column.astype(str).str.strip()
    named = column.notna() & (names != "")
    return table.assign(**{subject: names})[named].reset_index(drop=True), int((~named).sum())


def one_age_each(table: pd.DataFrame, same: Sequence[str], age: str) -> tuple[pd.DataFrame, dict[str, int]]:
    """One row for each person (or measurement) whose age is known and the same wherever it stands.

    Public tables repeat people, now and then with two ages. Nobody can tell which is right, and to take the first would
    be to guess.

    Parameters
    ----------
    table : pandas.DataFrame
    same : sequence of str
        The columns that make two rows the same person, or the same measurement of one. The first names the person.
    age : str
        The column with the age in years.

    Returns
    -------
    table : pandas.DataFrame
        The rows kept, in their order; `age` is float64.
    left_out : dict of str to int
        How many people are left out, by reason.

    Examples
    --------
    >>> import pandas as pd
    >>> written = pd.DataFrame({"who": ["a", "a", "b", "b", "c"], "age": [50, 50, 60, 65, None]})
    >>> kept, left_out = one_age_each(written, ["who"], "age")
    >>> kept.to_dict("records"), left_out
    ([{'who': 'a', 'age': 50.0}], {'without a plausible age': 1, 'with two ages': 1})
    """
    known = table.assign(**{age: plausible_ages(table[age])}).dropna(subset=[age])
    ages = known.groupby(list(same), dropna=False)[age].transform("nunique")
    torn = set(known.loc[ages > 1, same[0]])
    kept = known[(ages == 1) & ~known[same[0]].isin(torn)].drop_duplicates(list(same))
    ageless = set(table[same[0]]) - set(known[same[0]])
    counts = {"without a plausible age": len(ageless), "with two ages": len(torn)}
    return kept.reset_index(drop=True), {reason: count for reason, count in counts.items() if count}


def say_left_out(whose: str, left_out: dict[str, int]) -> str:
    """One sentence, and a UserWarning with it, where anybody is left out; empty where nobody is.

    Examples
    --------
    >>> say_left_out("IXI", {})
    ''
    """
    if not left_out:
        return ""
    told = f"{whose}: left out are " + ", ".join(f"{count} {reason}" for reason, count in left_out.items()) + "."
    warnings.warn(told, UserWarning, stacklevel=3)
    return told
