"""Points for a student's notebook."""

import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from course_lib.grading.frame import Step, questions, read_submission, steps
from course_lib.grading.process import Process, Stopped, Tampered
from course_lib.grading.report import Report, nbgrader_utils, score


def grade(
    submission: Path | str,
    solution: Path | str | None = None,
    *,
    hidden: Sequence[Path] = (),
    time_limit: float = 300,
    cell_limit: float = 60,
    memory_limit_mb: float = 4096,
) -> Report:
    """Points for a student's notebook, by the visible and hidden tests of the solution's.

    The student's answers run in the solution's frame, in a process of their own, and nbgrader decides on the points of
    each test. Code that runs too long, takes too much memory, ends the process or changes the tests' tools loses its
    own question: it is left out, and the rest runs again. What students print, to stderr too, changes nothing. Answers
    may not read the solutions, write outside their own folder, start programs, kill others or reach the network.

    Before each test, the names that the frame bound and the functions of `builtins`, `numpy`, `torch` and `course_lib`
    are put back; before and after it, things that must fail are seen to fail. This holds against mistakes and easy
    tricks. It is no sandbox: it does not hold against code that takes over the interpreter (its frames, threads or
    code objects, or by ctypes the machine) to pass selectively or to forge an answer, or that imports the answer from
    the library. Where that matters, run this in a container.

    Parameters
    ----------
    submission : Path or str
        The student's notebook.
    solution : Path or str, optional
        The notebook (or percent script) with solutions and hidden tests. Default: the one in the checkout's
        `solutions/` with whose name the submission's begins.
    hidden : sequence of Path
        Files and folders that answers may not read, besides the solutions and the course's own tests.
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
    chosen = solution_of([submission.stem], submission.name, solution)
    reference = _read_solution(chosen)
    tests = questions(reference)
    try:
        program = steps(reference, read_submission(submission))
    except ValueError as problem:
        return Report(tuple(score(name, cells, {}, note=str(problem)) for name, cells in tests.items()))
    kept_from = [*hidden, *_secrets(chosen)]
    run = _Run(program, time.monotonic() + time_limit, cell_limit, memory_limit_mb, kept_from)
    while not run.attempt():
        pass
    return Report(tuple(score(name, cells, run.outcomes, run.notes.get(name, "")) for name, cells in tests.items()))


class _Run:
    """The steps of one notebook, run as often as there is something to leave out."""

    def __init__(
        self, program: list[Step], deadline: float, cell_limit: float, memory_limit_mb: float, hidden: Sequence[Path]
    ) -> None:
        self.program, self.deadline, self.hidden = program, deadline, hidden
        self.cell_limit, self.memory_limit_mb = cell_limit, memory_limit_mb
        self.outcomes: dict[tuple[str, bool], str | None] = {}  # of each part of a test: None, or what went wrong
        self.notes: dict[str, str] = {}  # of each question whose answer was left out: why
        self.left_out: set[int] = set()

    def attempt(self) -> bool:
        """Run what is left in a fresh process; False where that has to be done again without the step at fault."""
        with (
            tempfile.TemporaryDirectory() as folder,
            Process(Path(folder), self.memory_limit_mb, self.hidden) as process,
        ):
            for index, step in enumerate(self.program):
                if index in self.left_out or (step.grade_id, step.hidden) in self.outcomes:
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
            self.outcomes[step.grade_id, step.hidden] = error
        elif step.role == "frame" and error and not self._answers_before(index, 0):
            raise ValueError(f"solution: its own cell fails: {error}\n{step.source}")

    def _leave_out(self, index: int, fault: Exception) -> None:
        step = self.program[index]
        if step.role == "answer":
            self.left_out.add(index)
            self.notes[step.question] = str(fault)
            return
        if step.role == "test":
            self.outcomes[step.grade_id, step.hidden] = str(fault)
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


def solution_of(names: Iterable[str], where: str, solution: Path | str | None = None) -> Path:
    """The solution that is given, or the checkout's one with whose name one of `names` begins.

    Parameters
    ----------
    names : iterable of str
        Of notebooks, without their ending.
    where : str
        What they are, for a message.
    solution : Path or str, optional

    Raises
    ------
    FileNotFoundError
        If it is missing, or none or several could be meant.
    """
    from course_lib.config import checkout

    if solution is not None:
        if not Path(solution).is_file():
            raise FileNotFoundError(f"solution: {solution} is not a file")
        return Path(solution)
    known = sorted((checkout() / "solutions").glob("*.ipynb")) if checkout() else []
    names = list(names)
    meant = [path for path in known if any(name.startswith(path.stem) for name in names)]
    if len(meant) == 1:
        return meant[0]
    listed = ", ".join(path.stem for path in known) or "none: this is no checkout of the course, so name the file"
    remedy = "begin the file's name with one of them, or name the solution"
    number = "none belongs" if not meant else "several belong"
    raise FileNotFoundError(f"solution: {number} to {where}; known are {listed}; {remedy}")


def _secrets(solution: Path) -> list[Path]:
    """What holds solutions and hidden tests."""
    from course_lib.config import checkout

    root = checkout()
    return [*solution.parent.glob(f"{solution.stem}.*"), *([root / "solutions", root / "tests"] if root else [])]


def _read_solution(path: Path) -> list[dict]:
    """The code cells of a trusted notebook or percent script."""
    nbgrader_utils()
    import jupytext

    notebook = jupytext.read(path, fmt="py:percent" if path.suffix == ".py" else None)
    return [cell for cell in notebook.cells if cell.cell_type == "code"]
