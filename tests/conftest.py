"""What every test may ask for."""

import os
from pathlib import Path

import matplotlib
import pytest
import tried

matplotlib.use("agg")  # here, not in the environment: kernels that tests start must choose their own backend


@pytest.fixture(scope="session")
def test_data() -> Path:
    """The folder of real files that COURSE_TEST_DATA names; read-only."""
    named = os.environ.get("COURSE_TEST_DATA")
    folder = Path(named) if named else None
    if folder is not None and (folder / "README.md").is_file():
        return folder
    reason = f"COURSE_TEST_DATA is {named!r}, which has no real files" if named else "COURSE_TEST_DATA is not set"
    if named or os.environ.get("COURSE_REQUIRE_TEST_DATA") == "1":
        pytest.fail(reason)
    pytest.skip(f"{reason}, so this is not tested on real files")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """Tests that try a fault more than once say how often; `make nightly` keeps it (tools/faults.py)."""
    before = tried.times
    try:
        return (yield)
    finally:
        if tried.times > before:
            item.user_properties.append(("tried", tried.times - before))


def pytest_terminal_summary(terminalreporter):
    ended = [report for outcome in ("passed", "failed") for report in terminalreporter.stats.get(outcome, [])]
    if times := sum(dict(report.user_properties).get("tried", 0) for report in ended):
        terminalreporter.write_line(f"faults and bad input: tried {times:,} times in these tests")
