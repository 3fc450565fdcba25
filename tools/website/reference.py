"""The reference of `course_lib`, from its docstrings: a page for each room."""

import inspect
from importlib import import_module
from pathlib import Path

ROOMS = {
    "data": "Data sets and one's own images",
    "training": "One training loop",
    "metrics": "Metrics with intervals",
    "cnn": "Convolutional networks",
    "chest_xray": "Chest radiographs",
    "brain_age": "Brain age",
    "intrinsic_dimension": "Intrinsic dimension",
    "tsimcne": "t-SimCNE",
}
SHARED = {
    "config": "Device, seed, budget and folders",
    "plotting": "The course's look",
    "explorer": "The widget kit",
    "checks": "Checks of an exercise",
    "published": "Published numbers",
}


def reference(folder: Path) -> None:
    """Write the reference of `course_lib`, a page for each room, into `folder`."""
    rooms = {**ROOMS, **SHARED}
    for room, title in rooms.items():
        (folder / f"{room}.md").write_text(_room_page(room, title), encoding="utf-8")
    listed = "\n".join(rooms)
    text = (
        "# Reference of course_lib\n\n"
        "What analysts import and lectures stand on, from the docstrings. Shapes, units, errors and sources stand with "
        "each name.\n\n"
        f"```{{toctree}}\n:maxdepth: 1\n\n{listed}\n```\n"
    )
    (folder / "index.md").write_text(text, encoding="utf-8")


def _room_page(room: str, title: str) -> str:
    module = import_module(f"course_lib.{room}")
    names = public_names(module)
    documented = [name for name in names if callable(getattr(module, name))]
    entries = "\n\n".join(_entry(f"course_lib.{room}", name, getattr(module, name)) for name in documented)
    constants = "".join(
        _constant(f"course_lib.{room}", name, getattr(module, name)) for name in names if name not in documented
    )
    about = (module.__doc__ or "").split("\n\n")[0].replace("\n", " ")
    summary = "\n   ".join(documented)
    return (
        f"# {title}: `course_lib.{room}`\n\n{about}\n\n```{{eval-rst}}\n.. currentmodule:: course_lib.{room}\n\n"
        f".. autosummary::\n   :nosignatures:\n\n   {summary}\n\n{entries}\n\n{constants}\n```\n"
    )


def _constant(module: str, name: str, found: object) -> str:
    holds = f": {', '.join(map(str, found))}" if isinstance(found, (dict, list, tuple)) and len(found) < 30 else ""
    words = f"A {type(found).__name__}{holds}."
    return f".. py:data:: {module}.{name}\n\n   {' '.join(words.split())}\n\n"


def public_names(module) -> list[str]:
    """What a module offers: its ``__all__``, or the functions and classes that it defines."""
    if hasattr(module, "__all__"):
        return sorted(module.__all__, key=str.lower)
    own = inspect.getmembers(module, lambda found: getattr(found, "__module__", "") == module.__name__)
    return [name for name, found in own if not name.startswith("_") and callable(found)]


def _entry(module: str, name: str, found: object) -> str:
    if inspect.isclass(found):
        return f".. autoclass:: {module}.{name}\n   :members:"
    return f".. autofunction:: {module}.{name}"
