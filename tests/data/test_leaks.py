import numpy as np
import pytest

from course_lib.data import ImageSet, duplicates, leakage, linked_groups


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


def test_patients_who_share_an_image_become_one_through_any_chain():
    groups = np.array([5, 5, 7, 7, 8, 9])
    linked = linked_groups(groups, [(1, 2), (3, 4)])
    assert linked.tolist() == [5, 5, 5, 5, 5, 9]
    assert groups.tolist() == [5, 5, 7, 7, 8, 9]


@pytest.mark.parametrize("pairs", [[], np.empty((0, 2)), [(0, 1)]])
def test_where_nobody_shares_an_image_patients_stay_who_they_are(pairs):
    assert linked_groups(["b", "b", "a"], pairs).tolist() == ["b", "b", "a"]


def test_linked_patients_are_never_on_two_sides():
    rng = np.random.default_rng(0)
    groups, pairs = rng.integers(0, 60, 200), rng.integers(0, 200, (15, 2))
    linked = linked_groups(groups, pairs)
    assert (linked[pairs[:, 0]] == linked[pairs[:, 1]]).all()
    assert all(len(set(linked[groups == group])) == 1 for group in set(groups))


@pytest.mark.parametrize("pairs", [[(0, 3)], [(-1, 0)], [0, 1], [(0, 1, 2)]])
def test_pairs_must_name_rows_that_are_there(pairs):
    with pytest.raises(ValueError, match=r"pairs: got shape .*, allowed is \(P, 2\), of rows from 0 to 2"):
        linked_groups(["a", "b", "c"], pairs)
