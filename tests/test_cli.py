"""The `course` command."""

import os
import signal
import subprocess
import sys
import time

import nbformat
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from typer.testing import CliRunner

import course_lib
from course_lib import cli, config, data, doctor, grading, machine


def course(*arguments, **options):
    return CliRunner().invoke(cli.app, [str(argument) for argument in arguments], **options)


def words(text):
    return " ".join(text.split())


PARAMETERS = 'DATASET = "digits"\nBUDGET = "quick"\nSEED = 0'


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A checkout whose first lecture has the cells that a test gives it."""

    def build(*cells, name="01_cells", parameters=PARAMETERS):
        first = new_code_cell(parameters, metadata={"tags": ["parameters"]})
        notebook = new_notebook(cells=[new_markdown_cell("# One"), first, *map(new_code_cell, cells)])
        notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
        (tmp_path / "notebooks").mkdir(exist_ok=True)
        nbformat.write(notebook, tmp_path / "notebooks" / f"{name}.ipynb")
        return tmp_path

    monkeypatch.setattr(config, "checkout", lambda: tmp_path)
    monkeypatch.chdir(tmp_path)
    return build


def printed(path):
    cells = nbformat.read(path, as_version=4).cells
    return "".join(output.text for cell in cells for output in cell.get("outputs", []) if "text" in output)


def test_version_is_the_packages():
    assert course("--version").output.strip() == course_lib.__version__


def test_help_names_every_command():
    assert {"doctor", "data", "lab", "run", "grade"} <= set(course("--help").output.split())


def test_help_imports_nothing_heavy():
    script = (
        "import sys; from course_lib.cli import app\n"
        "try: app(['--help'])\n"
        "except SystemExit: pass\n"
        "print('HEAVY', *{'torch', 'pandas', 'numpy', 'papermill', 'sklearn', 'matplotlib'} & set(sys.modules))"
    )
    command, utf8 = [sys.executable, "-c", script], {**os.environ, "PYTHONUTF8": "1"}
    ran = subprocess.run(command, capture_output=True, check=True, encoding="utf-8", env=utf8)
    assert ran.stdout.splitlines()[-1] == "HEAVY"


def test_the_doctor_says_what_to_do_and_fails_only_on_a_problem(monkeypatch):
    good = doctor.Facts(versions={"torch": "2.9.0", "torchvision": "0.24.0"})
    monkeypatch.setattr(machine, "gather", lambda: good)
    assert course("doctor").exit_code == 0
    monkeypatch.setattr(machine, "gather", lambda: doctor.Facts())
    result = course("doctor")
    assert result.exit_code == 1
    assert "problem torch torch and torchvision not installed" in words(result.output)
    assert "pip install --upgrade torch torchvision" in words(result.output)


def test_run_passes_parameters_and_names_the_output_after_them(checkout):
    root = checkout("print(DATASET, BUDGET, SEED)")
    result = course("run", "1", "--budget", "full", "--seed", "7")
    assert result.exit_code == 0, result.output
    assert printed(root / "runs" / "01_cells-digits-full.ipynb") == "digits full 7\n"
    assert [path.name for path in (root / "runs").iterdir()] == ["01_cells-digits-full.ipynb"]


def test_run_shows_the_failing_cell_and_keeps_what_ran(checkout):
    root = checkout("print('so far')", "ratio = 1 / 0")
    result = course("run", "01", "--output", "mine.ipynb")
    assert result.exit_code == 1
    assert "Cell 4 (ratio = 1 / 0) failed: ZeroDivisionError: division by zero" in result.stderr
    assert "Traceback" not in result.output
    assert "mine.partial.ipynb" in result.stderr
    assert "so far" in printed(root / "mine.partial.ipynb")
    assert not (root / "mine.ipynb").exists()


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent to a process in another way on Windows")
def test_an_interrupted_run_says_what_is_kept(checkout):
    root = checkout("print('so far')", "import pathlib, time\npathlib.Path('here').touch()\ntime.sleep(60)")
    script = (
        "import pathlib, signal\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs inherit it as ignored\n"
        f"from course_lib import config; config.checkout = lambda: pathlib.Path({str(root)!r})\n"
        "from course_lib.cli import app; app(['run', '1', '--output', 'mine.ipynb'])"
    )
    with subprocess.Popen([sys.executable, "-c", script], stderr=subprocess.PIPE, text=True, cwd=root) as process:
        try:
            deadline = time.monotonic() + 120
            while not (root / "notebooks" / "here").exists() and time.monotonic() < deadline:
                assert process.poll() is None
                time.sleep(0.05)
            process.send_signal(signal.SIGINT)
            said = process.communicate(timeout=45)[1]
        finally:
            process.kill()
    assert "Interrupted. What ran so far: mine.partial.ipynb" in said
    assert process.returncode == 130
    assert "so far" in printed(root / "mine.partial.ipynb")
    assert not (root / "mine.ipynb").exists()


@pytest.mark.parametrize("name", ["1", "01", "01_cells", "01_cells.ipynb"])
def test_a_lecture_has_three_names(checkout, name):
    root = checkout()
    from course_lib.runs import lecture_notebook

    assert lecture_notebook(name) == root / "notebooks" / "01_cells.ipynb"


@pytest.mark.parametrize("name", ["2", "cells", "", "01_", "../01_cells"])
def test_another_name_is_refused_with_those_there_are(checkout, name):
    checkout()
    result = course("run", name)
    assert result.exit_code == 2
    assert result.stderr.strip() == f"lecture: {name!r} is not one of 01_cells"


def test_a_parameter_that_would_change_nothing_is_refused(checkout):
    checkout(parameters="SEED = 0")
    result = course("run", "1", "--dataset", "digits")
    assert result.exit_code == 2
    assert "dataset: 01_cells cannot be run with it, its parameters cell has SEED" in words(result.stderr)


def test_outside_a_checkout_run_says_what_is_missing(monkeypatch):
    monkeypatch.setattr(config, "checkout", lambda: None)
    result = course("run", "1")
    assert result.exit_code == 2
    assert "run this in a checkout" in words(result.stderr)


def test_without_an_extra_the_message_names_the_extras(checkout, monkeypatch):
    checkout()
    monkeypatch.setitem(sys.modules, "papermill", None)
    result = course("run", "1")
    assert result.exit_code == 2
    assert "papermill" in result.stderr
    assert "extras lab and grading" in words(result.stderr)


def test_an_output_must_be_a_notebook(checkout):
    checkout()
    result = course("run", "1", "--output", "mine.html")
    assert result.exit_code == 2
    assert "does not end in .ipynb" in result.stderr


def test_lab_passes_every_argument_on(monkeypatch):
    lab = pytest.importorskip("course_lib.lab")
    seen = []
    monkeypatch.setattr(lab, "serve", seen.append)
    assert course("lab", "--no-browser", "--port", "9000", "folder").exit_code == 0
    assert seen == [["--no-browser", "--port", "9000", "folder"]]


def test_every_data_set_is_listed_with_what_is_here():
    lines = course("data", "list").output.splitlines()
    names = [line.split()[0] for line in lines[1:]]
    assert names == data.available()["name"].tolist()
    assert "embedded" in next(line for line in lines if line.startswith("digits"))


def test_status_without_downloads_says_how_to_get_some(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    output = words(course("data", "status").output)
    assert str(tmp_path) in output
    assert "course data fetch NAME" in output


def test_verify_finds_a_damaged_file_and_says_what_to_do(tmp_path, monkeypatch):
    (tmp_path / "breastmnist.npz").write_bytes(b"half of it")
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    assert "present" in course("data", "status").output
    for arguments in ((), ("breastmnist",)):
        result = course("data", "verify", *arguments)
        assert result.exit_code == 1
        assert "wrong" in result.output
        assert "Move it away" in result.stderr
    assert course("data", "verify", "mnist").exit_code == 0


@pytest.mark.parametrize("command", ["fetch", "verify"])
def test_an_unknown_data_set_is_one_line_naming_those_there_are(command):
    result = course("data", command, "nothing")
    assert result.exit_code == 2
    assert result.stderr.startswith("name: 'nothing' is unknown; allowed are digits,")
    assert len(result.stderr.splitlines()) == 1


def test_fetch_passes_the_size_on_and_names_the_files(monkeypatch):
    asked = []
    monkeypatch.setattr(data, "fetch", lambda name, size, progress: asked.append((name, size)) or ["folder/file.npz"])
    assert "Verified: folder/file.npz" in course("data", "fetch", "breastmnist", "--size", 64).output
    assert asked == [("breastmnist", 64)]


def test_fetching_an_embedded_set_is_nothing_to_do():
    assert "nothing to download" in words(course("data", "fetch", "digits").output)


def test_grades_are_a_table_a_total_and_a_file(tmp_path, monkeypatch):
    questions = (grading.Question("fields", 2, 2), grading.Question("c3", 0.5, 2, "expected [6], got 7"))
    monkeypatch.setattr(grading, "grade", lambda submission, solution: grading.Report(questions))
    result = course("grade", "answers.ipynb", "--csv", tmp_path / "points.csv")
    assert result.exit_code == 0
    assert "expected [6], got 7" in result.output
    assert "2.5 of 4 points" in result.output
    written = pd.read_csv(tmp_path / "points.csv")
    assert written[["question", "points"]].values.tolist() == [["fields", 2], ["c3", 0.5]]


def test_a_submission_that_is_not_there_is_one_line():
    result = course("grade", "nowhere.ipynb")
    assert result.exit_code == 2
    assert result.stderr.strip() == "submission: nowhere.ipynb is not a file"
