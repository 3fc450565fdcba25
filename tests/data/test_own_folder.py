"""Somebody's folder: what is in it, whose it is, and what cannot be used."""

import sys

import numpy as np
import pytest
from PIL import Image

from course_lib.data import FolderProblem, open_folder


def write(path, *, size=(20, 20), color=False, seed=0, dtype=np.uint8):
    path.parent.mkdir(parents=True, exist_ok=True)
    values = np.random.default_rng(seed).integers(0, np.iinfo(dtype).max, (*size, 3) if color else size, dtype=dtype)
    Image.fromarray(values).save(path)
    return values


def fill(folder, names, **about):
    return [write(folder / name, seed=seed, **about) for seed, name in enumerate(names)]


def opened(folder, patient="", **about):
    return open_folder(folder, patient=patient, **{"least": 1, "progress": False, "size": 20} | about)


def test_subfolders_are_classes_and_the_pattern_tells_the_patient(tmp_path):
    fill(tmp_path, ["b/anna_1.png", "a/anna_2.png", "a/ben_1.png"], color=True)
    found = opened(tmp_path, r"([a-z]+)_\d")
    assert found.images.class_names == ("a", "b") and found.images.labels.tolist() == [0, 0, 1]
    assert found.images.groups.tolist() == ["anna", "ben", "anna"]
    assert found.files["file"].tolist() == found.images.extras["file"].tolist()
    assert found.left_out == {} and found.remarks == ()


def test_without_a_group_in_the_pattern_all_that_it_matches_is_the_patient(tmp_path):
    fill(tmp_path, ["p1_a.png", "p1_b.png", "q7_a.png"])
    found = opened(tmp_path, r"p\d")
    assert found.images.groups.tolist() == ["p1", "p1", "q7_a.png"]
    assert found.remarks[0] == "1 files name no patient; each of them counts as a patient of its own."


def test_a_pattern_that_never_matches_leaves_no_patients_and_says_so(tmp_path):
    fill(tmp_path, ["x.png", "y.png"])
    found = opened(tmp_path, "patient")
    assert found.images.groups is None and found.images.labels is None
    assert "Nothing tells whose an image is" in found.remarks[0] and "no classes" in found.remarks[1]


def test_pixels_come_as_they_are_where_the_size_is_right_and_are_resized_elsewhere(tmp_path):
    first = write(tmp_path / "x.png")
    write(tmp_path / "y.png", size=(10, 40), seed=5)
    found = opened(tmp_path)
    assert (found.images.images[0] == first).all() and found.images.images.shape == (2, 20, 20)
    assert found.files[["height", "width"]].to_numpy().tolist() == [[20, 20], [10, 40]]


def test_what_cannot_be_used_is_named_with_its_reason(tmp_path):
    import nibabel

    fill(tmp_path, ["a/1.png", "a/2.png", "b/1.png", "stray.png"])
    (tmp_path / "a" / "broken.png").write_bytes((tmp_path / "a" / "1.png").read_bytes()[:200])
    nibabel.save(nibabel.Nifti1Image(np.arange(24.0).reshape(2, 3, 4), np.eye(4)), tmp_path / "b" / "brain.nii.gz")
    (tmp_path / "notes.txt").write_text("not an image")
    found = opened(tmp_path)
    assert len(found.images) == 3
    assert found.left_out["stray.png"] == "it lies in no subfolder, and so in no class"
    assert found.left_out["a/broken.png"].startswith("not readable as an image")
    assert "volume of 4 planes" in found.left_out["b/brain.nii.gz"]
    assert not any(str(tmp_path) in reason for reason in found.left_out.values())


def test_one_subfolder_and_many_loose_files_are_no_classes(tmp_path):
    fill(tmp_path, ["1.png", "2.png", "3.png", "old/4.png"])
    found = opened(tmp_path)
    assert len(found.images) == 4 and found.images.labels is None and found.left_out == {}


def test_a_subfolder_for_each_patient_is_no_class(tmp_path):
    fill(tmp_path, [f"patient{number}/{view}.png" for number in range(4) for view in "ab"])
    found = opened(tmp_path, r"patient\d")
    assert found.images.labels is None and len(np.unique(found.images.groups)) == 4
    assert "taken for patients, not classes" in found.remarks[0]


def test_gray_and_color_become_color_and_16_bits_become_8(tmp_path):
    deep = write(tmp_path / "deep.png", dtype=np.uint16)
    write(tmp_path / "red.png", color=True)
    found = opened(tmp_path)
    assert found.images.images.shape == (2, 20, 20, 3) and found.images.images.dtype == np.uint8
    assert (found.images.images[0, ..., 1] == np.rint(deep / 65535 * 255)).all()
    assert found.remarks[-1] == "1 of 2 images are gray; they were given three equal channels."


def test_the_card_says_what_is_simulated(tmp_path):
    fill(tmp_path, ["1.png"])
    assert opened(tmp_path, simulated=True).images.card.simulated
    assert not opened(tmp_path).images.card.simulated


@pytest.mark.parametrize(
    ("arrange", "about", "message"),
    [
        (lambda folder: None, {}, "path: no image in"),
        (lambda folder: fill(folder, ["1.png", "2.png"]), {"least": 3}, "FOLDER: 2 images of .* can be used, 3 are"),
        (lambda folder: fill(folder, ["1.png"]), {"patient": "("}, r"PATIENT: '\(' is no regular expression"),
        (lambda folder: (folder / "1.png").write_bytes(b"text"), {}, "FOLDER: 0 images"),
    ],
)
def test_a_folder_of_no_use_is_refused_in_one_sentence(tmp_path, arrange, about, message):
    arrange(tmp_path)
    with pytest.raises(FolderProblem, match=message) as refusal:
        opened(tmp_path, **about)
    assert refusal.value._render_traceback_() == [str(refusal.value)] and "\n" not in str(refusal.value)


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(FolderProblem, match="is not a folder"):
        opened(tmp_path / "nowhere")


def test_dicom_without_its_reader_is_refused(tmp_path, monkeypatch):
    (tmp_path / "1.dcm").write_bytes(b"")
    monkeypatch.setitem(sys.modules, "pydicom", None)
    with pytest.raises(FolderProblem, match="pip install pydicom"):
        opened(tmp_path)
