"""Whose notebooks lie in a folder."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

EXCHANGE = "+"  # nbgrader's exchange names a folder student+assignment+timestamp, and later versions add +random


@dataclass(frozen=True)
class Submission:
    """One student's notebook."""

    student: str
    path: Path


def find_submissions(folder: Path, name: str) -> list[Submission]:
    """The notebooks of one exercise, one per student, in the order of the students' names.

    These layouts are known, also beside one another:

    - nbgrader's `submitted/`: STUDENT/ASSIGNMENT/NOTEBOOK.ipynb, also without the middle folder;
    - nbgrader's exchange, `inbound/`: STUDENT+ASSIGNMENT+TIMESTAMP/NOTEBOOK.ipynb, of which the latest counts;
    - one file per student: STUDENT.ipynb, or with the exercise's name before or behind it.

    Parameters
    ----------
    folder : Path
    name : str
        Of the exercise, such as "02_classification_metrics"; a student's folder with several notebooks must hold one
        whose name begins so.

    Raises
    ------
    FileNotFoundError
        If there is no such folder, or no notebook in it.
    ValueError
        If a student has several notebooks, and nothing says which.
    """
    if not folder.is_dir():
        raise FileNotFoundError(f"folder: {folder} is not a folder")
    found: dict[str, list[tuple[str, Path]]] = defaultdict(list)  # by student: when it was handed in, and the notebook
    for path in sorted(folder.rglob("*.ipynb")):
        parts = path.relative_to(folder).parts
        if not any(part.startswith(".") for part in parts):
            student, when = _whose(parts, name)
            found[student].append((when, path))
    if not found:
        raise FileNotFoundError(f"folder: {folder} holds no notebook (*.ipynb)")
    return [Submission(student, _latest(student, found[student], name)) for student in sorted(found)]


def _whose(parts: tuple[str, ...], name: str) -> tuple[str, str]:
    """The student, and when: the timestamp of nbgrader's exchange, or nothing."""
    if len(parts) == 1:
        return _without(Path(parts[0]).stem, name), ""
    student, _, rest = parts[0].partition(EXCHANGE)
    fields = rest.split(EXCHANGE)
    return student, fields[1] if len(fields) > 1 else ""


def _without(stem: str, name: str) -> str:
    """A file's name without the exercise's, where something is left."""
    left = re.sub(rf"[-_ ]*{re.escape(name)}[-_ ]*", "", stem)
    return left or stem


def _latest(student: str, candidates: list[tuple[str, Path]], name: str) -> Path:
    last = max(when for when, _ in candidates)
    paths = [path for when, path in candidates if when == last]
    named = [path for path in paths if path.stem.startswith(name)]
    if len(named or paths) != 1:
        listed = ", ".join(str(path) for path in named or paths)
        raise ValueError(f"folder: {student!r} has several notebooks, of which one must be chosen: {listed}")
    return (named or paths)[0]
