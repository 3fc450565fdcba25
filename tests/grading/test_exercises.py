"""Every exercise of the course: its solution, its untouched notebook and its wrong answers get what they deserve."""

import copy
import re
import runpy
import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import pytest

from course_lib.grading import Report, grade
from tools import convert

ROOT = Path(__file__).parents[2]
SOLUTIONS = sorted((ROOT / "solutions").glob("*_*.py"))
FEWEST_WRONG_ANSWERS = 2

for_each_exercise = pytest.mark.parametrize("source", SOLUTIONS, ids=lambda path: path.stem)


@cache
def solution(source: Path):
    return convert.notebook(source.read_text(encoding="utf-8"))


def wrong_answers(source: Path) -> dict[str, list[tuple[str, str]]]:
    """By grade id of the answer: name of the mistake, source of the whole cell."""
    return runpy.run_path(str(Path(__file__).parent / "wrong_answers" / source.name))["WRONG"]


def nbgrader(cell) -> dict:
    return cell.metadata.get("nbgrader", {})


def with_answer(source: Path, name: str, answer: str):
    notebook = copy.deepcopy(solution(source))
    (cell,) = [cell for cell in notebook.cells if nbgrader(cell).get("grade_id") == name]
    cell.source = answer
    return notebook


def graded(notebook, source: Path) -> Report:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "submission.ipynb")
        path.write_text(convert.to_text(notebook), encoding="utf-8")
        return grade(path, source)


def test_there_are_exercises():
    assert SOLUTIONS


@for_each_exercise
def test_the_solution_earns_everything(source):
    report = graded(solution(source), source)
    assert report.total == report.max_total > 0, report.table().to_string()


@for_each_exercise
def test_the_untouched_exercise_earns_nothing(source):
    report = graded(convert.exercise(solution(source)), source)
    assert [question.points for question in report.questions] == [0] * len(report.questions)
    assert {question.message for question in report.questions} == {"not attempted yet"}


@for_each_exercise
def test_the_untouched_exercise_runs_to_its_end_and_says_not_attempted_yet(source, tmp_path):
    from nbclient import NotebookClient

    notebook = convert.exercise(solution(source))
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    checks = [cell for cell in notebook.cells if nbgrader(cell).get("grade")]
    assert checks
    for cell in checks:
        assert "not attempted yet" in str(cell.outputs), cell.source
        assert not re.search("✓|✗", str(cell.outputs)), cell.source


@for_each_exercise
def test_every_wrong_answer_loses_its_own_points_and_no_others(source):
    best = {question.name: question.max_points for question in graded(solution(source), source).questions}
    cases = [(name, *case) for name, several in wrong_answers(source).items() for case in several]
    with ThreadPoolExecutor(2) as pool:
        reports = pool.map(lambda case: graded(with_answer(source, case[0], case[2]), source), cases)
        for (name, mistake, _), report in zip(cases, reports, strict=True):
            earned = {question.name: question.points for question in report.questions}
            assert earned == best | {name: 0}, f"{name}: {mistake}\n{report.table().to_string()}"
            assert not re.search("SyntaxError|NameError|not attempted", str(report.questions)), f"{name}: {mistake}"


@for_each_exercise
def test_every_question_has_wrong_answers(source):
    answers = {nbgrader(cell)["grade_id"] for cell in solution(source).cells if nbgrader(cell).get("solution")}
    few = {name for name in answers if len(wrong_answers(source).get(name, [])) < FEWEST_WRONG_ANSWERS}
    assert not few, f"questions with fewer than {FEWEST_WRONG_ANSWERS} wrong answers: {sorted(few)}"
    unknown = wrong_answers(source).keys() - answers
    assert not unknown, f"wrong answers to no question: {sorted(unknown)}"


@for_each_exercise
def test_every_test_has_a_visible_and_a_hidden_part_and_every_answer_a_marked_solution(source):
    for cell in solution(source).cells:
        name = nbgrader(cell).get("grade_id")
        if nbgrader(cell).get("grade"):
            visible, _, hidden = cell.source.partition("### BEGIN HIDDEN TESTS\n")
            assert "with check(" in visible, name
            assert "expect(" in hidden.partition("### END HIDDEN TESTS")[0], name
        elif nbgrader(cell).get("solution"):
            assert re.search(r"(?s)### BEGIN SOLUTION\n.+### END SOLUTION", cell.source), name
