"""A small assignment to grade: two questions, three points."""

import copy
from pathlib import Path

import pytest

from tools import convert

LOCKED = '"locked": true, "schema_version": 3, "solution": false, "task": false'
OPEN = '"grade": false, "locked": false, "schema_version": 3, "solution": true, "task": false'
TOY = f"""\
# %% nbgrader={{"grade": false, "grade_id": "imports", {LOCKED}}}
import numpy as np

from course_lib.checks import check, expect

# %% [markdown]
# ### Question 1 (1 point)
# Write `union(a, b)` of two boolean arrays.

# %% nbgrader={{"grade_id": "union", {OPEN}}}
def union(a, b):
    ### BEGIN SOLUTION
    return np.logical_or(a, b)
    ### END SOLUTION

# %% nbgrader={{"grade": true, "grade_id": "union-check", "points": 1, {LOCKED}}}
with check("union", hint="What is in either?"):
    expect(union(np.array([True, False]), np.array([False, False])), np.array([True, False]))
### BEGIN HIDDEN TESTS
expect(union(np.ones(3, bool), np.array([True, False, True])), np.ones(3, bool))
### END HIDDEN TESTS

# %% nbgrader={{"grade_id": "jaccard", {OPEN}}}
def jaccard(a, b):
    ### BEGIN SOLUTION
    size = (a | b).sum()
    return (a & b).sum() / size if size else np.nan
    ### END SOLUTION

# %% nbgrader={{"grade": true, "grade_id": "jaccard-check", "points": 2, {LOCKED}}}
with check("jaccard", hint="Union is a | b, not a + b: do not count the overlap twice."):
    expect(jaccard(np.array([1, 1, 0], bool), np.array([1, 0, 1], bool)), 1 / 3)
### BEGIN HIDDEN TESTS
expect(jaccard(np.array([1, 1, 0, 0], bool), np.array([1, 1, 1, 1], bool)), 0.5)
expect(jaccard(np.zeros(4, bool), np.zeros(4, bool)), np.nan)
### END HIDDEN TESTS
"""


@pytest.fixture
def toy_source() -> str:
    """The percent script of the small assignment."""
    return TOY


@pytest.fixture
def toy(tmp_path) -> Path:
    """Its solution, as a file."""
    path = tmp_path / "toy.ipynb"
    path.write_text(convert.to_text(convert.notebook(TOY)), encoding="utf-8")
    return path


@pytest.fixture
def submit(tmp_path):
    """Write the solution with some answers replaced (grade_id=source); None deletes the cell."""

    def write(**answers: str | None) -> Path:
        notebook = convert.notebook(TOY)
        notebook.cells = [cell for cell in notebook.cells if answers.get(_name(cell), "") is not None]
        for cell in notebook.cells:
            cell.source = answers.get(_name(cell), cell.source)
        path = tmp_path / "submission.ipynb"
        path.write_text(convert.to_text(copy.deepcopy(notebook)), encoding="utf-8")
        return path

    return write


def _name(cell) -> str:
    return cell.metadata.get("nbgrader", {}).get("grade_id", "").replace("-", "_")
