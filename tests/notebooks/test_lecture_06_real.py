"""Lecture 6 on real blood cells: nothing but its data set changes."""

import re
from pathlib import Path

import numpy as np
import pytest

from course_lib.data import DatasetCard, ImageSet
from tools import convert

SOURCE = Path(__file__).parents[2] / "notebooks" / "06_tsimcne.py"
N = 500  # cells, of which the lecture keeps 100 for the end


@pytest.fixture
def cells(test_data):
    with np.load(test_data / "blood" / "pbc_28.npz", allow_pickle=False) as file:
        rows = np.random.default_rng(0).permutation(len(file["labels"]))[:N]
        card = DatasetCard("bloodmnist", "PBC, Acevedo (2020)", "CC BY 4.0", "", simulated=False)
        labels = file["labels"][rows].astype(np.int64)
        return ImageSet(file["images"][rows], labels, tuple(map(str, file["class_names"])), card=card)


def test_lecture_6_runs_unchanged_on_real_blood_cells(cells, monkeypatch, capsys):
    """MedMNIST's own file is out of reach; the same cells come in its place."""
    asked = []
    monkeypatch.setattr("course_lib.data.load", lambda name, download: asked.append(name) or cells)
    monkeypatch.chdir(SOURCE.parent)
    lines = [
        cell.source for cell in convert.notebook(SOURCE.read_text(encoding="utf-8")).cells if cell.cell_type == "code"
    ]
    assert 'DATASET = "simulated-blood"' in lines[0]
    names: dict = {}
    for source in lines:
        exec(source.replace('DATASET = "simulated-blood"', 'DATASET = "bloodmnist"'), names)
    assert asked == ["bloodmnist"] and len(names["cells"]) == N - 100 and len(names["new"]) == 100
    assert not set(map(bytes, names["new"].images)) & set(map(bytes, names["cells"].images))
    said = capsys.readouterr().out
    gain = re.search(r"t-SimCNE minus pixels, silhouette: ([+-][\d.]+)", said)
    assert float(gain[1]) > -0.2 and "n = 100 new images" in said
