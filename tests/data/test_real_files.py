"""The real files, read by the real code."""

import gzip

import numpy as np
import pytest

from course_lib.data import ImageSet, leakage, load, unpack
from course_lib.data.leaks import duplicates


@pytest.fixture
def root(test_data, tmp_path):
    """A writable data folder in which the real files seem to lie."""
    for folder in ("medmnist", "mnist"):
        (tmp_path / folder).symlink_to(test_data / folder)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "counts", "shape"),
    [("breastmnist", (546, 78, 156), (28, 28)), ("adrenalmnist3d", (1188, 98, 298), (28, 28, 28))],
)
@pytest.mark.parametrize("mapped", [False, True])
def test_medmnist_is_what_numpy_reads(root, test_data, monkeypatch, name, counts, shape, mapped):
    monkeypatch.setattr(unpack, "IN_MEMORY", 0 if mapped else 10**9)
    with np.load(test_data / "medmnist" / f"{name}.npz", allow_pickle=False) as archive:
        for split, theirs, count in zip(("train", "validation", "test"), ("train", "val", "test"), counts, strict=True):
            data = load(name, split, root=root)
            assert data.images.shape == (count, *shape)
            np.testing.assert_array_equal(data.images, archive[f"{theirs}_images"])
            np.testing.assert_array_equal(data.labels, archive[f"{theirs}_labels"][:, 0])
            assert isinstance(data.images, np.memmap) == mapped
    assert data.kind == ("volume" if name.endswith("3d") else "gray")


def test_the_folder_of_real_files_is_not_written_to(test_data, tmp_path, monkeypatch):
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *names, **options: tmp_path)
    before = sorted(str(path) for path in test_data.rglob("*"))
    load("breastmnist", root=test_data)
    assert sorted(str(path) for path in test_data.rglob("*")) == before


def test_mnists_test_set_needs_no_training_files(root):
    data = load("mnist", "test", root=root)
    assert data.images.shape == (10_000, 28, 28)
    assert np.bincount(data.labels).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert data.labels[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]


@pytest.mark.parametrize("split", ["train", "validation", None])
def test_mnists_missing_training_images_are_asked_for(root, split):
    with pytest.raises(FileNotFoundError, match=r"train-images-idx3-ubyte\.gz is not in the data folder"):
        load("mnist", split, root=root)


def test_mnist_is_what_torchvision_reads(root, test_data, tmp_path):
    from torchvision.datasets.mnist import read_image_file, read_label_file

    raw = tmp_path / "raw"
    raw.mkdir()
    for name in ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"):
        (raw / name).write_bytes(gzip.decompress((test_data / "mnist" / f"{name}.gz").read_bytes()))
    data = load("mnist", "test", root=root)
    np.testing.assert_array_equal(data.images, read_image_file(str(raw / "t10k-images-idx3-ubyte")).numpy())
    np.testing.assert_array_equal(data.labels, read_label_file(str(raw / "t10k-labels-idx1-ubyte")).numpy())


def test_the_reassembled_pneumonia_set_is_not_taken_for_the_official_one(test_data, tmp_path):
    (tmp_path / "pneumoniamnist.npz").symlink_to(test_data / "medmnist" / "pneumoniamnist_reassembled.npz")
    with pytest.raises(ValueError, match="its MD5 is 2f0984ec5d528ad373dba613ac457ad0"):
        load("pneumoniamnist", root=tmp_path)


def test_known_copies_between_training_and_validation_are_found(test_data):
    with np.load(test_data / "medmnist" / "pneumoniamnist_reassembled.npz", allow_pickle=False) as archive:
        parts = [ImageSet(archive[f"{part}_images"]) for part in ("train", "val")]
    assert leakage(*parts).loc[0, "images_in_second"] == 8
    assert sum(len(rows) - 1 for rows in duplicates(parts[0].images)) == 18
