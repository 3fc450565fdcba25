"""A lecture's explorers on a page of their own."""

import ast
import json
import re
from pathlib import Path

from test_kit import notebook


def explorers_of(notebook_file: Path) -> list[str]:
    """The calls of explorers in a lecture, in their order."""
    cells = [ast.parse(code) for code in code_of(notebook_file)]
    calls = [ast.unparse(node) for cell in cells for node in ast.walk(cell) if isinstance(node, ast.Call)]
    return [call for call in calls if re.match(r"explorers\.\w+_explorer\(", call)]


def code_of(notebook_file: Path) -> list[str]:
    """Its code, cell by cell."""
    cells = json.loads(notebook_file.read_text())["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def lecture_page(lab, open_notebook, name: str, explorers: list[str] | None = None, people: str = ""):
    """A page that has run the lecture's set-up and its explorers, in their order.

    With `explorers` those lines are run in place of the lecture's, after `people`: the same explorers on less data.
    """
    file = lab.folder / "notebooks" / f"{name}.ipynb"
    code, shown = code_of(file), explorers_of(file)
    setup = code[: 1 + next(number for number, cell in enumerate(code) if "plotting.use()" in cell)]
    if explorers is not None:
        assert {line.partition("(")[0] for line in shown} == {line.partition("(")[0] for line in explorers}
        shown = explorers
    assert shown
    path = f"explorers_{name[:2]}.ipynb"
    (lab.folder / path).write_text(json.dumps(notebook([*setup, *([people] if people else []), *shown])))
    page = open_notebook(path)
    page.run_all()
    return page
