"""A small assignment to convert."""

import pytest

OPEN = '"grade": false, "locked": false, "schema_version": 3, "solution": true, "task": false'
LOCKED = '"grade": true, "locked": true, "schema_version": 3, "solution": false, "task": false'


@pytest.fixture
def toy_source() -> str:
    """One question, as a percent script."""
    return f"""\
# %% nbgrader={{"grade_id": "double", {OPEN}}}
def double(x):
    ### BEGIN SOLUTION
    twice = x + x
    return twice
    ### END SOLUTION

# %% nbgrader={{"grade_id": "double-check", "points": 1, {LOCKED}}}
assert double(1) == 2
### BEGIN HIDDEN TESTS
assert double(-3.5) == -7
assert double(0) == 0
### END HIDDEN TESTS
"""
