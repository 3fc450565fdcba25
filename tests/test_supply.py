"""What comes with the course: licenses that fit, and a wheel that is complete."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tools.website.licenses import Dependency, dependencies, page

ROOT = Path(__file__).parents[1]
WITHOUT_A_CHECKOUT = """
import sys
from pathlib import Path

import course_lib
from course_lib.chest_xray import trained_network
from course_lib.cli import app
from course_lib.data import load
from course_lib.picture import Picture
from course_lib.published import kept_arrays, published

assert Path(course_lib.__file__).is_relative_to(Path(sys.argv.pop()))
assert published("cnn")["lenet5.total"].value == 60000 and len(kept_arrays("tsimcne_maps"))
assert len(load("digits")) == 1797 and Picture._esm
trained_network(0)
app(["doctor"])
"""


@pytest.fixture(scope="module")
def brought():
    return dependencies()


def test_every_dependency_has_a_license_that_may_stand_beside_mit(brought):
    assert {"torch", "jupyterlab", "nbgrader", "sphinx", "pytest"} <= {each.name for each in brought}
    assert [f"{each.name}: {each.license!r}" for each in brought if each.reason is None] == []


@pytest.mark.parametrize(
    "said", ["", "GPL-3.0-only", "GNU General Public License v3", "Proprietary", "MIT AND GPL-2.0"]
)
def test_a_license_that_may_not_is_found(said):
    assert Dependency("unheard-of", "1.0", "course", said).reason is None


def test_exceptions_are_made_for_what_is_there_only(brought):
    from tools.website.licenses import KNOWN

    named = {each.name for each in brought}
    assert {name for name in KNOWN if name not in named} <= {"cuda-toolkit"}  # comes with builds for GPUs


def test_the_page_of_licenses_says_what_each_is_for():
    made = page()
    assert "| pytest | " in made and "| unknown |" not in made
    assert next(line for line in made.splitlines() if line.startswith("| torch |")).split("|")[3].strip() == "course"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--quiet"]
    subprocess.run([*build, "--wheel-dir", str(folder), str(ROOT)], check=True, capture_output=True)
    (made,) = folder.glob("ai_in_medicine-*.whl")
    return made


def test_the_wheel_holds_the_library_with_all_its_data_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as archive:
        inside = {name for name in archive.namelist() if ".dist-info/" not in name}
    listed = subprocess.run(
        ["git", "ls-files", "course_lib", "data/reference", "data/checkpoints"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    expected = {name.replace("data/", "course_lib/", 1) if name.startswith("data/") else name for name in listed}
    assert inside == expected


def test_the_wheel_works_where_there_is_no_checkout(wheel, tmp_path):
    unpacked, home = tmp_path / "site", tmp_path / "home"
    subprocess.run([sys.executable, "-m", "zipfile", "-e", str(wheel), str(unpacked)], check=True)
    home.mkdir()
    program = tmp_path / "program.py"
    program.write_text(WITHOUT_A_CHECKOUT)
    environment = {**os.environ, "PYTHONPATH": str(unpacked), "HOME": str(home), "USERPROFILE": str(home)}
    done = subprocess.run(
        [sys.executable, str(program), str(unpacked)], cwd=home, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
