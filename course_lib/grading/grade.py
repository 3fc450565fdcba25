"""Points for a student's notebook."""

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from course_lib.grading.frame import Step, grade_id, questions, read_submission, source_of, steps
from course_lib.grading.process import Process, Stopped, Tampered

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Question:
    """What one question earned, of how many points, and why not all."""

    name: str
    points: float
    max_points: float
    message: str = ""


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


def grade(
    submission: Path | str,
    solution: Path | str | None = None,
    *,
    time_limit: float = 300,
    cell_limit: float = 60,
    memory_limit_mb: float = 4096,
) -> Report:
    """Points for a student's notebook, by the visible and hidden tests of the solution's.

    The student's answers run in the solution's frame, in a process of their own, and nbgrader decides on the points of
    each test. Code that runs too long, takes too much memory, ends the process or changes the tests' tools loses its
    own question: it is left out, and the rest runs again. What students print, to stderr too, changes nothing.

    Before each test, the names that the frame bound and the functions of `builtins`, `numpy`, `torch` and `course_lib`
    are put back; before and after it, things that must fail are seen to fail. This holds against mistakes and easy
    tricks. It is no sandbox: it does not hold against code that takes over the interpreter (its frames, threads or
    code objects) to pass selectively or to forge an answer, that imports the answer from the library, or that reads
    files (solutions among them), the environment or the network. Where that matters, run this in a container.

    Parameters
    ----------
    submission : Path or str
        The student's notebook.
    solution : Path or str, optional
        The notebook (or percent script) with solutions and hidden tests. Default: the one in the checkout's
        `solutions/` with whose name the submission's begins.
    time_limit, cell_limit : float
        Seconds for the whole notebook, and for one cell.
    memory_limit_mb : float
        Resident memory of the student's process and its children.

    Returns
    -------
    Report
        With `questions`, `total`, `max_total` and `table()`. A file that is no notebook earns 0 points.

    Raises
    ------
    FileNotFoundError
        If `submission` or `solution` is missing.
    ValueError
        If the solution is not one that can be graded here.
    ModuleNotFoundError
        If nbgrader is not installed.
    """
    submission = Path(submission)
    if not submission.is_file():
        raise FileNotFoundError(f"submission: {submission} is not a file")
    reference = _read_solution(_solution_for(submission, solution))
    tests = questions(reference)
    try:
        program = steps(reference, read_submission(submission))
    except ValueError as problem:
        return Report(tuple(_score(name, cells, {}, note=str(problem)) for name, cells in tests.items()))
    run = _Run(program, time.monotonic() + time_limit, cell_limit, memory_limit_mb)
    while not run.attempt():
        pass
    return Report(tuple(_score(name, cells, run.outcomes, run.notes.get(name, "")) for name, cells in tests.items()))


class _Run:
    """The steps of one notebook, run as often as there is something to leave out."""

    def __init__(self, program: list[Step], deadline: float, cell_limit: float, memory_limit_mb: float) -> None:
        self.program, self.deadline = program, deadline
        self.cell_limit, self.memory_limit_mb = cell_limit, memory_limit_mb
        self.outcomes: dict[str, str | None] = {}  # of each test that ran: None, or what went wrong
        self.notes: dict[str, str] = {}  # of each question whose answer was left out: why
        self.left_out: set[int] = set()

    def attempt(self) -> bool:
        """Run what is left in a fresh process; False where that has to be done again without the step at fault."""
        with tempfile.TemporaryDirectory() as folder, Process(Path(folder), self.memory_limit_mb) as process:
            for index, step in enumerate(self.program):
                if index in self.left_out or step.grade_id in self.outcomes:
                    continue
                seconds = min(self.cell_limit, self.deadline - time.monotonic())
                if seconds <= 0:
                    return True
                try:
                    self._note(index, process.run(step.source, step.role, step.keep, seconds))
                except (Stopped, Tampered) as fault:
                    self._leave_out(index, fault)
                    return False
        return True

    def _note(self, index: int, error: str | None) -> None:
        step = self.program[index]
        if step.role == "test":
            self.outcomes[step.grade_id] = error
        elif step.role == "frame" and error and not self._answers_before(index, 0):
            raise ValueError(f"solution: its own cell fails: {error}\n{step.source}")

    def _leave_out(self, index: int, fault: Exception) -> None:
        step = self.program[index]
        if step.role == "answer":
            self.left_out.add(index)
            self.notes[step.question] = str(fault)
            return
        if step.role == "test":
            self.outcomes[step.grade_id] = str(fault)
        if step.role == "frame" or isinstance(fault, Tampered):
            suspects = self._answers_before(index, self._last_test(index) if step.role == "test" else 0)
            if not suspects and step.role == "frame":
                raise ValueError(f"solution: its own cell {fault}\n{step.source}")
            self.left_out |= suspects

    def _answers_before(self, index: int, first: int) -> set[int]:
        running = set(range(first, index)) - self.left_out
        return {position for position in running if self.program[position].role == "answer"}

    def _last_test(self, index: int) -> int:
        return max((at for at, step in enumerate(self.program[:index]) if step.role == "test"), default=0)


def _score(name: str, tests: list[dict], outcomes: dict[str, str | None], note: str) -> Question:
    """One question's points; `note` is what to say where more than its tests speaks."""
    from nbformat import NotebookNode
    from nbformat.v4 import new_code_cell, new_output

    determine_grade = _nbgrader().determine_grade
    points = max_points = 0.0
    messages = []
    for cell in tests:
        error = outcomes.get(grade_id(cell), "not reached within the time for the whole notebook")
        outputs = [new_output("error", ename="Error", evalue=error, traceback=[])] if error is not None else []
        metadata = NotebookNode(nbgrader=NotebookNode(cell["metadata"]["nbgrader"]))
        earned, possible = determine_grade(new_code_cell(source_of(cell), metadata=metadata, outputs=outputs))
        points, max_points = points + earned, max_points + possible
        messages += [_message(error)] if error is not None else []
    return Question(name, points, max_points, note or "; ".join(messages))


def _message(error: str) -> str:
    return "not attempted yet" if error.startswith("NotImplementedError") else error


def _solution_for(submission: Path, solution: Path | str | None) -> Path:
    from course_lib.config import checkout

    if solution is not None:
        if not Path(solution).is_file():
            raise FileNotFoundError(f"solution: {solution} is not a file")
        return Path(solution)
    known = sorted((checkout() / "solutions").glob("*.ipynb")) if checkout() else []
    for path in known:
        if submission.stem.startswith(path.stem):
            return path
    names = ", ".join(path.stem for path in known) or "none: this is no checkout of the course, so name the file"
    remedy = "begin the file's name with one of them, or name the solution"
    raise FileNotFoundError(f"solution: none belongs to {submission.name}; known are {names}; {remedy}")


def _read_solution(path: Path) -> list[dict]:
    """The code cells of a trusted notebook or percent script."""
    _nbgrader()
    import jupytext

    notebook = jupytext.read(path, fmt="py:percent" if path.suffix == ".py" else None)
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def _nbgrader() -> ModuleType:
    """What decides on points; it comes with an extra."""
    try:
        from nbgrader import utils
    except ModuleNotFoundError as missing:
        remedy = "in a checkout: pip install -c constraints.txt -e '.[grading]'"
        raise ModuleNotFoundError(f"grading needs nbgrader, which the extra [grading] brings; {remedy}") from missing
    return utils
