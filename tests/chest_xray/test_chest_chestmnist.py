"""ChestMNIST through ``load``: at every size, with several findings per image."""

import hashlib

import numpy as np
import pytest

from course_lib.chest_xray.findings import FINDINGS
from course_lib.chest_xray.nih import CHESTMNIST_NAMES
from course_lib.data import load, medmnist


@pytest.fixture(params=[28, 64, 128, 224])
def size(request):
    return request.param


@pytest.fixture
def archive(tmp_path, monkeypatch, size):
    """A file in ChestMNIST's form, with its own checksum in place of the published one."""
    rng = np.random.default_rng(0)
    arrays = {}
    for part, count in {"train": 5, "val": 3, "test": 4}.items():
        arrays[f"{part}_images"] = rng.integers(0, 256, (count, size, size), np.uint8)
        arrays[f"{part}_labels"] = rng.integers(0, 2, (count, 14), np.uint8)
    suffix = "" if size == 28 else f"_{size}"
    path = tmp_path / "medmnist" / f"chestmnist{suffix}.npz"
    path.parent.mkdir()
    np.savez_compressed(path, **arrays)
    checksum = hashlib.md5(path.read_bytes()).hexdigest()
    monkeypatch.setitem(medmnist.information()["chestmnist"], f"MD5{suffix}", checksum)
    return arrays


@pytest.mark.parametrize(("split", "part"), [("train", "train"), ("validation", "val"), ("test", "test")])
def test_every_size_gives_images_with_fourteen_findings(archive, tmp_path, size, split, part):
    data = load("chestmnist", split, size=size, root=tmp_path)
    np.testing.assert_array_equal(data.images, archive[f"{part}_images"])
    np.testing.assert_array_equal(data.labels, archive[f"{part}_labels"])
    assert data.task == "multi-label" and data.labels.dtype == np.uint8
    assert [CHESTMNIST_NAMES[name] for name in data.class_names] == list(FINDINGS)


def test_medmnists_names_are_the_fourteen_in_the_courses_order():
    theirs = medmnist.information()["chestmnist"]["label"]
    assert [CHESTMNIST_NAMES[theirs[str(number)]] for number in range(14)] == list(FINDINGS)
    assert len(CHESTMNIST_NAMES) == 14 and CHESTMNIST_NAMES["pleural"] == "Pleural Thickening"
