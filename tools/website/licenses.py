"""The licenses of everything that an installation of the course brings along."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools.build import ROOT
from tools.website.written import cell

PERMISSIVE = re.compile(
    r"\b(MIT|BSD|Apache|ISC|PSF|Python Software Foundation|0BSD|CC0|Zlib|BSL-1.0|MIT-CMU|HPND|Unlicense)\b"
)
# What the metadata does not say, or what is neither permissive nor unfit: each with the reason that it may be used.
KNOWN = {
    "axe-playwright-python": "MIT, by its repository; it carries axe-core, MPL-2.0; for tests only",
    "certifi": "MPL-2.0: copyleft of its own files only, which the course does not change",
    "cuda-toolkit": "NVIDIA's license; a list of NVIDIA's packages, which come with PyTorch's build for GPUs",
    "docutils": "public domain and BSD; the GPL is of an Emacs mode, which is not used; for the website only",
    "fqdn": "MPL-2.0: copyleft of its own files only; for JupyterLab's server",
    "geoindex-rs": "MIT or Apache-2.0, by its repository",
    "hypothesis": "MPL-2.0: copyleft of its own files only; for tests only",
    "myst-nb": "BSD-3-Clause, by its repository",
    "opentsne": "BSD-3-Clause, by its repository",
    "pathspec": "MPL-2.0: copyleft of its own files only; for tests only",
    "tqdm": "MIT and MPL-2.0: copyleft of its own files only, which the course does not change",
}


@dataclass(frozen=True)
class Dependency:
    """A package that an installation brings along.

    Attributes
    ----------
    name, version : str
    group : str
        "course" where everybody gets it, else the extra that first asks for it.
    license : str
        What its metadata says; empty where they say nothing.
    """

    name: str
    version: str
    group: str
    license: str

    @property
    def reason(self) -> str | None:
        """Why it may be used beside MIT; None where nobody has said so."""
        if self.name in KNOWN:
            return KNOWN[self.name]
        if self.name.startswith("nvidia-"):
            return "NVIDIA's license: free to use; comes with PyTorch's build for GPUs, and not with that for CPUs"
        strict = re.search(r"\b(GPL|LGPL|AGPL|MPL|Mozilla|Proprietary)", self.license)
        return "permissive" if PERMISSIVE.search(self.license) and not strict else None


def dependencies() -> list[Dependency]:
    """Everything that is installed for the course and its extras, by name; the benchmarks' peers are left out."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    groups = {"course": project["dependencies"], **project["optional-dependencies"]}
    groups.pop("bench")
    found: dict[str, Dependency] = {}
    for group, asked in groups.items():
        for name, made in _closure(asked):
            found.setdefault(name, Dependency(name, made.version, group, _license(made)))
    return sorted(found.values(), key=lambda each: each.name)


def page() -> str:
    """The page of licenses."""
    return (
        "# Licenses\n\nThe course itself is under the MIT license. What an installation brings along, in the versions "
        "that built this page, with the license that each package states, and why it may stand beside MIT. A test "
        "fails where no reason is known.\n\n"
        "| Package | Version | For | License | Because |\n|---|---|---|---|---|\n"
    ) + "".join(_row(each) for each in dependencies())


def _row(each: Dependency) -> str:
    said = cell(each.license[:80]) or "(not said)"
    return f"| {each.name} | {each.version} | {each.group} | {said} | {cell(each.reason or 'unknown')} |\n"


def _closure(asked: list[str]) -> Iterator[tuple[str, Distribution]]:
    waiting, seen = [Requirement(text) for text in asked], set()
    while waiting:
        each = waiting.pop()
        name = canonicalize_name(each.name)
        extras = each.extras or {""}
        if (name, *extras) in seen or not (each.marker is None or each.marker.evaluate({"extra": ""})):
            continue
        seen.add((name, *extras))  # asked for with other extras, it brings along more
        try:
            made = distribution(each.name)
        except PackageNotFoundError:  # for another system
            continue
        yield name, made
        for need in map(Requirement, made.requires or []):
            if need.marker is None or any(need.marker.evaluate({"extra": extra}) for extra in extras):
                need.marker = None  # has been looked at, with this package's extras
                waiting.append(need)


def _license(made: Distribution) -> str:
    said = made.metadata
    if expression := said.get("License-Expression"):
        return expression
    classified = [line.split(" :: ")[-1] for line in said.get_all("Classifier", []) if line.startswith("License")]
    if classified and classified != ["OSI Approved"]:
        return "; ".join(classified)
    return (said.get("License") or "").partition("\n")[0]
