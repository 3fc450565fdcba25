"""Slices of one patient, and what they do to a dimension."""

import numpy as np
import pytest

from course_lib.intrinsic_dimension import (
    MLE,
    ball,
    masked_dimension,
    nearest_neighbors,
    simulate_slices,
    volume_slices,
)
from course_lib.published import published

GIVEN = published("intrinsic_dimension")["estimates.patients"].value


@pytest.mark.filterwarnings("ignore:X. .* of the points have", "ignore:groups")
def test_the_fewer_the_patients_the_lower_the_dimension_as_was_found():
    found = [MLE().fit(simulate_slices(*shape)[0]).dimension_ for shape in ((2000, 1), (400, 5), (200, 10))]
    assert found == pytest.approx([GIVEN["2000 x 1"], GIVEN["400 x 5"], GIVEN["200 x 10"]], rel=0.06)
    one_each = [MLE().fit(X, groups=who).dimension_ for X, who in (simulate_slices(400, 5), simulate_slices(200, 10))]
    assert one_each == pytest.approx([8.7, 8.5], rel=0.05)


def test_masking_a_patients_own_slices_overshoots():
    images, patients = simulate_slices(400, 5)
    alone = MLE().fit(simulate_slices(400, 1)[0]).dimension_
    assert masked_dimension(images, patients) > 1.1 * alone


def test_masked_neighbors_are_others():
    images, patients = simulate_slices(30, 3, d=3, spread=0.5)
    away = np.linalg.norm(images[:, None] - images[None], axis=-1)
    away[patients[:, None] == patients] = np.inf
    nearest = np.sort(away, axis=1)[:, :7]
    logs = np.log(nearest[:, -1:] / nearest[:, :-1]).sum(axis=1)
    assert masked_dimension(images, patients, k=7) == pytest.approx(6 / logs.mean())


def test_one_slice_each_needs_no_mask():
    images, patients = simulate_slices(300, 1, d=4, spread=0, seed=3)
    assert np.abs(images).max() < 1
    assert masked_dimension(images, patients) == pytest.approx(MLE().fit(images).dimension_)


def test_slices_of_a_patient_lie_along_a_line():
    images, patients = simulate_slices(5, 6, spread=0.1)
    for one in range(5):
        own = images[patients == one]
        assert np.linalg.svd(own - own.mean(axis=0), compute_uv=False)[1] < 1e-12
    assert (nearest_neighbors(images, 1, progress=False).indices[:, 0] // 6 == patients).mean() > 0.9


def test_slices_of_volumes_are_neighbors_from_the_middle():
    volumes = np.arange(2 * 6 * 4 * 3).reshape(2, 6, 4, 3)
    images, patients = volume_slices(volumes, 2)
    np.testing.assert_array_equal(images, [volumes[0, 2], volumes[0, 3], volumes[1, 2], volumes[1, 3]])
    assert patients.tolist() == [0, 0, 1, 1]
    np.testing.assert_array_equal(volume_slices(volumes, 1, axis=2)[0], volumes[:, :, :, 1])
    np.testing.assert_array_equal(volume_slices(volumes, 4, axis=1)[0][:4], np.moveaxis(volumes[0], 1, 0))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: simulate_slices(0, 1), "n_patients: got 0, allowed is a whole number from 1 on"),
        (lambda: simulate_slices(2, 1, spread=-1), "spread: got -1, allowed is a finite number from 0 on"),
        (lambda: volume_slices(np.zeros((2, 3, 4)), 1), r"volumes: got shape \(2, 3, 4\), allowed is"),
        (lambda: volume_slices(np.zeros((2, 3, 4, 5)), 6, axis=2), "per_patient: got 6, allowed are 1 to 5"),
        (lambda: volume_slices(np.zeros((2, 3, 4, 5)), 1, axis=3), "axis: got 3, allowed are 0, 1, 2"),
        (lambda: masked_dimension(np.zeros((4, 2)), [0, 1]), r"patients: got shape \(2,\), allowed is \(4,\)"),
        (lambda: masked_dimension(ball(2, 6), [0, 0, 1, 1, 2, 2], k=5), "k: got 5, allowed are 2 to 4"),
        (lambda: masked_dimension(np.zeros((0, 2)), []), r"X: got shape \(0, 2\), allowed are 2 or more rows"),
        (lambda: masked_dimension(np.ones((60, 3)), np.arange(60)), "X: row 0 is also an image of another patient"),
        (lambda: masked_dimension(np.full((60, 3), np.nan), np.arange(60)), "X: row 0 has values that are NaN"),
    ],
)
def test_what_is_not_allowed_is_said(call, message):
    with pytest.raises(ValueError, match=message):
        call()
