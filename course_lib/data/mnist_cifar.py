"""MNIST and CIFAR-10, read from their original binary files."""

from __future__ import annotations

import math
import tarfile
import zlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np

from course_lib.data.bounded import read_bytes
from course_lib.data.card import DatasetCard
from course_lib.data.files import RemoteFile, unpacked_folder
from course_lib.data.imageset import ImageSet
from course_lib.data.source import Find, Source, choose
from course_lib.data.unpack import assemble

MNIST_MD5 = {
    "train-images-idx3-ubyte.gz": "f68b3c2dcbeaaa9fbdd348bbdeb94873",
    "train-labels-idx1-ubyte.gz": "d53e105ee54ea40749a09fcbcd1e9432",
    "t10k-images-idx3-ubyte.gz": "9fb629c4189551a2d022fa330f9573f3",
    "t10k-labels-idx1-ubyte.gz": "ec29112dd5afa0611ce80d1b7f02629c",
}
MNIST = DatasetCard(
    name="mnist",
    source="LeCun, Cortes and Burges, from NIST's Special Databases 1 and 3; http://yann.lecun.com/exdb/mnist",
    license="CC BY-SA 3.0",
    citation="LeCun, Y., Bottou, L., Bengio, Y. and Haffner, P. (1998). Gradient-based learning applied to document "
    "recognition. Proceedings of the IEEE 86(11), 2278-2324.",
    simulated=False,
    description="70,000 handwritten digits, 28×28. The test set is the official one; of the 60,000 official training "
    "images, a sixth (10,000, stratified, seed 0) is the validation set here.",
)
CIFAR10_FILE = RemoteFile(
    dataset="cifar10",
    folder="cifar10",
    name="cifar-10-binary.tar.gz",
    url="https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
    md5="c32a1d4ab5d03f1284b67883e8d87530",
)
CIFAR10 = DatasetCard(
    name="cifar10",
    source="Krizhevsky, Nair and Hinton, https://www.cs.toronto.edu/~kriz/cifar.html",
    license="none stated; used in research and teaching, with citation",
    citation="Krizhevsky, A. (2009). Learning multiple layers of features from tiny images. University of Toronto.",
    simulated=False,
    description="60,000 color photographs, 32×32. The test set is the official one; of the 50,000 official training "
    "images, a tenth (5,000, stratified, seed 0) is the validation set here.",
)
CIFAR10_CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
CIFAR10_MEMBERS = (*(f"data_batch_{number}.bin" for number in range(1, 6)), "test_batch.bin")
BATCH = 10_000  # images in each file
RECORD = 1 + 3 * 32 * 32  # bytes: the class, then the red, the green and the blue plane


def sources() -> dict[str, Source]:
    """The sources of both."""
    mnist_files = tuple(
        RemoteFile("mnist", "mnist", name, f"https://ossci-datasets.s3.amazonaws.com/mnist/{name}", md5)
        for name, md5 in MNIST_MD5.items()
    )
    return {
        "mnist": Source(
            MNIST, 70_000, (28,), "multi-class", 10, lambda size: mnist_files, partial(_mnist, mnist_files)
        ),
        "cifar10": Source(CIFAR10, 60_000, (32,), "multi-class", 10, lambda size: (CIFAR10_FILE,), _cifar10),
    }


def _mnist(files: tuple[RemoteFile, ...], size: int, split: str | None, find: Find, root: Path) -> ImageSet:
    wanted = {"test": files[2:], None: files}.get(split, files[:2])  # the test set needs no training files
    arrays = [read_idx(find(file)) for file in wanted]
    images, labels = np.concatenate(arrays[::2]), np.concatenate(arrays[1::2]).astype(np.int64)
    n_test = 0 if wanted == files[:2] else len(arrays[-1])
    parts = _parts(labels[: len(labels) - n_test], n_test, validation=1 / 6)
    return choose(ImageSet(images, labels, tuple("0123456789"), card=MNIST, extras={"split": parts}), split)


def _parts(training_labels: np.ndarray, n_test: int, validation: float) -> np.ndarray:
    """The name of each image's split: the official training set, cut in two, then the test set."""
    parts = np.full(len(training_labels) + n_test, "test", dtype="<U10")
    parts[: len(training_labels)] = "train"
    if len(training_labels):
        from course_lib.data.splitting import split_indices

        parts[split_indices(len(training_labels), (1 - validation, validation), training_labels)[1]] = "validation"
    return parts


def read_idx(path: Path) -> np.ndarray:
    """A gzipped idx file of bytes: two zeros, the type (8), the number of axes, their lengths, the data.

    Raises
    ------
    ValueError
        If it is not such a file, or not as long as it says.
    """
    content = read_bytes(path)
    if len(content) < 4 or content[:3] != b"\x00\x00\x08" or len(content) < 4 + 4 * content[3]:
        raise ValueError(f"{path}: not an idx file of bytes")
    shape = np.frombuffer(content, ">u4", count=content[3], offset=4).tolist()
    start = 4 + 4 * len(shape)
    if len(content) - start != math.prod(shape):
        raise ValueError(f"{path}: {len(content) - start:,} bytes came, {math.prod(shape):,} are needed")
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)


def _cifar10(size: int, split: str | None, find: Find, root: Path) -> ImageSet:
    path, folder = find(CIFAR10_FILE), unpacked_folder(CIFAR10_FILE, root)
    chunks = (batch.tobytes() for batch in batches(path))
    records = assemble(folder / "records.npy", (60_000, RECORD), np.dtype(np.uint8), chunks)
    images = records[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)  # (N, 32, 32, 3), still memory-mapped
    labels = records[:, 0].astype(np.int64)
    parts = _parts(labels[:50_000], 10_000, validation=1 / 10)
    return choose(ImageSet(images, labels, CIFAR10_CLASSES, card=CIFAR10, extras={"split": parts}), split)


def batches(path: Path) -> Iterator[np.ndarray]:
    """The six batches as (n, 3073) bytes, in order, read inside the archive: nothing is extracted to the disk.

    Raises
    ------
    ValueError
        If it is no such archive, or damaged, or a member lies outside its folder, is a link, or has not the length of
        whole records, ten thousand at most.
    """
    try:
        yield from _batches(path)
    except (OSError, EOFError, tarfile.TarError, zlib.error) as problem:
        raise ValueError(f"{path}: not readable as a .tar.gz ({problem})") from problem


def _batches(path: Path) -> Iterator[np.ndarray]:
    with tarfile.open(path, "r:gz") as archive:
        members = {}
        for member in archive:  # one by one: a member of terabytes is refused before the next one is looked for
            strange = not member.name.startswith("cifar-10-batches-bin") or ".." in Path(member.name).parts
            if strange or not (member.isreg() or member.isdir()) or member.size > BATCH * RECORD:
                raise ValueError(f"{path}: the member {member.name!r} does not belong into this archive")
            members[member.name] = member
        for name in CIFAR10_MEMBERS:
            member = members.get(f"cifar-10-batches-bin/{name}")
            if member is None or not member.isreg() or member.size % RECORD:
                raise ValueError(f"{path}: {name} is missing or not made of records of {RECORD:,} bytes")
            yield np.frombuffer(archive.extractfile(member).read(), np.uint8).reshape(-1, RECORD)
