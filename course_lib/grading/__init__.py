"""Grading a student's notebook, or those of a whole class: what `course grade` does."""

from course_lib.grading.classroom import grade_class
from course_lib.grading.grade import grade, solution_of
from course_lib.grading.report import Question, Report
from course_lib.grading.submissions import Submission, find_submissions

__all__ = ["Question", "Report", "Submission", "find_submissions", "grade", "grade_class", "solution_of"]
