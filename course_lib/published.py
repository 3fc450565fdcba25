"""Published numbers, each with its source, as the lectures compare against them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from course_lib import config


@dataclass(frozen=True)
class Published:
    """One published value.

    Attributes
    ----------
    value : int, float, str, list or dict
        As published.
    source : str
        Where it stands: paper, section, table or slide.
    unit : str
        Empty where the value is a count or a ratio.
    note : str
        What a reader must know to compare with it.
    """

    value: object
    source: str
    unit: str = ""
    note: str = ""


def published(room: str) -> dict[str, Published]:
    """The published numbers of one lecture's room, by name.

    Parameters
    ----------
    room : str
        Such as "cnn": the file ``data/reference/<room>.json`` is read.

    Raises
    ------
    ValueError
        If there is no such room, or an entry lacks its value or source.
    """
    folder = _reference_folder()
    rooms = sorted(path.stem for path in folder.glob("*.json"))
    if room not in rooms:
        raise ValueError(f"room: {room!r} has no published numbers; allowed are {', '.join(rooms) or '(none yet)'}")
    entries = json.loads((folder / f"{room}.json").read_text(encoding="utf-8"))
    return {name: _entry(room, name, fields) for name, fields in entries.items()}


def kept_arrays(name: str) -> dict[str, np.ndarray]:
    """Arrays that a committed command wrote beside the published numbers, such as maps that take long to draw.

    Parameters
    ----------
    name : str
        Such as "tsimcne_maps": the file ``data/reference/<name>.npz`` is read.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    """
    with np.load(_reference_folder() / f"{name}.npz", allow_pickle=False) as file:
        return dict(file)


def _entry(room: str, name: str, fields: object) -> Published:
    if not isinstance(fields, dict) or "value" not in fields or not fields.get("source"):
        raise ValueError(f"{room}.json: {name!r} needs a value and a source")
    if unknown := fields.keys() - {"value", "source", "unit", "note"}:
        raise ValueError(f"{room}.json: {name!r} has unknown fields {sorted(unknown)}")
    return Published(**fields)


def _reference_folder() -> Path:
    root = config.checkout()
    return root / "data" / "reference" if root else Path(__file__).parent / "reference"
