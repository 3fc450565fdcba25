"""Real images: how many dimensions they seem to have, and the twins, duplicates and slices among them."""

import numpy as np
import pytest

from course_lib.intrinsic_dimension.estimators import MLE, TwoNN
from course_lib.intrinsic_dimension.images import konz_preprocess
from course_lib.intrinsic_dimension.neighbors import nearest_neighbors


@pytest.fixture(scope="module")
def breast(test_data):
    """All 780 ultrasound images, the three parts together."""
    with np.load(test_data / "medmnist" / "breastmnist.npz") as parts:
        return np.concatenate([parts[f"{part}_images"] for part in ("train", "val", "test")])


def test_radiographs_of_621_patients_have_about_twelve_dimensions_at_either_size(test_data):
    with np.load(test_data / "nih_cxr14" / "nih_starter_621_128px.npz", allow_pickle=False) as starter:
        images = starter["images"]
    small, large = MLE().fit(images), MLE().fit(konz_preprocess(images))
    assert (small.n_used_, small.n_duplicates_) == (621, 0)
    for found in (small, large):
        assert 10 < found.interval_[0] < found.dimension_ < found.interval_[1] < 14


@pytest.mark.filterwarnings("ignore:X. 1 exact duplicate was dropped", "ignore:X. 2.* three times nearer")
def test_twins_among_breast_ultrasound_images_make_two_neighbors_tell_one_dimension(breast):
    with pytest.warns(UserWarning, match="have one neighbor three times nearer than the next"):
        many = MLE().fit(breast)
    assert (many.n_duplicates_, many.n_used_) == (1, 779)
    few = TwoNN().fit(breast)
    assert few.dimension_ < 2 < 6 < many.dimension_
    distances, indices = nearest_neighbors(breast, 1)
    twin = (distances[:, 0] < 400) & (indices[:, 0] < np.arange(len(breast)))
    assert TwoNN().fit(breast[~twin]).dimension_ > 3 * few.dimension_


@pytest.mark.filterwarnings("ignore:X. 29 exact duplicates were dropped", "ignore:.*three times nearer")
def test_duplicates_among_pneumonia_radiographs_are_counted(test_data):
    with np.load(test_data / "medmnist" / "pneumoniamnist_reassembled.npz") as parts:
        images = np.concatenate([parts[f"{part}_images"] for part in ("train", "val", "test")])
    found = MLE().fit(images)
    assert found.n_duplicates_ == len(images) - len(np.unique(images.reshape(len(images), -1), axis=0))
    assert 12 < found.dimension_ < 20


@pytest.mark.filterwarnings("ignore:X. .* exact duplicates were dropped", "ignore:.*three times nearer")
def test_slices_of_adrenal_glands_are_those_of_fewer_patients(test_data):
    with np.load(test_data / "medmnist" / "adrenalmnist3d.npz") as parts:
        slices = parts["train_images"][:300, 8:20:2]  # (300, 6, 28, 28)
    images, patients = slices.reshape(-1, 28, 28), np.repeat(np.arange(300), 6)
    with pytest.warns(UserWarning, match="images are of only 300 patients"):
        found = MLE().fit(images, groups=patients)
    assert found.n_used_ == 300 and found.interval_[0] < found.dimension_ < found.interval_[1]
    assert found.draws_.std() > 0
