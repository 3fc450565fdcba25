"""The checks behind `course doctor`: pure functions that judge the facts of a machine."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from course_lib.config import checkout

GIB = 2**30
VARIABLES = (
    "COURSE_BROWSER",
    "COURSE_BUDGET",
    "COURSE_DATA",
    "COURSE_DEVICE",
    "COURSE_NIGHTLY",
    "COURSE_PRECISION",
    "COURSE_REQUIRE_BROWSER",
    "COURSE_REQUIRE_TEST_DATA",
    "COURSE_SEED",
    "COURSE_TEST_DATA",
    "COURSE_THEME",
)
LAB_PARTS = {"anywidget": "anywidget", "@jupyter-widgets/jupyterlab-manager": "ipywidgets"}


@dataclass(frozen=True)
class Line:
    """One finding: its status, what it is about, what was found, and what to do where something is wrong."""

    status: Literal["ok", "warning", "problem"]
    name: str
    text: str
    remedy: str = ""


@dataclass(frozen=True)
class Facts:
    """What the checks judge: sizes in bytes; a package that is absent has no version; no error is an empty string.

    `requirements` are each package's own words for what it needs; `operators` is the error of torchvision's compiled
    part; `lab_parts` are versions of the widgets' browser halves that JupyterLab finds; `data` says of each file
    that was downloaded whether it is whole.
    """

    python: str = "3.11.0"
    requires_python: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    requirements: Mapping[str, list[str]] = field(default_factory=dict)
    operators: str = ""
    device: str = "cpu"
    precision: str = "32-true"
    device_error: str = ""
    memory: int = 8 * GIB
    cache: Path = Path("cache")
    disk: int = 100 * GIB
    writable: bool = True
    lab_parts: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, bool] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    variable_errors: Mapping[str, str] = field(default_factory=dict)


def check_python(facts: Facts) -> Line:
    """Python's version against what the package declares."""
    if SpecifierSet(facts.requires_python).contains(facts.python, prereleases=True):
        return Line("ok", "Python", facts.python)
    remedy = f"Make the environment again with a Python {facts.requires_python}"
    return Line("problem", "Python", f"{facts.python}, the course needs {facts.requires_python}", remedy)


def unmet(facts: Facts, package: str, of: tuple[str, ...]) -> list[str]:
    """What `package` declares to need of the packages `of`, and does not find."""
    needs = {
        canonicalize_name(need.name): need
        for need in map(Requirement, facts.requirements.get(package, []))
        if need.marker is None or need.marker.evaluate({"extra": ""})
    }
    found = {name: facts.versions.get(name) for name in of if name in needs}
    return [
        f"{package} {facts.versions.get(package)} needs {name}{needs[name].specifier}, found {version or 'none'}"
        for name, version in found.items()
        if version is None or not needs[name].specifier.contains(version, prereleases=True)
    ]


def check_torch(facts: Facts) -> Line:
    """Torch and torchvision: there, made for each other by torchvision's own metadata, compiled parts loading."""
    absent = [name for name in ("torch", "torchvision") if name not in facts.versions]
    remedy = "Install the two together: pip install --upgrade torch torchvision (one command, one source)"
    if absent:
        return Line("problem", "torch", f"{' and '.join(absent)} not installed", remedy)
    wrong = unmet(facts, "torchvision", ("torch",)) or [facts.operators] * bool(facts.operators)
    if wrong:
        return Line("problem", "torch", wrong[0], remedy)
    return Line("ok", "torch", f"{facts.versions['torch']} with torchvision {facts.versions['torchvision']}")


def check_device(facts: Facts) -> Line:
    """The device that training will use, and its precision."""
    if facts.device_error:
        return Line("problem", "device", facts.device_error, "Correct or unset COURSE_DEVICE and COURSE_PRECISION")
    return Line("ok", "device", f"{facts.device}, precision {facts.precision}")


