"""A department's nbgrader takes the exercises as they are."""

import os
import shutil
import sysconfig
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from traitlets.config import Config

from tools import convert

SOURCE = Path(__file__).parents[2] / "solutions" / "01_cnn_fundamentals.py"
NAME = SOURCE.stem


@pytest.fixture(scope="module")
def solution():
    return convert.notebook(SOURCE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def department(tmp_path_factory, solution):
    """A course folder of nbgrader's own, with the assignment released."""
    root = tmp_path_factory.mktemp("department")
    config = Config()
    config.CourseDirectory.root = str(root)
    config.CourseDirectory.db_url = f"sqlite:///{root}/gradebook.db"
    config.NbGraderAPI.timezone = "UTC"
    config.Execute.timeout = 120
    folder = root / "source" / NAME
    folder.mkdir(parents=True)
    (folder / f"{NAME}.ipynb").write_text(convert.to_text(solution), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        patch.setenv("PATH", sysconfig.get_path("scripts"), prepend=os.pathsep)  # nbgrader calls alembic by name
        api = NbGraderAPI(config=config)
        released = api.generate_assignment(NAME)
        assert released["success"], released["log"]
        yield api, root


def test_our_exercise_is_what_nbgrader_releases(department, solution):
    _, root = department
    released = nbformat.read(root / "release" / NAME / f"{NAME}.ipynb", 4)
    assert convert.to_text(released) == convert.to_text(convert.exercise(solution))


def test_nbgrader_gives_the_solution_everything_and_the_untouched_exercise_nothing(department, solution):
    api, root = department
    for student, notebook in {"able": solution, "absent": convert.exercise(solution)}.items():
        folder = root / "submitted" / student / NAME
        folder.mkdir(parents=True)
        (folder / f"{NAME}.ipynb").write_text(convert.to_text(notebook), encoding="utf-8")
        result = api.autograde(NAME, student)
        assert result["success"], result["log"]
    shutil.rmtree(root / "autograded")
    with Gradebook(f"sqlite:///{root}/gradebook.db") as book:
        able, absent = (book.find_submission(NAME, student) for student in ("able", "absent"))
        assert able.score == able.max_score > 0
        assert (absent.score, absent.max_score) == (0, able.max_score)
