"""The page on faults: each row names tests that are there, each test is named, and the counts are the last night's."""

import re
from pathlib import Path

from tools.faults import filled, kept, together

TESTS = Path(__file__).parents[1]
PAGE = (TESTS.parent / "docs" / "faults.md").read_text("utf-8")
ROWS = [line.split("|")[1:-1] for line in PAGE.splitlines() if line.startswith("| ")]
FAULTS = [row for row in ROWS if row[0].strip() != "Fault"]
APART = {"test_the_moments_are_random_but_the_same_every_time"}  # of the tools of these tests


def functions(*paths):
    """The names of all tests in some files."""
    return {name for path in paths for name in re.findall(r"^def (test_\w+)", path.read_text("utf-8"), re.MULTILINE)}


def test_each_row_is_tested_and_each_test_has_a_row():
    assert len(FAULTS) > 30 and all(len(row) == 7 and "`test_" in row[6] for row in FAULTS)
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    here = functions(*(TESTS / "faults").glob("test_*.py")) - APART
    bad_input = {path.stem for path in (TESTS / "bad_input").glob("test_*.py")}
    assert here | bad_input <= named
    assert named - here - bad_input <= functions(*(TESTS / "grading").glob("test_*.py"))


def test_the_counts_are_those_of_the_last_night_that_was_recorded():
    counts = kept()
    assert filled(PAGE, counts) == PAGE
    assert all(row[3].strip() != "–" for row in FAULTS)


def test_nothing_was_lost_in_as_many_tries_as_were_promised():
    counts = kept()
    killed = [name for name in counts if name.startswith(("test_a_killed_", "test_a_map_killed_"))]
    assert len(killed) == 8 and all(counts[name].tried >= 20 for name in killed)
    assert sum(count.tried for name, count in counts.items() if name.startswith("test_bad_")) >= 10_000
    assert together(counts.values()).lost == 0
