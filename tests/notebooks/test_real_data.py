"""A lecture on real images: nothing but its data set changes."""

import os
import re
import shutil
import subprocess
import sys

import nbformat
import numpy as np
import pytest

SAID = {"01": "Test accuracy of LeNet-5 on breastmnist", "02": "Five runs on breastmnist, class malignant"}


@pytest.mark.parametrize("lecture", SAID)
def test_a_lecture_runs_unchanged_on_real_ultrasound_images(lecture, test_data, tmp_path):
    shutil.copy(test_data / "medmnist" / "breastmnist.npz", tmp_path)
    assert SAID[lecture] in printed_by(lecture, "breastmnist", tmp_path)


def test_lecture_5_measures_and_learns_from_a_real_set_beside_the_others(test_data, tmp_path):
    shutil.copy(test_data / "medmnist" / "breastmnist.npz", tmp_path)
    printed = printed_by("05", "breastmnist", tmp_path)
    row = re.search(r"^ *breastmnist +([\d.]+) +([\d.]+) +([\d.]+)", printed, re.MULTILINE)
    sharpness, dimension, accuracy = map(float, row.groups())
    assert sharpness > 0 and 7 < dimension < 12 and 0.4 < accuracy < 1


def test_lecture_4_runs_unchanged_on_a_folder_as_ixi_is_laid_out(tmp_path):
    """Only the layout is IXI's: no registered brain of a real person may be kept with the tests."""
    import nibabel

    from course_lib.brain_age import simulate_cohort
    from course_lib.brain_age.anatomy import affine

    people = simulate_cohort(170, ages=(40, 80), seed=77)
    folder, rows = tmp_path / "ixi", ["IXI_ID,SEX_ID,AGE"]
    folder.mkdir()
    for number, (image, age) in enumerate(zip(people.images, people.labels, strict=True), start=1):
        volume = nibabel.Nifti1Image(np.ascontiguousarray(image.T), affine(4))  # (z, y, x) → (x, y, z)
        nibabel.save(volume, folder / f"IXI{number:03d}-Guys-0001-T1.nii.gz")
        rows.append(f"{number},{1 + number % 2},{age:.2f}")
    (folder / "IXI.csv").write_text("\n".join(rows))
    printed = printed_by("04", "ixi", tmp_path)
    parts = re.search(r"'train': (\d+), 'validation': (\d+), 'test': (\d+)", printed).groups()
    assert sum(map(int, parts)) == 170 and int(parts[0]) == pytest.approx(
        102, abs=4
    )  # ages are spread evenly over parts


def printed_by(lecture: str, dataset: str, folder) -> str:
    """What a lecture says when run from the command line on a data set that lies in the folder."""
    output = folder / "lecture.ipynb"
    course = [sys.executable, "-c", "from course_lib.cli import app; app()"]
    arguments = ["run", lecture, "--dataset", dataset, "--output", str(output)]
    environment = {**os.environ, "COURSE_DATA": str(folder)}
    run = subprocess.run([*course, *arguments], env=environment, capture_output=True, text=True, timeout=900)
    assert run.returncode == 0, run.stderr
    outputs = [output for cell in nbformat.read(output, 4).cells for output in cell.get("outputs", [])]
    return "".join(each.get("text", "") + each.get("data", {}).get("text/plain", "") for each in outputs)
