"""The notebook for one's own images, on folders that somebody may have."""

import ast
import re
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from PIL import Image

from course_lib.data import FolderProblem
from course_lib.intrinsic_dimension import rendered_images
from course_lib.runs import chosen_parameters
from course_lib.tsimcne import simulate_blood
from tools import convert

SOURCE = Path(__file__).parents[2] / "notebooks" / "07_your_own_data.py"
YOURS = {'FOLDER = ""': "FOLDER = {!r}", r'PATIENT = r"(patient\d+)"': "PATIENT = {!r}"}


def notebook_for(folder, patient):
    """The notebook with its two lines changed."""
    result = convert.notebook(SOURCE.read_text(encoding="utf-8"))
    first = next(cell for cell in result.cells if cell.cell_type == "code")
    for (line, changed), value in zip(YOURS.items(), (str(folder), patient), strict=True):
        assert first.source.count(line) == 1
        first.source = first.source.replace(line, changed.format(value))
    return result


def run(folder, patient, working, monkeypatch):
    """What the notebook knows after its last cell."""
    monkeypatch.chdir(working)
    names: dict = {}
    for cell in notebook_for(folder, patient).cells:
        if cell.cell_type == "code":
            exec(cell.source, names)
    return names


def save(image, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(image).save(path)


def test_gray_images_of_mixed_sizes_without_classes_are_mapped_and_not_classified(tmp_path, monkeypatch, capsys):
    rng, folder = np.random.default_rng(0), tmp_path / "mine"
    for number, image in enumerate(rendered_images(70, ("x", "y", "size", "rotation"), seed=0).images):
        height, width = rng.integers(30, 90, 2)
        gray = Image.fromarray(np.rint(image).astype(np.uint8))
        save(np.asarray(gray.resize((int(width), int(height)))), folder / f"scan{number}.png")
    names = run(folder, r"(patient\d+)", tmp_path, monkeypatch)
    said = capsys.readouterr().out
    assert names["own"].images.kind == "gray" and names["own"].images.labels is None
    assert names["new_at"].shape == (len(names["test"]), 2) and not names["testable"]
    assert "No classifier is trained: there are no classes." in said
    assert "Nothing tells whose an image is" in said and "simulated" not in said
    assert (tmp_path / "runs" / "my_map.safetensors").exists()


def test_color_images_in_subfolders_without_patients_get_intervals_over_images(tmp_path, monkeypatch, capsys):
    cells = simulate_blood(110, size=24, kinds=("lymphocyte", "neutrophil"))
    for number, (image, label) in enumerate(zip(cells.images, cells.labels, strict=True)):
        save(image, tmp_path / "mine" / cells.class_names[label] / f"{number}.jpg")
    names = run(tmp_path / "mine", "", tmp_path, monkeypatch)
    result = names["result"]["network"]
    assert result.n_units == len(names["test"]) and names["names"] == ("lymphocyte", "neutrophil")
    assert (np.diff(result.interval()) > 0).all() and "images, each taken for a patient" in names["compared"].caption
    assert "simulated" not in capsys.readouterr().out + names["compared"].caption


def test_copies_of_one_image_are_too_few_images(tmp_path, monkeypatch):
    for number in range(40):
        save(np.arange(900, dtype=np.uint8).reshape(30, 30), tmp_path / "mine" / f"{number}.png")
    with pytest.raises(FolderProblem, match="1 different images of 1 patients are left; 30 of 10 are the least"):
        run(tmp_path / "mine", "", tmp_path, monkeypatch)


def test_too_few_images_end_the_notebook_with_one_sentence(tmp_path):
    for number in range(5):
        save(np.full((30, 30), number, np.uint8), tmp_path / "mine" / f"{number}.png")
    notebook = notebook_for(tmp_path / "mine", "")
    with pytest.raises(CellExecutionError):
        NotebookClient(notebook, resources={"metadata": {"path": str(tmp_path)}}).execute()
    shown = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert shown[-1].traceback == ["FOLDER: 5 images of mine can be used, 30 are the least."]


def test_two_lines_are_the_users_and_the_rest_is_the_courses():
    first = next(cell for cell in notebook_for("", "").cells if cell.cell_type == "code")
    assert first.metadata["tags"] == ["parameters"]
    assigned = [node for node in ast.parse(first.source).body if isinstance(node, ast.Assign)]
    assert [node.targets[0].id for node in assigned] == ["FOLDER", "PATIENT", "BUDGET", "SEED"]
    assert [isinstance(node.value, ast.Constant) for node in assigned] == [True, True, False, False]


def test_it_says_its_limits_and_its_references():
    text = SOURCE.read_text(encoding="utf-8")
    assert all(re.search(rf"^# ## {heading}$", text, re.MULTILINE) for heading in ("Limits", "References"))


def test_a_data_set_by_name_is_refused():
    with pytest.raises(ValueError, match=r"dataset: 07_your_own_data cannot be run with it, .* has FOLDER, PATIENT, B"):
        chosen_parameters(SOURCE.with_suffix(".ipynb"), dataset="bloodmnist")


def test_no_figure_of_the_sample_hides_that_it_is_simulated():
    executed = nbformat.read(SOURCE.with_suffix(".ipynb"), 4)
    outputs = [output for cell in executed.cells for output in cell.get("outputs", [])]
    tables = [output.data["text/html"] for output in outputs if "text/html" in output.get("data", {})]
    assert len(tables) >= 6 and all("simulated" in table for table in tables if "<caption" in table)
