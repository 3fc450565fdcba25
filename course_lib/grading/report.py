"""What a notebook earned: points and words, for its teacher and for its student."""

from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING

from course_lib.grading.frame import grade_id, seen_and_hidden, source_of

if TYPE_CHECKING:
    import pandas as pd

NOT_REACHED = "not reached within the time for the whole notebook"
HIDDEN_FAILED = (
    "The check that you see passes, but a hidden one does not: for another input that the question allows, your answer "
    "is not what was asked for. Read the question again, above all its special cases."
)


@dataclass(frozen=True)
class Question:
    """What one question earned, of how many points, and why not all.

    `message` is for the teacher, `feedback` for the student: it tells nothing of hidden tests but that one failed.
    """

    name: str
    points: float
    max_points: float
    message: str = ""
    feedback: str = ""


@dataclass(frozen=True)
class Report:
    """The questions of one notebook, in order."""

    questions: tuple[Question, ...]

    @property
    def total(self) -> float:
        """Points earned."""
        return sum(question.points for question in self.questions)

    @property
    def max_total(self) -> float:
        """Points that could be earned."""
        return sum(question.max_points for question in self.questions)

    def table(self) -> "pd.DataFrame":
        """One row per question: question, points, max_points, message."""
        import pandas as pd

        rows = [(each.name, each.points, each.max_points, each.message) for each in self.questions]
        return pd.DataFrame(rows, columns=["question", "points", "max_points", "message"])


def score(name: str, tests: list[dict], outcomes: dict[tuple[str, bool], str | None], note: str) -> Question:
    """One question's points; `note` is what to say where more than its tests speaks."""
    from nbformat import NotebookNode
    from nbformat.v4 import new_code_cell, new_output

    determine_grade = nbgrader_utils().determine_grade
    points = max_points = 0.0
    messages, feedback = [], []
    for cell in tests:
        error, hidden = _failure(cell, outcomes)
        outputs = [new_output("error", ename="Error", evalue=error, traceback=[])] if error is not None else []
        metadata = NotebookNode(nbgrader=NotebookNode(cell["metadata"]["nbgrader"]))
        earned, possible = determine_grade(new_code_cell(source_of(cell), metadata=metadata, outputs=outputs))
        points, max_points = points + earned, max_points + possible
        messages += [_message(error)] if error is not None else []
        feedback += [HIDDEN_FAILED if hidden else _message(error)] if error is not None else []
    return Question(name, points, max_points, note or "; ".join(messages), note or "; ".join(feedback))


def _failure(cell: dict, outcomes: dict[tuple[str, bool], str | None]) -> tuple[str | None, bool]:
    """What went wrong in a test, and whether it was in the part that students do not see."""
    for hidden, part in enumerate(seen_and_hidden(source_of(cell))):
        if part.strip():
            error = outcomes.get((grade_id(cell), bool(hidden)), NOT_REACHED)
            if error is not None:
                alike = error == NOT_REACHED or error.startswith("NotImplementedError")
                return error, bool(hidden) and not alike
    return None, False


def _message(error: str) -> str:
    return "not attempted yet" if error.startswith("NotImplementedError") else error


def nbgrader_utils() -> ModuleType:
    """What decides on points; it comes with an extra."""
    try:
        from nbgrader import utils
    except ModuleNotFoundError as missing:
        remedy = "in a checkout: pip install -c constraints.txt -e '.[grading]'"
        raise ModuleNotFoundError(f"grading needs nbgrader, which the extra [grading] brings; {remedy}") from missing
    return utils
