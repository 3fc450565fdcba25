"""The project's files agree with one another, and the house keeps its own rules."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

import course_lib
from course_lib.doctor import VARIABLES

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
PAGES = ("README.md", "CONTRIBUTING.md")
WORKFLOWS = (".github/workflows/tests.yml", ".github/workflows/audit.yml")
CONDA_NAMES = {"torch": "pytorch", "matplotlib": "matplotlib-base"}  # -base: the same without Qt
HEAVY = ("torch", "torchvision", "nilearn", "matplotlib.pyplot", "sklearn", "pandas", "medmnist", "lightning_fabric")


def requirements(texts):
    parsed = map(Requirement, texts)
    return {canonicalize_name(each.name): each.specifier for each in parsed}


def declared(*extras):
    groups = [PROJECT["dependencies"], *(PROJECT["optional-dependencies"][extra] for extra in extras)]
    return requirements(text for group in groups for text in group)


def files(*patterns):
    """Files that git follows, or would: what is built, cached or downloaded is left out."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns]
    try:
        listed = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True, encoding="utf-8").stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("git cannot list the files here")
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def naming(pattern, paths):
    """Where a pattern occurs, as file:line."""
    pattern = re.compile(pattern)
    return [
        f"{path.relative_to(ROOT).as_posix()}:{number}"
        for path in paths
        for number, line in enumerate(path.read_text("utf-8", errors="replace").splitlines(), start=1)
        if pattern.search(line)
    ]


def environment():
    listed = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))["dependencies"]
    conda = requirements(each for each in listed if isinstance(each, str))
    (pip,) = (each["pip"] for each in listed if isinstance(each, dict))
    return conda, pip


def test_the_conda_environment_asks_for_what_the_project_asks_for():
    conda, pip = environment()
    by_pip = requirements(text for text in pip if text != "-e .")
    expected = declared("lab") | {"python": SpecifierSet(PROJECT["requires-python"]), "pip": SpecifierSet()}
    for name, conda_name in CONDA_NAMES.items():
        expected[conda_name] = expected.pop(name)
    assert conda | by_pip == expected
    assert not conda.keys() & by_pip.keys()
    assert pip[-1] == "-e ."


def test_the_conda_environment_takes_conda_forge_only():
    channels = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))["channels"]
    assert channels == ["conda-forge", "nodefaults"]


def pins(name):
    lines = (ROOT / name).read_text("utf-8").splitlines()
    return [line for line in lines if line.strip() and not line.startswith("#")]


@pytest.mark.parametrize("name", ["constraints.txt", "constraints-oldest.txt"])
def test_constraints_are_versions_and_nothing_else(name):
    assert not [pin for pin in pins(name) if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.!]+( *;.*)?", pin)]


def pinned_version(constraints, name):
    versions = {
        pin.specifier
        for pin in map(Requirement, pins(constraints))
        if canonicalize_name(pin.name) == name and (pin.marker is None or pin.marker.evaluate())
    }
    assert len(versions) == 1, f"{name}: not pinned once in {constraints}"
    (pinned,) = next(iter(versions))
    return pinned.version


EVERYTHING = declared("lab", "grading", "site", "test", "bench")
TESTED = declared("lab", "grading", "site", "test")


@pytest.mark.parametrize("name", sorted(EVERYTHING))
def test_every_dependency_is_pinned_within_its_range(name):
    assert EVERYTHING[name].contains(pinned_version("constraints.txt", name))


@pytest.mark.parametrize("name", sorted(TESTED))
def test_the_oldest_version_that_is_allowed_is_the_one_that_is_tested(name):
    (lower,) = [each for each in TESTED[name] if each.operator == ">="]
    assert Version(pinned_version("constraints-oldest.txt", name)) == Version(lower.version)


def classifiers():
    prefix = "Programming Language :: Python :: "
    return [each.removeprefix(prefix) for each in PROJECT["classifiers"] if each.startswith(prefix)]


