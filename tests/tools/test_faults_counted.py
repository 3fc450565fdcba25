"""What a night tried and lost: counted from pytest's report, told on the page."""

import json

import pytest

from tools import faults
from tools.faults import Count

REPORT = """<testsuites><testsuite>
<testcase classname="tests.faults.test_clock" name="test_a_download[1]"/>
<testcase classname="tests.faults.test_clock" name="test_a_download[2]"/>
<testcase classname="tests.faults.test_killed" name="test_a_map[stage]">
  <properties><property name="other" value="x"/><property name="tried" value="20"/></properties></testcase>
<testcase classname="tests.faults.test_killed" name="test_a_table">
  <properties><property name="tried" value="7"/></properties><failure message="another"/></testcase>
<testcase classname="tests.faults.test_killed" name="test_elsewhere"><skipped message="Windows"/></testcase>
<testcase classname="tests.bad_input.test_bad" name="test_no_place"><error message="no disk"/></testcase>
</testsuite></testsuites>"""
PAGE = """| Fault | What you see | State afterwards | Tried | Survived | Lost | Test |
|---|---|---|--:|--:|--:|---|
| A clock | Nothing | The file | – | – | – | `test_a_download` |
| A kill | Nothing | The file | 3 | 3 | 0 | `test_a_map`, `test_a_table`, `test_in_another_folder` |
| A module | Nothing | The file | – | – | – | `test_killed` |
| By day only | Nothing | The file | 2 | 2 | 0 | `test_in_another_folder` |
"""


@pytest.fixture
def night(tmp_path, monkeypatch):
    """The command, at work on a report in a folder of its own."""
    monkeypatch.setattr(faults, "PAGE", tmp_path / "faults.md")
    monkeypatch.setattr(
        faults, "write_result", lambda name, result: (tmp_path / f"{name}.json").write_text(json.dumps(result))
    )
    monkeypatch.setattr(faults, "kept", lambda kept=faults.kept: kept(tmp_path))
    faults.PAGE.write_text(PAGE, "utf-8")

    def run(report: str) -> int:
        (tmp_path / "night.xml").write_text(report)
        return faults.main([str(tmp_path / "night.xml")])

    return run


def test_a_test_counts_what_it_says_or_once_for_each_parameter_and_fails_once():
    counts = faults.counted(REPORT)
    assert counts["test_clock"] == {"test_a_download": Count(2, 0)}
    assert counts["test_killed"] == {"test_a_map": Count(20, 0), "test_a_table": Count(7, 1)}
    assert counts["test_bad"] == {"test_no_place": Count(1, 1)}


def test_the_page_takes_the_counts_and_a_night_that_lost_something_fails(night, capsys):
    assert night(REPORT) == 1
    assert "tried 30 times, lost 2" in capsys.readouterr().out
    rows = [line.split("|")[4:7] for line in faults.PAGE.read_text("utf-8").splitlines()[2:]]
    assert [[cell.strip() for cell in row] for row in rows] == [["2", "2", "0"], *2 * [["27", "26", "1"]], 3 * ["–"]]


def test_a_night_that_lost_nothing_is_well(night):
    assert night(REPORT.replace("<failure", "<system-out").replace("<error", "<system-out")) == 0


def test_a_report_that_is_none_is_named(night, capsys):
    with pytest.raises(SystemExit):
        night("<testsuites>")
    assert "report: " in capsys.readouterr().err and faults.PAGE.read_text("utf-8") == PAGE
