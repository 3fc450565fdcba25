"""The page on faults: each row names tests that are there, and each test of this folder is named."""

import re
from pathlib import Path

HERE = Path(__file__)
PAGE = (HERE.parents[2] / "docs" / "faults.md").read_text("utf-8")
APART = {"test_the_moments_are_random_but_the_same_every_time"}  # of the tools of these tests


def functions(*paths):
    """The names of all tests in some files."""
    return {name for path in paths for name in re.findall(r"^def (test_\w+)", path.read_text("utf-8"), re.MULTILINE)}


def test_each_row_is_tested_and_each_test_has_a_row():
    rows = [line.split("|")[1:-1] for line in PAGE.splitlines() if line.startswith("| ")]
    faults = [row for row in rows if row[0].strip() != "Fault"]
    assert len(faults) > 30 and all(len(row) == 4 and "`test_" in row[3] for row in faults)
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    here = functions(*HERE.parent.glob("test_*.py")) - functions(HERE) - APART
    assert here <= named
    assert named - here <= functions(*(HERE.parents[1] / "grading").glob("test_*.py"))
