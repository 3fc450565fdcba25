"""A whole class: every submission in a process of its own, a table of points, a page for each student."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from course_lib.grading.feedback import feedback_page
from course_lib.grading.grade import grade
from course_lib.grading.report import Question, Report
from course_lib.grading.submissions import Submission
from course_lib.whole import whole

if TYPE_CHECKING:
    import pandas as pd


def grade_class(
    submissions: Sequence[Submission],
    solution: Path,
    output: Path,
    *,
    jobs: int = 2,
    on_done: Callable[[Submission, Report], None] = lambda submission, report: None,
    **limits: float,
) -> pd.DataFrame:
    """Points of a class, in `output`: points.csv, and feedback/STUDENT.html for each student.

    What a submission does (see `grade`) costs only itself; none reads another, nor `output`. A submission that was
    graded before is not run again, as long as neither its file nor the solution's has changed: so a run that was
    stopped goes on.

    Parameters
    ----------
    submissions : sequence of Submission
        From `find_submissions`.
    solution : Path
        The notebook or percent script with hidden tests.
    output : Path
        A folder; it is made.
    jobs : int
        Submissions that run at the same time.
    on_done : callable(submission, report)
        After each.
    limits
        `time_limit`, `cell_limit` and `memory_limit_mb` of `grade`.

    Returns
    -------
    DataFrame
        One row per student: student, points, of, a column per question, and what went wrong, for the teacher.

    Raises
    ------
    ValueError
        If `jobs` is no whole number from 1, or the solution cannot be graded.
    """
    if isinstance(jobs, bool) or not isinstance(jobs, int) or jobs < 1:
        raise ValueError(f"jobs: got {jobs!r}, allowed are whole numbers from 1")
    secret = [output, *(each.path for each in submissions)]
    reports: dict[str, Report] = {}

    def one(submission: Submission) -> tuple[Submission, Report]:
        kept = output / "kept" / f"{submission.student}.json"
        key = _key(submission.path, solution, limits)
        report = _kept(kept, key)
        if report is None:
            report = grade(submission.path, solution, hidden=secret, **limits)
            with whole(kept) as beside:
                content = {"key": key, "questions": [asdict(each) for each in report.questions]}
                beside.write_text(json.dumps(content), encoding="utf-8")
        with whole(output / "feedback" / f"{submission.student}.html") as beside:
            beside.write_text(feedback_page(submission.student, solution.stem, report), encoding="utf-8")
        return submission, report

    with ThreadPoolExecutor(jobs) as pool:
        waiting = [pool.submit(one, submission) for submission in submissions]
        try:
            for future in as_completed(waiting):
                submission, report = future.result()
                reports[submission.student] = report
                on_done(submission, report)
        finally:
            pool.shutdown(cancel_futures=True)
    table = _table([(each.student, reports[each.student]) for each in submissions])
    with whole(output / "points.csv") as beside:
        table.to_csv(beside, index=False)
    return table


def _key(submission: Path, solution: Path, limits: dict[str, float]) -> str:
    told = hashlib.sha256(json.dumps(sorted(limits.items())).encode())
    for path in (submission, solution):
        told.update(hashlib.sha256(path.read_bytes()).digest())
    return told.hexdigest()


def _kept(path: Path, key: str) -> Report | None:
    """What an earlier run found, if nothing has changed since."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return Report(tuple(Question(**each) for each in content["questions"])) if content["key"] == key else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _table(reports: Sequence[tuple[str, Report]]) -> pd.DataFrame:
    import pandas as pd

    rows = []
    for student, report in reports:
        row = {"student": student, "points": report.total, "of": report.max_total}
        row |= {question.name: question.points for question in report.questions}
        wrong = [f"{each.name}: {each.message}" for each in report.questions if each.message]
        rows.append(row | {"what went wrong": " | ".join(wrong)})
    return pd.DataFrame(rows)
