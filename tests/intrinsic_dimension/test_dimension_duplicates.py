import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from course_lib.data import ImageSet
from course_lib.intrinsic_dimension import (
    duplicate_pairs,
    duplicates_among,
    find_duplicates,
    near_duplicates,
    nearest_neighbors,
)


@given(arrays(np.uint8, st.tuples(st.integers(2, 15), st.just(2)), elements=st.integers(0, 2)))
def test_what_is_left_are_the_different_rows_of_numpy(X):
    found = find_duplicates(X)
    _, firsts = np.unique(X, axis=0, return_index=True)
    assert np.flatnonzero(found.first).tolist() == sorted(firsts)
    assert found.n_dropped == len(X) - len(firsts)
    assert all(len(group) > 1 and (X[group] == X[group[0]]).all() for group in found.groups)


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
def test_neighbors_know_the_same_groups(dtype):
    X = np.random.default_rng(0).integers(0, 256, (60, 12)).astype(dtype)
    X[[5, 17, 18, 19, 44]] = X[2]
    X[59] = X[0]
    for found in (find_duplicates(X), duplicates_among(*nearest_neighbors(X, 2))):
        assert [group.tolist() for group in found.groups] == [[0, 59], [2, 5, 17, 18, 19, 44]]
        assert found.n_dropped == 6


def test_a_negative_zero_is_a_zero():
    assert find_duplicates(np.array([[0.0, 1.0], [-0.0, 1.0]])).n_dropped == 1


def test_all_points_equal_leave_one():
    found = find_duplicates(np.ones((9, 3)))
    assert found.first.tolist() == [True] + [False] * 8


def test_nothing_twice_is_no_group():
    found = find_duplicates(np.eye(4))
    assert found.groups == ()
    assert found.n_dropped == 0
    assert found.first.all()


def test_images_are_compared_whole():
    images = np.zeros((3, 4, 4), np.uint8)
    images[1, 3, 3] = 1
    assert [group.tolist() for group in find_duplicates(ImageSet(images)).groups] == [[0, 2]]


def test_masks_are_compared_too():
    assert find_duplicates(np.array([[True], [False], [True]])).first.tolist() == [True, True, False]


def test_rows_that_are_no_numbers_are_refused():
    with pytest.raises(ValueError, match="X: row 1 has values that are NaN or infinite"):
        find_duplicates(np.array([[1.0], [np.nan]]))


def test_near_duplicates_are_those_that_were_made():
    rng = np.random.default_rng(1)
    X = rng.random((600, 8))
    X[500:550] = X[:50] + 1e-4 * rng.normal(size=(50, 8))
    X[550] = X[60]
    near = near_duplicates(nearest_neighbors(X, 2).distances)
    assert np.flatnonzero(near).tolist() == [*range(50), *range(500, 550)]


def test_one_neighbor_is_enough():
    assert near_duplicates([[1.0], [1.0], [0.001], [0.0]]).tolist() == [False, False, True, False]


@pytest.mark.parametrize("relative", [0, 1, -0.1, np.nan])
def test_near_is_a_part_of_the_usual_distance(relative):
    with pytest.raises(ValueError, match="relative: got"):
        near_duplicates([[1.0]], relative)


@pytest.mark.parametrize("distances", [[1.0], np.zeros((0, 3)), np.zeros((3, 0))])
def test_distances_are_a_table(distances):
    with pytest.raises(ValueError, match="distances: got shape"):
        near_duplicates(distances)


def test_indices_belong_to_distances():
    with pytest.raises(ValueError, match=r"indices: got shape \(2, 1\), allowed is that of distances, .*\(3, 1\)"):
        duplicates_among(np.ones((3, 1)), np.ones((2, 1), int))
    for indices in ([[3], [0], [0]], [[-1], [0], [0]], [[0.0], [0.0], [0.0]]):
        with pytest.raises(ValueError, match="indices: allowed are the whole numbers 0 to 2"):
            duplicates_among(np.zeros((3, 1)), indices)


def test_pairs_are_those_that_were_made_and_each_is_told_once():
    rng = np.random.default_rng(0)
    images = rng.integers(1, 255, (50, 8, 8), dtype=np.uint8)
    images[[9, 30]] = images[4]
    images[41] = images[20] + rng.integers(-1, 2, (8, 8), dtype=np.int8).astype(np.uint8)
    pairs = duplicate_pairs(ImageSet(images))
    assert pairs.to_numpy().tolist() == [[4, 9, "exact"], [4, 30, "exact"], [20, 41, "near"]]


def test_pairs_of_points_that_are_all_different_or_all_the_same():
    assert len(duplicate_pairs(np.random.default_rng(0).normal(size=(30, 9)))) == 0
    same = duplicate_pairs(np.zeros((5, 4, 4), np.uint8))
    assert same.to_numpy().tolist() == [[0, other, "exact"] for other in (1, 2, 3, 4)]
    assert list(duplicate_pairs(np.eye(2))) == ["first", "second", "kind"]


def test_how_near_is_near_is_for_the_caller_to_say():
    with pytest.raises(ValueError, match="relative: got 2"):
        duplicate_pairs(np.eye(4), relative=2)
