"""Grading a student's notebook: what `course grade` does."""

from course_lib.grading.grade import Question, Report, grade

__all__ = ["Question", "Report", "grade"]