def test_the_python_versions_are_the_same_everywhere():
    allowed = SpecifierSet(PROJECT["requires-python"])
    assert classifiers() == [f"3.{minor}" for minor in range(30) if allowed.contains(f"3.{minor}")]
    workflow = yaml.safe_load((ROOT / ".github/workflows/tests.yml").read_text("utf-8"))
    assert workflow["jobs"]["everything"]["strategy"]["matrix"]["python"] == classifiers()


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_may_only_read(name):
    workflow = yaml.safe_load((ROOT / name).read_text("utf-8"))
    assert workflow["permissions"] == {"contents": "read"}
    assert not [job for job in workflow["jobs"].values() if "permissions" in job]


def test_the_workflow_and_the_readme_make_what_the_makefile_can():
    makefile = (ROOT / "Makefile").read_text("utf-8").replace("$(VENV)", ".venv")
    targets = set(re.findall(r"^([\w./-]+):(?!=)", makefile, re.MULTILINE))
    texts = [(ROOT / name).read_text("utf-8") for name in (*WORKFLOWS, ".ci/run", *PAGES)]
    asked = {name for text in texts for name in re.findall(r"(?:run: |exec |`|^)make ([\w./-]+)", text, re.MULTILINE)}
    asked = {name.replace(".venv-oldest/", ".venv/") for name in asked}  # a Makefile's VENV, named by the workflow
    assert {"test", "oldest", "lab", ".venv/.test"} <= asked <= targets


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_links_to_is_there(page):
    text = (ROOT / page).read_text("utf-8")
    links = re.findall(r"\]\(([^)\s]+)\)", text)
    local = [link.partition("#")[0] for link in links if "://" not in link]
    assert [link for link in local if link and not (ROOT / link).exists()] == []


def test_every_shared_room_is_in_the_listing_of_the_house():
    listing = (ROOT / "CONTRIBUTING.md").read_text("utf-8").partition("shared rooms of")[2].partition("\n## ")[0]
    rooms = {
        path.stem for path in (ROOT / "course_lib").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    lectures = {path.stem for path in (ROOT / "data" / "reference").glob("*.json")}
    assert {room for room in rooms - lectures - {"__init__"} if not re.search(rf"\b{room}\b", listing)} == set()


def test_the_course_can_be_cited_at_its_version():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert citation.keys() >= {"cff-version", "message", "title", "authors", "version", "license"}
    assert citation["version"] == PROJECT["version"] == course_lib.__version__
    assert citation["license"] == PROJECT["license"]
    assert all(author.keys() & {"name", "family-names"} for author in citation["authors"])


def test_importing_the_course_imports_nothing_heavy():
    script = f"import sys, course_lib; print(*(name for name in {HEAVY} if name in sys.modules))"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == []


def test_no_file_names_a_folder_of_somebodys_machine():
    assert naming(r"(?<![\w.~}])/(?:home|Users|root|work|mnt)/\w|[A-Z]:\\Users", files()) == []


def test_no_file_names_a_package_index():
    hosts = r"\b(?:pypi\.org|pythonhosted\.org|download\.pytorch\.org|anaconda\.org)\b|--(?:extra-)?index-url"
    assert naming(hosts, files()) == []


def test_only_the_configuration_names_a_kind_of_device():
    places = naming("cuda", files("course_lib/*.py", "notebooks/*.py", "solutions/*.py"))
    assert [place for place in places if not place.startswith("course_lib/config.py")] == []


def test_nothing_that_is_read_can_run_code():
    unsafe = r"allow_pickle\s*=\s*True|weights_only\s*=\s*False|\bpickle\.loads?\("
    assert (
        naming(unsafe, files("course_lib/*.py", "notebooks/*.py", "solutions/*.py", "tools/*.py", "benchmarks/*.py"))
        == []
    )


def test_a_module_stays_short_enough_to_be_read_at_once():
    lengths = {
        path.relative_to(ROOT).as_posix(): len(path.read_text("utf-8").splitlines())
        for path in files("course_lib/*.py", "tools/*.py")
    }
    assert {name: length for name, length in lengths.items() if length > 300} == {}


def test_the_doctor_knows_every_variable_that_is_read():
    readers = files(
        "course_lib/*.py",
        "tools/*.py",
        "jupyter/*.py",
        "tests/*conftest.py",
        "tests/browser/*.py",
        ".ci/run",
        "Makefile",
    )
    named = {name for path in readers for name in re.findall(r"\bCOURSE_[A-Z]+(?:_[A-Z]+)*\b", path.read_text("utf-8"))}
    assert named <= set(VARIABLES)
