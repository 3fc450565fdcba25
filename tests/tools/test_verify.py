"""What must not be committed is found, and only that."""

import base64
import copy
import io

import matplotlib.pyplot as plt
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from tools import convert, verify


def ran(*outputs, source="1", count=1):
    """A notebook of one executed cell."""
    return new_notebook(cells=[new_code_cell(source, outputs=list(outputs), execution_count=count)])


def png(dpi):
    figure, stream = plt.figure(figsize=(1, 1)), io.BytesIO()
    figure.savefig(stream, dpi=dpi)
    plt.close(figure)
    return new_output("display_data", data={"image/png": base64.b64encode(stream.getvalue()).decode()})


def test_outputs_are_no_difference_and_anything_else_is_one():
    generated = convert.notebook("# %%\na = 1\n\n# %%\nb = 2\n")
    committed = copy.deepcopy(generated)
    committed.cells[0].outputs = [new_output("stream", text="1")]
    committed.cells[0].execution_count = 3
    assert verify.differences(committed, generated) == []
    committed.cells[1].source = "b = 3"
    committed.metadata.course.source_sha256 = "older"
    found = verify.differences(committed, generated)
    assert found == [
        "metadata 'course' is not what the source gives",
        "cell 2: source not as the source gives (b = 2)",
    ]
    committed.cells.append(new_code_cell(""))
    assert "3 cells, the source gives 2" in verify.differences(committed, generated)


def test_a_cell_of_fifteen_lines_fits_comments_and_blanks_aside():
    fits = "\n".join(["# why", "", *["a = 1"] * 15])
    assert verify.long_cells(convert.notebook(f"# %%\n{fits}\n")) == []
    (found,) = verify.long_cells(convert.notebook(f"# %%\n{fits}\nb = 2\n"))
    assert found.startswith("cell 1: 16 lines, at most 15 are allowed")


SOMEBODYS_FILE = "/".join(["", "home", "me", "file.txt"])


@pytest.mark.parametrize(
    ("notebook", "found"),
    [
        (ran(count=None), "was not executed"),
        (ran(new_output("error", ename="ValueError", evalue="no")), "ValueError: no"),
        (ran(new_output("display_data", data={convert.WIDGET: {}})), "a live widget"),
        (ran(new_output("stream", text=f"see {SOMEBODYS_FILE}")), f"path of a machine: {SOMEBODYS_FILE}"),
        (ran(new_output("display_data", data={"image/png": ""})), "a picture without words"),
    ],
)
def test_a_cell_that_did_not_run_cleanly_is_found(notebook, found):
    (problem,) = verify.execution(notebook)
    assert found in problem


def test_a_clean_run_is_clean():
    assert verify.execution(ran(new_output("stream", text="at https://a.org/tmp/x, data/cache"))) == []


def test_pictures_finer_than_80_dpi_and_files_over_a_megabyte_and_a_half_are_found():
    assert verify.weight(ran(png(80))) == []
    assert verify.weight(ran(png(100))) == ["cell 1: a picture at 100 dpi, at most 80 are allowed"]
    (found,) = verify.weight(ran(new_output("stream", text="x" * 1_500_000)))
    assert "at most 1,500,000 are allowed" in found


def test_a_released_exercise_leaks_nothing(toy_source):
    solution = convert.notebook(toy_source)
    assert verify.leaks(solution, convert.exercise(solution)) == []


def test_a_line_of_a_solution_or_a_hidden_test_is_found_wherever_it_is_told(toy_source):
    solution = convert.notebook(toy_source + "\n# %% [markdown]\n# Try `twice = x  +  x`.\n")
    exercise = convert.exercise(solution)
    exercise.cells[1].source += "\nassert double(-3.5) == -7"
    assert verify.leaks(solution, exercise) == [
        "a line of a hidden test can be read: assert double(-3.5) == -7",
        "a line of a solution can be read: twice = x + x",
    ]


def test_a_line_that_the_author_shows_anyway_is_no_leak(toy_source):
    solution = convert.notebook(toy_source.replace("assert double(0) == 0", "assert double(1) == 2"))
    assert verify.leaks(solution, convert.exercise(solution)) == []
