"""A page for one student: points per question, and what was expected."""

from __future__ import annotations

from html import escape

from course_lib.grading.report import Report

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 17px/1.5 system-ui, sans-serif; max-width: 46em; margin: 2em auto; padding: 0 1em; }}
section {{ border-left: 5px solid; padding: .2em 1em; margin: 1.2em 0; }}
.full {{ border-color: #098662; }} .part {{ border-color: #9a6700; }} .none {{ border-color: #be4700; }}
h2 {{ font-size: 1.1em; margin: .2em 0; }} pre {{ white-space: pre-wrap; margin: .4em 0; }}
</style>
</head>
<body>
<h1>{title}</h1>
<p><strong>{total:g} of {most:g} points</strong></p>
{sections}
</body>
</html>
"""


def feedback_page(student: str, exercise: str, report: Report) -> str:
    """HTML that stands alone; it holds nothing of hidden tests but that one failed."""
    sections = []
    for question in report.questions:
        tone = "full" if question.points == question.max_points else "part" if question.points else "none"
        said = f"<pre>{escape(question.feedback)}</pre>" if question.feedback else "<p>All checks pass.</p>"
        heading = f"{escape(question.name)}: {question.points:g} of {question.max_points:g}"
        sections.append(f'<section class="{tone}"><h2>{heading}</h2>{said}</section>')
    title = f"{escape(exercise)}: {escape(student)}"
    return PAGE.format(title=title, total=report.total, most=report.max_total, sections="\n".join(sections))
