"""Cortical thickness by FreeSurfer, joined to ages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from course_lib.brain_age.subjects import need_columns, one_age_each, read_table, say_left_out, with_names

if TYPE_CHECKING:
    import pandas as pd

SUFFIX = "_thickness"
SUBJECT = ("participant_id", "sub_id", "subject", "subject_id")  # the first that a table has


@dataclass(frozen=True, eq=False)
class ThicknessTable:
    """N measurements of cortical thickness, with ages.

    Attributes
    ----------
    features : pandas.DataFrame, (N, F)
        Thickness of each region, in mm.
    age : ndarray, (N,) float64
        Years.
    sex, site : ndarray, (N,), or None
        As the table writes them, for codes differ (in IXI's, 1 is male and 2 is female); None where it does not.
    subject : ndarray, (N,) str
        Whose measurement it is: what must stay together in a split.
    dropped : tuple of str
        Columns left out because they are constant, such as all zero.
    left_out : mapping of str to int
        How many people are left out, by reason.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"sub_id": ["a", "b"], "age": [50, 60], "lh_x_thickness": [2.5, 2.4], "y_thickness": 0})
    >>> data = load_thickness(table)
    >>> len(data), list(data.features), data.dropped, data[data.age > 55].subject.tolist()
    (2, ['lh_x_thickness'], ('y_thickness',), ['b'])
    """

    features: pd.DataFrame
    age: np.ndarray
    sex: np.ndarray | None
    site: np.ndarray | None
    subject: np.ndarray
    dropped: tuple[str, ...]
    left_out: Mapping[str, int]

    def __len__(self) -> int:
        return len(self.age)

    def __getitem__(self, rows: slice | np.ndarray) -> ThicknessTable:
        """The rows of a slice, of a mask or of a list of numbers, as a table of the same columns."""
        chosen = {
            name: None if (values := getattr(self, name)) is None else values[rows]
            for name in ("age", "sex", "site", "subject")
        }
        return replace(self, features=self.features.iloc[rows].reset_index(drop=True), **chosen)


def load_thickness(
    path: str | Path | pd.DataFrame,
    ages: str | Path | pd.DataFrame | None = None,
    *,
    subject: str | None = None,
    age: str = "age",
) -> ThicknessTable:
    """A table of cortical thickness: every column whose name ends in ``_thickness``.

    Parameters
    ----------
    path : path or pandas.DataFrame
        One row per measurement.
    ages : path or pandas.DataFrame, optional
        The table with ages (and sexes, and sites), one row per person, where the first one has none. People of whom
        only one table knows are left out.
    subject : str, optional
        The column that names the person; by default the first of participant_id, sub_id, subject and subject_id. The
        table with ages may call it by any of these names.
    age : str
        The column with the age in years.

    Returns
    -------
    ThicknessTable
        Rows that agree are there once. Rows of either table that do not say whose they are, and people without a
        plausible age, with two ages for one measurement, or with a missing thickness are left out and counted.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If a column is missing, a person has two different measurements but only one age, or nobody is left.

    Warns
    -----
    UserWarning
        About people who are left out, with their number.

    Examples
    --------
    >>> import pandas as pd
    >>> thick = pd.DataFrame({"participant_id": ["a", "b", "c"], "lh_x_thickness": [2.5, 2.4, 2.6]})
    >>> years = pd.DataFrame({"participant_id": ["a", "b", "b"], "age": [50, 60, 61]})
    >>> data = load_thickness(thick, years)
    >>> data.subject.tolist(), data.left_out
    (['a'], {'with two ages': 1, 'without a row in both tables': 1})
    """
    measured = read_table(path, text=SUBJECT if subject is None else [subject])
    key = _subject(measured, subject)
    names = [name for name in measured.columns if str(name).endswith(SUFFIX)]
    if not names:
        raise ValueError(f"path: no column ends in {SUFFIX!r}; there are {', '.join(map(str, measured.columns[:12]))}")
    measured, nameless = with_names(measured.assign(**{name: _millimeters(measured[name]) for name in names}), key)
    if ages is None:
        need_columns(measured, age)
        table, left_out = one_age_each(measured, [key, *names], age)
    else:
        measured = measured.drop(columns=[age, "sex", "site"], errors="ignore")
        table, left_out, more = _joined(measured, key, names, ages, age)
        nameless += more
    left_out |= {"without an id": nameless} if nameless else {}
    data = _complete(table, key, names, age, left_out)
    say_left_out("thickness", data.left_out)
    return data


def _subject(table: pd.DataFrame, named: str | None) -> str:
    if named is not None:
        need_columns(table, named)
        return named
    found = next((name for name in SUBJECT if name in table.columns), None)
    if found is None:
        raise ValueError(
            f"subject: none of {', '.join(SUBJECT)} is a column; there are {', '.join(map(str, table.columns[:12]))}"
        )
    return found


def _millimeters(column: pd.Series) -> pd.Series:
    import pandas as pd

    return pd.to_numeric(column, errors="coerce").astype(float).replace([np.inf, -np.inf], np.nan)


def _joined(
    measured: pd.DataFrame, key: str, names: list[str], ages: str | Path | pd.DataFrame, age: str
) -> tuple[pd.DataFrame, dict[str, int], int]:
    """Who is in both tables, who is left out, and how many rows of the table with ages are nobody's."""
    once = measured.drop_duplicates([key, *names])
    if (twice := once[key].duplicated()).any():
        raise ValueError(f"path: {once.loc[twice, key].iloc[0]} has two different measurements, but only one age")
    people = read_table(ages, text=[*SUBJECT, key])
    theirs = _subject(people, key if key in people.columns else None)
    need_columns(people, age)
    people, nameless = with_names(people, theirs)
    known, left_out = one_age_each(people, [theirs], age)
    wanted = [name for name in (age, "sex", "site") if name in known.columns]
    table = once.merge(known[[theirs, *wanted]], left_on=key, right_on=theirs)
    only_one = set(once[key]) ^ set(people[theirs])
    return table, left_out | ({"without a row in both tables": len(only_one)} if only_one else {}), nameless


def _complete(table: pd.DataFrame, key: str, names: list[str], age: str, left_out: dict[str, int]) -> ThicknessTable:
    """What is left when constant columns, then people with a missing thickness, are gone."""
    alone = len(table) == 1  # of one person, nothing says which column is constant
    dropped = tuple(name for name in names if (table[name].nunique() <= 1 and not alone) or not table[name].any())
    kept = [name for name in names if name not in dropped]
    whole = table[kept].notna().all(axis=1).to_numpy()
    if not kept or not whole.any():
        raise ValueError(f"path: nobody is left with an age and a thickness (left out: {left_out or 'nobody'})")
    left_out = left_out | ({} if whole.all() else {"with a missing thickness": int((~whole).sum())})
    table = table[whole].reset_index(drop=True)
    return ThicknessTable(
        features=table[kept].astype(float),
        age=table[age].to_numpy(float),
        sex=table["sex"].to_numpy() if "sex" in table else None,
        site=table["site"].to_numpy() if "site" in table else None,
        subject=table[key].to_numpy(str),
        dropped=dropped,
        left_out=left_out,
    )