def check_memory(facts: Facts) -> Line:
    """Memory that is free now; a notebook with torch takes about 1 GiB, JupyterLab and its page as much again."""
    text = f"{facts.memory / GIB:.1f} GiB free"
    if facts.memory < 1 * GIB:
        return Line("problem", "memory", text, "Close other programs and notebooks: a lecture needs 2 GiB")
    if facts.memory < 2 * GIB:
        return Line("warning", "memory", text, "Enough for one notebook; close the others before opening the next")
    return Line("ok", "memory", text)


def _shown(folder: Path) -> str:
    """The folder as short as it is clear: from the course's own folder, or from the user's home."""
    for base, prefix in ((checkout(), ""), (Path.home(), "~/")):
        if base and folder.is_relative_to(base):
            return prefix + folder.relative_to(base).as_posix()
    return str(folder)


def check_disk(facts: Facts) -> Line:
    """Room where downloads go; the lectures' embedded data need none."""
    text = f"{facts.disk / GIB:.1f} GiB free for {_shown(facts.cache)}"
    remedy = "Name a folder with room in COURSE_DATA; the embedded data work all the same"
    if not facts.writable:
        return Line("warning", "disk", f"{_shown(facts.cache)} cannot be written", remedy)
    return Line("warning", "disk", text, remedy) if facts.disk < 2 * GIB else Line("ok", "disk", text)


def check_widgets(facts: Facts) -> Line:
    """The explorers' two halves: the kernel's packages and what JupyterLab sends to the browser."""
    if "jupyterlab" not in facts.versions:
        remedy = "Install the lab extra, or open the notebooks where JupyterLab already is (Colab, JupyterHub)"
        return Line("warning", "widgets", "JupyterLab is not installed here", remedy)
    wrong = unmet(facts, "ipywidgets", ("jupyterlab-widgets", "widgetsnbextension"))
    wrong += [f"JupyterLab lacks {owner}'s part" for part, owner in LAB_PARTS.items() if part not in facts.lab_parts]
    served, kernel = facts.lab_parts.get("anywidget"), facts.versions.get("anywidget")
    if served and served != kernel:
        wrong.append(f"anywidget is {kernel} in the kernel and {served} in JupyterLab")
    if wrong:
        remedy = "pip install --upgrade --force-reinstall ipywidgets jupyterlab_widgets widgetsnbextension anywidget"
        return Line("problem", "widgets", "; ".join(wrong), remedy)
    names = ("ipywidgets", "anywidget", "jupyterlab")
    return Line("ok", "widgets", ", ".join(f"{name} {facts.versions[name]}" for name in names))


def check_data(facts: Facts) -> Line:
    """Files of the real data sets: those present must be whole; none at all is how everybody starts."""
    broken = [name for name, whole in facts.data.items() if not whole]
    if broken:
        remedy = "course data verify says which file to move away, and how to get it again"
        return Line("problem", "data", f"damaged or incomplete: {', '.join(broken)}", remedy)
    found = f"verified: {', '.join(facts.data)}" if facts.data else "nothing downloaded"
    return Line("ok", "data", f"embedded sets; {found}")


def check_variables(facts: Facts) -> list[Line]:
    """Every COURSE_* variable that is set: known, and with a value that can be used."""
    return [_variable(facts, name, value) for name, value in sorted(facts.variables.items())] or [
        Line("ok", "variables", "no COURSE_* variable is set")
    ]


def _variable(facts: Facts, name: str, value: str) -> Line:
    if name not in VARIABLES:
        near = difflib.get_close_matches(name, VARIABLES, n=1) or VARIABLES
        return Line("warning", name, f"{value!r}; the course does not read it", f"Did you mean {' or '.join(near)}?")
    if name in facts.variable_errors and name == "COURSE_DATA":
        remedy = "Correct it, or leave it: the first download makes the folder"
        return Line("warning", name, facts.variable_errors[name], remedy)
    if name in facts.variable_errors:
        return Line("problem", name, facts.variable_errors[name], f"Correct or unset {name}")
    return Line("ok", name, value)


def diagnose(facts: Facts) -> list[Line]:
    """Every check's finding, in the order in which they are worth repairing."""
    checks = (check_python, check_torch, check_device, check_memory, check_disk, check_widgets, check_data)
    return [check(facts) for check in checks] + check_variables(facts)
