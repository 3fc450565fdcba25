"""Every loader, given broken files: well-formed data, or an error that names the file or the argument."""

import gzip
import tempfile
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from allowed_answers import REFUSED, answer, cases
from broken_files import DTYPES, MODES, broken_header, cifar, damaged, idx, nifti, npz, picture, put, with_npy
from hypothesis import given
from hypothesis import strategies as st
from odd_values import NUMBERS, arrays

from course_lib.data import ImageSet, from_folder, load
from course_lib.data.mnist_cifar import CIFAR10_MEMBERS, RECORD, batches, read_idx
from course_lib.data.unpack import joined, npz_member

ERRORS = (ValueError, FileNotFoundError)
TABLE = "file,label,who\na.png,x,1\nb.png,y,2\n"
LINES = st.sampled_from(
    (
        TABLE,
        "file;label\na.png;x\n",
        "file,label\n",
        "",
        "file,label\na.png\n",
        'file,label\n"a.png,x\n',
        "\ufeff" + TABLE,
    )
)
ENCODINGS = st.sampled_from(("utf-8", "utf-16", "latin-1", "utf-8-sig"))


@contextmanager
def folder():
    """A new one for every case: pytest's own would be shared by all cases of a test."""
    with tempfile.TemporaryDirectory() as place:
        yield Path(place)


def check_images(data) -> None:
    assert data is REFUSED or data.images.dtype == np.uint8 or np.isfinite(data.images).all()


def frame(**columns) -> pd.DataFrame | None:
    """A table, or None where pandas itself makes none of such columns."""
    try:
        return pd.DataFrame(columns)
    except (ValueError, TypeError):
        return None


def generator(data) -> np.random.Generator:
    return np.random.default_rng(data.draw(st.integers(0, 99)))


@pytest.mark.parametrize("name", ["b.png", "b.jpg", "b.nii", "b.nii.gz", "b.dcm"])
@cases(14)
@given(data=st.data())
def test_a_folder_with_a_broken_image_is_read_or_the_file_is_named(name, data):
    rng, harm = generator(data), data.draw(damaged())
    with folder() as place:
        if name.endswith((".png", ".jpg")):
            kind = "JPEG" if name.endswith("jpg") else "PNG"
            content = harm(picture(rng, data.draw(st.sampled_from(MODES)), kind))
        elif name.endswith(".dcm"):
            content = harm(dicom())
        else:
            shape = data.draw(st.sampled_from(((5, 6, 7), (5, 6), (1, 6, 7), (5, 6, 7, 2), (5, 6, 7, 1))))
            content = data.draw(st.one_of(broken_header(), damaged()))(
                nifti(rng, shape, data.draw(st.sampled_from(DTYPES)))
            )
            content = harm(gzip.compress(content)) if name.endswith(".gz") else harm(content)
        put(place / name, content)
        size = data.draw(st.sampled_from((None, 4, (4, 3), *NUMBERS)))
        check_images(answer(lambda: from_folder(place, size=size), (name, "size", "path"), ERRORS))


def dicom() -> bytes:
    from pydicom.data import get_testdata_file

    return Path(get_testdata_file("CT_small.dcm", download=False)).read_bytes()


@cases(40)
@given(text=LINES, encoding=ENCODINGS, harm=damaged(), groups=st.sampled_from((None, "who", "file", "label", "x")))
def test_labels_in_a_broken_table_are_read_or_the_table_is_named(text, encoding, harm, groups):
    rng = np.random.default_rng(0)
    with folder() as place:
        for name in ("a.png", "b.png"):
            put(place / name, picture(rng))
        table = put(place / "labels.csv", harm(text.encode(encoding, "replace")))
        names = ("labels", "groups", "labels.csv")
        check_images(answer(lambda: from_folder(place, table, groups=groups), names, ERRORS))
        put(place / "labels.csv.gz", harm(gzip.compress(text.encode(encoding, "replace"))))
        check_images(answer(lambda: from_folder(place, place / "labels.csv.gz"), names, ERRORS))


@cases(30)
@given(data=st.data())
def test_labels_of_odd_kinds_are_taken_or_named(data):
    rng = generator(data)
    with folder() as place:
        for name in ("a.png", "b.png"):
            put(place / name, picture(rng))
        table = frame(file=["a.png", "b.png"], label=data.draw(arrays(2)))
        odd = data.draw(st.sampled_from((table, table, {"a.png": 1}, {}, 3, "folders", "x.csv", [], np.zeros(2))))
        names = ("labels", "groups", "class_names", "covariates")
        check_images(answer(lambda: from_folder(place, odd), names, ERRORS))


@cases(40)
@given(data=st.data())
def test_arrays_in_a_broken_archive_are_read_or_the_archive_is_named(data):
    rng, harm = generator(data), data.draw(damaged())
    changed = data.draw(
        st.sampled_from(
            (
                {},
                {"train_images": None},
                {"train_images": np.array([{"code": 1}], object)},
                {"val_images": rng.random((2, 28, 28))},
                {"test_images": rng.integers(0, 9, (2, 27, 28), np.uint8)},
                {"val_images": np.asfortranarray(rng.integers(0, 9, (2, 28, 28), np.uint8))},
                {"train_images": np.array(3, np.uint8)},
                {"train_images": np.zeros((0, 28, 28), np.uint8)},
            )
        )
    )
    with folder() as place:
        path = put(place / "set.npz", harm(npz(rng, **changed)))
        names = [f"{part}_images" for part in ("train", "val", "test")]
        read = lambda: joined([npz_member(path, name) for name in names], place / "unpacked")  # noqa: E731
        images = answer(read, (str(path), *names), ERRORS)
        assert images is REFUSED or images.dtype in (np.uint8, float)
        check_images(answer(lambda: load("breastmnist", root=place), ("breastmnist.npz",), ERRORS))
        put(place / "breastmnist.npz", path.read_bytes())
        assert answer(lambda: load("breastmnist", root=place), ("breastmnist.npz",), ERRORS) is REFUSED


