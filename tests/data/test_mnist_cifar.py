"""MNIST and CIFAR-10 on small files made here."""

import gzip
import io
import struct
import tarfile

import numpy as np
import pytest

from course_lib.data import files, load, mnist_cifar, registry


def idx(array):
    return gzip.compress(struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes())


@pytest.fixture
def unverified(monkeypatch):
    monkeypatch.setattr(files, "verify", lambda file, path, root: None)


@pytest.fixture
def mnist(tmp_path, unverified):
    rng = np.random.default_rng(0)
    for name, n in (("train", 120), ("t10k", 20)):
        (tmp_path / f"{name}-images-idx3-ubyte.gz").write_bytes(idx(rng.integers(0, 256, (n, 28, 28), dtype=np.uint8)))
        (tmp_path / f"{name}-labels-idx1-ubyte.gz").write_bytes(idx(np.arange(n, dtype=np.uint8) % 10))
    return tmp_path


def test_mnists_validation_set_is_a_stratified_sixth_of_the_training_images(mnist):
    train, validation, test = (load("mnist", split, root=mnist) for split in ("train", "validation", "test"))
    assert (len(train), len(validation), len(test)) == (100, 20, 20)
    assert np.bincount(validation.labels).tolist() == [2] * 10
    whole = load("mnist", root=mnist)
    assert len(whole) == 140
    np.testing.assert_array_equal(whole[whole.extras["split"] == "validation"].images, validation.images)
    np.testing.assert_array_equal(whole[120:].images, test.images)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"not gzip", "not a gzip file"),
        (idx(np.zeros((3, 2, 2), np.uint8))[:-9], "not a gzip file, or cut short"),
        (gzip.compress(b"\x00\x00\x09\x01"), "not an idx file of bytes"),
        (gzip.compress(struct.pack(">HBBI", 0, 8, 1, 5) + b"abc"), "3 bytes came, 5 are needed"),
    ],
    ids=["no gzip", "cut short", "not bytes", "too few"],  # compressed bytes hold the time: workers would not agree
)
def test_a_damaged_idx_file_is_named(tmp_path, content, message):
    (tmp_path / "file.gz").write_bytes(content)
    with pytest.raises(ValueError, match=rf"file\.gz: {message}"):
        mnist_cifar.read_idx(tmp_path / "file.gz")


def cifar_archive(path, members):
    with tarfile.open(path, "w:gz") as archive:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))


def records(n, seed=0):
    rng = np.random.default_rng(seed)
    labels, images = rng.integers(0, 10, n), rng.integers(0, 256, (n, 32, 32, 3), dtype=np.uint8)
    planes = images.transpose(0, 3, 1, 2).reshape(n, -1)
    return np.hstack([labels[:, None].astype(np.uint8), planes]).tobytes(), labels, images


def test_cifars_records_become_color_images_in_the_batches_order(tmp_path):
    made = [records(2, seed) for seed in range(6)]
    members = {
        f"cifar-10-batches-bin/{name}": part[0] for name, part in zip(mnist_cifar.CIFAR10_MEMBERS, made, strict=True)
    }
    cifar_archive(tmp_path / "c.tar.gz", dict(reversed(members.items())))
    found = list(mnist_cifar.batches(tmp_path / "c.tar.gz"))
    assert [batch[:, 0].tolist() for batch in found] == [part[1].tolist() for part in made]


def unpacked_again(path):
    raise AssertionError
    yield


def test_cifar_is_unpacked_once_and_memory_mapped(tmp_path, unverified, monkeypatch):
    content, labels, images = records(10_000)
    members = {f"cifar-10-batches-bin/{name}": content for name in mnist_cifar.CIFAR10_MEMBERS}
    monkeypatch.setattr(
        mnist_cifar,
        "batches",
        lambda path: iter(np.frombuffer(c, np.uint8).reshape(-1, mnist_cifar.RECORD) for c in members.values()),
    )
    (tmp_path / mnist_cifar.CIFAR10_FILE.name).write_bytes(b"")
    test = load("cifar10", "test", root=tmp_path)
    assert test.kind == "color" and isinstance(test.images, np.memmap)
    np.testing.assert_array_equal(test.images, images)
    np.testing.assert_array_equal(test.labels, labels)
    monkeypatch.setattr(mnist_cifar, "batches", unpacked_again)
    assert [len(load("cifar10", split, root=tmp_path)) for split in ("train", "validation")] == [45_000, 5_000]


@pytest.mark.parametrize("name", ["../evil", "/etc/evil", "cifar-10-batches-bin/../../evil", "other/file"])
def test_an_archive_with_a_member_outside_its_folder_is_refused_and_nothing_is_written(tmp_path, name):
    cifar_archive(tmp_path / "c.tar.gz", {name: b"x"})
    with pytest.raises(ValueError, match="does not belong into this archive"):
        list(mnist_cifar.batches(tmp_path / "c.tar.gz"))
    assert [path.name for path in tmp_path.iterdir()] == ["c.tar.gz"]


def test_an_archive_with_a_link_is_refused(tmp_path):
    with tarfile.open(tmp_path / "c.tar.gz", "w:gz") as archive:
        link = tarfile.TarInfo("cifar-10-batches-bin/test_batch.bin")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    with pytest.raises(ValueError, match="does not belong"):
        list(mnist_cifar.batches(tmp_path / "c.tar.gz"))


def test_an_archive_without_a_batch_is_refused(tmp_path):
    cifar_archive(tmp_path / "c.tar.gz", {"cifar-10-batches-bin/data_batch_1.bin": b"x" * 10})
    with pytest.raises(ValueError, match=r"data_batch_1\.bin is missing or not made of records of 3,073 bytes"):
        list(mnist_cifar.batches(tmp_path / "c.tar.gz"))


def test_the_checksums_are_torchvisions():
    from torchvision.datasets import MNIST

    assert dict(MNIST.resources) == mnist_cifar.MNIST_MD5
    assert registry.sources()["cifar10"].files(32)[0].md5 == "c32a1d4ab5d03f1284b67883e8d87530"
