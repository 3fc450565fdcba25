"""A department's nbgrader takes the exercises as they are."""

import os
import shutil
import sysconfig
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from traitlets.config import Config

from tools import convert

SOLUTIONS = sorted((Path(__file__).parents[2] / "solutions").glob("*_*.py"))


@pytest.fixture(scope="module", params=SOLUTIONS, ids=lambda path: path.stem)
def assignment(request):
    """Name and solution of one exercise."""
    return SimpleNamespace(
        name=request.param.stem, solution=convert.notebook(request.param.read_text(encoding="utf-8"))
    )


@pytest.fixture(scope="module")
def department(tmp_path_factory, assignment):
    """A course folder of nbgrader's own, with the assignment released."""
    root = tmp_path_factory.mktemp("department")
    config = Config()
    config.CourseDirectory.root = str(root)
    config.CourseDirectory.db_url = f"sqlite:///{root}/gradebook.db"
    config.NbGraderAPI.timezone = "UTC"
    config.Execute.timeout = 120
    _put(assignment.solution, root / "source" / assignment.name)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        patch.setenv("PATH", sysconfig.get_path("scripts"), prepend=os.pathsep)  # nbgrader calls alembic by name
        api = NbGraderAPI(config=config)
        released = api.generate_assignment(assignment.name)
        assert released["success"], released["log"]
        yield api, root


def test_our_exercise_is_what_nbgrader_releases(department, assignment):
    _, root = department
    released = nbformat.read(root / "release" / assignment.name / f"{assignment.name}.ipynb", 4)
    assert convert.to_text(released) == convert.to_text(convert.exercise(assignment.solution))


def test_nbgrader_gives_the_solution_everything_and_the_untouched_exercise_nothing(department, assignment):
    api, root = department
    submissions = {"able": assignment.solution, "absent": convert.exercise(assignment.solution)}
    for student, notebook in submissions.items():
        _put(notebook, root / "submitted" / student / assignment.name)
        result = api.autograde(assignment.name, student)
        assert result["success"], result["log"]
    shutil.rmtree(root / "autograded")
    with Gradebook(f"sqlite:///{root}/gradebook.db") as book:
        able, absent = (book.find_submission(assignment.name, student) for student in submissions)
        assert able.score == able.max_score > 0
        assert (absent.score, absent.max_score) == (0, able.max_score)


def _put(notebook, folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / f"{folder.name}.ipynb").write_text(convert.to_text(notebook), encoding="utf-8")
