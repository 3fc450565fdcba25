"""Right answers written otherwise than the solution: vectorized, in loops, with other names and libraries."""

import copy
import runpy
from pathlib import Path

import pytest
from test_exercises import SOLUTIONS, for_each_exercise, graded, nbgrader, solution

FEWEST = 2


def right_answers(source: Path) -> dict[str, list[tuple[str, str]]]:
    """By grade id of the answer: the style, and the source of the whole cell."""
    return runpy.run_path(str(Path(__file__).parent / "other_styles" / source.name))["RIGHT"]


ROUNDS = [(source, number) for source in SOLUTIONS for number in range(max(map(len, right_answers(source).values())))]


@pytest.mark.parametrize(("source", "number"), ROUNDS, ids=lambda one: getattr(one, "stem", f"answer {one}"))
def test_right_answers_in_another_style_earn_everything(source, number):
    notebook, styles = copy.deepcopy(solution(source)), {}
    answers = right_answers(source)
    for cell in notebook.cells:
        several = answers.get(nbgrader(cell).get("grade_id"), [])
        if number < len(several):
            styles[nbgrader(cell)["grade_id"]], cell.source = several[number]
    report = graded(notebook, source)
    lost = {question.name: question.message for question in report.questions if question.points < question.max_points}
    assert not lost, "\n".join(f"{name} ({styles.get(name, 'the solution')}): {said}" for name, said in lost.items())


@for_each_exercise
def test_every_question_is_answered_in_other_styles(source):
    questions = {nbgrader(cell)["grade_id"] for cell in solution(source).cells if nbgrader(cell).get("solution")}
    answers = right_answers(source)
    assert answers.keys() == questions
    few = {name for name, several in answers.items() if len({answer for _, answer in several}) < FEWEST}
    assert not few, f"questions with fewer than {FEWEST} other answers: {sorted(few)}"
