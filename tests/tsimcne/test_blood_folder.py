"""The folder of simulated cells: files as an analyst gets them, and the faults that were planted."""

import hashlib
import re

import numpy as np
import pytest
from PIL import Image

from course_lib.tsimcne import simulate_folder
from course_lib.tsimcne.simulator.folder import FAULTS, KINDS


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sample") / "cells"
    return folder, simulate_folder(folder, n_patients=12, cells=3, seed=1)


def read(folder, name):
    with Image.open(folder / name) as picture:
        return np.asarray(picture).astype(int)


def test_files_lie_by_kind_and_name_their_patient(sample):
    folder, planted = sample
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.png"))
    assert len(names) == 12 * 3 + 3 and {name.split("/")[0] for name in names} <= set(KINDS)
    assert len({re.search(r"patient\d{3}", name)[0] for name in names}) == 12
    assert tuple(planted) == FAULTS and set().union(*planted.values()) <= set(names)


def test_each_fault_is_what_it_is_called(sample):
    folder, planted = sample
    one = {fault: names[0] for fault, names in planted.items()}
    copy = one["copy"]
    assert (read(folder, copy) == read(folder, copy.replace("_again", ""))).all()
    near = one["near copy"]
    assert np.abs(read(folder, near) - read(folder, near.replace("_export", ""))).max() == 1
    blank, bright, blurred = (read(folder, one[fault]) for fault in ("blank", "overexposed", "blurred"))
    assert np.ptp(blank) == 0 and (bright == 255).mean() > 0.25
    assert np.abs(np.diff(blurred, axis=0)).max() < 30
    assert read(folder, one["other size"]).shape == (64, 64, 3)
    with pytest.raises(OSError, match="truncated"):
        read(folder, one["cut off"])


def test_one_image_stands_under_two_patients_names(sample):
    folder, planted = sample
    marks = {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*.png")}
    moved = folder / planted["copy of another patient's"][0]
    twins = [path for path, mark in marks.items() if mark == marks[moved]]
    assert len(twins) == 2 and len({re.search(r"patient\d+", path.name)[0] for path in twins}) == 2


def test_the_seed_decides_every_byte(sample, tmp_path):
    folder, planted = sample
    assert simulate_folder(tmp_path, n_patients=12, cells=3, seed=1) == planted
    for path in folder.rglob("*.png"):
        assert (tmp_path / path.relative_to(folder)).read_bytes() == path.read_bytes()
    assert simulate_folder(tmp_path / "other", n_patients=12, cells=3, seed=2) != planted


def test_faults_need_a_patient_each(tmp_path):
    with pytest.raises(ValueError, match="n_patients: got 7, allowed are whole numbers from 8"):
        simulate_folder(tmp_path, n_patients=7)
    assert list(tmp_path.iterdir()) == []
