"""A lecture on real images: nothing but its data set changes."""

import os
import shutil
import subprocess
import sys

import nbformat
import pytest

SAID = {"01": "Test accuracy of LeNet-5 on breastmnist", "02": "Five runs on breastmnist, class malignant"}


@pytest.mark.parametrize("lecture", SAID)
def test_a_lecture_runs_unchanged_on_real_ultrasound_images(lecture, test_data, tmp_path):
    shutil.copy(test_data / "medmnist" / "breastmnist.npz", tmp_path)
    output = tmp_path / "lecture.ipynb"
    course = [sys.executable, "-c", "from course_lib.cli import app; app()"]
    arguments = ["run", lecture, "--dataset", "breastmnist", "--output", str(output)]
    environment = {**os.environ, "COURSE_DATA": str(tmp_path)}
    run = subprocess.run([*course, *arguments], env=environment, capture_output=True, text=True, timeout=900)
    assert run.returncode == 0, run.stderr
    cells = nbformat.read(output, 4).cells
    printed = "".join(out.get("data", {}).get("text/plain", "") for cell in cells for out in cell.get("outputs", []))
    assert SAID[lecture] in printed