@cases(20)
@given(
    text=st.one_of(
        st.binary(max_size=60),
        st.sampled_from(
            (
                b"{'descr': '|u1', 'fortran_order': False, 'shape': (-1, 4)}",
                b"{'descr': '|u1', 'fortran_order': False, 'shape': (4611686018427387904, 4)}",
                b"{'descr': '|O', 'fortran_order': False, 'shape': (4,)}",
                b"{'descr': [('a', '|O')], 'fortran_order': False, 'shape': (4,)}",
                b"{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3)}",
                b"{'descr': '|V0', 'fortran_order': False, 'shape': (2, 3)}",
                b"__import__('os').getcwd()",
                b"{" * 50,
            )
        ),
    )
)
def test_the_header_of_an_array_may_say_anything(text):
    with folder() as place:
        path = put(place / "set.npz", with_npy("images", np.zeros((2, 2), np.uint8), text))
        answer(lambda: joined([npz_member(path, "images")], place), (str(path), "images"), ERRORS)


@cases(30)
@given(data=st.data())
def test_digits_in_a_broken_file_are_read_or_the_file_is_named(data):
    rng, harm = generator(data), data.draw(damaged())
    declared = data.draw(st.sampled_from((None, (3, 28, 27), (2**32 - 1,) * 3, (0, 28, 28), (2**31, 0, 1))))
    with folder() as place:
        path = put(place / "train-images-idx3-ubyte.gz", harm(idx(rng, declared=declared)))
        images = answer(lambda: read_idx(path), (str(path),), ERRORS)
        assert images is REFUSED or images.dtype == np.uint8
        assert answer(lambda: load("mnist", "train", root=place), (path.name,), ERRORS) is REFUSED


TRAVERSAL = ("../outside.bin", "cifar-10-batches-bin/../../outside.bin", "/etc/outside.bin")


@cases(30)
@given(data=st.data())
def test_photographs_in_a_broken_archive_are_read_or_it_is_named_and_nothing_is_written_outside(data):
    rng, harm = generator(data), data.draw(damaged())
    sizes = data.draw(st.lists(st.sampled_from((0, RECORD, 2 * RECORD, RECORD - 1)), min_size=6, max_size=6))
    members = {
        f"cifar-10-batches-bin/{name}": rng.bytes(size) for name, size in zip(CIFAR10_MEMBERS, sizes, strict=True)
    }
    members |= data.draw(st.sampled_from(({}, {}, *({name: b"x"} for name in TRAVERSAL))))
    links = data.draw(st.sampled_from(({}, {}, {"cifar-10-batches-bin/link": "/etc/passwd"})))
    with folder() as place:
        path = put(place / "in" / "cifar-10-binary.tar.gz", harm(cifar(members, links)))
        found = answer(lambda: list(batches(path)), (str(path),), ERRORS)
        assert found is REFUSED or (len(found) == 6 and not links and all(one.shape[1] == RECORD for one in found))
        assert sorted(one.name for one in place.rglob("*")) == ["cifar-10-binary.tar.gz", "in"]


@cases(60)
@given(data=st.data())
def test_a_set_of_odd_arrays_is_made_or_the_field_is_named(data):
    n = data.draw(st.sampled_from((1, 2, 5)))
    images = data.draw(st.one_of(arrays(n), st.just(np.zeros((n, 4, 4), np.uint8))))
    labels, groups, extra = (data.draw(st.one_of(st.none(), arrays(n))) for _ in range(3))
    names = data.draw(st.sampled_from(((), ("a", "b"), ("a", "a"), "ab", range(4))))
    make = lambda: ImageSet(images, labels, names, groups, extras={} if extra is None else {"it": extra})  # noqa: E731
    whole = answer(make, ("images", "labels", "class_names", "groups", "extras"), ERRORS)
    if whole is not REFUSED:
        check_images(whole)
        assert repr(whole) and len(whole) == len(whole.images) and sum(whole.class_counts().values()) >= 0
        answer(lambda: whole.split((0.5, 0.5)), ("fractions", "groups"), ERRORS)
        tensors = answer(whole.tensors, ("images", "labels"), ERRORS)
        assert len(tensors[0]) == len(whole)


def test_a_class_of_two_to_the_thirty_first_is_refused_before_anything_is_counted():
    for largest in (2**31 - 1, 2**31, 2**63 - 1):
        with pytest.raises(ValueError, match=r"labels: the class \d+ came"):
            ImageSet(np.zeros((2, 4, 4), np.uint8), np.array([0, largest]))


def test_whatever_is_broken_the_folder_of_the_data_stays_as_it_was(tmp_path):
    put(tmp_path / "set.npz", npz(np.random.default_rng(0))[:-30])
    before = sorted(path.name for path in tmp_path.rglob("*"))
    for call in (lambda: from_folder(tmp_path), lambda: npz_member(tmp_path / "set.npz", "train_images")):
        with pytest.raises(ERRORS):
            call()
    assert sorted(path.name for path in tmp_path.rglob("*")) == before
