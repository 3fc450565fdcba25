"""The builder writes what the sources give, and its check finds everything else."""

import json

import nbformat
import pytest

from tools import build, convert

LECTURE = """\
# %% [markdown]
# # Lecture

# %% tags=["parameters"]
BUDGET = "quick"

# %%
import os

from course_lib import plotting
from tqdm.auto import tqdm

for _ in tqdm(range(3)):
    pass
print(os.environ["COURSE_BUDGET"], os.getcwd())

# %%
fig, ax = plotting.figure(size=(2, 1))
ax.plot([1, 2]);
"""


@pytest.fixture
def course(tmp_path, toy_source):
    """A small checkout: one lecture, one solution, nothing generated."""
    for folder, text in {"notebooks": LECTURE, "solutions": toy_source}.items():
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "01_toy.py").write_text(text)
    return tmp_path


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The lecture, executed once: its text."""
    root = tmp_path_factory.mktemp("course")
    (root / "notebooks").mkdir()
    (root / "notebooks" / "01_toy.py").write_text(LECTURE)
    (target,) = build.targets(root)
    build.build(target, root)
    return target.path.read_text()


def write_all(course, built):
    """As the builder would, without running anything again."""
    for target in build.targets(course):
        target.path.parent.mkdir(exist_ok=True)
        target.path.write_text(built if target.kind == "notebooks" else convert.to_text(target.unexecuted()))


def test_a_lecture_is_executed_at_the_quick_budget_and_carries_its_pictures_only(built):
    cells = nbformat.reads(built, 4).cells
    assert cells[2].outputs == [nbformat.v4.new_output("stream", name="stdout", text="quick notebooks\n")]
    assert [output.data.keys() for output in cells[3].outputs] == [{"image/png", "text/plain"}]
    assert [cell.metadata.get("execution") for cell in cells] == [None] * 4
    assert "0x" not in str(cells[2].outputs)


def test_a_solution_is_run_but_stored_without_outputs(course):
    for target in build.targets(course):
        if target.kind == "solutions":
            build.build(target, course)
            cells = nbformat.read(target.path, 4).cells
            assert [(cell.outputs, cell.execution_count) for cell in cells] == [([], None)] * 2


def test_a_solution_that_fails_is_not_written(course):
    source = course / "solutions" / "01_toy.py"
    source.write_text(source.read_text().replace("x + x", "x * x"))
    target = next(target for target in build.targets(course) if target.kind == "solutions")
    with pytest.raises(Exception, match="AssertionError"):
        build.build(target, course)
    assert not target.path.exists()


def test_a_lecture_that_breaks_a_rule_is_not_written(course):
    source = course / "notebooks" / "01_toy.py"
    source.write_text("# %%\n" + "a = 1\n" * 16)
    target = next(build.targets(course))
    with pytest.raises(ValueError, match=r"01_toy.ipynb was not written:\ncell 1: 16 lines, at most 15"):
        build.build(target, course)
    assert not target.path.exists()


def test_the_check_is_content_with_what_the_builder_wrote(course, built):
    write_all(course, built)
    assert build.check(course) == []


def test_the_check_says_what_is_missing_and_what_to_run(course):
    assert build.check(course) == [
        "notebooks/01_toy.ipynb: missing; run python -m tools.build --only 01",
        "solutions/01_toy.ipynb: missing; run python -m tools.build --only 01",
        "exercises/01_toy.ipynb: missing; run python -m tools.build --only 01",
    ]
    assert build.check(course, only="02") == []


@pytest.mark.parametrize("kind", ["notebooks", "solutions", "exercises"])
def test_the_check_finds_a_notebook_edited_by_hand(course, built, kind):
    write_all(course, built)
    path = course / kind / "01_toy.ipynb"
    content = json.loads(path.read_text())
    content["cells"][-1]["source"] = ["pass"]
    path.write_text(json.dumps(content))
    assert any(problem.startswith(f"{kind}/01_toy.ipynb: cell") for problem in build.check(course))


def test_the_check_finds_a_source_edited_after_the_run_even_in_a_comment(course, built):
    write_all(course, built)
    source = course / "notebooks" / "01_toy.py"
    source.write_text("# a comment above the first cell\n" + source.read_text())
    assert any("'course' is not what the source gives" in problem for problem in build.check(course))


def test_the_check_finds_outputs_in_exercises_and_files_without_a_source(course, built):
    write_all(course, built)
    path = course / "exercises" / "01_toy.ipynb"
    notebook = nbformat.read(path, 4)
    notebook.cells[0].outputs = [nbformat.v4.new_output("stream", text="42")]
    path.write_text(convert.to_text(notebook))
    (course / "notebooks" / "09_old.ipynb").write_text(built)
    assert build.check(course) == [
        "exercises/01_toy.ipynb: carries outputs; run python -m tools.build --only 01",
        "notebooks/09_old.ipynb: has no source; write it or delete this file",
    ]


def test_the_command_line_reports_and_fails_where_something_is_wrong(course, built, monkeypatch, capsys):
    monkeypatch.setattr(build, "ROOT", course)
    assert build.main(["--check"]) == 1
    assert "exercises/01_toy.ipynb: missing" in capsys.readouterr().out
    write_all(course, built)
    assert build.main(["--check"]) == 0
    with pytest.raises(SystemExit):
        build.main(["--only", "07"])
