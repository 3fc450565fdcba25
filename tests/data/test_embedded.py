import subprocess
import sys

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits, load_sample_images
from torch.nn.functional import adaptive_avg_pool2d

from course_lib.data import leakage, load


def test_digits_are_scikit_learns_spread_over_all_of_uint8():
    data, original = load("digits"), load_digits()
    assert data.images.dtype == np.uint8
    np.testing.assert_allclose(data.images / 255 * 16, original.images, atol=0.5 / 255 * 16)
    np.testing.assert_array_equal(data.labels, original.target)


@pytest.mark.parametrize("size", [8, 16, 28, 32])
def test_digits_come_larger_too_and_still_look_like_themselves(size):
    small, large = load("digits").images[:50] / 255, load("digits", size=size).images[:50] / 255
    assert large.shape == (50, size, size)
    for before, after in zip(small, large, strict=True):
        again = adaptive_avg_pool2d(torch.from_numpy(after)[None], 8).numpy()
        assert np.corrcoef(before.ravel(), again.ravel())[0, 1] > 0.95


def test_the_three_parts_of_digits_are_everything_once_and_stratified():
    parts = [load("digits", split) for split in ("train", "validation", "test")]
    assert [len(part) for part in parts] == [1258, 270, 269]
    assert sum(part.images.sum() for part in parts) == load("digits").images.sum()
    assert all(abs(np.bincount(part.labels) / len(part) - 0.1).max() < 0.01 for part in parts)


@pytest.mark.parametrize(("size", "count"), [(32, 520), (64, 120)])
def test_natural_patches_are_pieces_of_the_photographs_and_do_not_overlap(size, count):
    data = load("natural-patches", size=size)
    assert data.images.shape == (count, size, size, 3)
    china, flower = load_sample_images().images
    for label, photograph in enumerate((china, flower)):
        covered = sum(patch.sum(dtype=int) for patch in data.images[data.labels == label])
        height, width = 427 // size * size, 640 // size * size
        assert covered == photograph[:height, :width].sum(dtype=int)


def test_no_block_of_a_photograph_is_on_two_sides():
    parts = [load("natural-patches", split) for split in ("train", "validation", "test")]
    assert (leakage(*parts)[["groups", "images_in_first", "images_in_second"]] == 0).all(axis=None)
    assert all(set(part.labels) == {0, 1} for part in parts)
    assert sum(len(part) for part in parts) == 520


def test_both_say_where_they_come_from_and_that_they_are_not_simulated():
    for name in ("digits", "natural-patches"):
        card = load(name).card
        assert card.name == name and card.license.startswith("CC BY") and not card.simulated
        assert "no official split" in card.description


def test_importing_the_room_loads_nothing_heavy():
    heavy = ("torch", "medmnist", "sklearn", "pandas", "scipy", "nibabel", "requests", "PIL", "tqdm")
    call = f"import sys, course_lib.data; print([name for name in {heavy} if name in sys.modules])"
    assert subprocess.check_output([sys.executable, "-c", call], text=True) == "[]\n"
