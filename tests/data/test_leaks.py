import numpy as np
import pytest

from course_lib.data import ImageSet, duplicates, leakage


def test_copies_and_shared_patients_are_counted_on_both_sides():
    images = np.arange(4 * 6, dtype=np.uint8).reshape(4, 2, 3)
    train = ImageSet(images, groups=["a", "b", "c", "d"])
    test = ImageSet(images[[0, 0, 0]] + np.array([0, 0, 1], np.uint8)[:, None, None], groups=["x", "d", "a"])
    found = leakage(train, test, names=("train", "test"))
    assert found.to_dict("records") == [
        {"first": "train", "second": "test", "groups": 2, "images_in_first": 1, "images_in_second": 2}
    ]


def test_three_parts_give_three_pairs_and_too_few_names_are_refused():
    one = ImageSet(np.zeros((1, 2, 2), np.uint8))
    assert leakage(one, one, one)["images_in_first"].tolist() == [1, 1, 1]
    with pytest.raises(ValueError, match="names: 3 names for 4 sets"):
        leakage(one, one, one, one)


def test_nothing_is_the_same_in_an_empty_set():
    assert duplicates(np.zeros((0, 2, 2), np.uint8)) == []
