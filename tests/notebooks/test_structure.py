"""What a lecturer and a student can rely on in every notebook."""

import ast
import re
from pathlib import Path

import nbformat
import pytest

from tools import build, convert, verify

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "notebooks").glob("*.py"))
LECTURES = [path for path in SOURCES if (ROOT / "solutions" / path.name).exists()]  # the others have no exercise
HEADINGS = ["Goals", "Errata", "What it means for a patient", "Limits", "References", "Exercise"]

for_each_notebook = pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
for_each_lecture = pytest.mark.parametrize("source", LECTURES, ids=lambda path: path.stem)


def notebook(source: Path):
    return convert.notebook(source.read_text(encoding="utf-8"))


def code(source: Path):
    return [cell for cell in notebook(source).cells if cell.cell_type == "code"]


def prose(source: Path) -> str:
    return "\n".join(cell.source for cell in notebook(source).cells if cell.cell_type == "markdown")


def test_what_is_committed_is_what_the_sources_give():
    problems = build.check(ROOT)
    assert not problems, "\n".join(problems)


@for_each_notebook
def test_every_code_cell_fits_on_a_slide(source):
    assert verify.long_cells(notebook(source)) == []


@for_each_notebook
def test_every_cell_has_its_place_in_the_slides(source):
    executed = nbformat.read(source.with_suffix(".ipynb"), 4)
    places = [cell.metadata.get("slideshow", {}).get("slide_type") for cell in executed.cells]
    assert set(places) <= {"slide", "subslide", "fragment", "notes", "skip", "-"}
    assert places[0] == "slide"


@for_each_lecture
def test_a_lecture_begins_with_its_parameters(source):
    first = code(source)[0]
    assert "parameters" in first.metadata.get("tags", [])
    names = [node.id for node in ast.walk(ast.parse(first.source)) if isinstance(node, ast.Name)]
    assert {"DATASET", "BUDGET", "SEED"} <= set(names)


@for_each_lecture
@pytest.mark.parametrize("heading", HEADINGS)
def test_a_lecture_has_its_sections(source, heading):
    assert re.search(rf"^##+ .*\b{heading}\b", prose(source), re.MULTILINE | re.IGNORECASE)


@for_each_lecture
def test_a_lecture_shows_its_errata_and_points_to_its_exercise(source):
    assert any("errata(" in cell.source for cell in code(source))
    assert f"exercises/{source.stem}.ipynb" in prose(source)


@for_each_notebook
def test_a_prediction_is_asked_for_before_every_explorer(source):
    question, explorers = "", 0
    for cell in notebook(source).cells:
        if cell.cell_type == "markdown":
            question = cell.source
        elif "_explorer(" in cell.source:
            explorers += 1
            assert re.search(r"[Pp]redict first", question), f"no 'predict first' before:\n{cell.source}"
    assert explorers or source not in LECTURES


def test_there_are_six_lectures_and_two_notebooks_beside_them():
    assert [path.stem[:2] for path in LECTURES] == ["01", "02", "03", "04", "05", "06"]
    assert [path.stem for path in SOURCES if path not in LECTURES] == ["00_start_here", "07_your_own_data"]


@for_each_notebook
def test_no_notebook_names_a_device(source):
    assert not any("cuda" in cell.source for cell in code(source))


@for_each_notebook
def test_every_link_to_a_file_of_the_course_leads_somewhere(source):
    links = re.findall(r"\]\((?!https?://|#|mailto:)([^)#\s]+)", prose(source))
    assert [link for link in links if not (source.parent / link).exists()] == []
