"""Different data sets in one form: gray, one size, one image per patient."""

import numpy as np
import pandas as pd
import pytest

from course_lib.data import ImageSet
from course_lib.intrinsic_dimension.images import konz_preprocess
from course_lib.intrinsic_dimension.one_form import comparable

rng = np.random.default_rng(0)
COLOR = rng.integers(0, 200, (12, 20, 16, 3), np.uint8)


def test_color_images_become_gray_as_the_paper_made_them():
    made = comparable(ImageSet(COLOR), size=8)
    assert made.images.dtype == np.uint8
    np.testing.assert_array_equal(made.images, konz_preprocess(COLOR, 8))


def test_the_middle_slice_stands_for_a_volume():
    volumes = rng.integers(1, 200, (4, 7, 8, 8), np.uint8)
    np.testing.assert_array_equal(comparable(ImageSet(volumes), size=8).images, konz_preprocess(volumes[:, 3], 8))


def test_a_patient_is_there_once_with_what_is_known_of_the_image():
    patients = np.repeat(["a", "b", "c"], 4)
    images = ImageSet(COLOR, np.arange(12) % 2, ("no", "yes"), patients, pd.DataFrame({"row": range(12)}))
    one_each = comparable(images, size=20)
    assert one_each.groups.tolist() == ["a", "b", "c"]
    rows = one_each.covariates["row"].to_numpy()
    np.testing.assert_array_equal(one_each.labels, rows % 2)
    np.testing.assert_array_equal(one_each.images, konz_preprocess(COLOR[rows], 20))
    assert len(comparable(images, one_per_patient=False)) == 12
    drawn = {tuple(comparable(images, seed=seed).covariates["row"]) for seed in range(8)}
    assert len(drawn) > 3


def test_the_seed_alone_decides_which_images_are_drawn():
    images = ImageSet(COLOR, covariates=pd.DataFrame({"row": range(12)}))
    drawn = [comparable(images, 5, seed=seed).covariates["row"].tolist() for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]
    assert drawn[0] == sorted(set(drawn[0])) and len(drawn[0]) == 5


def test_fewer_images_than_asked_for_are_said():
    with pytest.warns(UserWarning, match="n: got 13, but there are only 12 images; all are taken"):
        assert len(comparable(ImageSet(COLOR), 13)) == 12
    with pytest.raises(ValueError, match="n: got 0, allowed is a whole number from 1 on"):
        comparable(ImageSet(COLOR), 0)
